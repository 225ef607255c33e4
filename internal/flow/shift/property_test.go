package shift

import (
	"context"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// physical is what really lies in the drawer.
type physical struct{ pounds, dollars money.Minor }

// Whatever happens in a shift, the drawer's account, the expected cash and the cash itself are the
// same; after the close also when something was stolen or found, and the next holder is charged
// nothing.
func TestDrawerProperty(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		var real physical
		z := int64(0)
		rapid.Check(t, func(t *rapid.T) {
			ctx := context.Background()
			if rapid.IntRange(0, 3).Draw(t, "night") == 0 && real.pounds > 0 { // somebody takes money while the drawer has no holder
				real.pounds -= money.Minor(rapid.Int64Range(1, int64(real.pounds)).Draw(t, "stolen at night"))
			}
			o := Opening{ID: s.id(), Store: "S01", Register: "R1", Employee: "E", Counts: []Counting{pounds(real.pounds), usDollars(real.dollars)}}
			o.Counts[1].Rate = 7_500_000_000
			if _, err := Open(ctx, d, o); err != nil {
				t.Fatal(err)
			}
			steps := rapid.IntRange(0, 8).Draw(t, "steps")
			s.mustWrite(t, func(tx *db.Tx) error {
				for range steps {
					if err := s.step(t, tx, o.ID, &real); err != nil {
						return err
					}
				}
				return nil
			})
			s.checkDrawer(t, o.ID, real)
			if rapid.IntRange(0, 2).Draw(t, "count differs") == 0 {
				real.pounds = max(0, real.pounds+money.Minor(rapid.Int64Range(-500, 500).Draw(t, "found")))
				real.dollars = max(0, real.dollars+money.Minor(rapid.Int64Range(-500, 500).Draw(t, "found dollars")))
			}
			if _, err := Count(ctx, d, Blind{Shift: o.ID, Counts: []Counting{pounds(real.pounds), usDollars(real.dollars)}}); err != nil {
				t.Fatal(err)
			}
			c := Closing{Shift: o.ID, Rates: map[money.Currency]money.Rate{"USD": 7_500_000_000}}
			if rapid.Bool().Draw(t, "skim") {
				c.Keep = []money.Amount{{Minor: 20000, Currency: "GBP"}, {Minor: 0, Currency: "USD"}}
				real = physical{min(real.pounds, 20000), 0}
			}
			e, err := Close(ctx, d, c)
			if err != nil {
				t.Fatal(err)
			}
			if z++; e.Shift.Z != z {
				t.Fatalf("Z number %d, want %d", e.Shift.Z, z)
			}
			s.checkAccount(t, real)
		})
	})
}

// step does one thing that moves cash and keeps count of the cash itself.
func (s *shop) step(t *rapid.T, tx *db.Tx, shift id.ID, real *physical) error {
	amount := money.Minor(rapid.Int64Range(1, 5000).Draw(t, "amount"))
	switch rapid.IntRange(0, 6).Draw(t, "what") {
	case 0, 1:
		if rapid.Bool().Draw(t, "unassigned") {
			shift = id.ID{}
		}
		real.pounds += amount
		return s.sell(tx, sold{shift: shift, tenders: cash(amount)})
	case 2:
		back := min(amount, real.pounds)
		if back == 0 {
			return nil
		}
		real.pounds -= back
		return s.sell(tx, sold{shift: shift, tenders: cash(-back)})
	case 3:
		real.dollars += amount
		return s.sell(tx, sold{shift: shift, tenders: dollars(amount, amount*4/5+1)})
	case 4:
		real.pounds += amount
		_, _, err := MoveInTx(tx, Movement{ID: s.id(), Shift: shift, Kind: posting.CashPaidIn, Amount: gbp(amount), Purpose: posting.PurposeSafe})
		return err
	case 5:
		out := min(amount, real.pounds)
		if out == 0 {
			return nil
		}
		real.pounds -= out
		_, _, err := MoveInTx(tx, Movement{ID: s.id(), Shift: shift, Kind: posting.CashPaidOut, Amount: gbp(out), Tax: out / 6, Expense: "tea"})
		return err
	default:
		out := min(amount, real.pounds)
		if out == 0 {
			return nil
		}
		real.pounds -= out
		_, _, err := MoveInTx(tx, Movement{ID: s.id(), Shift: shift, Kind: posting.CashTipsOut, Amount: gbp(out), Payroll: 7, Employee: "E"})
		return err
	}
}

func (s *shop) mustWrite(t *rapid.T, fn func(tx *db.Tx) error) {
	if err := s.d.Write(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

// checkDrawer compares the documents and the ledger with the cash itself (invariant 5).
func (s *shop) checkDrawer(t *rapid.T, shift id.ID, real physical) {
	s.checkAccount(t, real)
	err := s.d.Read(context.Background(), func(v *db.View) error {
		x, err := shifts.Get(v, shift)
		if err != nil {
			return err
		}
		want, err := expected(v, x)
		if err != nil {
			return err
		}
		var dollars money.Minor
		if err := v.QueryRow(selectBalance, drawerUSD).Scan(&dollars); err != nil {
			return err
		}
		if want["GBP"] != (holding{real.pounds, real.pounds}) || want["USD"] != (holding{real.dollars, dollars}) {
			t.Fatalf("expected %+v, there are %+v, the dollars are carried at %d", want, real, dollars)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// checkAccount compares the ledger alone, in both currencies.
func (s *shop) checkAccount(t *rapid.T, real physical) {
	err := s.d.Read(context.Background(), func(v *db.View) error {
		if f, err := Verify(v); err != nil || len(f) > 0 {
			t.Fatalf("findings %+v, %v", f, err)
		}
		var inPounds, inDollars, carried money.Minor
		if err := v.QueryRow(selectBalance, drawerGBP).Scan(&inPounds); err != nil {
			return err
		}
		if err := v.QueryRow(selectForeign, drawerUSD).Scan(&inDollars); err != nil {
			return err
		}
		if err := v.QueryRow(selectBalance, drawerUSD).Scan(&carried); err != nil {
			return err
		}
		if inPounds != real.pounds || inDollars != real.dollars || real.dollars == 0 && carried != 0 {
			t.Fatalf("the ledger has %d and %d (carried at %d), the drawer %+v", inPounds, inDollars, carried, real)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A count that shares a group commit with receipts of the same drawer sees them, or they come after
// it: the books and the drawer agree either way.
func TestCountAmongReceipts(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), newShop(t, d)
		o := Opening{ID: s.id(), Store: "S01", Register: "R1", Counts: []Counting{pounds(10000)}}
		must[Opened](t)(Open(ctx, d, o))
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				err := d.Write(ctx, func(tx *db.Tx) error {
					own := &shop{t: t, d: d, n: 1000 + i} // in here: the body may run twice, with the same id
					return own.sell(tx, sold{shift: o.ID, tenders: cash(100)})
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Go(func() {
			if _, err := Count(ctx, d, Blind{Shift: o.ID, Counts: []Counting{pounds(14000)}}); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		must[Ended](t)(Close(ctx, d, Closing{Shift: o.ID}))
		if s.account(drawerGBP) != 14000 || s.account(overShort) != 0 {
			t.Errorf("drawer %d, over/short %d", s.account(drawerGBP), s.account(overShort))
		}
	})
}
