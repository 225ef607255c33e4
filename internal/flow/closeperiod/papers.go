package closeperiod

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Papers are what belongs to a closed period beside its reports.
type Papers struct {
	From     day.Day            `json:"from"` // first day of the first period
	To       day.Day            `json:"to"`   // last day of the last one
	Periods  []ledger.Period    `json:"periods"`
	Earlier  []ledger.Period    `json:"earlier,omitempty"` // older ones that were open and are locked with them
	Suspense []ledger.Suspended `json:"suspense"`          // at the end of the last day
	// Changed is how many periods an order has locked or opened: those that were not so already.
	Changed int `json:"changed,omitempty"`
	// Late are the entries that happened in the period and count later, or the other way round.
	Late     []ledger.Late `json:"late"`
	LateMore int64         `json:"late_more,omitempty"` // beyond LateMost
	// Unsealed are days with receipts that a store, which closes its days, has not closed. They do not
	// keep a period open: what comes to them later counts after the lock, as everything else.
	Unsealed []StoreDay `json:"unsealed"`
}

// StoreDay is a store's business day.
type StoreDay struct {
	Store string  `json:"store"`
	Day   day.Day `json:"day"`
}

// LateMost bounds the list of late arrivals.
const LateMost = 1000

// Notes are what a person should know of it, a sentence each.
func (p *Papers) Notes() []string {
	var notes []string
	if n := len(p.Earlier); n > 0 {
		notes = append(notes, fmt.Sprintf("Everything before is locked too: %s, %s to %s.", number(n, "earlier period was", "earlier periods were")+" still open", p.Earlier[0].Start, p.Earlier[n-1].End))
	}
	if n := len(p.Unsealed); n > 0 {
		notes = append(notes, fmt.Sprintf("%s not closed at the till, the first is %s of store %s: \"tillpost day close\" does it, also now.",
			number(n, "business day is", "business days are"), p.Unsealed[0].Day, p.Unsealed[0].Store))
	}
	return notes
}

func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n) + " " + many
}

// other counts the periods that an order has to change.
func (p *Papers) other(locked bool) int {
	n := 0
	for i := range p.Periods {
		if p.Periods[i].Locked != locked {
			n++
		}
	}
	return n
}

// Review reads the papers of periods without changing anything: before a close to see what is in its
// way, after it to print them. The days name periods as in an Order.
func Review(q db.Q, from, to day.Day) (Papers, error) {
	p := Papers{Periods: []ledger.Period{}, Suspense: []ledger.Suspended{}, Late: []ledger.Late{}}
	periods, err := named(q, from, to)
	if err != nil {
		return p, err
	}
	p.Periods = append(p.Periods, periods...)
	p.From, p.To = from, to
	if n := len(p.Periods); n > 0 {
		p.From, p.To = p.Periods[0].Start, p.Periods[n-1].End
	}
	suspense, err := ledger.Suspense(q, p.To)
	if err != nil {
		return p, err
	}
	p.Suspense = append(p.Suspense, suspense...)
	if p.Unsealed, err = unsealed(q, p.From, p.To); err != nil {
		return p, err
	}
	err = ledger.LateArrivals(q, p.From, p.To, func(l ledger.Late) error {
		if len(p.Late) < LateMost {
			p.Late = append(p.Late, l)
		} else {
			p.LateMore++
		}
		return nil
	})
	return p, err
}

// named finds the periods that two days mean, none where none were made.
func named(q db.Q, from, to day.Day) ([]ledger.Period, error) {
	wrong := ledger.ErrNotPeriods.Named("from", string(from)+".."+string(to))
	for _, d := range [...]day.Day{from, to} {
		if _, err := day.Parse(string(d)); err != nil {
			return nil, err
		}
	}
	if to < from {
		return nil, wrong
	}
	periods, err := ledger.Periods(q, from, to)
	if err != nil {
		return nil, err
	}
	if wholeMonths(from, to) {
		periods = slices.DeleteFunc(periods, func(p ledger.Period) bool { return p.Start < from })
	} else if n := len(periods); n > 0 && (periods[0].Start > from || periods[n-1].End < to) {
		return nil, wrong
	}
	return periods, nil
}

// wholeMonths tells whether the days are the first of a calendar month and the last of one.
func wholeMonths(from, to day.Day) bool {
	return from.Time().Day() == 1 && to.Add(1).Time().Day() == 1
}

// selectUnsealed finds a store's days from the first one that it has ever closed.
const selectUnsealed db.SQL = `SELECT DISTINCT t.store, t.day FROM totals_receipts t WHERE t.day >= $1 AND t.day <= $2
	AND EXISTS (SELECT 1 FROM day_closes u WHERE u.store = t.store AND u.business_day <= t.day AND u.register = '')
	AND NOT EXISTS (SELECT 1 FROM day_closes c WHERE c.store = t.store AND c.business_day = t.day AND c.register = '')`

func unsealed(q db.Q, from, to day.Day) ([]StoreDay, error) {
	out := []StoreDay{}
	rows, err := q.Query(selectUnsealed, string(from), string(to))
	if err != nil {
		return out, err
	}
	defer rows.Close()
	for rows.Next() {
		var s StoreDay
		if err := rows.Scan(&s.Store, &s.Day); err != nil {
			return out, err
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b StoreDay) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Store, b.Store)) })
	return out, rows.Err()
}
