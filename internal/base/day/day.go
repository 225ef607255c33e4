// Package day knows what a business day is. A shop's day is not UTC's day: it has a time zone and a
// cut-over hour, so that a sale at one in the morning can still belong to the evening before.
package day

import (
	"time"

	"github.com/tillpost/tillpost/internal/base/fault"
)

// Day is a calendar date as "YYYY-MM-DD". Days compare as text. The empty Day means "none".
type Day string

// ErrSyntax says that a text is not a date.
var ErrSyntax = fault.New(fault.Invalid, "bad_date", "this is not a date like 2026-03-14")

const layout = "2006-01-02"

// Parse checks a date.
func Parse(s string) (Day, error) {
	t, err := time.Parse(layout, s)
	if err != nil || t.Year() < 1970 || t.Year() > 9998 {
		return "", ErrSyntax
	}
	return Day(s), nil
}

// Of returns the date that t shows in its own location.
func Of(t time.Time) Day { return Day(t.Format(layout)) }

// Time returns midnight UTC of the day; it is a date to calculate with, not an instant in a shop.
func (d Day) Time() time.Time {
	t, _ := time.Parse(layout, string(d))
	return t
}

// Add returns the day n days later.
func (d Day) Add(n int) Day { return Of(d.Time().AddDate(0, 0, n)) }

// Month returns "YYYY-MM".
func (d Day) Month() string {
	if len(d) < 7 {
		return ""
	}
	return string(d[:7])
}

// Rule turns instants into a shop's business days.
type Rule struct {
	Zone    *time.Location
	CutOver time.Duration // how long after midnight, by the wall clock, the day still is yesterday's
}

// Of returns the business day of an instant, by the shop's wall clock: also on the day when the
// clocks change, a cut-over at 03:00 means 03:00 on the wall.
func (r Rule) Of(t time.Time) Day {
	zone := r.Zone
	if zone == nil {
		zone = time.UTC
	}
	w := t.In(zone)
	d := Of(w)
	since := time.Duration(w.Hour())*time.Hour + time.Duration(w.Minute())*time.Minute + time.Duration(w.Second())*time.Second
	if since < r.CutOver {
		return d.Add(-1)
	}
	return d
}
