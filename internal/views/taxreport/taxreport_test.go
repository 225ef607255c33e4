package taxreport_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/flow/checkout"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/taxreport"
)

var (
	ctx    = context.Background()
	update = flag.Bool("update", false, "write the golden files anew")
)

func write(t *testing.T, d *db.DB, body func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(ctx, body); err != nil {
		t.Fatal(err)
	}
}

// sell records a receipt with one tax; a code with tax amounts per 100 of net.
func sell(tx *db.Tx, store, external string, on day.Day, net money.Minor, code string, percent int64) error {
	at := on.Time().Add(12 * time.Hour)
	tax := net * money.Minor(percent) / 100
	r := receipt.Receipt{ID: id.Derive(at, "test", store+external), Kind: receipt.Sale, Store: store, Register: "IMP", BusinessDay: on,
		DeviceTime: at, Currency: "USD", TaxRounding: receipt.RoundAsGiven, Source: "test", External: external,
		Lines: []receipt.Line{{No: 1, Kind: receipt.Service, Name: "repair", Qty: qty.One, Extended: net, Net: net,
			Taxes: []receipt.Tax{{Code: code, Rate: money.Rate(percent * 100_000_000), Base: net, Amount: tax}}}},
		Tenders: []receipt.Tender{{Type: "card", Amount: net + tax}}}
	_, _, err := checkout.Record(tx, checkout.Arrival{Receipt: &r})
	return err
}

// shop has a store in New York and one in Jersey; New York's tax has an account.
func shop(t *testing.T, d *db.DB) {
	t.Helper()
	for code, place := range map[string]string{"NYC": "US-NY", "JER": "US-NJ"} {
		s := setup.Shop{Currency: "USD", Chart: "us", FiscalYearStart: "01-01", Store: org.Store{Code: code, Name: code, Zone: "America/New_York", Jurisdiction: place, TaxRounding: "given"},
			Registers: []org.Register{{Code: "IMP", Name: "Import", Kind: "import"}}}
		if err := setup.Run(ctx, d, s); err != nil {
			t.Fatal(err)
		}
	}
	write(t, d, func(tx *db.Tx) error { return setup.TaxCode(tx, "NY8", "New York") })
}

func TestReportGolden(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		shop(t, d)
		write(t, d, func(tx *db.Tx) error {
			pay := &ledger.Entry{ID: id.Derive(tx.Now, "test", "pay"), Kind: "manual", Memo: "return of December", BusinessDay: "2026-02-20",
				Lines: []ledger.Line{{Account: "2100-NY8", Amount: 250}, {Account: "1140", Amount: -250}}}
			return errors.Join(
				sell(tx, "NYC", "1", "2026-01-31", 1_000, "NY8", 8), // another period
				sell(tx, "NYC", "2", "2026-02-01", 10_000, "NY8", 8),
				sell(tx, "NYC", "3", "2026-02-10", -2_500, "NY8", 8),
				sell(tx, "JER", "4", "2026-02-10", 5_000, "NJ7", 7), // no account: suspense
				sell(tx, "NYC", "5", "2026-02-11", 700, "NY8", 9),   // the same code at another rate
				ledger.Post(tx, pay))
		})
		write(t, d, func(tx *db.Tx) error { // January is locked: its late sale comes into February
			_, err := ledger.Lock(tx, "2026-01-01", "2026-01-31", ledger.By{Who: "test"})
			return errors.Join(err, sell(tx, "NYC", "6", "2026-01-15", 4_000, "NY8", 8))
		})
		write(t, d, func(tx *db.Tx) error { // then February: its late sales go out, one of them to suspense
			_, err := ledger.Lock(tx, "2026-02-01", "2026-02-28", ledger.By{Who: "test"})
			return errors.Join(err, sell(tx, "NYC", "7", "2026-02-28", 300, "NY8", 8), sell(tx, "JER", "8", "2026-02-28", 100, "NJ7", 7),
				sell(tx, "NYC", "9", "2026-01-02", 200, "NY8", 8)) // from January into March: not February's
		})
		var b bytes.Buffer
		err := d.Read(ctx, func(v *db.View) error {
			for _, s := range []taxreport.Scope{{From: "2026-02-01", To: "2026-02-28"}, {From: "2026-02-01", To: "2026-02-28", Store: "NYC"}, {}} {
				r, err := taxreport.Read(v, s)
				if err != nil {
					return err
				}
				if !r.Proved() {
					t.Errorf("not proved: %+v", r)
				}
				for _, table := range r.Tables() {
					if err := errors.Join(table.Text(&b), b.WriteByte('\n')); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if *update {
			if err := os.WriteFile("testdata/report.golden", b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile("testdata/report.golden"); err != nil || !bytes.Equal(want, b.Bytes()) {
			t.Errorf("%v, the report is now:\n%s", err, b.String())
		}
	})
}

const breakTotal db.SQL = `UPDATE totals_taxes SET amount = amount + 1`
const breakAccount db.SQL = `UPDATE account_days SET credit = credit + 1 WHERE account = '2100-NY8'`

// What does not tie is said.
func TestDifferencesShow(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := d.Read(ctx, func(v *db.View) error { _, err := taxreport.Read(v, taxreport.Scope{}); return err }); !errors.Is(err, taxreport.ErrNoBooks) {
			t.Errorf("an empty database answered %v", err)
		}
		shop(t, d)
		write(t, d, func(tx *db.Tx) error { return sell(tx, "NYC", "1", "2026-01-31", 1_000, "NY8", 8) })
		for _, statement := range []db.SQL{breakTotal, breakAccount} {
			undo := errors.New("undo")
			err := d.Write(ctx, func(tx *db.Tx) error {
				if _, err := tx.Exec(statement); err != nil {
					return err
				}
				r, err := taxreport.Read(tx, taxreport.Scope{})
				if err == nil && r.Proved() {
					t.Errorf("%s: not noticed", statement)
				}
				return errors.Join(err, undo)
			})
			if !errors.Is(err, undo) {
				t.Error(err)
			}
		}
	})
}
