package zreport

import (
	"cmp"
	"database/sql"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Shift makes the report of a shift: X while it goes on, Z once it is closed. now is printed on it.
func Shift(q db.Q, shift id.ID, now time.Time, o Options) (Report, error) {
	s, err := shifts.Get(q, shift)
	if err != nil {
		return Report{}, err
	}
	r, zone, err := begin(q, s.Store, now)
	if err != nil {
		return Report{}, err
	}
	r.Scope = OfShift
	r.Register, r.Drawer, r.Employee, r.Shift, r.Day, r.Number = s.Register, s.Drawer, s.Employee, s.ID, s.Day, s.Z
	r.Opened, r.Closed = clock(s.OpenedMs, zone), clock(s.ClosedMs, zone)
	if s.State == shifts.Closed {
		r.Kind = Z
	}
	after, to := s.Range()
	scope := []any{s.ID[:], s.Store, s.Register, string(s.Day), after, to}
	if err := r.receipts(q, shiftQueries, scope...); err != nil {
		return Report{}, err
	}
	for _, l := range r.Registers {
		r.Receipts.First, r.Receipts.Last = l.First, l.Last
		if err := r.gaps(q, l.Register, l.First, l.Last); err != nil {
			return Report{}, err
		}
	}
	r.Registers = nil
	if err := r.drawer(q, s, o); err != nil {
		return Report{}, err
	}
	r.sort()
	return r, q.QueryRow(shiftLate, s.ID[:], to).Scan(&r.Late.Count, &r.Late.Total)
}

// Day makes the report of a store's business day, of all registers or of one: Z when the day is
// closed. A register without shifts (an import) has no cash block.
func Day(q db.Q, store string, d day.Day, register string, now time.Time, o Options) (Report, error) {
	r, zone, err := begin(q, store, now)
	if err != nil {
		return Report{}, err
	}
	r.Scope, r.Day, r.Register = OfDay, d, register
	to := int64(math.MaxInt64)
	seals, err := shifts.Seals(q, store, d)
	if err != nil {
		return Report{}, err
	}
	for _, s := range seals {
		if s.Register == "" { // the store's own: it seals the day, also for registers that had no receipt by then
			r.Kind, r.Closed, to = Z, clock(s.ClosedMs, zone), s.LastSeq
		}
		if s.Register == register {
			r.Number = s.Z
		}
	}
	if err := r.receipts(q, dayQueries, string(d), store, register, to); err != nil {
		return Report{}, err
	}
	if err := r.missing(q, seals); err != nil {
		return Report{}, err
	}
	list, err := shifts.OfDay(q, store, d)
	if err != nil {
		return Report{}, err
	}
	for _, s := range list {
		if register != "" && s.Register != register {
			continue
		}
		if err := r.drawer(q, s, o); err != nil {
			return Report{}, err
		}
	}
	r.sort()
	return r, q.QueryRow(dayLate, string(d), store, register, to).Scan(&r.Late.Count, &r.Late.Total)
}

// begin names the shop on the report.
func begin(q db.Q, store string, now time.Time) (Report, *time.Location, error) {
	shop, err := org.Load(q)
	if err != nil {
		return Report{}, nil, err
	}
	st, err := shop.Store(store)
	if err != nil {
		return Report{}, nil, err
	}
	zone := st.Rule().Zone
	return Report{Kind: X, Sales: &Sales{}, Store: store, StoreName: st.Name, Currency: shop.Book, Printed: clock(now.UnixMilli(), zone)}, zone, nil
}

func clock(ms int64, zone *time.Location) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).In(zone).Format("2006-01-02 15:04")
}

// missing fills in the day's gaps: as they were sealed, or of an open day those since the last seal.
func (r *Report) missing(q db.Q, seals []shifts.Seal) error {
	for i, l := range r.Registers {
		if i == 0 && len(r.Registers) == 1 {
			r.Receipts.First, r.Receipts.Last = l.First, l.Last
		}
		if r.Kind == X {
			from, err := shifts.SealedTo(q, r.Store, l.Register, r.Day)
			if err != nil {
				return err
			}
			if err := r.gaps(q, l.Register, min(from+1, l.First), l.Last); err != nil {
				return err
			}
		}
	}
	if r.Kind == X {
		return nil
	}
	for _, s := range seals {
		if s.Register == "" || r.Register != "" && s.Register != r.Register {
			continue
		}
		r.Missing += s.Missing
		for _, g := range s.Gaps {
			r.Gaps = append(r.Gaps, Gap{s.Register, g})
		}
	}
	return nil
}

// drawer adds a shift's cash: what moved, and the count by currency.
func (r *Report) drawer(q db.Q, s shifts.Shift, o Options) error {
	after, to := s.Range()
	cash := map[money.Currency]*Cash{}
	at := func(c money.Currency) *Cash {
		if cash[c] == nil {
			cash[c] = &Cash{Shift: s.ID, Drawer: s.Drawer, Currency: c}
		}
		return cash[c]
	}
	at(r.Currency)
	takings := map[money.Currency]money.Minor{}
	err := each(q, func(rows *sql.Rows) error {
		var c money.Currency
		var amount money.Minor
		err := rows.Scan(&c, &amount)
		at(c)
		takings[c] = amount
		return err
	}, shiftTakings, s.ID[:], s.Store, s.Register, string(s.Day), after, to, s.Drawer)
	if err != nil {
		return err
	}
	moves, err := shifts.Movements(q, s.ID)
	if err != nil {
		return err
	}
	for _, m := range moves {
		r.move(m)
		switch m.Kind {
		case "float": // part of the float that was counted
		case "skim":
			at(m.Amount.Currency).Skim -= m.Amount.Minor
		default:
			at(m.Amount.Currency).Moved += m.Amount.Minor
		}
	}
	counts, err := shifts.Counts(q, s.ID)
	if err != nil {
		return err
	}
	for c, n := range shifts.At(counts, shifts.AtOpen) {
		at(c).Float = n.Counted
	}
	for c, n := range shifts.Final(counts) {
		diff := n.Difference()
		x := at(c)
		x.Expected, x.Counted, x.Difference = &n.Expected, &n.Counted, &diff
	}
	for _, c := range slices.Sorted(maps.Keys(cash)) {
		cash[c].reveal(takings[c], s.State != shifts.Open || o.Expected)
		r.Cash = append(r.Cash, *cash[c])
	}
	return nil
}

// reveal fills in what a blind count must not know.
func (c *Cash) reveal(takings money.Minor, may bool) {
	if !may {
		return
	}
	c.Takings = &takings
	if c.Expected == nil {
		want := c.Float + takings + c.Moved
		c.Expected = &want
	}
}

// move adds a movement to the sum of its kind.
func (r *Report) move(m shifts.Movement) {
	for i := range r.Movements {
		if x := &r.Movements[i]; x.Kind == m.Kind && x.Purpose == m.Purpose && x.Currency == m.Amount.Currency {
			x.Count++
			x.Amount += m.Amount.Minor
			return
		}
	}
	r.Movements = append(r.Movements, Movement{m.Kind, m.Purpose, m.Amount.Currency, 1, m.Amount.Minor})
}

// sort orders the lists by their names, the same on every database.
func (r *Report) sort() {
	slices.SortFunc(r.Taxes, func(a, b Tax) int { return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Rate, b.Rate)) })
	slices.SortFunc(r.Other, func(a, b Other) int { return cmp.Compare(a.Kind, b.Kind) })
	slices.SortFunc(r.Tenders, func(a, b Tender) int { return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Currency, b.Currency)) })
	slices.SortFunc(r.Registers, func(a, b RegisterLine) int { return cmp.Compare(a.Register, b.Register) })
	slices.SortStableFunc(r.Gaps, func(a, b Gap) int { return cmp.Or(cmp.Compare(a.Register, b.Register), cmp.Compare(a.First, b.First)) })
	slices.SortFunc(r.Movements, func(a, b Movement) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Purpose, b.Purpose), cmp.Compare(a.Currency, b.Currency))
	})
}
