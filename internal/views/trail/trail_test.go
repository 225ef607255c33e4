package trail_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/flow/checkout"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/trail"
)

// sell records a sale of two cups.
func sell(t *testing.T, d *db.DB, u id.ID, on day.Day, register, external string) {
	t.Helper()
	_, _, err := checkout.Complete(context.Background(), d, receipt.Receipt{ID: u, Kind: receipt.Sale, Store: "S01", Register: register,
		BusinessDay: on, DeviceTime: on.Time().Add(10 * time.Hour), Currency: "GBP", PricesInclude: true, TaxRounding: receipt.RoundPerRate, Source: "there", External: external,
		Lines:   []receipt.Line{{No: 1, Kind: receipt.Item, Item: "CUP", Qty: 2 * qty.One, UnitPrice: 4_500_000, Extended: 900, Net: 900}},
		Tenders: []receipt.Tender{{Type: "cash", Amount: 900}}})
	if err != nil {
		t.Fatal(err)
	}
}

// A receipt is found by each of its names, and what it moved is its own.
func TestTrail(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		err := setup.Run(ctx, d, setup.Shop{Currency: "GBP", Chart: "uk", FiscalYearStart: "01-01",
			Store:     org.Store{Code: "S01", Name: "Shop", Zone: "UTC", PricesInclude: true, TaxRounding: "rate", CashStep: 1},
			Registers: []org.Register{{Code: "R1", Name: "R1", Kind: org.Till}, {Code: "R2", Name: "R2", Kind: org.Till}}})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Write(ctx, func(tx *db.Tx) error {
			return catalog.Introduce(tx, catalog.Item{SKU: "CUP", Name: "Cup", Department: "Home", Cost: 2_100_000})
		})
		if err != nil {
			t.Fatal(err)
		}
		first, second := id.Derive(dbtest.Now, "test", "1"), id.Derive(dbtest.Now, "test", "2")
		sell(t, d, first, "2026-03-12", "R1", "A-1")
		sell(t, d, second, "2026-03-13", "R2", "A-1")
		err = d.Read(ctx, func(v *db.View) error {
			for name, want := range map[string][]string{first.String(): {"S01/R1/1"}, "S01/R2/1": {"S01/R2/1"}, "S01/R1 #1": nil, "S01/R1/#1": {"S01/R1/1"},
				"A-1": {"S01/R1/1", "S01/R2/1"}, "A-2": nil, "": nil, "S01/R1/9": nil, "S01/R1/many": nil, id.Derive(dbtest.Now, "test", "3").String(): nil} {
				found, err := trail.Find(v, name)
				if (len(want) == 0) != errors.Is(err, trail.ErrNoReceipt) || len(found) != len(want) {
					t.Errorf("%q: %v %v", name, found, err)
					continue
				}
				for i := range want {
					if h := &found[i]; h.Name() != want[i] || h.Total != 900 || h.Lines != 1 {
						t.Errorf("%q: %+v", name, h)
					}
				}
			}
			moves, err := trail.Moves(v, first)
			if err != nil || len(moves) != 1 || moves[0].Item != "CUP" || moves[0].Qty != -2*qty.One || moves[0].Value != -420 || moves[0].Line != 1 {
				t.Errorf("%+v %v", moves, err)
			}
			for _, c := range []struct {
				scope trail.Scope
				want  int
			}{{trail.Scope{From: "2026-03-01", To: "2026-03-31"}, 2}, {trail.Scope{From: "2026-03-13", To: "2026-03-13"}, 1},
				{trail.Scope{From: "2026-03-01", To: "2026-03-31", Register: "R1"}, 1}, {trail.Scope{From: "2026-03-01", To: "2026-03-31", Store: "S02"}, 0}} {
				n := 0
				if err := trail.Receipts(v, c.scope, func(*trail.Head) error { n++; return nil }); err != nil || n != c.want {
					t.Errorf("%+v: %d receipts, %v", c.scope, n, err)
				}
			}
			newest, err := trail.Newest(v)
			if newest != "2026-03-13" {
				t.Errorf("newest %q", newest)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
