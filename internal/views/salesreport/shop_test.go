package salesreport

import (
	"context"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/domain/totals"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/table"
)

// open sets up a shop of two stores with two registers each.
func open(t *testing.T, d *db.DB) {
	t.Helper()
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		if err := org.PutSetting(tx, org.SettingBook, "GBP"); err != nil {
			return err
		}
		for _, s := range []string{"S1", "S2"} {
			if err := org.AddStore(tx, org.Store{Code: s, Name: s, Zone: "Europe/London", TaxRounding: "line"}); err != nil {
				return err
			}
			for _, r := range []string{"R1", "R2"} {
				if err := org.AddRegister(tx, org.Register{Store: s, Code: r, Name: r, Kind: org.Import}); err != nil {
					return err
				}
			}
		}
		for sku, name := range map[string]string{"APPLE": "Apples", "BREAD": "Bread"} {
			if err := catalog.Save(tx, catalog.Item{SKU: sku, Name: name}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// sell records receipts as the checkout does, in one group, each with what its tenders do not explain.
func sell(d *db.DB, rs ...*receipt.Receipt) error {
	return d.Write(context.Background(), func(tx *db.Tx) error {
		for _, r := range rs {
			unexplained := r.Tendered() - r.Total() - r.Rounding
			sale, _, err := sales.Record(tx, sales.Arrival{Receipt: r, Rule: day.Rule{Zone: time.UTC}, Unexplained: unexplained})
			if err != nil {
				return err
			}
			if !sale.Receipt.Posts() {
				continue
			}
			if err := totals.Add(tx, &sale.Receipt, sale.Hour, unexplained); err != nil {
				return err
			}
		}
		return nil
	})
}

// ticket is a sale of one line for each of the given ones, paid in cash.
func ticket(on day.Day, hour int, store, employee string, lines ...receipt.Line) *receipt.Receipt {
	r := &receipt.Receipt{ID: id.New(dbtest.Now), Kind: receipt.Sale, Store: store, Register: "R1", BusinessDay: on, Currency: "GBP",
		DeviceTime: on.Time().Add(time.Duration(hour) * time.Hour), Employee: employee, TaxRounding: receipt.RoundPerLine, Lines: lines}
	for i := range r.Lines {
		r.Lines[i].No = i + 1
	}
	r.Tenders = []receipt.Tender{{Type: "cash", Amount: r.Total()}}
	return r
}

func goods(item, department string, n int64, net, tax money.Minor) receipt.Line {
	l := receipt.Line{Kind: receipt.Item, Item: item, Department: department, Qty: qty.Of(n), Net: net}
	if tax != 0 {
		l.Taxes = []receipt.Tax{{Code: "VAT", Rate: money.OneRate / 5, Base: net, Amount: tax}}
	}
	if n < 0 {
		l.Return = &receipt.Return{Reason: "faulty"}
	}
	return l
}

// ask reads a report.
func ask(t testing.TB, d *db.DB, query Query) table.Table {
	t.Helper()
	out, err := tryAsk(d, query)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func tryAsk(d *db.DB, query Query) (out table.Table, err error) {
	err = d.Read(context.Background(), func(v *db.View) (err error) { out, err = Sales(v, "GBP", query); return err })
	return out, err
}
