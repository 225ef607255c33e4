package shift

import (
	"context"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Blind is the command that states what is in a drawer at the end of a shift. Who counts is not told
// what is expected: the answer comes only when the count is on disk.
type Blind struct {
	Shift  id.ID      `json:"shift"`
	Counts []Counting `json:"counts"`
	Reason string     `json:"reason,omitempty"` // of a Recount
}

// Counted is the answer to a count.
type Counted struct {
	Shift  shifts.Shift `json:"shift"`
	Counts []Result     `json:"counts"`
}

// Count stores the blind count and tells what was expected. From now on the shift takes no movements,
// and receipts that still come are late. Every currency that was in the drawer must be counted.
func Count(ctx context.Context, d *db.DB, b Blind) (Counted, error) {
	return write(ctx, d, func(tx *db.Tx) (Counted, bool, error) { return CountInTx(tx, b) })
}

// CountInTx is Count inside a transaction, of which it must be the first part; fresh is false for a count
// that was stored before.
func CountInTx(tx *db.Tx, b Blind) (out Counted, fresh bool, err error) {
	s, totals, err := begin(tx, b)
	if err != nil {
		return Counted{}, false, err
	}
	if s.State != shifts.Open {
		out, err = repeated(tx, s, totals, shifts.AtClose, shifts.ErrCounted)
		return out, false, err
	}
	if err := alone(tx); err != nil {
		return Counted{}, false, err
	}
	want, err := expected(tx, s)
	if err != nil {
		return Counted{}, false, err
	}
	last, err := sales.Last(tx)
	if err != nil {
		return Counted{}, false, err
	}
	out, err = store(tx, s, b, totals, want, shifts.AtClose, last)
	return out, true, err
}

// Recount stores a second count, with a reason, for a shift that was counted and is not closed. Both
// counts stay; the second decides.
func Recount(ctx context.Context, d *db.DB, b Blind) (Counted, error) {
	return write(ctx, d, func(tx *db.Tx) (Counted, bool, error) { return RecountInTx(tx, b) })
}

// RecountInTx is Recount inside a transaction; fresh is false for a count that was stored before.
func RecountInTx(tx *db.Tx, b Blind) (out Counted, fresh bool, err error) {
	if b.Reason == "" {
		return Counted{}, false, ErrReason.At("reason")
	}
	s, totals, err := begin(tx, b)
	if err != nil {
		return Counted{}, false, err
	}
	counts, err := shifts.Counts(tx, s.ID)
	if err != nil {
		return Counted{}, false, err
	}
	if len(shifts.At(counts, shifts.AtRecount)) > 0 {
		out, err = repeated(tx, s, totals, shifts.AtRecount, shifts.ErrCounted)
		return out, false, err
	}
	switch s.State {
	case shifts.Open:
		return Counted{}, false, shifts.ErrNotCounted.Named("shift", s.ID.String())
	case shifts.Closed:
		return Counted{}, false, shifts.ErrClosed.Named("shift", s.ID.String())
	}
	want := holdings{}
	for c, n := range shifts.At(counts, shifts.AtClose) {
		want[c] = holding{n.Expected, n.Book}
	}
	out, err = store(tx, s, b, totals, want, shifts.AtRecount, 0)
	return out, true, err
}

func begin(tx *db.Tx, b Blind) (shifts.Shift, map[money.Currency]money.Minor, error) {
	totals, err := sums(b.Counts)
	if err != nil {
		return shifts.Shift{}, nil, err
	}
	s, err := shifts.Get(tx, b.Shift)
	return s, totals, err
}

// repeated answers a count that was stored before, unless it says something else now.
func repeated(tx *db.Tx, s shifts.Shift, totals map[money.Currency]money.Minor, stage shifts.Stage, other error) (Counted, error) {
	counts, err := shifts.Counts(tx, s.ID)
	if err != nil {
		return Counted{}, err
	}
	stored := shifts.At(counts, stage)
	for c, n := range stored {
		if totals[c] != n.Counted {
			return Counted{}, other
		}
	}
	for c := range totals {
		if _, ok := stored[c]; !ok {
			return Counted{}, other
		}
	}
	return Counted{Shift: s, Counts: results(stored)}, nil
}

func store(tx *db.Tx, s shifts.Shift, b Blind, totals map[money.Currency]money.Minor, want holdings, stage shifts.Stage, last int64) (Counted, error) {
	for c, h := range want {
		if _, ok := totals[c]; !ok && h.own != 0 {
			return Counted{}, ErrNotCounted.Named("counts", string(c))
		}
	}
	var counts []shifts.Count
	out := Counted{Counts: []Result{}}
	for _, n := range b.Counts {
		h := want[n.Currency]
		c := shifts.Count{Shift: s.ID, Stage: stage, Currency: n.Currency, Expected: h.own, Counted: totals[n.Currency], Book: h.book,
			Pieces: n.Pieces, Reason: b.Reason}
		counts = append(counts, c)
		out.Counts = append(out.Counts, Result{c.Currency, c.Expected, c.Counted, c.Difference()})
	}
	var err error
	out.Shift, err = shifts.RecordCounts(tx, s, counts, last)
	return out, err
}
