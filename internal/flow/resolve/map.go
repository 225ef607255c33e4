// Package resolve settles what the books did not know when it arrived. A person says once what an
// unknown tender, tax code, item or role is; from then on it is known, what stands in suspense under
// its key moves to where it belongs (J19), goods sold under an unknown SKU leave the stock, and the
// task is closed.
//
// The reclass counts today: the days on which the documents were booked are closed, perhaps sealed
// and reported, and stay as they are. One entry for each store (for cash: each register) sums all lines that are still in
// suspense, and its memo says how many they are. Running it again finds nothing and changes nothing.
package resolve

import (
	"context"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Mapping is a person's answer to a task. Which fields it needs depends on the key.
type Mapping struct {
	Key string // the task's: "tender:PayLater-X"
	// Kind is the kind of an unknown tender type.
	Kind string
	// Name is what people call the tender type or the item; default its code.
	Name string
	// Account is where it belongs: for a tax, a role, a difference. For a tender it is optional: the
	// clearing account of its own.
	Account string
	// Department is the item's; its sales without a department of their own go there.
	Department string
	// Service says that the item is none: it has no stock.
	Service bool
	// Cost is what one piece of the item costs, for goods that were sold before any came.
	Cost money.Price
}

// Outcome is what a mapping did.
type Outcome struct {
	Entries []ledger.Entry // the reclasses, one a store; empty when nothing stood in suspense
	Lines   int64          // the lines that they took out of suspense
	Taken   qty.Qty        // goods that left the stock late
	Closed  bool           // a task was open and is closed now
	// Unknown is what the mapping brought up in its place, such as a kind of tender without an account;
	// each has a task of its own.
	Unknown []posting.Unknown

	byRegister bool
}

// rounds is how often the suspense is looked at again: sales that are committed together with the
// mapping cannot be seen by it, and sales after it know it.
const rounds = 3

// Map stores the mapping and settles what waits for it.
func Map(ctx context.Context, d *db.DB, m Mapping) (Outcome, error) {
	var all Outcome
	for range rounds {
		var one Outcome
		err := d.Write(ctx, func(tx *db.Tx) (err error) {
			one, err = InTx(tx, m)
			return err
		})
		if err != nil {
			return all, err
		}
		all.add(one)
		left := false
		err = d.Read(ctx, func(v *db.View) (err error) {
			left, err = waits(v, m.Key, one.byRegister)
			return err
		})
		if err != nil || !left {
			return all, err
		}
	}
	return all, nil
}

func (o *Outcome) add(p Outcome) {
	o.Entries = append(o.Entries, p.Entries...)
	o.Lines += p.Lines
	o.Taken += p.Taken
	o.Closed = o.Closed || p.Closed
	o.Unknown = append(o.Unknown, p.Unknown...)
}

// InTx is Map inside a transaction. Sales that were recorded earlier in the same group commit are not
// seen; they leave an open task of their own.
func InTx(tx *db.Tx, m Mapping) (Outcome, error) {
	w, err := prepare(tx, m)
	if err != nil {
		return Outcome{}, err
	}
	if err := w.apply(); err != nil {
		return Outcome{}, err
	}
	open, err := w.suspended()
	if err != nil {
		return Outcome{}, err
	}
	late, err := w.unmoved()
	if err != nil {
		return Outcome{}, err
	}
	out := Outcome{byRegister: w.byRegister}
	for _, at := range places(open, late) {
		if err := w.reclass(at, open[at], late[at], &out); err != nil {
			return Outcome{}, err
		}
	}
	out.Closed, err = tasks.Resolve(tx, m.Key, w.said())
	return out, err
}

// today is the store's business day, or the date in UTC for what belongs to no store.
func (w *work) today(store string) day.Day {
	if s, ok := w.shop.Stores[store]; ok {
		return s.Rule().Of(w.tx.Now)
	}
	return day.Of(w.tx.Now)
}
