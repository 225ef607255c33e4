package inventory

import (
	"cmp"
	"database/sql"
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
	planned  []Key   // levels that are wanted
	missing  []Key   // levels to be read now
	args     []any   // the same
}

// kept is what stays in memory from group to group.
type kept struct {
	levels map[Key]*held
	whole  map[string]bool // locations of which every level is here
	room   []move          // of the last group's moves
}

// keptMost bounds the levels that stay in memory: some megabytes.
const keptMost = 100_000

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

// Want has levels read together with those that others want.
func Want(tx *db.Tx, keys []Key) error {
	g, err := open(tx)
	if err == nil {
		g.planned = append(g.planned, keys...)
	}
	return err
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

var levelsLookup = db.Lookup{Table: "stock_levels", Keys: []string{"location", "item"}, Columns: []string{"location", "item", "qty", "value", "unit_cost"}}

// load reads the levels that want has noted, in the order of the table.
func (g *group) load(tx *db.Tx) error {
	if len(g.missing) == 0 {
		return nil
	}
	for _, k := range g.planned {
		g.want(k)
	}
	g.planned = nil
	slices.SortFunc(g.missing, Key.compare)
	keys := g.args[:0]
	for _, k := range g.missing {
		keys = append(keys, k.Location, k.Item)
	}
	g.missing, g.args = g.missing[:0], keys
	return tx.Lookup(&levelsLookup, keys, g.scan)
}

// scan takes a level that was read.
func (g *group) scan(rows *sql.Rows) error {
	var k Key
	var l Level
	if err := rows.Scan(&k.Location, &k.Item, &l.Qty, &l.Value, &l.UnitCost); err != nil {
		return err
	}
	h := g.levels[k]
	if h == nil {
		h = &held{key: k}
		g.levels[k] = h
	}
	if h.Level == h.read { // else it was read before and has changed since
		h.Level, h.read = l, l
	}
	return nil
}

const selectLocation db.SQL = `SELECT location, item, qty, value, unit_cost FROM stock_levels WHERE location = $1`

// loadLocation reads every level of a location and returns the items, sorted.
func (g *group) loadLocation(tx *db.Tx, location string) ([]string, error) {
	if !g.whole[location] {
		if err := each(tx, g.scan, selectLocation, location); err != nil {
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

func each(q db.Q, scan func(rows *sql.Rows) error, text db.SQL, args ...any) error {
	rows, err := q.Query(text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
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
	for _, k := range g.missing { // noted and, after a refusal, never read: the next group must not take them for empty
		delete(g.levels, k)
	}
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
