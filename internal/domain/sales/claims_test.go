package sales_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// backOf is a receipt that brings the only line of a simple one back.
func backOf(n int, of *receipt.Receipt) *receipt.Receipt {
	r := simple(n)
	l := &r.Lines[0]
	l.Qty, l.Extended, l.Net, r.Tenders[0].Amount = -l.Qty, -l.Extended, -l.Net, -r.Tenders[0].Amount
	l.Return = &receipt.Return{Receipt: of.ID, Line: 1}
	return r
}

func voidOf(n int, of *receipt.Receipt) *receipt.Receipt {
	h := simple(n)
	v, err := receipt.Voiding(of, receipt.Head{ID: h.ID, Store: h.Store, Register: h.Register, BusinessDay: h.BusinessDay, DeviceTime: h.DeviceTime})
	if err != nil {
		panic(err)
	}
	return &v
}

// claim records receipts as checkout does and returns the kinds of their claims, a group for each list.
func claim(t *testing.T, d *db.DB, groups ...[]*receipt.Receipt) (kinds []string) {
	t.Helper()
	for _, rs := range groups {
		var got []string
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			got = nil
			for _, r := range rs {
				s, _, err := sales.Record(tx, sales.Arrival{Receipt: r, Rule: rule})
				if err != nil {
					return err
				}
				claims, err := sales.Claims(tx, &s.Receipt)
				if err != nil {
					return err
				}
				for _, c := range claims {
					got = append(got, c.Kind)
					if !strings.Contains(c.Message, "S1/R1 #") || c.Key() != sales.ClaimKey(c.Kind, c.Original) {
						t.Errorf("%+v", c)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, got...)
	}
	return kinds
}

// The claims are the same whether the receipts share a commit, come one by one, or something between.
func TestClaimsInAnyGroups(t *testing.T) {
	t.Parallel()
	want := []string{sales.OverReturn, sales.OverReturn, sales.VoidAgain, sales.ReturnUnknown, sales.VoidUnknown}
	for cut := 1; cut <= 7; cut++ {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			a, b, missing := simple(0), simple(1), simple(2)
			all := []*receipt.Receipt{a, b, backOf(3, a), backOf(4, a), voidOf(5, a), voidOf(6, a), backOf(7, missing), voidOf(8, simple(99)), voidOf(9, b)}
			got := claim(t, d, slices.Collect(slices.Chunk(all, cut))...)
			if !slices.Equal(got, want) {
				t.Errorf("in groups of %d: %q, want %q", cut, got, want)
			}
		})
	}
}

// What was taken back is found in the tables and among what the group holds.
func TestTaken(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		a := simple(0)
		a.Lines[0].Qty = qty.Of(3)
		first, second := backOf(1, a), backOf(2, a)
		training := backOf(3, a)
		training.Kind = receipt.Training
		claim(t, d, []*receipt.Receipt{a, first, training})
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			for n, r := range []*receipt.Receipt{nil, second} {
				if r != nil {
					s, _, err := sales.Record(tx, sales.Arrival{Receipt: r, Rule: rule})
					if err != nil {
						return err
					}
					if _, err := sales.Claims(tx, &s.Receipt); err != nil {
						return err
					}
				}
				h, err := sales.Taken(tx, a.ID)
				if err != nil {
					return err
				}
				places, err := sales.Returning(tx, a.ID, 1)
				if err != nil || len(h.Lines) != n+1 || len(h.Receipts) != n+1 || len(h.Voids) != 0 || h.Original.Lines[0].Qty != qty.Of(3) ||
					len(places) != n+1 || places[n] != (sales.Place{Receipt: []*receipt.Receipt{first, second}[n].ID, Line: 1}) {
					t.Errorf("after %d: %v %+v %+v", n, err, h, places)
				}
				if got := receipt.Refundable(&h.Original, h.Lines); len(got) != 1 || got[0].Qty != qty.Of(int64(2-n)) {
					t.Errorf("after %d: %+v are left", n, got)
				}
			}
			_, err := sales.Taken(tx, simple(77).ID)
			if !errors.Is(err, sales.ErrNotFound) {
				t.Errorf("nothing: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// A receipt that takes nothing back costs nothing.
func TestClaimsAreFree(t *testing.T) { // not in parallel: it counts allocations
	d := dbtest.Open(t, dbtest.SQLite(t))
	r := simple(0)
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		if n := testing.AllocsPerRun(100, func() {
			if c, err := sales.Claims(tx, r); c != nil || err != nil {
				t.Error(c, err)
			}
		}); n > 0 {
			t.Errorf("%v allocations", n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
