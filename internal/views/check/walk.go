package check

import (
	"fmt"
	"math"

	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/domain/totals"
)

// walk reads receipts, entries and stock moves side by side and gathers what they come to.
type walk struct {
	*checker
	shop     org.Shop
	sheet    *totals.Sheet
	chains   map[string]*chain
	verifier *ledger.Verifier
	entries  func() (*ledger.Entry, error)
	moves    moveCursor
	accounts accountSets
	goods    goods
	foreign  map[string]int64 // what accounts hold of their own currency, by account and currency

	sold    waiting[*sales.Sale] // receipts whose entry has not come yet
	booked  waiting[*booking]    // entries of sales whose receipt has not come yet
	now     int64                // receipts read
	scratch []byte
	sums    sums
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
	w := &walk{checker: c, sheet: totals.NewSheet(), chains: map[string]*chain{}, foreign: map[string]int64{}}
	if err := w.begin(); err != nil {
		return err
	}
	last, err := sales.Last(c.q)
	if err != nil {
		return err
	}
	for from := int64(math.MinInt64); ; from = w.now + 1 {
		_ = from
		break
	}
	if err := w.receipts(last); err != nil {
		return err
	}
	if err := w.rest(); err != nil {
		return err
	}
	c.tell("receipts", last, last)
	return w.finish()
}

// begin opens the streams.
func (w *walk) begin() (err error) {
	if w.shop, err = org.Load(w.q); err != nil {
		return err
	}
	if w.verifier, err = ledger.NewVerifier(w.q); err != nil {
		return err
	}
	if err := w.accounts.load(w.checker); err != nil {
		return err
	}
	w.goods.begin()
	w.moves.q = w.q
	w.entries, err = ledger.Cursor(w.q, math.MinInt64)
	return err
}

// receipts reads all receipts, and the entries beside them.
func (w *walk) receipts(last int64) error {
	seq := int64(0)
	for from := int64(1); from <= last; from += pageSize {
		if err := w.q.Context().Err(); err != nil {
			return err
		}
		page, err := sales.Page(w.q, from, min(from+pageSize-1, last))
		if err != nil {
			return err
		}
		stored, err := w.stored(from, from+pageSize-1)
		if err != nil {
			return err
		}
		for i := range page {
			s := &page[i]
			if s.Seq != seq+1 {
				w.report(Finding{Check: Chain, Where: missing("receipts", seq+1, s.Seq-1), Message: "it was recorded and is not there"})
			}
			seq = s.Seq
			w.receipt(s, stored[s.Seq])
			if err := w.meet(s); err != nil {
				return err
			}
		}
		w.tell("receipts", from, last)
	}
	return w.counter(seq)
}

func missing(what string, first, last int64) string {
	if first == last {
		return fmt.Sprintf("row %d of %s", first, what)
	}
	return fmt.Sprintf("rows %d to %d of %s", first, last, what)
}

const selectCounter = `SELECT value FROM counters WHERE name = 'receipts'`
