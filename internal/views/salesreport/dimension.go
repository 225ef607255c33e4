package salesreport

import (
	"slices"
	"strconv"
	"strings"
)

// The dimensions: what sales can be broken down by. Day, month and hour are the shop's business day
// and wall clock.
const (
	Day        = "day"
	Month      = "month"
	Hour       = "hour"
	Store      = "store"
	Register   = "register"
	Employee   = "employee"
	Department = "department"
	Item       = "item"
	Customer   = "customer"
	Channel    = "channel"
	Tender     = "tender"
)

// currency is what was handed over; it comes along with Tender.
const currency = "currency"

// dimensions are all of them; a key has one text for each, in this order.
var dimensions = [...]string{Day, Month, Hour, Store, Register, Employee, Department, Item, Customer, Channel, Tender, currency}

// key says which group a row is: the texts of the dimensions asked for, "" for the others.
type key [len(dimensions)]string

// grouping is what a report is broken down by.
type grouping struct {
	by []string
	at []int // their places in a key
}

// parse checks the dimensions. Names may be given one by one or joined with commas.
func parse(by []string) (grouping, error) {
	var g grouping
	for _, joined := range by {
		for _, name := range strings.Split(joined, ",") {
			name = strings.TrimSpace(name)
			at := slices.Index(dimensions[:], name)
			if at < 0 || name == currency {
				return g, ErrDimension.At(strconv.Quote(name))
			}
			if slices.Contains(g.by, name) {
				return g, ErrTwice.At(name)
			}
			g.by, g.at = append(g.by, name), append(g.at, at)
			if name == Tender {
				g.by, g.at = append(g.by, currency), append(g.at, at+1)
			}
		}
	}
	if g.has(Tender) && g.has(Department, Item) {
		return g, ErrTenderBy.At("by")
	}
	return g, nil
}

// has tells whether one of the names is asked for.
func (g *grouping) has(names ...string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(g.by, n) })
}

// flag is has as a parameter of a statement.
func (g *grouping) flag(name string) int64 {
	if g.has(name) {
		return 1
	}
	return 0
}

// dayFlag is 1 when days are told apart, 2 when only months are.
func (g *grouping) dayFlag() int64 {
	switch {
	case g.has(Day):
		return 1
	case g.has(Month):
		return 2
	}
	return 0
}

// compare orders keys by the dimensions in the order in which they were asked for. It compares bytes,
// so that both engines give one order.
func (g *grouping) compare(a, b *key) int {
	for _, i := range g.at {
		if c := strings.Compare(a[i], b[i]); c != 0 {
			return c
		}
	}
	return 0
}

// set puts a dimension into the key when it is asked for.
func (g *grouping) set(k *key, name, text string) {
	for n, b := range g.by {
		if b == name {
			k[g.at[n]] = text
		}
	}
}

// when puts day, month and hour into the key. period is a day or a month, hour is -1 when hours are
// not told apart.
func (g *grouping) when(k *key, period string, hour int64) {
	g.set(k, Day, period)
	g.set(k, Month, period[:min(len(period), len("2006-01"))])
	if hour >= 0 {
		g.set(k, Hour, string([]byte{'0' + byte(hour/10%10), '0' + byte(hour%10)})+":00")
	}
}
