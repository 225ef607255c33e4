package inventory

import (
	"math"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// CountLine is what somebody counted of an item.
type CountLine struct {
	Line     int
	Item     string
	Counted  qty.Qty
	Fallback money.Price
}

// Sheet is a finished count of a location.
type Sheet struct {
	Location string
	// Mark is the ledger's next entry when the counting was done: what moved with it or after it does not
	// count as a difference. Zero means now.
	Mark int64
	// Complete says that everything was counted: an item that is not on the sheet is not there.
	Complete bool
	Lines    []CountLine
}

// Count corrects the levels to what was counted and values the differences at the average. It answers
// with a Cost for each difference and with the sheet's lines as they are kept: expected, counted, and
// what the difference was worth (positive when goods were found).
func Count(tx *db.Tx, entrySeq int64, on day.Day, c money.Currency, s Sheet) ([]Cost, []DocLine, error) {
	if s.Mark < 0 || s.Mark > entrySeq {
		return nil, nil, ErrMark
	}
	g, err := open(tx)
	if err != nil {
		return nil, nil, err
	}
	lines, err := g.complete(tx, &s)
	if err != nil {
		return nil, nil, err
	}
	since, err := g.since(tx, &s)
	if err != nil {
		return nil, nil, err
	}
	var costs []Cost
	kept := make([]DocLine, 0, len(lines))
	for i := range lines {
		l := &lines[i]
		h := g.levels[Key{s.Location, l.Item}]
		expected := h.Qty - since[l.Item]
		if i >= len(s.Lines) && expected == 0 {
			continue // not expected and not found
		}
		is := Issue{Line: l.Line, Item: l.Item, Location: s.Location, Kind: Counted, Qty: expected - l.Counted, Fallback: l.Fallback}
		v, err := g.issue(entrySeq, on, c, &is, h)
		if err != nil {
			return nil, nil, at(err, i)
		}
		if is.Qty != 0 {
			costs = append(costs, Cost{Line: l.Line, Item: l.Item, Location: s.Location, Kind: Counted, Qty: is.Qty, Value: v})
		}
		kept = append(kept, DocLine{No: l.Line, Item: l.Item, Qty: l.Counted, Before: expected, Value: -v})
	}
	return costs, kept, nil
}

// complete reads the levels of the sheet's items, and returns the lines, with those of the items that
// were not found on a complete count.
func (g *group) complete(tx *db.Tx, s *Sheet) ([]CountLine, error) {
	on := make(map[string]bool, len(s.Lines))
	last := 0
	for i := range s.Lines {
		l := &s.Lines[i]
		switch {
		case l.Counted < 0:
			return nil, at(ErrCounted, i)
		case on[l.Item]:
			return nil, at(ErrTwice, i)
		}
		on[l.Item] = true
		last = max(last, l.Line)
		g.want(Key{s.Location, l.Item})
	}
	if err := g.load(tx); err != nil || !s.Complete {
		return s.Lines, err
	}
	items, err := g.loadLocation(tx, s.Location)
	if err != nil {
		return nil, err
	}
	lines := s.Lines[:len(s.Lines):len(s.Lines)]
	for _, item := range items {
		if !on[item] {
			last++
			lines = append(lines, CountLine{Line: last, Item: item})
		}
	}
	return lines, nil
}

const selectSince db.SQL = `SELECT item, CAST(SUM(qty) AS BIGINT) FROM stock_moves WHERE entry_seq >= $1 AND entry_seq < $2 AND location = $3 GROUP BY item`

// since is how much of each item has come since the sheet's mark.
func (g *group) since(tx *db.Tx, s *Sheet) (map[string]qty.Qty, error) {
	out := map[string]qty.Qty{}
	if s.Mark == 0 {
		return out, nil
	}
	own := int64(math.MaxInt64) // the first entry of this group, whose moves may be in the table or not yet
	if len(g.moves) > 0 {
		own = g.moves[0].entry
	}
	rows, err := tx.Query(selectSince, s.Mark, own, s.Location)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var item string
		var q qty.Qty
		if err := rows.Scan(&item, &q); err != nil {
			return nil, err
		}
		out[item] = q
	}
	for i := range g.moves {
		if m := &g.moves[i]; m.key.Location == s.Location && m.entry >= s.Mark {
			out[m.key.Item] += m.qty
		}
	}
	return out, rows.Err()
}
