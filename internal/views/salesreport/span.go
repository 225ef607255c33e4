package salesreport

import (
	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Query says what a report covers.
type Query struct {
	From, To day.Day  // business days, both included; "" is the first or the last there is
	Store    string   // "" is all stores
	By       []string // the dimensions, in the order of the columns; none gives one line for the span
	// Top asks for the largest groups alone, with one more line for all others; 0 is all groups.
	Top int
}

// span is the checked scope of a report, as parameters of a statement.
type span struct{ from, to, store string }

// The days that an open span runs between; day.Parse accepts no others.
const firstDay, lastDay = "1970-01-01", "9998-12-31"

func newSpan(q db.Q, from, to day.Day, store string) (*span, error) {
	s := &span{from: string(from), to: string(to), store: store}
	if from == "" {
		s.from = firstDay
	}
	if to == "" {
		s.to = lastDay
	}
	for _, d := range []string{s.from, s.to} {
		if _, err := day.Parse(d); err != nil {
			return nil, ErrSpan.At(d).Because(err)
		}
	}
	if s.from > s.to {
		return nil, ErrSpan.At(s.from + " to " + s.to)
	}
	if store == "" {
		return s, nil
	}
	shop, err := org.Load(q)
	if err != nil {
		return nil, err
	}
	_, err = shop.Store(store)
	return s, err
}

// subtitle says for people what the report covers.
func (s *span) subtitle(book money.Currency) []string {
	days := s.from + " to " + s.to
	switch {
	case s.from == firstDay && s.to == lastDay:
		days = "all days"
	case s.from == firstDay:
		days = "until " + s.to
	case s.to == lastDay:
		days = "since " + s.from
	case s.from == s.to:
		days = s.from
	}
	store := "all stores"
	if s.store != "" {
		store = "store " + s.store
	}
	return []string{days, store, string(book)}
}
