package inventory

import (
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Held is a level with its item.
type Held struct {
	Item string `json:"item"`
	Level
}

// heldAt is what a location holds, sorted by item: also what this transaction has moved. Items with
// nothing there are left out.
func (g *group) heldAt(tx *db.Tx, location string) ([]Held, error) {
	items, err := g.loadLocation(tx, location)
	if err != nil {
		return nil, err
	}
	out := make([]Held, 0, len(items))
	for _, item := range items {
		if h := g.levels[Key{location, item}]; h.Level.Qty != 0 {
			out = append(out, Held{item, h.Level})
		}
	}
	return out, nil
}

// LevelOf is what a location holds of an item: also what this transaction has moved.
func LevelOf(tx *db.Tx, location, item string) (Level, error) {
	g, err := open(tx)
	if err != nil {
		return Level{}, err
	}
	h := g.want(Key{location, item})
	if err := g.load(tx); err != nil {
		return Level{}, err
	}
	return h.Level, nil
}

// Reorder says how much of an item to order: up to most, once what is there and under way is not
// more than point. Zero means that there is enough. A point of zero means that the item is not
// reordered.
func Reorder(have, point, most qty.Qty) qty.Qty {
	if point <= 0 || have > point {
		return 0
	}
	return max(most, point) - have
}
