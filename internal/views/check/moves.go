package check

import (
	"fmt"
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// move is a row of stock_moves.
type move struct {
	entry, line          int64
	kind, location, item string
	day                  string
	qty, value           int64
	docLine              int64
}

func (m *move) name() string { return fmt.Sprintf("stock move %d of entry %d", m.line, m.entry) }

// moveCursor reads the moves in the order of their entries.
type moveCursor struct {
	c                   *checker
	off                 bool // nobody asks for them
	batch, out          []move
	at                  int
	lastEntry, lastLine int64
}

// batchMoves bounds how many moves are held in memory.
const batchMoves = 5_000

const selectMoves db.SQL = `SELECT entry_seq, line_no, kind, location, item, business_day, qty, value, doc_line FROM stock_moves
	WHERE (entry_seq, line_no) > ($1, $2) ORDER BY entry_seq, line_no LIMIT $3`

// of returns the moves of an entry, valid until the next call. Those before it, that no entry has asked
// for, go to alone.
func (m *moveCursor) of(entry int64, alone func(*move)) ([]move, error) {
	m.out = m.out[:0]
	for !m.off {
		if m.at == len(m.batch) {
			if err := m.load(); err != nil || m.off {
				return m.out, err
			}
		}
		x := &m.batch[m.at]
		if x.entry > entry {
			break
		}
		m.at++
		if x.entry == entry {
			m.out = append(m.out, *x)
		} else {
			alone(x)
		}
	}
	return m.out, nil
}

func (m *moveCursor) load() error {
	m.batch, m.at = m.batch[:0], 0
	err := m.c.rows(selectMoves, func(scan scanner) error {
		var x move
		err := scan(&x.entry, &x.line, &x.kind, &x.location, &x.item, &x.day, &x.qty, &x.value, &x.docLine)
		m.batch = append(m.batch, x)
		return err
	}, m.lastEntry, m.lastLine, int64(batchMoves))
	if len(m.batch) == 0 {
		m.off = true
		return err
	}
	last := &m.batch[len(m.batch)-1]
	m.lastEntry, m.lastLine = last.entry, last.line
	m.c.result.Moves += int64(len(m.batch))
	return err
}

func (w *walk) moveAlone(m *move) {
	w.stock.add(m)
	w.report(Finding{Check: Stock, Where: m.name(), Message: "the entry that books it is not there"})
}

// entryStock checks that an entry books on the inventory accounts of each store exactly the value of
// its moves there, and on the account of goods in transit what is under way.
func (w *walk) entryStock(e *ledger.Entry, moves []move) {
	if !w.wants(Stock) {
		return
	}
	var left [4]placed
	off := left[:0]
	for i := range moves {
		m := &moves[i]
		w.stock.add(m)
		if m.day != string(e.BusinessDay) {
			w.report(Finding{Check: Stock, Where: m.name(), Message: "the move has another business day than its entry", Want: string(e.BusinessDay), Got: m.day})
		}
		place := m.location
		if w.accounts.mixed {
			place = ""
		} else if strings.HasPrefix(place, inventory.TransitPrefix) {
			place = inventory.TransitPrefix
		}
		off = addPlaced(off, place, money.Minor(m.value))
	}
	for i := range e.Lines {
		l := &e.Lines[i]
		if place, ok := w.accounts.place(l); ok {
			off = addPlaced(off, place, -l.Amount)
		}
		if byHand := e.Kind == "manual" || e.Kind == "correction" || e.Kind == "reversal"; w.accounts.grni[l.Account] && !byHand {
			w.stock.grni -= l.Amount
		}
	}
	for _, p := range off {
		if p.left != 0 {
			where := entryName(e)
			if p.place == inventory.TransitPrefix {
				where += ", in transit"
			} else if p.place != "" {
				where += ", inventory of " + p.place
			}
			w.differ(Stock, where, "the value of the stock moves and what the entry books differ by", 0, p.left)
		}
	}
}

type placed struct {
	place string
	left  money.Minor
}

func addPlaced(list []placed, place string, amount money.Minor) []placed {
	for i := range list {
		if list[i].place == place {
			list[i].left += amount
			return list
		}
	}
	return append(list, placed{place, amount})
}

// lineMoves is what the moves of one receipt line come to.
type lineMoves struct {
	moved, damaged int64
	n              int
}

// goods checks the goods of a receipt against the moves of its entry, line by line. b is nil when the
// receipt has no entry.
func (w *walk) goods(s *sales.Sale, b *booking) {
	if !w.wants(Stock) {
		return
	}
	r := &s.Receipt
	if n := len(r.Lines) + 1; cap(w.pair.lines) < n {
		w.pair.lines = make([]lineMoves, n)
	}
	lines := w.pair.lines[:len(r.Lines)+1]
	clear(lines)
	if b != nil {
		for i := range b.moves {
			m := &b.moves[i]
			if m.docLine < 1 || m.docLine > int64(len(r.Lines)) || r.Lines[m.docLine-1].Item != m.item || m.location != r.Store {
				w.report(Finding{Check: Stock, Where: m.name(), Message: "it moves other goods than " + receiptName(r)})
				continue
			}
			x := &lines[m.docLine]
			x.n++
			if m.kind == inventory.Damage {
				x.damaged += m.qty
			} else {
				x.moved += m.qty
			}
		}
	}
	for i := range r.Lines {
		w.lineGoods(r, &r.Lines[i], lines[i+1])
	}
}

func (w *walk) lineGoods(r *receipt.Receipt, l *receipt.Line, x lineMoves) {
	disposition := ""
	if l.Return != nil {
		disposition = l.Return.Disposition
	}
	moves := l.Kind == receipt.Item && l.Item != "" && l.Qty != 0 && disposition != "none"
	switch {
	case moves && x.n == 0:
		if disposition != "damaged" {
			w.stock.wait(r, l) // perhaps nobody knew the item then
		}
		return
	case !moves && x.n == 0:
		return
	}
	moved, damaged := qty.Qty(0), qty.Qty(0)
	if moves {
		moved = -l.Qty
	}
	if disposition == "damaged" {
		damaged = l.Qty
	}
	if qty.Qty(x.moved) != moved || qty.Qty(x.damaged) != damaged {
		w.report(Finding{Check: Stock, Where: lineName(r, l.No), Message: "the stock moved by another quantity than the line says",
			Want: (moved + damaged).String(), Got: qty.Qty(x.moved + x.damaged).String()})
	}
}
