package ledger_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

func TestFiscalYears(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ start, day, label, first, second, last string }{
		{"", "2026-03-14", "2026", "2026-01-01", "2026-02-01", "2026-12-31"},
		{"04-06", "2026-03-14", "2025/26", "2025-04-06", "2025-05-06", "2026-04-05"},
		{"04-06", "2026-04-06", "2026/27", "2026-04-06", "2026-05-06", "2027-04-05"},
		{"07-01", "1999-12-31", "1999/00", "1999-07-01", "1999-08-01", "2000-06-30"},
		{"01-31", "2028-02-01", "2028/29", "2028-01-31", "2028-02-29", "2029-01-30"},
		{"02-28", "2028-02-28", "2028/29", "2028-02-28", "2028-03-28", "2029-02-27"},
	} {
		f, err := ledger.ParseFiscalStart(c.start)
		if err != nil {
			t.Fatal(err)
		}
		y := f.Year(day.Day(c.day))
		got := fmt.Sprint(y[0].FiscalYear, y[0].Start, y[1].Start, y[11].End)
		if want := fmt.Sprint(c.label, c.first, c.second, c.last); got != want {
			t.Errorf("start %s, %s: %s, want %s", c.start, c.day, got, want)
		}
		for i := 1; i < 12; i++ {
			if y[i].Start != y[i-1].End.Add(1) {
				t.Errorf("start %s: gap between %v and %v", c.start, y[i-1], y[i])
			}
		}
	}
	for _, bad := range []string{"02-29", "13-01", "4-6", "x", "00-00"} {
		if _, err := ledger.ParseFiscalStart(bad); !errors.Is(err, ledger.ErrFiscalStart) {
			t.Errorf("start %s answered %v", bad, err)
		}
	}
}

func TestEnsureYear(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		april := ledger.FiscalStart{Month: 4, Day: 6}
		start := func(on day.Day) (s day.Day) {
			read(t, d, func(q db.Q) (err error) { s, err = ledger.YearStart(q, on, ledger.FiscalStart{}); return err })
			return s
		}
		_ = want(t, start("2026-03-14"), "2026-01-01")
		for range 2 {
			write(t, d, func(tx *db.Tx) error { _, err := ledger.EnsureYear(tx, "2026-03-14", april); return err })
		}
		// Later years follow the first when nobody says otherwise.
		write(t, d, func(tx *db.Tx) error { _, err := ledger.EnsureYear(tx, "2027-01-01", ledger.FiscalStart{}); return err })
		refused(t, d, ledger.ErrPeriodsOverlap, func(tx *db.Tx) error {
			_, err := ledger.EnsureYear(tx, "2026-06-01", ledger.FiscalStart{Month: 1, Day: 1})
			return err
		})
		refused(t, d, day.ErrSyntax, func(tx *db.Tx) error { _, err := ledger.EnsureYear(tx, "x", april); return err })
		read(t, d, func(q db.Q) error {
			all, err := ledger.Periods(q, "", "")
			if err == nil && (len(all) != 24 || all[0].Start != "2025-04-06" || all[23].End != "2027-04-05") {
				t.Errorf("%d periods: %v", len(all), all)
			}
			return err
		})
		_ = want(t, start("2026-03-14"), "2025-04-06")
		_ = want(t, start("2031-03-14"), "2030-04-06")
	})
}

// J18: a sale of February that arrives in March counts in March when February is locked.
func TestLateArrival(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		books(t, d)
		_ = want(t, post(t, d, entry("no periods", "2026-02-28", "1150", "4010", 100)).EffectiveDay, "2026-02-28")
		write(t, d, func(tx *db.Tx) error { _, err := ledger.EnsureYear(tx, "2026-02-28", ledger.FiscalStart{}); return err })
		_ = want(t, post(t, d, entry("open", "2026-02-28", "1150", "4010", 200)).EffectiveDay, "2026-02-28")
		by := ledger.By{Who: "bookkeeper", Reason: "February is done"}
		write(t, d, func(tx *db.Tx) error {
			_, err := ledger.Lock(tx, "2026-02-01", "2026-02-28", by)
			late := entry("late", "2026-02-28", "1150", "4010", 5350) // the lock holds in its own group already
			err = errors.Join(err, ledger.Post(tx, late))
			return errors.Join(err, want(t, late.EffectiveDay, "2026-03-01"), want(t, late.BusinessDay, "2026-02-28"))
		})
		// Everything before a lock is locked with it, also days without a period: the opening balances of
		// February stay what they were.
		for i, on := range []day.Day{"2026-01-31", "2025-12-31", "1999-01-01"} {
			_ = want(t, post(t, d, entry("before "+string(on), on, "1150", "4010", money.Minor(300+i))).EffectiveDay, "2026-03-01")
		}
		// Adjoining locks are passed one after the other, also the end of the last year with periods.
		write(t, d, func(tx *db.Tx) error { _, err := ledger.Lock(tx, "2026-03-01", "2026-12-31", by); return err })
		_ = want(t, post(t, d, entry("later", "2026-02-01", "1150", "4010", 400)).EffectiveDay, "2027-01-01")
		ahead := entry("ahead", "2026-01-31", "1150", "4010", 500)
		ahead.EffectiveDay = "2026-05-05" // the caller may defer, and the lock counts from there
		_ = want(t, post(t, d, ahead).EffectiveDay, "2027-01-01")
		read(t, d, func(q db.Q) error {
			late := func(from, to day.Day) (n int) {
				if err := ledger.LateArrivals(q, from, to, func(l ledger.Late) error {
					n++
					if l.Debits == 0 || l.EffectiveDay <= l.BusinessDay {
						t.Errorf("late: %+v", l)
					}
					return nil
				}); err != nil {
					t.Fatal(err)
				}
				return n
			}
			_ = want(t, late("2026-02-01", "2026-02-28"), 2) // happened in it
			_ = want(t, late("2026-03-01", "2026-03-31"), 4) // counts in it
			_ = want(t, late("2025-01-01", "2025-12-31"), 1) // a year without periods
			_ = want(t, late("", "2026-01-31"), 4)
			_ = want(t, late("2027-01-01", "2027-01-31"), 2)
			_ = want(t, late("2026-06-01", "2026-06-30"), 0) // neither, though it lies between
			return want(t, late("", ""), 6)
		})
	})
}

func TestLocks(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		books(t, d)
		write(t, d, func(tx *db.Tx) error { _, err := ledger.EnsureYear(tx, "2026-02-28", ledger.FiscalStart{}); return err })
		write(t, d, func(tx *db.Tx) error { _, err := ledger.EnsureYear(tx, "2028-02-28", ledger.FiscalStart{}); return err })
		by := ledger.By{Who: "owner"}
		for _, r := range [][2]day.Day{{"2026-02-02", "2026-02-28"}, {"2026-02-01", "2026-02-27"}, {"2026-03-01", "2026-02-28"}, {"2027-01-01", "2027-01-31"}, {"2026-12-01", "2028-01-31"}} {
			refused(t, d, ledger.ErrNotPeriods, func(tx *db.Tx) error { _, err := ledger.Lock(tx, r[0], r[1], by); return err })
		}
		refused(t, d, ledger.ErrWho, func(tx *db.Tx) error { _, err := ledger.Lock(tx, "2026-02-01", "2026-02-28", ledger.By{}); return err })
		for range 2 { // the second time changes nothing
			write(t, d, func(tx *db.Tx) error {
				p, err := ledger.Lock(tx, "2026-02-01", "2026-03-31", by)
				if len(p) != 2 || !p[0].Locked || !p[1].Locked {
					t.Errorf("locked: %+v", p)
				}
				return err
			})
		}
		_ = want(t, locked(t, d), "2026-01-01 2026-02-01 2026-03-01 ")
		refused(t, d, ledger.ErrLaterLocked, func(tx *db.Tx) error { _, err := ledger.Unlock(tx, "2026-02-01", "2026-02-28", by); return err })
		write(t, d, func(tx *db.Tx) error {
			p, err := ledger.Unlock(tx, "2026-03-01", "2026-03-31", ledger.By{Who: "accountant", Reason: "invoice found"})
			open, shut := entry("again", "2026-03-03", "1150", "4010", 1), entry("shut", "2026-02-03", "1150", "4010", 1)
			err = errors.Join(err, ledger.Post(tx, open), ledger.Post(tx, shut), want(t, open.EffectiveDay, "2026-03-03"), want(t, shut.EffectiveDay, "2026-03-01"))
			if len(p) != 1 || p[0].Locked {
				t.Errorf("unlocked: %+v", p)
			}
			return err
		})
		write(t, d, func(tx *db.Tx) error {
			_, err := ledger.Unlock(tx, "2026-01-01", "2026-12-31", by) // what is open stays open
			e := entry("all open", "1999-01-01", "1150", "4010", 1)
			return errors.Join(err, ledger.Post(tx, e), want(t, e.EffectiveDay, e.BusinessDay))
		})
		read(t, d, func(q db.Q) error {
			changes, err := ledger.Changes(q, "2026-01-01", "")
			said := ""
			for _, c := range changes {
				said += fmt.Sprintf("%s #%d %t %s: %s\n", c.Start[:7], c.No, c.Locked, c.By.Who, c.By.Reason)
			}
			return errors.Join(err, want(t, said, "2026-01 #1 true owner: with 2026-02-01\n2026-01 #2 false owner: \n2026-02 #1 true owner: \n2026-02 #2 false owner: \n"+
				"2026-03 #1 true owner: \n2026-03 #2 false accountant: invoice found\n"), want(t, changes[0].ChangedMs, dbtest.Now.UnixMilli()))
		})
	})
}

// locked lists the first days of the periods that are locked.
func locked(t *testing.T, d *db.DB) (days string) {
	t.Helper()
	read(t, d, func(q db.Q) error {
		all, err := ledger.Periods(q, "", "")
		for _, p := range all {
			if p.Locked {
				days += string(p.Start) + " "
			}
		}
		return err
	})
	return days
}

// A lock reaches over years: into gaps between them, and into years that are made afterwards.
func TestLocksReachBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		books(t, d)
		by := ledger.By{Who: "owner"}
		year := func(on day.Day) {
			t.Helper()
			write(t, d, func(tx *db.Tx) error { _, err := ledger.EnsureYear(tx, on, ledger.FiscalStart{}); return err })
		}
		year("2024-01-01")
		year("2026-01-01")
		write(t, d, func(tx *db.Tx) error { _, err := ledger.Lock(tx, "2026-01-01", "2026-01-31", by); return err })
		_ = want(t, post(t, d, entry("gap", "2025-07-01", "1150", "4010", 1)).EffectiveDay, "2026-02-01")
		year("2025-01-01")
		year("2023-01-01")
		_ = want(t, len(locked(t, d)), 37*len("2026-01-01 "))
		_ = want(t, post(t, d, entry("made", "2025-07-01", "1150", "4010", 1)).EffectiveDay, "2026-02-01")
		read(t, d, func(q db.Q) error {
			changes, err := ledger.Changes(q, "2025-07-01", "2025-07-01")
			if len(changes) != 1 || !changes[0].Locked || changes[0].By.Who != "owner" || changes[0].By.Reason == "" {
				t.Errorf("changes: %+v", changes)
			}
			to, lerr := ledger.LockedTo(q)
			return errors.Join(err, lerr, want(t, to, "2026-01-31"))
		})
		write(t, d, func(tx *db.Tx) error { _, err := ledger.Unlock(tx, "2025-12-01", "2026-01-31", by); return err })
		_ = want(t, post(t, d, entry("reopened", "2025-12-31", "1150", "4010", 1)).EffectiveDay, "2025-12-31")
		_ = want(t, post(t, d, entry("shut", "2025-11-30", "1150", "4010", 1)).EffectiveDay, "2025-12-01")
	})
}
