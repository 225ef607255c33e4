package check

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// goods are the lines of receipts that sold an item somewhere and moved nothing, and what is written to
// wait for its mapping.
type goods struct {
	sold, waits qty.Qty
	n, rows     int64    // how many lines, and rows
	open        qty.Qty  // of waits: not moved yet
	lines       []string // the first of them
}

// linesMost bounds how many lines are named for one item.
const linesMost = 5

// taking names what the entry of a mapping took of an item somewhere.
type taking struct {
	entry int64
	level
}

func (t taking) compare(o taking) int {
	return cmp.Or(cmp.Compare(t.entry, o.entry), t.level.compare(o.level))
}

// taken is what the entry moved, and what is written to have waited for it; both positive into the
// location.
type taken struct{ moved, waited qty.Qty }

// wait notes a line that moved nothing.
func (s *stock) wait(r *receipt.Receipt, l *receipt.Line) {
	x := s.of(level{r.Store, l.Item})
	x.sold += l.Qty
	if x.n++; len(x.lines) < linesMost {
		x.lines = append(x.lines, lineName(r, l.No))
	}
}

// mapped notes what was moved when an unknown item became known.
func (s *stock) mapped(moves []move) {
	for i := range moves {
		m := &moves[i]
		s.taking(taking{m.entry, level{m.location, m.item}}).moved += qty.Qty(m.qty)
	}
}

func (s *stock) taking(t taking) *taken {
	x := s.late[t]
	if x == nil {
		x = &taken{}
		s.late[t] = x
	}
	return x
}

func (s *stock) of(k level) *goods {
	x := s.waits[k]
	if x == nil {
		x = &goods{}
		s.waits[k] = x
	}
	return x
}

// name is where the goods were sold.
func (x *goods) name(k level) string {
	if len(x.lines) == 0 {
		return k.name()
	}
	where := strings.Join(x.lines, ", ")
	if more := x.n - int64(len(x.lines)); more > 0 {
		where += fmt.Sprintf(" and %d more", more)
	}
	return where
}

const (
	// A row of goods that wait must be a line that moved nothing, and stand for the whole of it.
	strayWaiting db.SQL = `SELECT w.entry_seq, w.line_no, w.item FROM stock_waiting w LEFT JOIN entries e ON e.seq = w.entry_seq AND e.kind IN ('sale', 'void')
		LEFT JOIN receipts r ON r.id = e.doc LEFT JOIN receipt_lines l ON l.receipt_seq = r.seq AND l.line_no = w.line_no
		WHERE l.line_no IS NULL OR l.kind <> 'item' OR l.item <> w.item OR l.qty <> -w.qty OR r.store <> w.location OR l.disposition IN ('none', 'damaged')
		OR EXISTS (SELECT 1 FROM stock_moves m WHERE m.entry_seq = w.entry_seq AND m.doc_line = w.line_no) ORDER BY w.entry_seq, w.line_no`
	sumWaiting db.SQL = `SELECT location, item, moved_seq, COUNT(*), CAST(SUM(qty) AS BIGINT) FROM stock_waiting GROUP BY location, item, moved_seq`

	selectKinds db.SQL = `SELECT sku, kind FROM items WHERE sku = $1`
	openItems   db.SQL = `SELECT key FROM tasks WHERE state = 'open' AND kind = 'unknown_item'`
)

// waiting compares the goods that receipts sold and nobody moved with those that are written to wait
// for a mapping, and these with what mappings have moved.
func (w *walk) waiting() error {
	err := w.rows(strayWaiting, func(scan scanner) error {
		var entry, line int64
		var item string
		err := scan(&entry, &line, &item)
		w.report(Finding{Check: Stock, Where: fmt.Sprintf("waiting goods of entry %d line %d", entry, line),
			Message: "no receipt sold so much of " + item + " without moving it"})
		return err
	})
	if err != nil {
		return err
	}
	err = w.rows(sumWaiting, func(scan scanner) error {
		var t taking
		var rows, n int64
		err := scan(&t.location, &t.item, &t.entry, &rows, &n)
		x := w.stock.of(t.level)
		x.rows += rows
		x.waits -= qty.Qty(n)
		if t.entry == 0 {
			x.open -= qty.Qty(n)
		} else {
			w.stock.taking(t).waited += qty.Qty(n)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, t := range slices.SortedFunc(maps.Keys(w.stock.late), taking.compare) {
		if x := w.stock.late[t]; x.moved != x.waited {
			w.report(Finding{Check: Stock, Where: fmt.Sprintf("entry %d (reclass), %s", t.entry, t.name()), Message: "it moved another quantity than waited for it",
				Want: x.waited.String(), Got: x.moved.String()})
		}
	}
	return w.unmoved()
}

// unmoved reports goods that should have moved or should wait, and goods that wait although they are
// known and no task asks for them.
func (w *walk) unmoved() error {
	asked := map[string]bool{}
	err := w.rows(openItems, func(scan scanner) error {
		var key string
		err := scan(&key)
		asked[strings.TrimPrefix(key, "item:")] = true
		return err
	})
	if err != nil {
		return err
	}
	for _, k := range slices.SortedFunc(maps.Keys(w.stock.waits), level.compare) {
		x := w.stock.waits[k]
		if x.n == x.rows && x.sold == x.waits && x.open == 0 {
			continue
		}
		kind := ""
		err := w.rows(selectKinds, func(scan scanner) error { return scan(&k.item, &kind) }, k.item)
		if err != nil {
			return err
		}
		switch {
		case kind != "" && kind != "item": // a service has no stock
		case x.n != x.rows || x.sold != x.waits:
			w.report(Finding{Check: Stock, Where: x.name(k), Message: "the goods " + k.item + " were sold, and neither moved nor written to wait",
				Want: x.sold.String(), Got: x.waits.String()})
		case kind == "item" && !asked[k.item]:
			w.report(Finding{Check: Stock, Where: x.name(k), Message: "the goods " + k.item + " are known, and still wait", Want: "0", Got: x.open.String()})
		}
	}
	return nil
}
