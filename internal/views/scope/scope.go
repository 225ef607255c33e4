// Package scope says what a report of the books covers: which days and which store.
package scope

import (
	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
)

// Scope is what a report covers. From "" is the beginning of the books, To "" their end, Store "" all
// stores. Both days are included.
type Scope struct {
	From  day.Day `json:"from,omitempty"`
	To    day.Day `json:"to,omitempty"`
	Store string  `json:"store,omitempty"`
}

// Until is To as a statement compares it, or a day after all others.
func (s Scope) Until() string {
	if s.To == "" {
		return "9999-12-31"
	}
	return string(s.To)
}

// Words describe the scope for people: its days, its store and the currency of the amounts.
func (s Scope) Words(currency money.Currency) []string {
	span := "all days"
	switch {
	case s.From != "" && s.From == s.To:
		span = string(s.From)
	case s.From != "" && s.To != "":
		span = string(s.From) + " to " + string(s.To)
	case s.From != "":
		span = "from " + string(s.From)
	case s.To != "":
		span = "up to " + string(s.To)
	}
	return append([]string{span}, Place(s.Store, currency)...)
}

// Place describes the store, "" for all of them, and the currency.
func Place(store string, currency money.Currency) []string {
	if store == "" {
		return []string{"all stores", string(currency)}
	}
	return []string{"store " + store, string(currency)}
}
