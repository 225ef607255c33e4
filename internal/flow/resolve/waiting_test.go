package resolve

import (
	"context"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

func (s *shop) waits(sku string) map[string]qty.Qty {
	s.t.Helper()
	var out map[string]qty.Qty
	err := s.d.Read(context.Background(), func(v *db.View) (err error) { out, err = inventory.WaitingOf(v, sku); return err })
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// TestGivenAwayInTheSameGroup: goods that were given away in the group of their mapping leave the stock
// too, and leave it once.
func TestGivenAwayInTheSameGroup(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		m := Mapping{Key: "item:gift", Cost: 1_500_000}
		first, second := s.ring("S01", item("gift", 0), "cash"), s.ring("S02", item("gift", 0), "cash")
		s.sell(first)
		if _, err := Close(context.Background(), d, m.Key, "never mind"); fault.CodeOf(err) != ErrWaits.Code {
			t.Errorf("closed by hand while goods wait: %v", err)
		}
		s.write(func(tx *db.Tx) error {
			if err := record(tx, second, 0); err != nil {
				return err
			}
			_, err := InTx(tx, m)
			return err
		})
		if w := s.waits("gift"); len(w) != 1 || w["S02"] != qty.One {
			t.Errorf("waiting: %v", w)
		}
		if o := s.mapping(m); o.Taken != qty.One || !o.Closed {
			t.Errorf("outcome %+v", o)
		}
		s.holds(map[string]money.Minor{"5000": 300, "1300": -300})
		if w, keys := s.waits("gift"), s.openTasks(); len(w) != 0 || len(keys) != 0 {
			t.Errorf("waiting: %v, open: %v", w, keys)
		}
	})
}

// TestService: what turns out to have no stock waits no longer, and never moves.
func TestService(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		s.sell(s.ring("S01", item("wrap", 0), "cash"))
		s.sell(s.ring("S01", item("wrap", 500), "cash"))
		for range 2 {
			if o := s.mapping(Mapping{Key: "item:wrap", Service: true}); o.Taken != 0 {
				t.Errorf("outcome %+v", o)
			}
			if w := s.waits("wrap"); len(w) != 0 {
				t.Errorf("waiting: %v", w)
			}
		}
		s.holds(map[string]money.Minor{"1110": 500, "4010": -500})
	})
}

// TestTwiceInOneGroup: two people who answer at the same moment settle it once.
func TestTwiceInOneGroup(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		s.sell(s.ring("S01", item("new", 3000), "PayLater-X"))
		for _, m := range []Mapping{{Key: "tender:PayLater-X", Kind: payments.Card}, {Key: "item:new", Cost: 1_000_000}} {
			s.write(func(tx *db.Tx) error {
				for range 2 {
					if _, err := InTx(tx, m); err != nil {
						return err
					}
				}
				return nil
			})
		}
		s.holds(map[string]money.Minor{"1150": 3000, "4010": -3000, "5000": 100, "1300": -100})
	})
}
