package inventory

import (
	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// MoveLine is goods that go from one location to another.
type MoveLine struct {
	Line     int
	Item     string
	Qty      qty.Qty // more than zero
	Fallback money.Price
}

// Transit is the location of the goods of a transfer while they are under way.
func Transit(transfer id.ID) string { return TransitPrefix + transfer.String() }

// Move takes goods out of one location at its average and brings them to another at that value. From a
// transit location no more can be taken than is in it (ErrNotOnTheWay); a store may go below zero, for
// what was loaded was there.
func Move(tx *db.Tx, entrySeq int64, on day.Day, c money.Currency, from, to string, lines []MoveLine) ([]Cost, error) {
	g, err := open(tx)
	if err != nil {
		return nil, err
	}
	g.touched = g.touched[:0]
	for i := range lines {
		g.touched = append(g.touched, g.want(Key{from, lines[i].Item}), g.want(Key{to, lines[i].Item}))
	}
	if err := g.load(tx); err != nil {
		return nil, err
	}
	costs := make([]Cost, 0, 2*len(lines))
	for i := range lines {
		l, source, target := &lines[i], g.touched[2*i], g.touched[2*i+1]
		if l.Qty <= 0 {
			return nil, at(ErrQty, i)
		}
		if isTransit(from) && source.Qty < l.Qty {
			return nil, at(ErrNotOnTheWay, i)
		}
		v, err := source.take(l.Qty, c, l.Fallback)
		if err != nil {
			return nil, at(err, i)
		}
		g.move(entrySeq, on, Transfer, source, -l.Qty, -v, l.Line)
		costs = append(costs, Cost{Line: l.Line, Item: l.Item, Location: from, Kind: Transfer, Qty: l.Qty, Value: v})
		if costs, err = g.bring(costs, entrySeq, on, c, Transfer, target, l.Qty, v, l.Line); err != nil {
			return nil, at(err, i)
		}
	}
	return costs, nil
}

// InTransit is what is still under way of a transfer, sorted by item.
func InTransit(tx *db.Tx, transfer id.ID) ([]Held, error) {
	g, err := open(tx)
	if err != nil {
		return nil, err
	}
	return g.heldAt(tx, Transit(transfer))
}

func isTransit(location string) bool {
	return len(location) >= len(TransitPrefix) && location[:len(TransitPrefix)] == TransitPrefix
}
