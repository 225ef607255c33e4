package closeperiod_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/flow/closeday"
	"github.com/tillpost/tillpost/internal/flow/closeperiod"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/flow/shoptest"
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
		refused(closeperiod.ErrNotOver, func(o *closeperiod.Order) { o.To = "2026-03-06" }) // any day of a period names it
		refused(closeperiod.ErrNotOver, func(o *closeperiod.Order) { o.From, o.To = "2026-03-01", "2026-03-31" })
		refused(ledger.ErrNotPeriods, func(o *closeperiod.Order) { o.From, o.To = "2026-02-07", "2026-02-06" })
		refused(day.ErrSyntax, func(o *closeperiod.Order) { o.From = "2026-02" })
		refused(ledger.ErrWho, func(o *closeperiod.Order) { o.By.Who = "" })
		refused(closeperiod.ErrTooLong, func(o *closeperiod.Order) { o.From = "1971-04-06" })
		post(t, d, "unknown", "2026-02-10", "tender:PayLater-X")
		post(t, d, "later", "2026-03-10", "tender:later than the period")
		if p := refused(closeperiod.ErrSuspense, func(*closeperiod.Order) {}); len(p.Suspense) != 1 || p.Suspense[0] != (ledger.Suspended{Key: "tender:PayLater-X", Amount: 3000}) {
			t.Errorf("suspense: %+v", p.Suspense)
		}
		cured := post(t, d, "cure", "2026-03-04", "tender:PayLater-X")
		p, err := closeperiod.Close(ctx, d, february)
		if err != nil || len(p.Periods) != 1 || !p.Periods[0].Locked || len(p.Suspense)+len(p.Late)+len(p.Unsealed) != 0 {
			t.Fatalf("%v: %+v", err, p)
		}
		if n := p.Notes(); len(p.Earlier) != 10 || len(n) != 1 || n[0] != "Everything before is locked too: 10 earlier periods were still open, 2025-04-06 to 2026-02-05." {
			t.Errorf("%d earlier periods, %q", len(p.Earlier), n)
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

// A month of the calendar names the period that begins in it, and two days name the periods that they
// lie in.
func TestNaming(t *testing.T) {
	t.Parallel()
	by := ledger.By{Who: "accountant"}
	for _, start := range []string{"01-01", "04-06", "01-31", "07-01"} {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			err := setup.Run(ctx, d, setup.Shop{Currency: "GBP", Chart: "uk", FiscalYearStart: start, Store: org.Store{Code: "LON", Name: "London", Zone: "Europe/London", TaxRounding: "given"}})
			if err != nil {
				t.Fatal(err)
			}
			f, err := ledger.ParseFiscalStart(start)
			if err != nil {
				t.Fatal(err)
			}
			for month := day.Day("2024-02-01"); month < "2026-02-01"; month = month.Add(31).Add(1 - month.Add(31).Time().Day()) {
				last := month.Add(31).Add(-month.Add(31).Time().Day())
				var want ledger.Period
				for _, p := range append(f.Year(month), f.Year(last)...) {
					if p.Start.Month() == month.Month() {
						want = p
					}
				}
				p, err := closeperiod.Close(ctx, d, closeperiod.Order{From: month, To: last, By: by})
				if err != nil || p.From != want.Start || p.To != want.End || len(p.Periods) != 1 {
					t.Errorf("%s from %s: %s to %s, want %s to %s: %v", month.Month(), start, p.From, p.To, want.Start, want.End, err)
				}
				if p, err = closeperiod.Reopen(ctx, d, closeperiod.Order{From: p.From.Add(1), To: p.To.Add(-1), By: by}); err != nil || p.From != want.Start || p.To != want.End || p.Periods[0].Locked {
					t.Errorf("%s opened again from %s: %+v, %v", month.Month(), start, p, err)
				}
			}
			p, err := closeperiod.Close(ctx, d, closeperiod.Order{From: "2025-03-10", To: "2026-01-10", By: by})
			if err != nil || len(p.Periods) != 11 || p.From > "2025-03-10" || p.To < "2026-01-10" {
				t.Errorf("days of periods from %s: %+v, %v", start, p, err)
			}
			if _, err := closeperiod.Reopen(ctx, d, closeperiod.Order{From: "2025-03-10", To: "2025-04-10", By: by}); !errors.Is(err, ledger.ErrLaterLocked) {
				t.Errorf("opening what lies before a lock answered %v", err)
			}
			if _, err := closeperiod.Reopen(ctx, d, closeperiod.Order{From: "2035-03-10", To: "2035-04-10", By: by}); !errors.Is(err, ledger.ErrNotPeriods) {
				t.Errorf("opening what was never made answered %v", err)
			}
		})
	}
}

// A period is over when it is over in every store, by the store's own clock and cut-over hour: it is
// noon of 14 March in Greenwich.
func TestOverInEveryStore(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		add := func(code, zone string, cut time.Duration) {
			t.Helper()
			err := setup.Run(ctx, d, setup.Shop{Currency: "GBP", Chart: "uk", FiscalYearStart: "01-14",
				Store: org.Store{Code: code, Name: code, Zone: zone, CutOver: cut, TaxRounding: "given"}})
			if err != nil {
				t.Fatal(err)
			}
		}
		closing := func() error {
			_, err := closeperiod.Close(ctx, d, closeperiod.Order{From: "2026-02-14", To: "2026-03-13", By: ledger.By{Who: "accountant"}})
			return err
		}
		add("AKL", "Pacific/Auckland", 0)
		if err := closing(); err != nil { // it is the 15th in Auckland, and the 14th in Greenwich
			t.Fatal(err)
		}
		if _, err := closeperiod.Reopen(ctx, d, closeperiod.Order{From: "2026-02-14", To: "2026-03-13", By: ledger.By{Who: "accountant"}}); err != nil {
			t.Fatal(err)
		}
		add("HNL", "Pacific/Honolulu", 3*time.Hour) // two in the morning, and the evening is not over
		if err := closing(); !errors.Is(err, closeperiod.ErrNotOver) {
			t.Errorf("answered %v", err)
		}
	})
}

// Days that a store forgot to close are named, and do not keep the month open.
func TestUnsealedDays(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		order := closeperiod.Order{From: "2026-02-01", To: "2026-02-28", By: ledger.By{Who: "accountant"}}
		for _, on := range []day.Day{"2026-02-09", "2026-02-10", "2026-02-11", "2026-02-12", "2026-03-02"} {
			for _, store := range []string{"01", "02"} {
				s.Sell(receipt.Receipt{Store: store, BusinessDay: on, Lines: []receipt.Line{shoptest.Line(store, receipt.Item, "A", 1, 100)}})
			}
		}
		unsealed := func(want string) {
			t.Helper()
			var p closeperiod.Papers
			err := d.Read(ctx, func(v *db.View) (err error) { p, err = closeperiod.Review(v, order.From, order.To); return err })
			if got := fmt.Sprint(p.Unsealed); err != nil || got != want {
				t.Errorf("unsealed: %s, want %s (%v)", got, want, err)
			}
		}
		unsealed("[]") // nobody closes days here
		if _, err := closeday.Close(ctx, d, closeday.Command{Store: "01", Day: "2026-02-10"}); err != nil {
			t.Fatal(err)
		}
		unsealed("[{01 2026-02-11} {01 2026-02-12}]")
		p, err := closeperiod.Close(ctx, d, order)
		const want = "2 business days are not closed at the till, the first is 2026-02-11 of store 01: \"tillpost day close\" does it, also now."
		if n := p.Notes(); err != nil || len(n) != 2 || n[1] != want {
			t.Errorf("closed with %q, %v", n, err)
		}
		late := s.Sell(receipt.Receipt{BusinessDay: "1999-12-31", Lines: []receipt.Line{shoptest.Line("01", receipt.Item, "A", 1, 100)}})
		err = d.Read(ctx, func(v *db.View) error {
			e, err := ledger.ByDoc(v, late.Receipt.ID)
			if err == nil && (len(e) != 1 || e[0].EffectiveDay != "2026-03-01") {
				t.Errorf("a sale of long ago: %+v", e)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}
