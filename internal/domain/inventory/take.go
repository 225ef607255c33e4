package inventory

import (
	"errors"
	"math"
	"strconv"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Issue is one line of goods that leaves a location, or comes back to it.
type Issue struct {
	Doc      id.ID  // the receipt, the same on all lines; with it CostOf finds them in the same group commit
	Line     int    // the document's line
	Item     string // SKU
	Location string
	Kind     string  // Sale, Return, Damaged, …
	Qty      qty.Qty // positive leaves the location, negative comes back
	// UnitCost is what a unit cost when it was sold; it values what comes back. It counts when HasCost
	// is set.
	UnitCost money.Price
	HasCost  bool
	// Worth is what all of it was booked at, to the minor unit; see SetBack. It counts when HasWorth is
	// set, and comes before UnitCost where the level allows it.
	Worth    money.Minor
	HasWorth bool
	Fallback money.Price // the item's provisional cost, for what is sold before its cost is known
}

// Cost is what a line did to the value of the stock.
type Cost struct {
	Line     int     `json:"line"`
	Item     string  `json:"item"`
	Location string  `json:"location"`
	Kind     string  `json:"kind"`
	Qty      qty.Qty `json:"qty"` // positive leaves the location
	// Value is what leaves the inventory account, in minor units: positive is cost of goods. For
	// Damaged it is what the return would have brought back: it moves from cost of goods to damage, and
	// the inventory account stays.
	Value money.Minor `json:"value"`
}

// Take moves the goods of a receipt and answers with their cost, one Cost for each Issue in the same
// order. entrySeq is the ledger entry that the caller posts in the same transaction with these values;
// on is the business day. What is sold below zero is valued provisionally; see Receive.
//
// It refuses nothing but numbers that cannot be kept (fixed.ErrOverflow). After an error the transaction
// must be given up.
func Take(tx *db.Tx, entrySeq int64, on day.Day, c money.Currency, issues []Issue) ([]Cost, error) {
	g, err := open(tx)
	if err != nil {
		return nil, err
	}
	g.touched = g.touched[:0]
	for i := range issues {
		g.touched = append(g.touched, g.want(Key{issues[i].Location, issues[i].Item}))
	}
	if err := g.load(tx); err != nil {
		return nil, err
	}
	costs := make([]Cost, len(issues))
	first := len(g.moves)
	back := isVoid(issues)
	for n := range issues {
		i := n
		if back { // what was done last is undone first
			i = len(issues) - 1 - n
		}
		is, h := &issues[i], g.touched[i]
		v, err := g.issue(entrySeq, on, c, is, h)
		if err != nil {
			return nil, at(err, i)
		}
		costs[i] = Cost{Line: is.Line, Item: is.Item, Location: is.Location, Kind: is.Kind, Qty: is.Qty, Value: v}
	}
	if len(issues) > 0 && !issues[0].Doc.IsZero() {
		g.receipts[issues[0].Doc] = span{first, len(g.moves)}
	}
	g.collect(tx)
	return costs, nil
}

func isVoid(issues []Issue) bool {
	for i := range issues {
		if issues[i].Kind == Void {
			return true
		}
	}
	return false
}

// issue moves one line and returns its Cost.Value.
func (g *group) issue(entry int64, on day.Day, c money.Currency, is *Issue, h *held) (money.Minor, error) {
	if v, ok := h.exactly(is); ok {
		g.move(entry, on, is.Kind, h, -is.Qty, -v, is.Line)
		return v, nil
	}
	switch {
	case is.Qty == 0:
		return 0, nil
	case is.Qty == math.MinInt64: // has no counterpart to come back
		return 0, fixed.ErrOverflow
	case is.Kind == Damaged:
		return g.damaged(entry, on, c, is, h)
	case is.Qty > 0:
		v, err := h.take(is.Qty, c, is.Fallback)
		if err != nil {
			return 0, err
		}
		g.move(entry, on, is.Kind, h, -is.Qty, -v, is.Line)
		return v, nil
	default:
		v, err := h.putBack(-is.Qty, is.UnitCost, is.HasCost, c, is.Fallback)
		if err != nil {
			return 0, err
		}
		g.move(entry, on, is.Kind, h, -is.Qty, v, is.Line)
		return -v, nil
	}
}

// exactly moves an issue at its Worth when it has one and the level keeps its rules: always when
// nothing has happened since the goods moved the other way, so that a void restores what was there.
func (l *Level) exactly(is *Issue) (money.Minor, bool) {
	if !is.HasWorth || is.Qty == 0 || is.Kind == Damaged {
		return 0, false
	}
	v := is.Worth
	if is.Qty < 0 {
		v = -v
	}
	after := *l
	if after.add(-is.Qty, -v) != nil || after.Qty == 0 && after.Value != 0 || after.Value != 0 && (after.Qty > 0) != (after.Value > 0) {
		return 0, false
	}
	*l = after
	return v, true
}

// damaged shows goods that came back and were thrown away: in and out at the same value.
func (g *group) damaged(entry int64, on day.Day, c money.Currency, is *Issue, h *held) (money.Minor, error) {
	q, sign := is.Qty, money.Minor(1)
	if q < 0 {
		q, sign = -q, -1
	}
	var v money.Minor
	var err error
	if is.HasWorth {
		v = is.Worth
	} else if is.HasCost && is.UnitCost >= 0 {
		v, err = money.Extend(is.UnitCost, q, c, fixed.HalfUp)
	} else {
		v, err = h.priced(q, c, is.Fallback)
	}
	if err != nil {
		return 0, err
	}
	v *= sign
	g.move(entry, on, Return, h, -is.Qty, -v, is.Line)
	g.move(entry, on, Damage, h, is.Qty, v, is.Line)
	return v, nil
}

// at says which line of the document a fault belongs to.
func at(err error, line int) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Path == "" {
		return f.At("lines[" + strconv.Itoa(line) + "]")
	}
	return err
}
