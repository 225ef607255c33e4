package httpapi

import (
	"errors"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/scope"
)

// Span are the parameters of what may be asked for some days, or for all.
type Span struct {
	From  string `query:"from" format:"date" doc:"First day; the beginning when left out."`
	To    string `query:"to" format:"date" doc:"Last day; the end when left out."`
	Store string `query:"store" doc:"Only this store. A key for one store means that one, a key for several has to name one."`
}

// scope reads the span.
func (s *Span) scope() (out scope.Scope, err error) {
	out.Store = s.Store
	if out.From, err = optionalDay("query.from", s.From); err != nil {
		return out, err
	}
	if out.To, err = optionalDay("query.to", s.To); err != nil {
		return out, err
	}
	if out.To != "" && out.To < out.From {
		return out, errBackwards
	}
	return out, nil
}

// bounded is scope with its ends filled in.
func (s *Span) bounded() (scope.Scope, error) {
	out, err := s.scope()
	out.From = max(out.From, firstDay)
	if out.To == "" {
		out.To = lastDay
	}
	return out, err
}

var errBackwards = ErrParameter.At("query.to").Because(errors.New("the last day lies before the first"))

// optionalDay reads a day, "" when there is none.
func optionalDay(place, text string) (day.Day, error) {
	if text == "" {
		return "", nil
	}
	d, err := day.Parse(text)
	if err != nil {
		return "", day.ErrSyntax.At(place)
	}
	return d, nil
}

// over is Read of what concerns a store that must exist, "" being all of them.
func (c *Call) over(store string, fn func(v *db.View, shop org.Shop) error) error {
	if err := c.Who.NeedStore(store); err != nil {
		return err
	}
	return c.Read(func(v *db.View) error {
		shop, err := org.Load(v)
		if err == nil && store != "" {
			_, err = shop.Store(store)
		}
		if err != nil {
			return err
		}
		return fn(v, shop)
	})
}

// behind is what a list that is read whole has behind a place, "" being before the first. key is what the
// list is sorted by.
func behind[T any](rows []T, place string, key func(*T) string) []T {
	for i := range rows {
		if key(&rows[i]) > place {
			return rows[i:]
		}
	}
	return nil
}

// filled is a list that is not null on the wire.
func filled[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
