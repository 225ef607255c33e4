package resolve

import (
	"fmt"
	"strconv"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// The kinds of the entries that this flow posts. KindTurned settles sums with the sign of the other side,
// in an entry of their own: else nobody could tell later what was settled.
const (
	Kind       = "reclass"
	KindTurned = "reclass_turned"
)

// reclass posts one place's entries and adds them to the outcome.
func (w *work) reclass(at place, open []posting.Suspended, late inventory.Issue, out *Outcome) error {
	var usual, other []posting.Suspended
	for _, s := range open {
		if turned(s) {
			other = append(other, s)
		} else {
			usual = append(usual, s)
		}
	}
	if len(usual) > 0 || len(other) == 0 || late.Qty != 0 {
		if err := w.settle(Kind, at, usual, late, out); err != nil {
			return err
		}
	}
	if len(other) == 0 {
		return nil
	}
	return w.settle(KindTurned, at, other, inventory.Issue{}, out)
}

// settle posts one entry and adds it to the outcome.
func (w *work) settle(kind string, at place, open []posting.Suspended, late inventory.Issue, out *Outcome) error {
	seq, err := ledger.Upcoming(w.tx)
	if err != nil {
		return err
	}
	on := w.today(at.store)
	var costs []inventory.Cost
	if late.Qty != 0 {
		if costs, err = inventory.Take(w.tx, seq, on, w.shop.Book, []inventory.Issue{late}); err != nil {
			return err
		}
		if err = inventory.Moved(w.tx, late.Item, late.Location, seq); err != nil {
			return err
		}
	}
	books, err := posting.LoadBooks(w.tx, w.shop.Book)
	if err != nil {
		return err
	}
	to := posting.Target{Store: at.store, Department: w.m.Department}
	if w.what == "difference" || w.what == "line" || w.what == "movement" {
		to.Account = w.m.Account
	}
	lines, unknown, err := posting.Reclass(w.m.Key, open, to, costs, *books)
	if err != nil {
		return err
	}
	var count int64
	for i := range open {
		count += open[i].Lines
	}
	e := ledger.Entry{ID: id.Derive(w.tx.Now, "reclass", w.m.Key+"\x00"+at.store+"/"+at.register+"\x00"+strconv.FormatInt(seq, 10)), Kind: kind, Store: at.store, Register: at.register,
		BusinessDay: on, Memo: fmt.Sprintf("%s: %d lines", w.m.Key, count), Lines: lines}
	e.Doc = docOf(w.m.Key, at) // goods without a value still need their entry
	for _, u := range unknown {
		if u.Key == w.m.Key {
			return ErrNotMapped.Named("task", u.Key)
		}
		if err := tasks.Open(w.tx, tasks.Task{Kind: u.Kind, Key: u.Key, Store: at.store, Doc: e.ID, Message: u.Message}); err != nil {
			return err
		}
	}
	if len(lines) > 0 || len(costs) > 0 {
		if err := ledger.Post(w.tx, &e); err != nil {
			return err
		}
		if err := outbox.Add(w.tx, outbox.EntryPosted, e.ID.String(), e.Store); err != nil {
			return err
		}
		out.Entries = append(out.Entries, e)
	}
	out.Lines += count
	out.Taken += late.Qty
	out.Unknown = append(out.Unknown, unknown...)
	return nil
}
