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

// currency is what was handed over; it comes along with Tender and is no dimension of its own.
const currency = "currency"

var dimensions = []string{Day, Month, Hour, Store, Register, Employee, Department, Item, Customer, Channel, Tender}

// grouping is what a report is broken down by, in the order of the columns.
type grouping struct{ by []string }

// parse checks the dimensions. Names may be given one by one or joined with commas.
func parse(by []string) (grouping, error) {
	var g grouping
	for _, joined := range by {
		for _, name := range strings.Split(joined, ",") {
			name = strings.TrimSpace(name)
			if !slices.Contains(dimensions, name) {
				return g, ErrDimension.At(strconv.Quote(name))
			}
			if slices.Contains(g.by, name) {
				return g, ErrTwice.At(name)
			}
			if g.by = append(g.by, name); name == Tender {
				g.by = append(g.by, currency)
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

// coordinates say where a row stands in all dimensions.
type coordinates struct {
	period                                                         string // a day, or a month when days are not told apart
	hour                                                           int64
	store, register, employee, department, item, customer, channel string
	tender, currency                                               string
}

// separator stands between the texts of a key. It sorts before all others, and no text has it.
const separator = "\x00"

// key appends the group of a row: its texts in the dimensions that are asked for. Keys compare as their
// texts one after the other, byte by byte, so that both engines give one order.
func (g *grouping) key(b []byte, c *coordinates) []byte {
	for i, name := range g.by {
		if i > 0 {
			b = append(b, separator...)
		}
		switch name {
		case Day:
			b = append(b, c.period...)
		case Month:
			b = append(b, c.period[:min(len(c.period), len("2006-01"))]...)
		case Hour:
			b = append(b, '0'+byte(c.hour/10%10), '0'+byte(c.hour%10), ':', '0', '0')
		case Store:
			b = append(b, c.store...)
		case Register:
			b = append(b, c.register...)
		case Employee:
			b = append(b, c.employee...)
		case Department:
			b = append(b, c.department...)
		case Item:
			b = append(b, c.item...)
		case Customer:
			b = append(b, c.customer...)
		case Channel:
			b = append(b, c.channel...)
		case Tender:
			b = append(b, c.tender...)
		case currency:
			b = append(b, c.currency...)
		}
	}
	return b
}

// texts are the parts of a key.
func (g *grouping) texts(key string) []string {
	if len(g.by) == 0 {
		return nil
	}
	return strings.SplitN(key, separator, len(g.by))
}
