package check

import (
	"fmt"
	"math"
	"slices"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// walk reads receipts, entries and stock moves side by side and gathers what they come to.
type walk struct {
	*checker
	shop     org.Shop
	accounts accounts
	totals   *running
	chains   map[string]*chain // by register
	verifier *ledger.Verifier
	entries  func() (*ledger.Entry, error)
	moves    moveCursor
	stock    stock
	held     map[holder]money.Minor

	pairs pairing[*sales.Sale, *booking]

	scratch []byte
	pair    pair
}

// booking is an entry with the stock moves that it books.
type booking struct {
	ledger.Entry
	moves []move
}

// pageSize is how many receipts are read at once.
const pageSize = 500

// documents checks what only a look at every document can tell.
func (c *checker) documents() error {
	if !c.wants(Chain, Balance, Receipts, Tax, Stock, Totals, Drawers) {
		return nil
	}
	w := &walk{checker: c, totals: newRunning(c), chains: map[string]*chain{}, held: map[holder]money.Minor{}, stock: newStock()}
	for _, step := range []func() error{w.open, w.receipts, w.rest, w.compareChains, w.compareLedger, w.compareStock, w.compareTotals, w.compareDrawers} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// open begins to read.
func (w *walk) open() (err error) {
	if w.shop, err = org.Load(w.q); err != nil {
		return err
	}
	if w.verifier, err = ledger.NewVerifier(w.q); err != nil {
		return err
	}
	if err := w.accounts.load(w.checker); err != nil {
		return err
	}
	w.moves = moveCursor{c: w.checker, off: !w.wants(Stock), lastEntry: math.MinInt64}
	w.pairs = pairing[*sales.Sale, *booking]{next: w.nextSale, keep: (*booking).keep, met: w.compare, alone: w.unposted, extra: w.orphan}
	w.entries, err = ledger.Cursor(w.q, math.MinInt64)
	return err
}

// receipts reads all receipts, and beside them the entries.
func (w *walk) receipts() error {
	last, err := sales.Last(w.q)
	if err != nil {
		return err
	}
	seq := int64(0)
	for from := int64(1); from <= last; from += pageSize {
		if err := w.q.Context().Err(); err != nil {
			return err
		}
		page, err := sales.Page(w.q, from, min(from+pageSize-1, last))
		if err != nil {
			return err
		}
		beside, err := w.beside(from, from+pageSize-1)
		if err != nil {
			return err
		}
		for i := range page {
			s := &page[i]
			w.sequence(seq+1, s.Seq)
			seq = s.Seq
			if err := w.receipt(s, &beside[i]); err != nil {
				return err
			}
			if !s.Receipt.Posts() || !w.readsEntries() {
				continue
			}
			if err := w.pairs.meet(s.Receipt.ID, s, empty(s)); err != nil {
				return err
			}
		}
		w.tell("receipts", min(from+pageSize-1, last), last)
	}
	var counted int64
	err = w.rows(countedReceipts, func(scan scanner) error { return scan(&counted) })
	w.sequence(seq+1, counted+1)
	return err
}

const countedReceipts db.SQL = `SELECT value FROM counters WHERE name = 'receipts'`

// sequence reports the rows between next and the one that came.
func (w *walk) sequence(next, came int64) {
	if came <= next {
		return
	}
	where := fmt.Sprintf("row %d of receipts", next)
	if came > next+1 {
		where = fmt.Sprintf("rows %d to %d of receipts", next, came-1)
	}
	w.report(Finding{Check: Chain, Where: where, Message: "it was recorded, and is not there any more"})
}

// rest reads the entries after the last receipt's, and reports what has found no partner.
func (w *walk) rest() error {
	if !w.readsEntries() {
		return nil
	}
	if err := w.pairs.end(); err != nil {
		return err
	}
	_, err := w.moves.of(math.MaxInt64, w.moveAlone)
	return err
}

func (w *walk) readsEntries() bool { return w.wants(Chain, Balance, Receipts, Tax, Stock, Drawers) }

// keep makes a booking outlive the reading of the next one.
func (b *booking) keep() *booking {
	kept := &booking{Entry: b.Entry, moves: slices.Clone(b.moves)}
	kept.Lines = slices.Clone(b.Lines)
	return kept
}

// nextSale returns the next entry that books a receipt, and checks every entry on the way.
func (w *walk) nextSale() (u id.ID, b *booking, ok bool, err error) {
	for {
		e, err := w.entries()
		if e == nil || err != nil {
			return u, nil, false, err
		}
		w.result.Entries++
		w.verifier.Entry(e)
		moves, err := w.moves.of(e.Seq, w.moveAlone)
		if err != nil {
			return u, nil, false, err
		}
		w.entryStock(e, moves)
		w.hold(e)
		switch e.Kind {
		case "sale", "void":
			return e.Doc, &booking{*e, moves}, true, nil
		case "reclass":
			w.stock.mapped(moves)
		}
	}
}

// unposted reports a receipt without an entry, unless it moves neither money nor goods.
func (w *walk) unposted(s *sales.Sale) {
	w.goods(s, nil)
	if empty(s) {
		return
	}
	w.report(Finding{Check: Receipts, Where: receiptName(&s.Receipt), Message: "the receipt has no entry in the journal"})
}

func empty(s *sales.Sale) bool {
	r := &s.Receipt
	for i := range r.Lines {
		if l := &r.Lines[i]; l.Net != 0 || l.NetDiscount != 0 || len(l.Taxes) > 0 {
			return false
		}
	}
	for i := range r.Tenders {
		if r.Tenders[i].Amount != 0 {
			return false
		}
	}
	return r.Rounding == 0 && s.Unexplained == 0
}

// orphan reports an entry that has no receipt.
func (w *walk) orphan(b *booking) {
	w.report(Finding{Check: Receipts, Where: entryName(&b.Entry), Message: "the entry books a receipt that is not there, or that another entry books"})
}

func receiptName(r *receipt.Receipt) string {
	s := fmt.Sprintf("receipt %s/%s #%d", r.Store, r.Register, r.Number)
	if r.External != "" {
		s += " (" + r.External + ")"
	}
	return s
}

func lineName(r *receipt.Receipt, no int) string {
	return fmt.Sprintf("%s line %d", receiptName(r), no)
}

func entryName(e *ledger.Entry) string { return fmt.Sprintf("entry %d (%s)", e.Seq, e.Kind) }
