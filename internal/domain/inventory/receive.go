package inventory

import (
	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// ReceiveLine is goods that come in with a cost of their own.
type ReceiveLine struct {
	Line     int
	Item     string
	Qty      qty.Qty // more than zero
	UnitCost money.Price
	Total    *money.Minor // the whole line's cost, when that is what the paper says; UnitCost is then not used
}

// Value is what the line cost, in minor units of c.
func (l *ReceiveLine) Value(c money.Currency) (money.Minor, error) {
	var v money.Minor
	var err error
	if l.Total != nil {
		v = *l.Total
	} else {
		v, err = money.Extend(l.UnitCost, l.Qty, c, fixed.HalfUp)
	}
	switch {
	case err != nil:
		return 0, err
	case v < 0:
		return 0, ErrCost
	}
	return v, v.CheckRange()
}

// Receive adds goods at their cost. Where stock was below zero, what was sold too early gets its true
// cost: the difference is a Cost of kind TrueUp beside the line's own, so that once everything has
// come the cost of goods is what it would have been with the goods there in time.
func Receive(tx *db.Tx, entrySeq int64, on day.Day, c money.Currency, location, kind string, lines []ReceiveLine) ([]Cost, error) {
	g, err := open(tx)
	if err != nil {
		return nil, err
	}
	g.touched = g.touched[:0]
	for i := range lines {
		g.touched = append(g.touched, g.want(Key{location, lines[i].Item}))
	}
	if err := g.load(tx); err != nil {
		return nil, err
	}
	costs := make([]Cost, 0, len(lines))
	for i := range lines {
		l, h := &lines[i], g.touched[i]
		if l.Qty <= 0 {
			return nil, at(ErrQty, i)
		}
		v, err := l.Value(c)
		if err != nil {
			return nil, at(err, i)
		}
		if costs, err = g.bring(costs, entrySeq, on, c, kind, h, l.Qty, v, l.Line); err != nil {
			return nil, at(err, i)
		}
	}
	return costs, nil
}

// bring adds q units worth v to a level and appends what that did.
func (g *group) bring(costs []Cost, entry int64, on day.Day, c money.Currency, kind string, h *held, q qty.Qty, v money.Minor,
	line int) ([]Cost, error) {
	trueUp, err := h.receive(q, v, c)
	if err != nil {
		return nil, err
	}
	g.move(entry, on, kind, h, q, v, line)
	costs = append(costs, Cost{Line: line, Item: h.key.Item, Location: h.key.Location, Kind: kind, Qty: -q, Value: -v})
	if trueUp != 0 {
		g.move(entry, on, TrueUp, h, 0, -trueUp, line)
		costs = append(costs, Cost{Line: line, Item: h.key.Item, Location: h.key.Location, Kind: TrueUp, Value: trueUp})
	}
	return costs, nil
}
