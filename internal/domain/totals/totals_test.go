package totals_test

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/totals"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

func line(kind receipt.LineKind, department string, q qty.Qty, net, discount, tax money.Minor) receipt.Line {
	l := receipt.Line{Kind: kind, Department: department, Qty: q, Net: net, NetDiscount: discount}
	if tax != 0 {
		l.Taxes = []receipt.Tax{{Code: "VAT", Rate: money.OneRate / 5, Base: net, Amount: tax}}
	}
	return l
}

func back(l receipt.Line) receipt.Line {
	l.Return = &receipt.Return{Reason: "faulty"}
	return l
}

// Each kind of line counts where its meaning says.
func TestWhatCountsWhere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		line receipt.Line
		want totals.Sales
	}{
		"goods":              {line(receipt.Item, "D", qty.Of(2), 900, 100, 180), totals.Sales{Qty: 2_000_000, Gross: 1000, Discounts: 100, Tax: 180}},
		"goods by weight":    {line(receipt.Item, "D", 1_250_000, 500, 0, 0), totals.Sales{Qty: 1_250_000, Gross: 500}},
		"service":            {line(receipt.Service, "D", qty.One, 500, 50, 100), totals.Sales{Gross: 550, Discounts: 50, Tax: 100}},
		"service charge":     {line(receipt.ServiceCharge, "D", qty.One, 120, 0, 24), totals.Sales{Gross: 120, Tax: 24}},
		"goods brought back": {back(line(receipt.Item, "D", qty.Of(-1), -450, -50, -90)), totals.Sales{Qty: -1_000_000, Returns: 450, Tax: -90}},
		"service taken back": {back(line(receipt.Service, "D", qty.Of(-1), -500, 0, -100)), totals.Sales{Returns: 500, Tax: -100}},
		"void of goods":      {line(receipt.Item, "D", qty.Of(-2), -900, -100, -180), totals.Sales{Qty: -2_000_000, Gross: -1000, Discounts: -100, Tax: -180}},
		"void of a return":   {back(line(receipt.Item, "D", qty.One, 450, 50, 90)), totals.Sales{Qty: 1_000_000, Returns: -450, Tax: 90}},
		"tip":                {line(receipt.Tip, "D", qty.One, 200, 0, 0), totals.Sales{Other: 200}},
		"gift card":          {line(receipt.GiftCard, "D", qty.One, 2500, 0, 0), totals.Sales{Other: 2500}},
		"gift card back":     {back(line(receipt.GiftCard, "D", qty.Of(-1), -2500, 0, 0)), totals.Sales{Other: -2500}},
		"bottle deposit":     {line(receipt.BottleDeposit, "D", qty.Of(6), 150, 0, 0), totals.Sales{Other: 150}},
		"taxed deposit":      {line(receipt.Deposit, "D", qty.One, 100, 0, 20), totals.Sales{Other: 100, Tax: 20}},
		"consignment":        {line(receipt.Consignment, "D", qty.One, 4000, 0, 0), totals.Sales{Other: 4000}},
	} {
		s := totals.NewSheet()
		r := receipt.Receipt{Kind: receipt.Sale, BusinessDay: "2026-03-14", Store: "S", Register: "R", Employee: "E", Lines: []receipt.Line{c.line}}
		s.Count(&r, 9, 0)
		key := totals.SalesKey{Day: "2026-03-14", Store: "S", Register: "R", Employee: "E", Department: "D", Hour: 9}
		if got := s.Sales[key]; got == nil || *got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		if sum := c.want.Gross - c.want.Discounts - c.want.Returns + c.want.Tax + c.want.Other; sum != r.Total() {
			t.Errorf("%s: the figures come to %d, the receipt to %d", name, sum, r.Total())
		}
	}
}

// Training and aborted tickets count nothing; a void takes away what the sale had.
func TestKinds(t *testing.T) {
	t.Parallel()
	r := receipt.Receipt{Kind: receipt.Training, BusinessDay: "2026-03-14", Lines: []receipt.Line{line(receipt.Item, "", qty.One, 100, 0, 20)},
		Tenders: []receipt.Tender{{Type: "cash", Amount: 120}, {Type: "cash", Amount: 5, Foreign: money.Amount{Minor: 7, Currency: "USD"}}}}
	s := totals.NewSheet()
	s.Count(&r, 1, 0)
	r.Kind = receipt.Aborted
	s.Count(&r, 1, 0)
	if len(s.Sales)+len(s.Receipts)+len(s.Tenders)+len(s.Taxes) != 0 {
		t.Errorf("they count: %+v", s)
	}
	r.Kind = receipt.Sale
	r.Rounding = 5
	s.Count(&r, 1, 3)
	s.Count(&r, 1, 0)
	if got := *s.Receipts[totals.ReceiptsKey{Day: "2026-03-14", Hour: 1}]; got != (totals.Receipts{Count: 2, Total: 240, Rounding: 10, Unexplained: 3}) {
		t.Errorf("receipts: %+v", got)
	}
	if got := *s.Tenders[totals.TenderKey{Day: "2026-03-14", Tender: "cash", Foreign: "USD"}]; got != (totals.Tenders{Count: 2, Amount: 10, Foreign: 14}) {
		t.Errorf("dollars: %+v", got)
	}
	if got := *s.Taxes[totals.TaxKey{Day: "2026-03-14", Code: "VAT", Rate: money.OneRate / 5}]; got != (totals.Taxes{Base: 200, Amount: 40}) {
		t.Errorf("taxes: %+v", got)
	}
}

const (
	readSales    db.SQL = `SELECT day, store, register, employee, department, hour, qty, gross, discounts, returns, tax, other FROM totals_sales`
	readReceipts db.SQL = `SELECT day, store, register, employee, hour, receipts, total, rounding, unexplained FROM totals_receipts`
	readTenders  db.SQL = `SELECT day, store, register, tender, currency, count, amount, foreign_amount FROM totals_tenders`
	readTaxes    db.SQL = `SELECT day, store, code, rate, base, amount FROM totals_taxes`
)

// load reads what is stored.
func load(q db.Q) (*totals.Sheet, error) {
	s := totals.NewSheet()
	each := func(query db.SQL, scan func(rows *sql.Rows) error) error {
		rows, err := q.Query(query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := scan(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	}
	err := each(readSales, func(rows *sql.Rows) error {
		var k totals.SalesKey
		var v totals.Sales
		err := rows.Scan(&k.Day, &k.Store, &k.Register, &k.Employee, &k.Department, &k.Hour, &v.Qty, &v.Gross, &v.Discounts, &v.Returns, &v.Tax, &v.Other)
		s.Sales[k] = &v
		return err
	})
	if err != nil {
		return nil, err
	}
	err = each(readReceipts, func(rows *sql.Rows) error {
		var k totals.ReceiptsKey
		var v totals.Receipts
		err := rows.Scan(&k.Day, &k.Store, &k.Register, &k.Employee, &k.Hour, &v.Count, &v.Total, &v.Rounding, &v.Unexplained)
		s.Receipts[k] = &v
		return err
	})
	if err != nil {
		return nil, err
	}
	err = each(readTenders, func(rows *sql.Rows) error {
		var k totals.TenderKey
		var v totals.Tenders
		err := rows.Scan(&k.Day, &k.Store, &k.Register, &k.Tender, &k.Foreign, &v.Count, &v.Amount, &v.Foreign)
		s.Tenders[k] = &v
		return err
	})
	if err != nil {
		return nil, err
	}
	return s, each(readTaxes, func(rows *sql.Rows) error {
		var k totals.TaxKey
		var v totals.Taxes
		err := rows.Scan(&k.Day, &k.Store, &k.Code, &k.Rate, &v.Base, &v.Amount)
		s.Taxes[k] = &v
		return err
	})
}

func drawReceipt(t *rapid.T) *receipt.Receipt {
	code := rapid.SampledFrom([]string{"", "A", "B", "ä"})
	amount := rapid.Custom(func(t *rapid.T) money.Minor { return money.Minor(rapid.Int64Range(-1e9, 1e9).Draw(t, "amount")) })
	r := &receipt.Receipt{ID: id.New(dbtest.Now), Kind: rapid.SampledFrom([]receipt.Kind{receipt.Sale, receipt.Sale, receipt.Void, receipt.Training}).Draw(t, "kind"),
		Store: code.Draw(t, "store"), Register: code.Draw(t, "register"), Employee: code.Draw(t, "employee"),
		BusinessDay: rapid.SampledFrom([]day.Day{"2026-03-13", "2026-03-14"}).Draw(t, "day"), Rounding: amount.Draw(t, "rounding")}
	for i := range rapid.IntRange(0, 5).Draw(t, "lines") {
		kind := rapid.SampledFrom([]receipt.LineKind{receipt.Item, receipt.Item, receipt.Service, receipt.Tip, receipt.Consignment}).Draw(t, "line")
		l := line(kind, code.Draw(t, "department"), qty.Qty(amount.Draw(t, "qty")), amount.Draw(t, "net"), amount.Draw(t, "off"), amount.Draw(t, "tax"))
		l.No = i + 1
		if rapid.Bool().Draw(t, "back") {
			l = back(l)
		}
		r.Lines = append(r.Lines, l)
	}
	for range rapid.IntRange(0, 3).Draw(t, "tenders") {
		r.Tenders = append(r.Tenders, receipt.Tender{Type: code.Draw(t, "type"), Amount: amount.Draw(t, "paid"),
			Foreign: money.Amount{Minor: amount.Draw(t, "foreign"), Currency: rapid.SampledFrom([]money.Currency{"", "USD"}).Draw(t, "in")}})
	}
	return r
}

// What is stored is what the receipts come to, however they were spread over groups.
func TestStoredIsCounted(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		want := totals.NewSheet() // all of the receipts below stay in the database
		rapid.Check(t, func(rt *rapid.T) {
			for range rapid.IntRange(1, 4).Draw(rt, "groups") {
				rs := rapid.SliceOfN(rapid.Custom(drawReceipt), 0, 6).Draw(rt, "receipts")
				hour := rapid.IntRange(0, 23).Draw(rt, "hour")
				err := d.Write(context.Background(), func(tx *db.Tx) error {
					for _, r := range rs {
						if err := totals.Add(tx, r, hour, money.Minor(hour)); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					rt.Fatal(err)
				}
				for _, r := range rs {
					want.Count(r, hour, money.Minor(hour))
				}
			}
			var got *totals.Sheet
			if err := d.Read(context.Background(), func(v *db.View) (err error) { got, err = load(v); return err }); err != nil {
				rt.Fatal(err)
			}
			equal(rt, "sales", want.Sales, got.Sales)
			equal(rt, "receipts", want.Receipts, got.Receipts)
			equal(rt, "tenders", want.Tenders, got.Tenders)
			equal(rt, "taxes", want.Taxes, got.Taxes)
		})
	})
}

func equal[K comparable, V any](rt *rapid.T, name string, want, got map[K]*V) {
	if reflect.DeepEqual(want, got) {
		return
	}
	for k := range maps.Keys(want) {
		if got[k] == nil || fmt.Sprint(*want[k]) != fmt.Sprint(*got[k]) {
			rt.Errorf("%s %+v: counted %+v, stored %+v", name, k, want[k], got[k])
		}
	}
	rt.Fatalf("%s: %d rows counted, %d stored", name, len(want), len(got))
}

// A group that fails leaves no trace in the totals.
func TestFailedGroup(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := &receipt.Receipt{Kind: receipt.Sale, BusinessDay: "2026-03-14", Lines: []receipt.Line{line(receipt.Item, "", qty.One, 100, 0, 20)}}
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			if err := totals.Add(tx, r, 0, 0); err != nil {
				return err
			}
			return sql.ErrNoRows
		})
		if err == nil {
			t.Fatal("it was written")
		}
		var got *totals.Sheet
		if err := d.Read(context.Background(), func(v *db.View) (err error) { got, err = load(v); return err }); err != nil {
			t.Fatal(err)
		}
		if len(got.Sales)+len(got.Receipts) != 0 {
			t.Errorf("%+v", got)
		}
	})
}
