package payout

import (
	"context"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

func setup(t *testing.T, d *db.DB) {
	t.Helper()
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		if err := org.PutSetting(tx, org.SettingBook, "USD"); err != nil {
			return err
		}
		return ledger.Setup(tx, "us", "USD")
	})
	if err != nil {
		t.Fatal(err)
	}
}

func movement(name string, kind payments.MovementKind, gross, fee money.Minor) payments.Movement {
	return payments.Movement{ID: id.Derive(dbtest.Now, "stripe", name), At: dbtest.Now, BusinessDay: "2026-03-14", Kind: kind,
		Processor: "stripe", Currency: "USD", Gross: gross, Fee: fee, Net: gross - fee, External: name, Source: "stripe"}
}

func balances(t *testing.T, d *db.DB) map[string]money.Minor {
	t.Helper()
	out := map[string]money.Minor{}
	err := d.Read(context.Background(), func(v *db.View) error {
		return ledger.Each(v, 1, func(e *ledger.Entry) error {
			for _, l := range e.Lines {
				out[l.Account] += l.Amount
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func same(t *testing.T, got, want map[string]money.Minor) {
	t.Helper()
	for k, v := range got {
		if want[k] != v {
			t.Errorf("%s holds %d, want %d", k, v, want[k])
		}
	}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s holds %d, want %d", k, got[k], v)
		}
	}
}

// TestRecord books a payout with a chargeback, a hold and a charge without a fee, twice.
func TestRecord(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		setup(t, d)
		list := []payments.Movement{movement("ch_1", payments.Charge, 140338, 3112), movement("ch_2", payments.Charge, 100, 0),
			movement("dp_1", payments.Dispute, -4500, 1500), movement("rs_1", payments.Hold, -1000, 0), movement("po_88", payments.Payout, -130226, 0)}
		want := map[string]money.Minor{"1140": 130226, "6100": 3112, "1170": 4500, "6110": 1500, "1175": 1000, "1150": -140338}
		r, err := Record(context.Background(), d, posting.ChargesExplain, list)
		if err != nil || r != (Result{Fresh: 5, Entries: 4}) {
			t.Fatal(r, err)
		}
		same(t, balances(t, d), want)
		r, err = Record(context.Background(), d, "", append(list, movement("rs_2", payments.Release, 1000, 0)))
		if err != nil || r != (Result{Fresh: 1, Repeated: 5, Entries: 1}) {
			t.Fatal(r, err)
		}
		want["1175"], want["1150"] = 0, -139338
		same(t, balances(t, d), want)
	})
}

// TestSettle: without tenders on the receipts the charges settle what waits for its match.
func TestSettle(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		setup(t, d)
		list := []payments.Movement{movement("ch_1", payments.Charge, 10000, 320), movement("re_1", payments.Refund, -2500, 0),
			movement("po_1", payments.Payout, -7180, 0)}
		if _, err := Record(context.Background(), d, posting.ChargesSettle, list); err != nil {
			t.Fatal(err)
		}
		same(t, balances(t, d), map[string]money.Minor{"1190": -7500, "6100": 320, "1140": 7180, "1150": 0})
	})
}

func TestAdjustmentOpensTask(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		setup(t, d)
		if _, err := Record(context.Background(), d, "", []payments.Movement{movement("adj", payments.Adjust, -700, 0)}); err != nil {
			t.Fatal(err)
		}
		err := d.Read(context.Background(), func(v *db.View) error {
			task, err := tasks.Find(v, "movement:adjustment/stripe")
			if err == nil && task.Kind != posting.UnknownKind {
				t.Errorf("task %+v", task)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// TestRefused: what is refused leaves nothing behind, also of the movements before it.
func TestRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		setup(t, d)
		euro, odd := movement("ch_2", payments.Charge, 100, 3), movement("ch_1", payments.Charge, 100, 4)
		euro.Currency = "EUR"
		first := movement("ch_1", payments.Charge, 100, 3)
		for want, list := range map[string][]payments.Movement{
			posting.ErrCurrency.Code:         {first, euro},
			payments.ErrMovementDiffers.Code: {first, odd},
			payments.ErrMovementKind.Code:    {first, movement("x", "gift", 1, 0)},
			ErrMany.Code:                     make([]payments.Movement, batchMost+1),
		} {
			if _, err := Record(context.Background(), d, "", list); fault.CodeOf(err) != want {
				t.Errorf("%s: %v", want, err)
			}
		}
		if _, err := Record(context.Background(), d, "both", []payments.Movement{first}); fault.CodeOf(err) != ErrPolicy.Code {
			t.Errorf("policy: %v", err)
		}
		same(t, balances(t, d), nil)
		if r, err := Record(context.Background(), d, "", []payments.Movement{first}); err != nil || r.Fresh != 1 {
			t.Error(r, err)
		}
	})
}
