package salesreport

import (
	"cmp"
	"maps"
	"slices"

	"github.com/tillpost/tillpost/internal/base/money"
)

// Limits of one report.
const (
	rowsMost = 200_000 // four times what a spreadsheet user scrolls through, and some 100 MB of memory
	topMost  = 100_000
)

// pile collects the groups of a report, all of them or the largest alone.
type pile[V any] struct {
	g     *grouping
	top   int
	once  bool // every key is put once, so that small groups can be folded while they come in
	worth func(*V) money.Minor
	add   func(into, from *V)

	rows    map[key]*V
	others  V
	dropped int64 // how many groups are in others
}

func newPile[V any](g *grouping, top int, worth func(*V) money.Minor, add func(into, from *V)) *pile[V] {
	return &pile[V]{g: g, top: top, worth: worth, add: add, rows: map[key]*V{}}
}

// put adds to a group.
func (p *pile[V]) put(k key, v *V) error {
	if old := p.rows[k]; old != nil {
		p.add(old, v)
		return nil
	}
	p.rows[k] = v
	if p.once && p.top > 0 && len(p.rows) > 2*p.top+1000 {
		p.prune(p.sorted())
	}
	if len(p.rows) > rowsMost {
		return ErrTooLong
	}
	return nil
}

// sorted are the keys in the order of the report: the largest first when only they are shown, else by
// the dimensions.
func (p *pile[V]) sorted() []key {
	return slices.SortedFunc(maps.Keys(p.rows), func(a, b key) int {
		if p.top > 0 {
			if c := cmp.Compare(p.worth(p.rows[b]), p.worth(p.rows[a])); c != 0 {
				return c
			}
		}
		return p.g.compare(&a, &b)
	})
}

// prune folds all but the first keys into the others and returns those that stay.
func (p *pile[V]) prune(keys []key) []key {
	if p.top == 0 || len(keys) <= p.top {
		return keys
	}
	for _, k := range keys[p.top:] {
		p.add(&p.others, p.rows[k])
		delete(p.rows, k)
		p.dropped++
	}
	return keys[:p.top]
}
