package day_test

import (
	"errors"
	"testing"
	"time"
	_ "time/tzdata" // a shop's day must not depend on the machine's files, nor its test

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/day"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"1970-01-01", "2024-02-29", "2026-12-31", "9998-12-31"} {
		if d, err := day.Parse(s); err != nil || string(d) != s {
			t.Errorf("%s: %s, %v", s, d, err)
		}
	}
	for _, s := range []string{"", "2026-2-1", "2026-02-29", "2026-13-01", "1969-12-31", "9999-01-01", "20260314", "2026-03-14T00:00", " 2026-03-14", "2026-03-14 ", "２026-03-14", "-026-03-14", "14.03.2026", "02026-03-14"} {
		if d, err := day.Parse(s); !errors.Is(err, day.ErrSyntax) || d != "" {
			t.Errorf("%q: %q, %v", s, d, err)
		}
	}
}

func TestCalendar(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d    day.Day
		n    int
		want day.Day
	}{{"2026-03-14", 0, "2026-03-14"}, {"2026-02-28", 1, "2026-03-01"}, {"2024-02-28", 1, "2024-02-29"}, {"2026-01-01", -1, "2025-12-31"}, {"2026-03-29", 365, "2027-03-29"}, {"1970-01-01", 36525, "2070-01-01"}} {
		if got := c.d.Add(c.n); got != c.want {
			t.Errorf("%s + %d = %s, want %s", c.d, c.n, got, c.want)
		}
	}
	if m := day.Day("2026-03-14").Month(); m != "2026-03" {
		t.Error(m)
	}
	if m := day.Day("").Month(); m != "" {
		t.Error(m)
	}
}

// Days compare as text as their dates compare, and adding is undone by subtracting.
func TestOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := day.Day("1970-01-01").Add(rapid.IntRange(0, 2_900_000).Draw(t, "a"))
		n := rapid.IntRange(-1000, 1000).Draw(t, "n")
		b := a.Add(n)
		if (a < b) != (n > 0) || (a == b) != (n == 0) || b.Add(-n) != a || int(b.Time().Sub(a.Time())/(24*time.Hour)) != n {
			t.Fatalf("%s + %d = %s", a, n, b)
		}
		if _, err := day.Parse(string(a)); err != nil {
			t.Fatal(err)
		}
	})
}

// A cut-over at three is three on the wall, also in the nights in which the clocks change.
func TestRuleWhenClocksChange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone string
		at   string // UTC
		want day.Day
	}{
		{"Europe/London", "2026-03-29T00:59:59Z", "2026-03-28"}, // 00:59:59, then the clock jumps to 02:00
		{"Europe/London", "2026-03-29T01:00:00Z", "2026-03-28"}, // 02:00
		{"Europe/London", "2026-03-29T01:59:59Z", "2026-03-28"}, // 02:59:59
		{"Europe/London", "2026-03-29T02:00:00Z", "2026-03-29"}, // 03:00
		{"Europe/London", "2026-10-25T00:30:00Z", "2026-10-24"}, // 01:30 for the first time
		{"Europe/London", "2026-10-25T01:30:00Z", "2026-10-24"}, // 01:30 for the second time
		{"Europe/London", "2026-10-25T02:59:59Z", "2026-10-24"},
		{"Europe/London", "2026-10-25T03:00:00Z", "2026-10-25"},
		{"America/New_York", "2026-03-08T06:59:59Z", "2026-03-07"}, // 01:59:59, then the clock jumps to 03:00
		{"America/New_York", "2026-03-08T07:00:00Z", "2026-03-08"}, // 03:00
		{"America/New_York", "2026-11-01T05:30:00Z", "2026-10-31"}, // 01:30 for the first time
		{"America/New_York", "2026-11-01T06:30:00Z", "2026-10-31"}, // 01:30 for the second time
		{"America/New_York", "2026-11-01T07:59:59Z", "2026-10-31"},
		{"America/New_York", "2026-11-01T08:00:00Z", "2026-11-01"},
		{"Australia/Lord_Howe", "2026-04-04T15:15:00Z", "2026-04-04"}, // 01:45 for the second time: half an hour is repeated
		{"Australia/Lord_Howe", "2026-04-04T16:29:59Z", "2026-04-04"},
		{"Australia/Lord_Howe", "2026-04-04T16:30:00Z", "2026-04-05"},
		{"Australia/Lord_Howe", "2026-10-03T15:59:59Z", "2026-10-03"}, // 02:59:59
		{"Australia/Lord_Howe", "2026-10-03T16:00:00Z", "2026-10-04"}, // 03:00
		{"Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29"},        // 23:59:59; the 30th did not happen there
		{"Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30"},        // 00:00 of the 31st: the evening before is the 30th
		{"Asia/Kathmandu", "2026-03-13T21:14:59Z", "2026-03-13"},
		{"Asia/Kathmandu", "2026-03-13T21:15:00Z", "2026-03-14"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		r := day.Rule{Zone: zone(t, c.zone), CutOver: 3 * time.Hour}
		if got := r.Of(at); got != c.want {
			t.Errorf("%s, %s: %s, want %s", c.zone, at.In(r.Zone), got, c.want)
		}
	}
	at := time.Date(2026, 3, 14, 2, 59, 59, 999_999_999, time.UTC)
	if got := (day.Rule{CutOver: 3 * time.Hour}).Of(at); got != "2026-03-13" {
		t.Errorf("the last nanosecond: %s", got)
	}
	if got := (day.Rule{}).Of(at.In(zone(t, "Asia/Tokyo"))); got != "2026-03-14" {
		t.Errorf("no zone is UTC: %s", got)
	}
}

// A business day is one piece of time: from the cut-over on its date to the cut-over on the next.
func TestRuleIsOnePiece(t *testing.T) {
	t.Parallel()
	zones := []*time.Location{zone(t, "Europe/London"), zone(t, "America/New_York"), zone(t, "Australia/Lord_Howe"), zone(t, "Asia/Kolkata"), time.UTC}
	// The nights of the changes, and any other time from 1996 on.
	nights := []int64{1774746000, 1792888200, 1772953200, 1793511000, 1775315700, 1791043200}
	instants := rapid.OneOf(rapid.Int64Range(820_454_400, 2_000_000_000), rapid.Custom(func(t *rapid.T) int64 {
		return rapid.SampledFrom(nights).Draw(t, "night") + rapid.Int64Range(-14400, 14400).Draw(t, "seconds")
	}))
	rapid.Check(t, func(t *rapid.T) {
		r := day.Rule{Zone: rapid.SampledFrom(zones).Draw(t, "zone"), CutOver: time.Duration(rapid.IntRange(180, 720).Draw(t, "cut-over")) * time.Minute}
		at := time.Unix(instants.Draw(t, "at"), 0)
		d := r.Of(at)
		start := func(d day.Day) time.Time {
			midnight := d.Time()
			return time.Date(midnight.Year(), midnight.Month(), midnight.Day(), 0, int(r.CutOver/time.Minute), 0, 0, r.Zone)
		}
		if at.Before(start(d)) || !at.Before(start(d.Add(1))) {
			t.Fatalf("%s is said to be %s, which lasts from %s to %s", at.In(r.Zone), d, start(d), start(d.Add(1)))
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("2026-03-14")
	f.Add("2026-02-30")
	f.Add("0000-00-00")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := day.Parse(s)
		if err != nil {
			return
		}
		if string(d) != s || day.Of(d.Time()) != d || len(s) != 10 {
			t.Fatalf("%q is %s, and that %s", s, d, day.Of(d.Time()))
		}
	})
}
