package check

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// chain is a register's receipts by number, as runs of numbers that follow each other: receipts may
// arrive in any order, and there are few gaps.
type chain struct {
	ends, starts map[int64]*run
	last         *run // the one with the highest number
}

type run struct {
	first, last int64
	prev        receipt.Hash // of the first
	stored, is  receipt.Hash // of the last: its hash as it is kept, and as it is computed
}

// add puts a receipt in its place. It tells whether the one before it, and the one after it, fit.
func (c *chain) add(number int64, prev, stored, is receipt.Hash) (follows, followed bool) {
	x := &run{number, number, prev, stored, is}
	follows, followed = number != 1 || prev.IsZero(), true
	if before := c.ends[number-1]; before != nil {
		delete(c.ends, number-1)
		follows = prev == before.stored || prev == before.is
		x.first, x.prev = before.first, before.prev
	}
	if after := c.starts[number+1]; after != nil {
		delete(c.starts, number+1)
		followed = after.prev == stored || after.prev == is
		x.last, x.stored, x.is = after.last, after.stored, after.is
	}
	c.starts[x.first], c.ends[x.last] = x, x
	if c.last == nil || x.last >= c.last.last {
		c.last = x
	}
	return follows, followed
}

// seal checks a receipt's hashes and its place in the chain of its register.
func (w *walk) seal(s *sales.Sale, b *beside) {
	r := &s.Receipt
	w.scratch = r.Canonical(w.scratch[:0])
	is := receipt.HashOf(w.scratch)
	key := r.Store + "/" + r.Register
	c := w.chains[key]
	if c == nil {
		c = &chain{ends: map[int64]*run{}, starts: map[int64]*run{}}
		w.chains[key] = c
	}
	follows, followed := c.add(r.Number, r.PrevHash, r.Hash, is)
	switch {
	case is != r.Hash:
		w.report(Finding{Check: Chain, Where: receiptName(r), Message: "the receipt was changed after it was sealed: its hash does not fit its content"})
		return
	case !follows:
		w.report(Finding{Check: Chain, Where: receiptName(r), Message: "the receipt does not follow the one before it: the chain of the register is broken"})
	case !followed:
		w.report(Finding{Check: Chain, Where: receiptName(r), Message: "the receipt after it does not follow it: the chain of the register is broken"})
	}
	if !w.known(r, b.content) {
		w.report(Finding{Check: Chain, Where: receiptName(r), Message: "the hash by which a repetition is known does not fit the content"})
	}
}

// known tells whether a repetition of the receipt would be known as one. A receipt that was numbered
// here came without its number.
func (w *walk) known(r *receipt.Receipt, content receipt.Hash) bool {
	c := *r
	c.PrevHash, c.Hash = receipt.Hash{}, receipt.Hash{}
	for _, number := range [...]int64{r.Number, 0} {
		c.Number = number
		w.scratch = c.Canonical(w.scratch[:0])
		if receipt.HashOf(w.scratch) == content {
			return true
		}
	}
	return false
}

const selectHeads db.SQL = `SELECT store, register, number, hash FROM register_heads ORDER BY store, register`

// compareChains sets the recorded ends of the chains against the last receipts, and the seals of the
// closed days against their receipts.
func (w *walk) compareChains() error {
	if !w.wants(Chain) {
		return nil
	}
	err := w.rows(selectHeads, func(scan scanner) error {
		var store, register string
		var number int64
		var hash []byte
		if err := scan(&store, &register, &number, &hash); err != nil {
			return err
		}
		name := store + "/" + register
		c := w.chains[name]
		delete(w.chains, name)
		if c == nil {
			c = &chain{last: &run{}}
		}
		if c.last.last != number || string(hash) != string(c.last.stored[:]) {
			w.report(Finding{Check: Chain, Where: "register " + name, Message: "the chain was recorded to end with another receipt",
				Want: fmt.Sprintf("#%d", number), Got: fmt.Sprintf("#%d", c.last.last)})
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(w.chains)) {
		w.report(Finding{Check: Chain, Where: "register " + name, Message: "the end of the chain is not recorded"})
	}
	return w.seals()
}

const (
	selectSealed db.SQL = `SELECT COUNT(*), COALESCE(MIN(number), 0), COALESCE(MAX(number), 0),
	CAST(COALESCE(SUM(CASE WHEN kind IN ('sale', 'void') THEN total ELSE 0 END), 0) AS BIGINT)
	FROM receipts WHERE business_day = $1 AND store = $2 AND (register = $3 OR $3 = '') AND seq <= $4`
	selectNumber db.SQL = `SELECT hash FROM receipts WHERE store = $1 AND register = $2 AND number = $3`
)

// seals recomputes the seals of the closed days.
func (w *walk) seals() error {
	all, err := shifts.AllSeals(w.q)
	if err != nil {
		return err
	}
	var before shifts.Seal
	whole := map[string]int64{} // receipts of a store's day that no register has sealed
	for _, s := range all {
		if s.Store != before.Store || s.Register != before.Register {
			before = shifts.Seal{}
		}
		message, err := w.dayMessage(s, before)
		if err != nil {
			return err
		}
		if message != "" {
			w.report(Finding{Check: Chain, Where: sealName(s), Message: message})
		}
		if day := s.Store + " " + string(s.Day); s.Register == "" {
			whole[day] += s.Receipts
		} else {
			whole[day] -= s.Receipts
		}
		before = s
	}
	for _, s := range all {
		if s.Register == "" && whole[s.Store+" "+string(s.Day)] != 0 {
			w.report(Finding{Check: Chain, Where: sealName(s), Message: "the seals of the registers are not those of the day"})
		}
	}
	return nil
}

func sealName(s shifts.Seal) string {
	where := fmt.Sprintf("close of %s, store %s", s.Day, s.Store)
	if s.Register != "" {
		where += ", register " + s.Register
	}
	return where
}

// dayMessage names the first thing that is wrong with a seal, "" when nothing is.
func (w *walk) dayMessage(s, before shifts.Seal) (string, error) {
	switch {
	case s.Hash != s.Sum():
		return "the seal was changed after the close", nil
	case s.Z != before.Z+1 || s.PrevHash != before.Hash:
		return "the seal does not follow the one before it", nil
	}
	var is shifts.Seal
	if err := w.q.QueryRow(selectSealed, string(s.Day), s.Store, s.Register, s.LastSeq).Scan(&is.Receipts, &is.First, &is.Last, &is.Total); err != nil {
		return "", err
	}
	if is.Receipts != s.Receipts || is.Total != s.Total || s.Register != "" && (is.First != s.First || is.Last != s.Last) {
		cur := w.result.Currency
		return fmt.Sprintf("it seals %d receipts that come to %s; there are %d that come to %s", s.Receipts, cur.Format(s.Total), is.Receipts,
			cur.Format(is.Total)), nil
	}
	if s.Register == "" || s.Receipts == 0 {
		return "", nil
	}
	var hash []byte
	err := w.rows(selectNumber, func(scan scanner) error { return scan(&hash) }, s.Store, s.Register, s.Last)
	if err == nil && string(hash) != string(s.LastHash[:]) {
		return "the last receipt of the day is another", nil
	}
	return "", err
}
