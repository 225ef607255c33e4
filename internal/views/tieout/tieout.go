// Package tieout is the proof: for a day or a span of days, a store or all of them, receipts =
// tenders = journal = stock, each figure summed from its own rows and not from another's.
//
// What belongs to the span is what happened in it, by business day: a sale that arrived for a locked
// month counts in a later one and is proved with its own day. What was booked later about it (a
// reclass, a correction) is not part of the sale and of none of the figures.
package tieout

import (
	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Scope is what a proof is about. Store "" means all stores.
type Scope struct {
	Store string  `json:"store,omitempty"`
	From  day.Day `json:"from"` // business days, both included
	To    day.Day `json:"to"`
}

// Equation is two figures that must be equal. Amounts are minor units; quantities are millionths.
type Equation struct {
	Name  string `json:"name"`
	Left  Side   `json:"left"`
	Right Side   `json:"right"`
	Qty   bool   `json:"qty,omitempty"` // the figures are quantities, not money
}

// Side is one figure and where it was read.
type Side struct {
	From  string `json:"from"`
	Value int64  `json:"value"`
}

// Holds tells whether both sides are equal.
func (e Equation) Holds() bool { return e.Left.Value == e.Right.Value }

// Proof is the outcome.
type Proof struct {
	Scope    Scope          `json:"scope"`
	Currency money.Currency `json:"currency"`
	Receipts int64          `json:"receipts"`
	Lines    int64          `json:"lines"`
	Returns  int64          `json:"return_lines"`
	Items    qty.Qty        `json:"items"` // goods out less goods back
	Entries  int64          `json:"entries"`
	Later    int64          `json:"later_entries"` // of Entries, those that count after these days: they came when their month was locked
	Moves    int64          `json:"stock_moves"`
	// Suspense is what these receipts have booked to suspense under keys that still wait for a decision:
	// the balance of each key, whichever side it is on, so that two do not hide each other.
	Suspense  money.Minor `json:"suspense"`
	OpenTasks int64       `json:"open_tasks"`
	Equations []Equation  `json:"equations"`
}

// Holds tells whether every equation does.
func (p *Proof) Holds() bool {
	for _, e := range p.Equations {
		if !e.Holds() {
			return false
		}
	}
	return true
}

// Prove reads the figures from their own rows and sets them side by side.
func Prove(q db.Q, currency money.Currency, s Scope) (Proof, error) {
	p := Proof{Scope: s, Currency: currency}
	f := figures{q: q, scope: s, args: []any{string(s.From), string(s.To), s.Store}}
	for _, step := range []func(*Proof) error{f.roles, f.receipts, f.journal, f.stock, f.now} {
		if err := step(&p); err != nil {
			return p, err
		}
	}
	add := func(name, left string, l int64, right string, r int64) {
		p.Equations = append(p.Equations, Equation{Name: name, Left: Side{left, l}, Right: Side{right, r}})
	}
	add("receipts = their lines", "receipt totals", f.total, "lines, net + tax", f.net+f.lineTax)
	add("receipts = tenders", "totals + rounding", f.total+f.extra, "tenders", f.tenders)
	add("tenders = journal", "tenders", f.tenders, "journal, tender accounts", f.bookedTenders)
	if f.mixed { // revenue shares an account with something else: both together are what can be read there
		add("earned and owed = journal", "lines, net, + rounding", f.net+f.extra, "journal, other accounts", f.bookedOther)
	} else {
		add("revenue = journal", "lines, net revenue", f.revenue, "journal, revenue accounts", f.bookedRevenue)
	}
	add("taxes = journal", "line taxes", f.taxes, "journal, tax accounts", f.bookedTaxes)
	add("lines = their taxes", "lines, tax", f.lineTax, "line taxes", f.taxes)
	add("debits = credits", "journal debits", f.debits, "journal credits", f.credits)
	add("receipts = running totals", "receipt totals", f.total, "totals by day", f.dayTotals)
	p.Equations = append(p.Equations, Equation{Name: "goods sold = stock moves", Qty: true,
		Left: Side{"lines, goods", f.goods}, Right: Side{"stock moves", -f.moved}})
	add("stock moves = journal", "stock moves, cost", f.movedValue, "journal, inventory", f.bookedInventory)
	add("stock value = books", "stock levels, now", f.levels, "inventory accounts, now", f.inventory)
	p.Items = qty.Qty(f.goods)
	return p, nil
}
