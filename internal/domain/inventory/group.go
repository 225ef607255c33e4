package inventory

import (
	"cmp"
	"slices"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Key names a level.
type Key struct{ Location, Item string }

func (k Key) compare(o Key) int {
	return cmp.Or(cmp.Compare(k.Location, o.Location), cmp.Compare(k.Item, o.Item))
}

var levelsTable = db.Table{Name: "stock_levels", Columns: []string{"location", "item", "qty", "value", "unit_cost"},
	Conflict: "ON CONFLICT (location, item) DO UPDATE SET qty = stock_levels.qty + excluded.qty, " +
		"value = stock_levels.value + excluded.value, unit_cost = excluded.unit_cost"}

var movesTable = db.Table{Name: "stock_moves", Early: true, Columns: []string{"entry_seq", "line_no", "kind", "location", "item", "business_day",
	"qty", "value", "doc_line"}}

// group is what the documents of one group commit share: the levels that they touch, read once and
// written once as increments, and the moves, in the order of their entries.
type group struct {
	*kept
	changed  []*held // levels that the group has moved
	moves    []move
	put      int            // how many of the moves are collected
	receipts map[id.ID]span // which of the moves are whose
	docs     map[id.ID]*Doc
	touched  []*held // scratch of one call
	missing  []Key   // the same
	args     []any   // the same
}

// kept is what stays in memory from group to group.
type kept struct {
	levels map[Key]*held
	whole  map[string]bool // locations of which every level is here
	room   []move          // of the last group's moves
}

// keptMost bounds the levels that stay in memory: a few megabytes.
const keptMost = 50_000

// held is a level in memory: as it was read, and as it is now.
type held struct {
	Level
	key   Key
	read  Level
	moved bool
}

type move struct {
	entry, line int64
	kind        string
	key         Key
	day         day.Day
	qty         qty.Qty // positive into the location
	value       money.Minor
	docLine     int
}

// span is moves[from:to].
type span struct{ from, to int }

type (
	groupKey struct{}
	keptKey  struct{}
)

func open(tx *db.Tx) (*group, error) {
	return db.Shared(tx, groupKey{}, func() (*group, error) {
		k, err := db.Kept(tx, keptKey{}, func() (*kept, error) { return &kept{levels: map[Key]*held{}, whole: map[string]bool{}}, nil })
		if err != nil {
			return nil, err
		}
		if len(k.levels) > keptMost {
			clear(k.levels)
			clear(k.whole)
		}
		g := &group{kept: k, moves: k.room, receipts: map[id.ID]span{}, docs: map[id.ID]*Doc{}}
		tx.OnFlush(func() error { g.save(tx); return nil })
		return g, nil
	})
}

// Preload reads many levels at once, so that the calls that follow need not.
func Preload(tx *db.Tx, keys []Key) error {
	g, err := open(tx)
	if err != nil {
		return err
	}
	for _, k := range keys {
		g.want(k)
	}
	return g.load(tx)
}

// want returns the level and notes it for load when it is not in memory yet.
func (g *group) want(k Key) *held {
	h := g.levels[k]
	if h == nil {
		h = &held{key: k}
		g.levels[k] = h
		if !g.whole[k.Location] {
			g.missing = append(g.missing, k)
		}
	}
	return h
}

// load reads the levels that want has noted.
func (g *group) load(tx *db.Tx) error {
	rest := g.missing
	if len(rest) > 1 {
		slices.SortFunc(rest, Key.compare) // one location after the other, and in the order of the table
	}
	for len(rest) > 0 {
		n := 1
		for n < len(rest) && rest[n].Location == rest[0].Location {
			n++
		}
		for part := rest[:n]; len(part) > 0; {
			done, err := g.loadSome(tx, part)
			if err != nil {
				return err
			}
			part = part[done:]
		}
		rest = rest[n:]
	}
	g.missing = g.missing[:0]
	return nil
}

// loadSome reads as many of the keys, which are of one location, as one statement takes.
func (g *group) loadSome(tx *db.Tx, keys []Key) (int, error) {
	s := selects[0]
	for _, next := range selects[1:] {
		if len(keys) <= next.items {
			s = next
		}
	}
	n := min(len(keys), s.items)
	g.args = append(g.args[:0], keys[0].Location)
	for i := range s.items {
		g.args = append(g.args, keys[min(i, n-1)].Item)
	}
	return n, g.scan(tx, keys[0].Location, s.text, g.args...)
}

func (g *group) scan(tx *db.Tx, location string, text db.SQL, args ...any) error {
	rows, err := tx.Query(text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		k := Key{Location: location}
		var l Level
		if err := rows.Scan(&k.Item, &l.Qty, &l.Value, &l.UnitCost); err != nil {
			return err
		}
		h := g.levels[k]
		if h == nil {
			h = &held{key: k}
			g.levels[k] = h
		} else if h.Level != h.read {
			continue // read before and changed since
		}
		h.Level, h.read = l, l
	}
	return rows.Err()
}

const selectLocation db.SQL = `SELECT item, qty, value, unit_cost FROM stock_levels WHERE location = $1`

// loadLocation reads every level of a location and returns the items, sorted.
func (g *group) loadLocation(tx *db.Tx, location string) ([]string, error) {
	if !g.whole[location] {
		if err := g.scan(tx, location, selectLocation, location); err != nil {
			return nil, err
		}
		g.whole[location] = true
	}
	var items []string
	for k := range g.levels {
		if k.Location == location {
			items = append(items, k.Item)
		}
	}
	slices.Sort(items)
	return items, nil
}

// move notes a move. Entries come in their order, so the lines of one entry follow each other.
func (g *group) move(entry int64, on day.Day, kind string, h *held, q qty.Qty, v money.Minor, docLine int) {
	line := int64(1)
	if n := len(g.moves); n > 0 && g.moves[n-1].entry == entry {
		line = g.moves[n-1].line + 1
	}
	if !h.moved {
		h.moved = true
		g.changed = append(g.changed, h)
	}
	g.moves = append(g.moves, move{entry: entry, line: line, kind: kind, key: h.key, day: on, qty: q, value: v, docLine: docLine})
}

// collect hands the moves over that have come since it was last called.
func (g *group) collect(tx *db.Tx) {
	for i := range g.moves[g.put:] {
		m := &g.moves[g.put+i]
		tx.Insert(&movesTable, m.entry, m.line, m.kind, m.key.Location, m.key.Item, string(m.day), int64(m.qty), int64(m.value),
			int64(m.docLine))
	}
	g.put = len(g.moves)
}

// save writes the moves, and what the levels changed by in key order. What moved has a level, also
// when it came and went.
func (g *group) save(tx *db.Tx) {
	g.collect(tx)
	if clear(g.moves); cap(g.moves) <= keptMost {
		g.room = g.moves[:0]
	}
	g.moves, g.put = nil, 0
	clear(g.receipts) // they point into the moves
	slices.SortFunc(g.changed, func(a, b *held) int { return a.key.compare(b.key) })
	for _, h := range g.changed {
		tx.Insert(&levelsTable, h.key.Location, h.key.Item, int64(h.Qty-h.read.Qty), int64(h.Value-h.read.Value), int64(h.UnitCost))
		h.read, h.moved = h.Level, false
	}
	g.changed = g.changed[:0]
}
