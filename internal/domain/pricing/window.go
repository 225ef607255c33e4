package pricing

import (
	"slices"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
)

// Window says when, where and for whom a promotion runs. What is empty does not restrict.
type Window struct {
	From   day.Day  `json:"from,omitempty"`  // first business day
	To     day.Day  `json:"to,omitempty"`    // last business day
	Days   []string `json:"days,omitempty"`  // "mon" to "sun", by the store's wall clock
	Hours  []Hours  `json:"hours,omitempty"` // by the store's wall clock
	Stores []string `json:"stores,omitempty"`
	Groups []string `json:"groups,omitempty"` // customer groups
}

// Hours is a span of the day from From (included) to To (excluded), as "17:00". A span whose To is
// not after its From runs past midnight and belongs to the day on which it began: "fri 22:00 to
// 02:00" holds on Saturday at one in the morning.
type Hours struct {
	From string `json:"from"`
	To   string `json:"to"`
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func (w *Window) check() error {
	if !dayOrNone(w.From) || !dayOrNone(w.To) {
		return ErrWindow
	}
	for _, d := range w.Days {
		if !slices.Contains(weekdays, d) {
			return ErrWindow
		}
	}
	for _, h := range w.Hours {
		_, from := minutes(h.From)
		_, to := minutes(h.To)
		if !from || !to {
			return ErrWindow
		}
	}
	return nil
}

// open tells whether the basket falls into the window.
func (w *Window) open(b *Basket) bool {
	if w.From != "" && b.Day < w.From || w.To != "" && b.Day > w.To {
		return false
	}
	if !namesBasket(w.Stores, w.Groups, b) || b.At.IsZero() && len(w.Days)+len(w.Hours) > 0 {
		return false
	}
	if len(w.Hours) == 0 {
		return w.onDay(b.At.Weekday())
	}
	now := b.At.Hour()*60 + b.At.Minute()
	for _, h := range w.Hours {
		from, _ := minutes(h.From)
		to, _ := minutes(h.To)
		switch {
		case from < to:
			if from <= now && now < to && w.onDay(b.At.Weekday()) {
				return true
			}
		case now >= from:
			if w.onDay(b.At.Weekday()) {
				return true
			}
		case now < to:
			if w.onDay((b.At.Weekday() + 6) % 7) {
				return true
			}
		}
	}
	return false
}

func (w *Window) onDay(d time.Weekday) bool {
	return len(w.Days) == 0 || slices.Contains(w.Days, weekdays[d])
}

// minutes reads "17:30" as minutes since midnight; "24:00" is the end of the day.
func minutes(s string) (int, bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	n := [4]int{}
	for i, at := range []int{0, 1, 3, 4} {
		if s[at] < '0' || s[at] > '9' {
			return 0, false
		}
		n[i] = int(s[at] - '0')
	}
	h, m := n[0]*10+n[1], n[2]*10+n[3]
	return h*60 + m, m < 60 && (h < 24 || h == 24 && m == 0)
}
