package closeperiod_test

import (
	"context"
	"errors"
	"testing"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/closeperiod"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

var ctx = context.Background()

func shop(t *testing.T, d *db.DB) {
	t.Helper()
	err := setup.Run(ctx, d, setup.Shop{Currency: "GBP", Chart: "uk", FiscalYearStart: "04-06",
		Store: org.Store{Code: "LON", Name: "London", Zone: "Europe/London", TaxRounding: "given"}})
	if err != nil {
		t.Fatal(err)
	}
}

func post(t *testing.T, d *db.DB, key string, on day.Day, unknown string) (e ledger.Entry) {
	t.Helper()
	err := d.Write(ctx, func(tx *db.Tx) error {
		amount := ledger.Line{Account: "9999", Amount: 3000, Unknown: unknown}
		if key == "cure" {
			amount.Amount = -3000
		}
		e = ledger.Entry{ID: id.Derive(on.Time(), "test", key), Kind: "manual", BusinessDay: on, Lines: []ledger.Line{amount, {Account: "4010", Amount: -amount.Amount}}}
		return ledger.Post(tx, &e)
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// The clock of test databases stands on 2026-03-14.
func TestClose(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		shop(t, d)
		february := closeperiod.Order{From: "2026-02-06", To: "2026-03-05", By: ledger.By{Who: "accountant"}}
		refused := func(want *fault.Error, change func(o *closeperiod.Order)) closeperiod.Papers {
			o := february
			change(&o)
			p, err := closeperiod.Close(ctx, d, o)
			if fault.CodeOf(err) != want.Code {
				t.Errorf("answered %v, want %s", err, want.Code)
			}
			return p
		}
		refused(closeperiod.ErrNotOver, func(o *closeperiod.Order) { o.From, o.To = "2026-03-06", "2026-04-05" })
		refused(ledger.ErrNotPeriods, func(o *closeperiod.Order) { o.From = "2026-02-01" })
		refused(ledger.ErrWho, func(o *closeperiod.Order) { o.By.Who = "" })
		refused(closeperiod.ErrTooLong, func(o *closeperiod.Order) { o.From = "1971-04-06" })
		post(t, d, "unknown", "2026-02-10", "tender:PayLater-X")
		post(t, d, "later", "2026-03-10", "tender:later than the period")
		if p := refused(closeperiod.ErrSuspense, func(*closeperiod.Order) {}); len(p.Suspense) != 1 || p.Suspense[0] != (ledger.Suspended{Key: "tender:PayLater-X", Amount: 3000}) {
			t.Errorf("suspense: %+v", p.Suspense)
		}
		cured := post(t, d, "cure", "2026-03-04", "tender:PayLater-X")
		p, err := closeperiod.Close(ctx, d, february)
		if err != nil || len(p.Periods) != 1 || !p.Periods[0].Locked || len(p.Suspense)+len(p.Late) != 0 {
			t.Fatalf("%v: %+v", err, p)
		}
		late := post(t, d, "late", cured.BusinessDay, "")
		if late.EffectiveDay != "2026-03-06" {
			t.Errorf("the late entry counts on %s", late.EffectiveDay)
		}
		err = d.Read(ctx, func(v *db.View) error {
			for _, month := range []closeperiod.Order{february, {From: "2026-03-06", To: "2026-04-05"}} {
				p, err := closeperiod.Review(v, month.From, month.To)
				if err != nil {
					return err
				}
				if len(p.Late) != 1 || p.Late[0].Entry != late.ID {
					t.Errorf("the papers of %s list %+v", month.From, p.Late)
				}
			}
			return nil
		})
		again, rerr := closeperiod.Reopen(ctx, d, closeperiod.Order{From: february.From, To: february.To, By: ledger.By{Who: "owner", Reason: "bill found"}})
		if err := errors.Join(err, rerr); err != nil || again.Periods[0].Locked {
			t.Fatalf("%v: %+v", err, again)
		}
		if e := post(t, d, "open again", cured.BusinessDay, ""); e.EffectiveDay != e.BusinessDay {
			t.Errorf("after reopening the entry counts on %s", e.EffectiveDay)
		}
		if _, err := closeperiod.Close(ctx, d, closeperiod.Order{From: "2024-04-06", To: "2026-03-05", By: february.By, DespiteSuspense: true}); err != nil {
			t.Errorf("closing two years: %v", err)
		}
	})
}
