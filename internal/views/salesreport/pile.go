package salesreport

import (
	"cmp"
	"maps"
	"slices"

	"github.com/tillpost/tillpost/internal/base/money"
)

// Limits of one report.
const (
	rowsMost  = 1_000_000 // what a spreadsheet takes, and some 200 MB of memory
	tableMost = 300_000   // as a table that is held whole
	topMost   = 100_000
)

// pile collects the groups of a report.
type pile[V any] struct {
	g     *grouping
	top   int // show so many of the largest, 0 for all
	worth func(*V) money.Minor
	add   func(into, from *V)

	rows    map[string]*V
	scratch []byte
	others  V
	dropped int64 // how many groups are in others
}

func newPile[V any](g *grouping, top int, worth func(*V) money.Minor, add func(into, from *V)) *pile[V] {
	return &pile[V]{g: g, top: top, worth: worth, add: add, rows: map[string]*V{}}
}

// at returns the sums of the group to which a row belongs.
func (p *pile[V]) at(c *coordinates) (*V, error) {
	p.scratch = p.g.key(p.scratch[:0], c)
	if v := p.rows[string(p.scratch)]; v != nil {
		return v, nil
	}
	if len(p.rows) == rowsMost {
		return nil, ErrTooLong
	}
	v := new(V)
	p.rows[string(p.scratch)] = v
	return v, nil
}

// shown are the keys in the order of the report: the largest first when only they are shown, and then
// the others folded into one; else by the dimensions.
func (p *pile[V]) shown() []string {
	keys := slices.SortedFunc(maps.Keys(p.rows), func(a, b string) int {
		if p.top > 0 {
			if c := cmp.Compare(p.worth(p.rows[b]), p.worth(p.rows[a])); c != 0 {
				return c
			}
		}
		return cmp.Compare(a, b)
	})
	if p.top == 0 || len(keys) <= p.top {
		return keys
	}
	for _, k := range keys[p.top:] {
		p.add(&p.others, p.rows[k])
		p.dropped++
	}
	return keys[:p.top]
}
