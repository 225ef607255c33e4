package shift

import (
	"context"
	"reflect"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

const (
	drawerGBP = "1110-S01-R1-GBP"
	drawerUSD = "1110-S01-R1-USD"
	overShort = "6200"
	safe      = "1120"
)

func gbp(minor money.Minor) money.Amount { return money.Amount{Minor: minor, Currency: "GBP"} }

// TestDay is the day of J3: float 200.00 + sales 512.35 - paid out 12.00 - drop 400.00 = 300.35 expected,
// 298.35 counted, skimmed to the float. Each command is sent twice.
func TestDay(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), newShop(t, d)
		o := Opening{ID: s.id(), Store: "S01", Register: "R1", Employee: "E7", Counts: []Counting{pounds(20000)}}
		opened := must[Opened](t)(Open(ctx, d, o))
		if again := must[Opened](t)(Open(ctx, d, o)); !reflect.DeepEqual(again, opened) {
			t.Errorf("the same opening answered %+v, then %+v", opened, again)
		}
		if opened.Shift.Day != "2026-03-14" || opened.Shift.Drawer != "R1" || s.account(drawerGBP) != 20000 || s.account(safe) != -20000 {
			t.Fatalf("%+v, drawer %d, safe %d", opened, s.account(drawerGBP), s.account(safe))
		}
		s.write(func(tx *db.Tx) error {
			if err := s.sell(tx, sold{shift: o.ID, tenders: cash(60000)}); err != nil {
				return err
			}
			return s.sell(tx, sold{tenders: cash(-8765)}) // a refund whose receipt names no shift
		})
		for _, m := range []Movement{
			{ID: s.id(), Shift: o.ID, Kind: posting.CashPaidOut, Amount: gbp(1200), Tax: 200, Expense: "window cleaner", Reason: "windows"},
			{ID: s.id(), Shift: o.ID, Kind: posting.CashDrop, Amount: gbp(40000)},
		} {
			first := must[shifts.Movement](t)(Move(ctx, d, m))
			if again := must[shifts.Movement](t)(Move(ctx, d, m)); again != first {
				t.Errorf("the same movement answered %+v, then %+v", first, again)
			}
			m.Amount.Minor++
			if _, err := Move(ctx, d, m); fault.CodeOf(err) != "shift_other_content" {
				t.Errorf("another amount under the same id answered %v", err)
			}
		}
		if _, err := Close(ctx, d, Closing{Shift: o.ID}); fault.CodeOf(err) != "shift_not_counted" {
			t.Fatalf("closing an uncounted shift answered %v", err)
		}
		b := Blind{Shift: o.ID, Counts: []Counting{pounds(29835)}}
		counted := must[Counted](t)(Count(ctx, d, b))
		if want := []Result{{"GBP", 30035, 29835, -200}}; !reflect.DeepEqual(counted.Counts, want) {
			t.Fatalf("counted %+v, want %+v", counted.Counts, want)
		}
		if again := must[Counted](t)(Count(ctx, d, b)); !reflect.DeepEqual(again, counted) {
			t.Errorf("the same count answered %+v, then %+v", counted, again)
		}
		if _, err := Count(ctx, d, Blind{Shift: o.ID, Counts: []Counting{pounds(30035)}}); fault.CodeOf(err) != "shift_already_counted" {
			t.Errorf("a second blind count answered %v", err)
		}
		if _, err := Move(ctx, d, Movement{ID: s.id(), Shift: o.ID, Kind: posting.CashDrop, Amount: gbp(1)}); fault.CodeOf(err) != "shift_not_open" {
			t.Errorf("a movement after the count answered %v", err)
		}
		c := Closing{Shift: o.ID, Keep: []money.Amount{gbp(20000)}}
		ended := must[Ended](t)(Close(ctx, d, c))
		entries := s.entries()
		if again := must[Ended](t)(Close(ctx, d, c)); !reflect.DeepEqual(again, ended) || s.entries() != entries {
			t.Errorf("the same closing answered %+v, then %+v", ended, again)
		}
		if ended.Shift.Z != 1 || len(ended.Skims) != 1 || ended.Skims[0] != gbp(9835) {
			t.Errorf("closed %+v", ended)
		}
		for account, want := range map[string]money.Minor{drawerGBP: 20000, safe: 40000 + 9835 - 20000, overShort: 200, "6300": 1000, "2150": 200, "9999": 0} {
			if got := s.account(account); got != want {
				t.Errorf("account %s is %d, want %d", account, got, want)
			}
		}
	})
}

// An opening difference is charged to the holder before; a drawer taken over uncounted books nothing.
func TestOpeningDifference(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), newShop(t, d)
		first := s.shift(Opening{Employee: "E1", Counts: []Counting{pounds(10000)}}, nil)
		second := Opening{ID: s.id(), Store: "S01", Register: "R1", Employee: "E2", Counts: []Counting{pounds(14500)}, FromSafe: []money.Amount{gbp(5000)}}
		opened := must[Opened](t)(Open(ctx, d, second))
		if want := []Result{{"GBP", 15000, 14500, -500}}; opened.Before != first || !reflect.DeepEqual(opened.Counts, want) {
			t.Fatalf("opened %+v", opened)
		}
		if again := must[Opened](t)(Open(ctx, d, second)); !reflect.DeepEqual(again, opened) {
			t.Errorf("the same opening answered %+v, then %+v", opened, again)
		}
		if s.account(drawerGBP) != 14500 || s.account(overShort) != 500 || s.account(safe) != -15000 {
			t.Errorf("drawer %d, over/short %d, safe %d", s.account(drawerGBP), s.account(overShort), s.account(safe))
		}
		var party string
		s.read(func(v *db.View) error { return v.QueryRow(selectParty, overShort).Scan(&party) })
		if party != "E1" {
			t.Errorf("the difference is charged to %q", party)
		}
		s.end(second.ID, 14500, nil)
		third := must[Opened](t)(Open(ctx, d, Opening{ID: s.id(), Store: "S01", Register: "R1", Employee: "E3"}))
		if want := []Result{{"GBP", 14500, 14500, 0}}; !reflect.DeepEqual(third.Counts, want) || s.account(overShort) != 500 {
			t.Errorf("taken over uncounted: %+v, over/short %d", third, s.account(overShort))
		}
	})
}

// Tips are paid from the drawer and through payroll (J10); the shift's cash knows only the first.
func TestTips(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), newShop(t, d)
		o := Opening{ID: s.id(), Store: "S01", Register: "R1", Counts: []Counting{pounds(10000)}}
		must[Opened](t)(Open(ctx, d, o))
		must[shifts.Movement](t)(Move(ctx, d, Movement{ID: s.id(), Shift: o.ID, Kind: posting.CashTipsOut, Amount: gbp(1200), Payroll: 600, Employee: "E7"}))
		must[shifts.Movement](t)(Move(ctx, d, Movement{ID: s.id(), Shift: o.ID, Kind: posting.CashTipsOut, Payroll: 300, Employee: "E8"}))
		if s.account("2200") != 2100 || s.account("2010") != -900 || s.account(drawerGBP) != 8800 {
			t.Errorf("tips %d, wages %d, drawer %d", s.account("2200"), s.account("2010"), s.account(drawerGBP))
		}
		if c := must[Counted](t)(Count(ctx, d, Blind{Shift: o.ID, Counts: []Counting{pounds(8800)}})); c.Counts[0].Difference != 0 {
			t.Errorf("counted %+v", c)
		}
	})
}

// Foreign cash has its own account, its own count and its own difference; its value follows it out.
func TestForeignDrawer(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), newShop(t, d)
		o := Opening{ID: s.id(), Store: "S01", Register: "R1", Counts: []Counting{pounds(10000), usDollars(0)}}
		must[Opened](t)(Open(ctx, d, o))
		s.write(func(tx *db.Tx) error {
			if err := s.sell(tx, sold{shift: o.ID, tenders: dollars(5000, 4000)}); err != nil {
				return err
			}
			return s.sell(tx, sold{shift: o.ID, tenders: append(dollars(1000, 790), cash(-55)...)})
		})
		if s.account(drawerUSD) != 4790 || s.account(drawerGBP) != 9945 {
			t.Fatalf("drawers %d, %d", s.account(drawerUSD), s.account(drawerGBP))
		}
		must[shifts.Movement](t)(Move(ctx, d, Movement{ID: s.id(), Shift: o.ID, Kind: posting.CashDrop, Amount: money.Amount{Minor: 2000, Currency: "USD"}}))
		if _, err := Count(ctx, d, Blind{Shift: o.ID, Counts: []Counting{pounds(9945)}}); fault.CodeOf(err) != "count_currency_missing" {
			t.Fatalf("a count without the dollars answered %v", err)
		}
		c := must[Counted](t)(Count(ctx, d, Blind{Shift: o.ID, Counts: []Counting{pounds(9945), usDollars(3990)}}))
		if want := []Result{{"GBP", 9945, 9945, 0}, {"USD", 4000, 3990, -10}}; !reflect.DeepEqual(c.Counts, want) {
			t.Fatalf("counted %+v", c.Counts)
		}
		must[Ended](t)(Close(ctx, d, Closing{Shift: o.ID, Keep: []money.Amount{{Currency: "USD"}}}))
		if s.account(drawerUSD) != 0 || s.account(drawerGBP) != 9945 || s.account("1120-S01-USD")+s.account(overShort) != 4790 {
			t.Errorf("dollars %d, pounds %d, safe %d, over/short %d", s.account(drawerUSD), s.account(drawerGBP), s.account("1120-S01-USD"), s.account(overShort))
		}
		var inSafe, inDrawer int64
		s.read(func(v *db.View) error {
			if err := v.QueryRow(selectForeign, "1120-S01-USD").Scan(&inSafe); err != nil {
				return err
			}
			return v.QueryRow(selectForeign, drawerUSD).Scan(&inDrawer)
		})
		if inSafe != 5990 || inDrawer != 0 {
			t.Errorf("the ledger has %d cents in the safe and %d in the drawer", inSafe, inDrawer)
		}
	})
}

// Dollars that nobody expected need a rate before they can be booked.
func TestForeignFound(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), newShop(t, d)
		o := Opening{ID: s.id(), Store: "S01", Register: "R1", Counts: []Counting{pounds(10000)}}
		must[Opened](t)(Open(ctx, d, o))
		must[Counted](t)(Count(ctx, d, Blind{Shift: o.ID, Counts: []Counting{pounds(10000), usDollars(2000)}}))
		if _, err := Close(ctx, d, Closing{Shift: o.ID}); fault.CodeOf(err) != "cash_without_rate" {
			t.Fatalf("closing answered %v", err)
		}
		must[Ended](t)(Close(ctx, d, Closing{Shift: o.ID, Rates: map[money.Currency]money.Rate{"USD": 8_000_000_000}}))
		if s.account(drawerUSD) != 1600 || s.account(overShort) != -1600 {
			t.Errorf("dollars %d, over/short %d", s.account(drawerUSD), s.account(overShort))
		}
		next := must[Opened](t)(Open(ctx, d, Opening{ID: s.id(), Store: "S01", Register: "R1"}))
		if want := []Result{{"GBP", 10000, 10000, 0}, {"USD", 2000, 2000, 0}}; !reflect.DeepEqual(next.Counts, want) {
			t.Errorf("taken over as %+v", next.Counts)
		}
	})
}

// A receipt that names a closed shift was counted there. Its cash is that shift's over/short, not the
// next holder's.
func TestLateReceipt(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), newShop(t, d)
		// 5.00 of the first shift's cash is of a receipt that has not arrived: it counts 5.00 too much.
		first := s.shift(Opening{Employee: "E1", Counts: []Counting{pounds(10000)}}, func(o Opening) money.Minor { return 10500 })
		if s.account(overShort) != -500 {
			t.Fatalf("over/short %d", s.account(overShort))
		}
		second := Opening{ID: s.id(), Store: "S01", Register: "R1", Employee: "E2", Counts: []Counting{pounds(10500)}}
		must[Opened](t)(Open(ctx, d, second))
		s.write(func(tx *db.Tx) error {
			if err := s.sell(tx, sold{shift: first, tenders: cash(500)}); err != nil {
				return err
			}
			return s.sell(tx, sold{shift: second.ID, tenders: cash(700)})
		})
		c := must[Counted](t)(Count(ctx, d, Blind{Shift: second.ID, Counts: []Counting{pounds(11200)}}))
		if c.Counts[0].Difference != 0 {
			t.Errorf("the second holder is charged %+v", c.Counts)
		}
		must[Ended](t)(Close(ctx, d, Closing{Shift: second.ID}))
		if s.account(overShort) != 0 || s.account(drawerGBP) != 11200 {
			t.Errorf("over/short %d, drawer %d", s.account(overShort), s.account(drawerGBP))
		}
		// Once more, arriving while nobody has the drawer.
		s.write(func(tx *db.Tx) error { return s.sell(tx, sold{shift: second.ID, tenders: cash(300)}) })
		s.sound()
		third := must[Opened](t)(Open(ctx, d, Opening{ID: s.id(), Store: "S01", Register: "R1", Employee: "E3", Counts: []Counting{pounds(11200)}}))
		if third.Counts[0].Difference != 0 || s.account(drawerGBP) != 11200 || s.account(overShort) != 300 {
			t.Errorf("opened %+v, drawer %d, over/short %d", third.Counts, s.account(drawerGBP), s.account(overShort))
		}
	})
}

// Receipts that overtake the opening of their own shift are its takings.
func TestEarlyReceipt(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), newShop(t, d)
		s.shift(Opening{Employee: "E1", Counts: []Counting{pounds(10000)}}, nil)
		second := Opening{ID: s.id(), Store: "S01", Register: "R1", Employee: "E2", Counts: []Counting{pounds(10000)}}
		s.write(func(tx *db.Tx) error { return s.sell(tx, sold{shift: second.ID, tenders: cash(800)}) })
		if o := must[Opened](t)(Open(ctx, d, second)); o.Counts[0].Difference != 0 {
			t.Errorf("opened %+v", o.Counts)
		}
		if c := must[Counted](t)(Count(ctx, d, Blind{Shift: second.ID, Counts: []Counting{pounds(10800)}})); c.Counts[0].Difference != 0 {
			t.Errorf("counted %+v", c.Counts)
		}
		must[Ended](t)(Close(ctx, d, Closing{Shift: second.ID}))
		if s.account(drawerGBP) != 10800 || s.account(overShort) != 0 {
			t.Errorf("drawer %d, over/short %d", s.account(drawerGBP), s.account(overShort))
		}
	})
}

// What a drawer took before anybody had a shift at it is in it: it is expected, not over, and stands in
// the drawer's own account alone. A first count beyond it is the float, one below it went to the safe.
func TestSoldBeforeFirstShift(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		counts    []Counting
		has, safe money.Minor
	}{
		"not counted":   {nil, 1300, 0},
		"as it is":      {[]Counting{pounds(1300)}, 1300, 0},
		"with a float":  {[]Counting{pounds(11300)}, 11300, -10000},
		"less than all": {[]Counting{pounds(300)}, 300, 1000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				ctx, s := context.Background(), newShop(t, d)
				o := Opening{ID: s.id(), Store: "S01", Register: "R1", Counts: c.counts}
				for _, x := range []sold{{tenders: cash(500)}, {tenders: cash(900)}, {tenders: cash(-100)}, {shift: o.ID, tenders: cash(250)},
					{register: "R2", tenders: cash(7000)}, {register: "R2", tenders: []receipt.Tender{{Type: "cash", Amount: 60, Drawer: "R2"}}}} {
					s.write(func(tx *db.Tx) error { return s.sell(tx, x) })
				}
				opened := must[Opened](t)(Open(ctx, d, o))
				if got := opened.Counts[0]; got.Counted != c.has || got.Difference != 0 {
					t.Errorf("opened %+v", got)
				}
				s.sound()
				s.end(o.ID, c.has+250, nil)
				s.sound()
				for account, want := range map[string]money.Minor{drawerGBP: c.has + 250, "1110": 7060, "1120": c.safe, overShort: 0} {
					if got := s.account(account); got != want {
						t.Errorf("%s is %d, want %d", account, got, want)
					}
				}
				s.shift(Opening{}, nil) // the next one finds nothing to move
				if s.account("1110") != 7060 || s.account(overShort) != 0 {
					t.Errorf("then 1110 %d, over/short %d", s.account("1110"), s.account(overShort))
				}
			})
		})
	}
}

// What the drawer's account holds beyond its documents is cleared at the close and becomes a task.
func TestUnexplainedDrawer(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), newShop(t, d)
		o := Opening{ID: s.id(), Store: "S01", Register: "R1", Counts: []Counting{pounds(10000)}}
		must[Opened](t)(Open(ctx, d, o))
		s.write(func(tx *db.Tx) error { return s.sell(tx, sold{day: "2026-03-01", tenders: cash(400)}) })
		s.sound()
		s.write(func(tx *db.Tx) error { // the owner helps himself, and an accountant books it by hand
			return ledger.Post(tx, &ledger.Entry{ID: s.id(), Kind: "manual", BusinessDay: "2026-03-14",
				Lines: []ledger.Line{{Account: "3200", Amount: 150}, {Account: drawerGBP, Amount: -150}}})
		})
		s.read(func(v *db.View) error {
			f, err := Verify(v)
			if want := []Finding{{"S01", "R1", "GBP", 10250, 10400}}; !reflect.DeepEqual(f, want) {
				t.Errorf("findings %+v", f)
			}
			return err
		})
		must[Counted](t)(Count(ctx, d, Blind{Shift: o.ID, Counts: []Counting{pounds(9850)}}))
		must[Ended](t)(Close(ctx, d, Closing{Shift: o.ID}))
		s.sound()
		if s.account(drawerGBP) != 9850 || s.account(overShort) != 400 {
			t.Errorf("drawer %d, over/short %d", s.account(drawerGBP), s.account(overShort))
		}
		s.read(func(v *db.View) error { _, err := tasks.Find(v, "drawer:"+o.ID.String()); return err })
	})
}

func TestRecount(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), newShop(t, d)
		o := Opening{ID: s.id(), Store: "S01", Register: "R1", Counts: []Counting{pounds(10000)}}
		must[Opened](t)(Open(ctx, d, o))
		if _, err := Recount(ctx, d, Blind{Shift: o.ID, Counts: []Counting{pounds(10000)}, Reason: "x"}); fault.CodeOf(err) != "shift_not_counted" {
			t.Errorf("a recount before the count answered %v", err)
		}
		must[Counted](t)(Count(ctx, d, Blind{Shift: o.ID, Counts: []Counting{pounds(1000)}}))
		if _, err := Recount(ctx, d, Blind{Shift: o.ID, Counts: []Counting{pounds(9990)}}); fault.CodeOf(err) != "recount_without_reason" {
			t.Errorf("a recount without a reason answered %v", err)
		}
		again := Blind{Shift: o.ID, Counts: []Counting{pounds(9990)}, Reason: "a zero was missing"}
		if c := must[Counted](t)(Recount(ctx, d, again)); c.Counts[0].Difference != -10 {
			t.Errorf("recounted %+v", c.Counts)
		}
		must[Counted](t)(Recount(ctx, d, again))
		must[Ended](t)(Close(ctx, d, Closing{Shift: o.ID}))
		if s.account(overShort) != 10 || s.account(drawerGBP) != 9990 {
			t.Errorf("over/short %d, drawer %d", s.account(overShort), s.account(drawerGBP))
		}
	})
}

// A register and a drawer have one holder at a time; a forgotten shift says so and keeps its day.
func TestBusy(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), newShop(t, d)
		yesterday := Opening{ID: s.id(), Store: "S01", Register: "R1", At: dbtest.Now.AddDate(0, 0, -1)}
		if o := must[Opened](t)(Open(ctx, d, yesterday)); o.Shift.Day != "2026-03-13" {
			t.Fatalf("opened %+v", o)
		}
		for _, c := range []struct {
			o    Opening
			code string
		}{
			{Opening{ID: s.id(), Store: "S01", Register: "R1"}, "shift_register_busy"},
			{Opening{ID: s.id(), Store: "S01", Register: "R2", Drawer: "R1"}, "shift_drawer_busy"},
			{Opening{ID: s.id(), Store: "S01", Register: "R9"}, "register_unknown"},
			{Opening{ID: s.id(), Store: "S01", Register: "R2", Drawer: "D9"}, "drawer_unknown"},
			{Opening{ID: yesterday.ID, Store: "S01", Register: "R2"}, "shift_other_content"},
			{Opening{Store: "S01", Register: "R2"}, "shift_without_id"},
			{Opening{ID: s.id(), Store: "S01", Register: "R2", Employee: "4111111111111111"}, "shift_text"},
			{Opening{ID: s.id(), Store: "S01", Register: "R2", Counts: []Counting{pounds(1), pounds(2)}}, "count_currency_twice"},
		} {
			if _, err := Open(ctx, d, c.o); fault.CodeOf(err) != c.code {
				t.Errorf("%+v answered %v, want %s", c.o, err, c.code)
			}
		}
		must[Counted](t)(Count(ctx, d, Blind{Shift: yesterday.ID, Counts: nil}))
		if e := must[Ended](t)(Close(ctx, d, Closing{Shift: yesterday.ID})); e.Shift.Day != "2026-03-13" || e.Shift.Z != 1 {
			t.Errorf("closed %+v", e)
		}
		must[Opened](t)(Open(ctx, d, Opening{ID: s.id(), Store: "S01", Register: "R1"}))
	})
}

func TestBadMovements(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), newShop(t, d)
		o := Opening{ID: s.id(), Store: "S01", Register: "R1", Counts: []Counting{pounds(10000)}}
		must[Opened](t)(Open(ctx, d, o))
		before := s.entries()
		for code, m := range map[string]Movement{
			"cash_kind":         {Kind: "gift", Amount: gbp(1)},
			"shift_amount":      {Kind: posting.CashDrop, Amount: gbp(-1)},
			"unknown_currency":  {Kind: posting.CashDrop, Amount: money.Amount{Minor: 1, Currency: "XXZ"}},
			"cash_tax":          {Kind: posting.CashPaidOut, Amount: gbp(100), Tax: 101},
			"cash_detail":       {Kind: posting.CashDrop, Amount: gbp(100), Expense: "tea"},
			"cash_tips":         {Kind: posting.CashTipsOut},
			"posting_cash_kind": {Kind: posting.CashPaidOut, Amount: gbp(100), Purpose: "gift"},
			"shift_text":        {Kind: posting.CashPaidOut, Amount: gbp(100), Reason: "card 4111 1111 1111 1111"},
			"cash_without_rate": {Kind: posting.CashPaidIn, Amount: money.Amount{Minor: 1, Currency: "USD"}, Purpose: posting.PurposeOwner},
		} {
			m.ID, m.Shift = s.id(), o.ID
			if _, err := Move(ctx, d, m); fault.CodeOf(err) != code {
				t.Errorf("%s: %v", code, err)
			}
		}
		if _, err := Move(ctx, d, Movement{ID: s.id(), Shift: s.id(), Kind: posting.CashDrop, Amount: gbp(1)}); fault.CodeOf(err) != "shift_not_found" {
			t.Errorf("an unknown shift answered %v", err)
		}
		if s.entries() != before {
			t.Errorf("%d entries were written", s.entries()-before)
		}
	})
}

// J4: the bag leaves the safe, is in transit, and is matched once.
func TestBank(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), newShop(t, d)
		b := Bag{ID: s.id(), Store: "S01", Amount: 49835, Reference: "4711"}
		sent := must[shifts.Deposit](t)(BankDeposit(ctx, d, b))
		if again := must[shifts.Deposit](t)(BankDeposit(ctx, d, b)); again != sent || s.account(safe) != -49835 || s.account("1130") != 49835 {
			t.Errorf("%+v, then %+v; safe %d, transit %d", sent, again, s.account(safe), s.account("1130"))
		}
		other := b
		other.Amount++
		if _, err := BankDeposit(ctx, d, other); fault.CodeOf(err) != "shift_other_content" {
			t.Errorf("another amount answered %v", err)
		}
		var waiting []shifts.Deposit
		s.read(func(v *db.View) (err error) { waiting, err = shifts.InTransit(v, "S01"); return err })
		if len(waiting) != 1 || waiting[0].ID != b.ID {
			t.Errorf("in transit: %+v", waiting)
		}
		m := Shown{ID: s.id(), Bag: b.ID, Statement: "2026-03-16/12"}
		shown := must[shifts.Deposit](t)(MatchDeposit(ctx, d, m))
		if again := must[shifts.Deposit](t)(MatchDeposit(ctx, d, m)); again != shown || s.account("1130") != 0 || s.account("1140") != 49835 {
			t.Errorf("%+v, then %+v; transit %d, bank %d", shown, again, s.account("1130"), s.account("1140"))
		}
		if _, err := MatchDeposit(ctx, d, Shown{ID: s.id(), Bag: b.ID, Statement: "2026-03-17/1"}); fault.CodeOf(err) != "deposit_matched" {
			t.Errorf("a second line answered %v", err)
		}
		if _, err := MatchDeposit(ctx, d, Shown{ID: s.id(), Bag: s.id()}); fault.CodeOf(err) != "deposit_not_found" {
			t.Errorf("an unknown bag answered %v", err)
		}
		short := Bag{ID: s.id(), Store: "S01", Amount: 10000}
		must[shifts.Deposit](t)(BankDeposit(ctx, d, short))
		must[shifts.Deposit](t)(MatchDeposit(ctx, d, Shown{ID: s.id(), Bag: short.ID, Statement: "2026-03-17/2", Credited: 9990}))
		if s.account("1130") != 0 || s.account("1140") != 59825 || s.account(overShort) != 10 {
			t.Errorf("transit %d, bank %d, over/short %d", s.account("1130"), s.account("1140"), s.account(overShort))
		}
	})
}

const (
	selectParty   db.SQL = `SELECT party FROM entry_lines WHERE account = $1`
	selectForeign db.SQL = `SELECT CAST(COALESCE(SUM(foreign_amount), 0) AS BIGINT) FROM entry_lines WHERE account = $1`
)
