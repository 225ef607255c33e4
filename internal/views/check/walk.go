package check

import (
	"fmt"
	"math"
	"slices"

	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/domain/totals"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// walk reads receipts, entries and stock moves side by side and gathers what they come to.
type walk struct {
	*checker
	shop     org.Shop
	accounts accounts
	sheet    *totals.Sheet
	chains   map[string]*chain // by register
	verifier *ledger.Verifier
	entries  func() (*ledger.Entry, error)
	moves    moveCursor
	stock    stock
	foreign  map[foreignKey]int64 // what accounts hold in a currency of their own

	sold   waiting[*sales.Sale] // receipts whose entry has not come yet
	booked waiting[*booking]    // entries of sales whose receipt has not come yet
	now    int64                // receipts that post, so far

	scratch []byte
	pair    pair
}

type foreignKey struct{ account, currency string }

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
	w := &walk{checker: c, sheet: totals.NewSheet(), chains: map[string]*chain{}, foreign: map[foreignKey]int64{}, stock: newStock()}
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
			w.receipt(s, &beside[i])
			if err := w.meet(s); err != nil {
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

// meet finds the entry of a receipt that posts. Both lie in the same order, so that it is nearly always
// the next one.
func (w *walk) meet(s *sales.Sale) error {
	if !s.Receipt.Posts() || !w.wants(Chain, Balance, Receipts, Tax, Stock, Drawers) {
		return nil
	}
	w.now++
	if b, ok := w.booked.take(s.Receipt.ID); ok {
		w.compare(s, b)
	} else {
		w.sold.put(s.Receipt.ID, w.now, s)
	}
	for w.sold.len() > 0 && w.booked.len() < ahead {
		b, err := w.nextSale()
		if err != nil {
			return err
		}
		if b == nil {
			break
		}
		w.found(b)
	}
	w.sold.expire(w.now-ahead, w.unposted)
	w.booked.expire(w.now-ahead, w.orphan)
	return nil
}

// found compares an entry with its receipt, or has it wait.
func (w *walk) found(b *booking) {
	if s, ok := w.sold.take(b.Doc); ok {
		w.compare(s, b)
		return
	}
	kept := &booking{Entry: b.Entry, moves: slices.Clone(b.moves)} // what was read is read over
	kept.Lines = slices.Clone(b.Lines)
	if !w.booked.put(b.Doc, w.now, kept) {
		w.orphan(kept)
	}
}

// rest reads the entries after the last receipt's, and reports what has found no partner.
func (w *walk) rest() error {
	for w.wants(Chain, Balance, Receipts, Tax, Stock, Drawers) {
		b, err := w.nextSale()
		if err != nil {
			return err
		}
		if b == nil {
			break
		}
		w.found(b)
	}
	w.sold.expire(math.MaxInt64, w.unposted)
	w.booked.expire(math.MaxInt64, w.orphan)
	_, err := w.moves.of(math.MaxInt64, w.moveAlone)
	return err
}

// nextSale returns the next entry that books a receipt, nil at the end, and checks every entry on the
// way. It is valid until the next call.
func (w *walk) nextSale() (*booking, error) {
	for {
		e, err := w.entries()
		if e == nil || err != nil {
			return nil, err
		}
		w.result.Entries++
		w.verifier.Entry(e)
		moves, err := w.moves.of(e.Seq, w.moveAlone)
		if err != nil {
			return nil, err
		}
		w.entryStock(e, moves)
		for i := range e.Lines {
			if f := &e.Lines[i].Foreign; f.Currency != "" {
				w.foreign[foreignKey{e.Lines[i].Account, string(f.Currency)}] += int64(f.Minor)
			}
		}
		switch e.Kind {
		case "sale", "void":
			return &booking{*e, moves}, nil
		case "reclass":
			w.stock.late(moves)
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
