package check

import (
	"errors"
	"fmt"
	"iter"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/domain/totals"
)

// documents reads receipts and entries once, in step, and checks each and each against the other.
// Entries of sales lie in the order of their receipts, because both are written by the same
// transaction; an entry that does not fit its receipt is found at once.
func (c *checker) documents() error {
	w := &walk{checker: c, sheet: totals.NewSheet(), accounts: map[accountDay]*debitCredit{}, heads: map[string]chainEnd{}}
	entries := newEntryCursor(c)
	defer entries.stop()
	last, err := sales.Last(c.q)
	if err != nil {
		return err
	}
	err = sales.Each(c.q, 1, func(s *sales.Sale) error {
		c.result.Receipts++
		c.result.Lines += int64(len(s.Receipt.Lines))
		if c.result.Receipts%1000 == 0 {
			c.tell("receipts", c.result.Receipts, last)
		}
		w.receipt(s)
		if !s.Receipt.Posts() {
			return nil
		}
		e, err := entries.sale(w)
		if err != nil {
			return err
		}
		if e == nil || e.Doc != s.Receipt.ID {
			entries.back = e // it belongs to another receipt
			w.unposted(s)
			return nil
		}
		w.pair(s, e)
		return nil
	})
	if err != nil {
		return err
	}
	for {
		e, err := entries.sale(w)
		if err != nil {
			return err
		}
		if e == nil {
			break
		}
		c.report(Finding{Check: "receipts", Where: entryName(e), Message: "the entry of a sale has no receipt"})
	}
	if c.wants("balance") {
		if err := w.compareAccounts(); err != nil {
			return err
		}
	}
	if c.wants("totals") {
		return w.compareTotals()
	}
	return nil
}

// walk is what one pass over all documents gathers.
type walk struct {
	*checker
	sheet    *totals.Sheet
	accounts map[accountDay]*debitCredit
	heads    map[string]chainEnd // per register: the last receipt in number order is checked by gaps
	scratch  []byte
	entry    []byte
	ledger   chainEnd
}

type chainEnd struct {
	number int64
	hash   [32]byte
}

// receipt checks a receipt by itself: its hash, its sums, its totals.
func (w *walk) receipt(s *sales.Sale) {
	r := &s.Receipt
	name := receiptName(r)
	if w.wants("chain") {
		w.scratch = r.Canonical(w.scratch[:0])
		if receipt.HashOf(w.scratch) != r.Hash {
			w.report(Finding{Check: "chain", Where: name, Message: "the receipt was changed after it was sealed: its hash does not fit its content"})
		}
		key := r.Store + "/" + r.Register
		if end := w.heads[key]; r.Number == end.number+1 && receipt.Hash(end.hash) != r.PrevHash {
			w.report(Finding{Check: "chain", Where: name, Message: "the receipt does not follow the one before it: the chain of the register is broken"})
		}
		if r.Number > w.heads[key].number {
			w.heads[key] = chainEnd{r.Number, r.Hash}
		}
	}
	if w.wants("receipts") {
		w.differ("receipts", name, "tenders differ from the total", r.Total()+r.Rounding+s.Unexplained, r.Tendered())
		for i := range r.Lines {
			l := &r.Lines[i]
			if r.TaxRounding == receipt.RoundAsGiven {
				continue
			}
			shown := l.Net
			if r.PricesInclude {
				shown = l.Total()
			}
			w.differ("receipts", fmt.Sprintf("%s line %d", name, l.No), "the line's price less its discounts is not its amount", l.Extended-l.Reduced(), shown)
		}
	}
	w.sheet.Count(r, s.Hour, s.Unexplained)
}

// unposted reports a receipt without an entry, unless it is one of free samples, that moves no money.
func (w *walk) unposted(s *sales.Sale) {
	if !w.wants("receipts") || free(s) {
		return
	}
	w.report(Finding{Check: "receipts", Where: receiptName(&s.Receipt), Message: "the receipt has no entry in the journal, or not in its place"})
}

func free(s *sales.Sale) bool {
	r := &s.Receipt
	for i := range r.Lines {
		if l := &r.Lines[i]; l.Net != 0 || l.NetDiscount != 0 || l.Tax() != 0 {
			return false
		}
	}
	return r.Tendered() == 0 && r.Rounding == 0 && s.Unexplained == 0
}

// pair checks a receipt against the entry that books it.
func (w *walk) pair(s *sales.Sale, e *ledger.Entry) {
	r := &s.Receipt
	if !w.wants("receipts") && !w.wants("tax") {
		return
	}
	name := receiptName(r)
	var tenders money.Minor
	taxes := map[string]money.Minor{}
	for i := range e.Lines {
		l := &e.Lines[i]
		if l.Tender != "" {
			tenders += l.Amount
		}
		if l.TaxCode != "" {
			taxes[l.TaxCode] -= l.Amount
		}
	}
	if w.wants("receipts") {
		w.differ("receipts", name, "the journal books other tenders than the receipt has", r.Tendered(), tenders)
		if e.BusinessDay != r.BusinessDay {
			w.report(Finding{Check: "receipts", Where: name, Message: "the journal has another business day", Want: string(r.BusinessDay), Got: string(e.BusinessDay)})
		}
	}
	if w.wants("tax") {
		for i := range r.Lines {
			for _, t := range r.Lines[i].Taxes {
				taxes[t.Code] -= t.Amount
			}
		}
		for code, left := range taxes {
			w.differ("tax", name, "the journal books another tax "+code+" than the receipt has: off by", 0, left)
		}
	}
}

// entryCursor delivers the entries of sales in order and checks every entry on the way.
type entryCursor struct {
	next func() (*ledger.Entry, bool)
	stop func()
	back *ledger.Entry // was read and belongs to a later receipt
	err  error
}

func newEntryCursor(c *checker) *entryCursor {
	x := &entryCursor{}
	x.next, x.stop = iter.Pull(func(yield func(*ledger.Entry) bool) {
		x.err = ledger.Each(c.q, 1, func(e *ledger.Entry) error {
			if !yield(e) {
				return errStopped
			}
			return nil
		})
	})
	return x
}

// errStopped ends a reading that nobody goes on with.
var errStopped = errors.New("stopped")

// sale returns the next entry that books a receipt, nil at the end.
func (x *entryCursor) sale(w *walk) (*ledger.Entry, error) {
	if e := x.back; e != nil {
		x.back = nil
		return e, nil
	}
	for {
		e, ok := x.next()
		if !ok {
			return nil, x.err
		}
		w.checkEntry(e)
		if e.Kind == "sale" || e.Kind == "void" {
			return e, nil
		}
	}
}

// checkEntry checks an entry by itself: chain, balance, days.
func (w *walk) checkEntry(e *ledger.Entry) {
	w.result.Entries++
	if w.wants("chain") {
		var hash [32]byte
		hash, w.entry = e.Sum256(w.entry)
		if hash != e.Hash {
			w.report(Finding{Check: "chain", Where: entryName(e), Message: "the entry was changed after it was posted: its hash does not fit its content"})
		}
		if e.Seq != w.ledger.number+1 || e.PrevHash != w.ledger.hash {
			w.report(Finding{Check: "chain", Where: entryName(e), Message: "the entry does not follow the one before it: the ledger's chain is broken"})
		}
		w.ledger = chainEnd{e.Seq, e.Hash}
	}
	if !w.wants("balance") {
		return
	}
	sum, err := e.Sum()
	if err != nil || sum != 0 {
		w.differ("balance", entryName(e), "debits and credits of the entry differ by", 0, sum)
	}
	for i := range e.Lines {
		l := &e.Lines[i]
		k := accountDay{l.Account, string(e.EffectiveDay), l.Store}
		v := w.accounts[k]
		if v == nil {
			v = &debitCredit{}
			w.accounts[k] = v
		}
		if l.Amount > 0 {
			v.debit += l.Amount
		} else {
			v.credit -= l.Amount
		}
	}
}

func receiptName(r *receipt.Receipt) string {
	s := fmt.Sprintf("receipt %s/%s #%d", r.Store, r.Register, r.Number)
	if r.External != "" {
		s += " (" + r.External + ")"
	}
	return s
}

func entryName(e *ledger.Entry) string { return fmt.Sprintf("entry %d (%s %s)", e.Seq, e.Kind, e.ID) }
