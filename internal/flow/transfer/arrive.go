package transfer

import (
	"context"
	"errors"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Arrival is goods of a transfer that arrived: all of them, or a part.
type Arrival struct {
	inventory.Head        // Location is where they arrived: the destination, or the store that they came back to
	Transfer       id.ID  `json:"transfer"`
	Lines          []Line `json:"lines"`
	// Close writes off as shrink what is still under way after this. With it the lines may be empty.
	Close bool `json:"close,omitempty"`
}

// Arrive books an arrival. The same again answers the same and changes nothing; its id with other
// content is inventory.ErrOther. More than is under way is inventory.ErrNotOnTheWay.
func Arrive(ctx context.Context, d *db.DB, a Arrival) (*inventory.Doc, error) {
	if err := a.check(d.Now()); err != nil {
		return nil, err
	}
	var out *inventory.Doc
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		out, err = ArriveTx(tx, a)
		return err
	})
	return out, err
}

// ArriveTx is Arrive inside a transaction.
func ArriveTx(tx *db.Tx, a Arrival) (*inventory.Doc, error) {
	if err := a.check(tx.Now); err != nil {
		return nil, err
	}
	content, err := inventory.ContentOf(inventory.DocArrival, a)
	if err != nil {
		return nil, err
	}
	if old, ok, err := inventory.Recorded(tx, a.ID, inventory.DocArrival, content); ok || err != nil {
		return old, err
	}
	sent, err := a.sent(tx)
	if err != nil {
		return nil, err
	}
	shop, err := org.LoadShared(tx)
	if err != nil {
		return nil, err
	}
	lines, _, err := moves(tx, a.Lines)
	if err != nil {
		return nil, err
	}
	seq, err := ledger.Upcoming(tx)
	if err != nil {
		return nil, err
	}
	costs, err := inventory.Move(tx, seq, a.BusinessDay, shop.Book, inventory.Transit(a.Transfer), a.Location, lines)
	if err != nil {
		return nil, err
	}
	out := a.Doc(inventory.DocArrival, inventory.StateDone, content)
	out.Other, out.EntrySeq = inventory.Transit(a.Transfer), seq
	out.Lines = docLines(lines, costs, a.Location)
	if costs, err = a.settle(tx, shop.Book, sent, out, costs); err != nil {
		return nil, err
	}
	items, err := goods(tx, len(costs), func(i int) string { return costs[i].Item })
	if err != nil {
		return nil, err
	}
	if err := book(tx, shop.Book, posting.StockDoc{ID: a.ID, Kind: inventory.DocArrival, Store: a.Location, Day: a.BusinessDay,
		Memo: a.Memo(), Costs: costs, To: sent.Other, Department: items.department}); err != nil {
		return nil, err
	}
	return out, inventory.Record(tx, out)
}

func (a *Arrival) check(now time.Time) error {
	if err := a.Check(now, len(a.Lines)); err != nil {
		return err
	}
	if a.Transfer.IsZero() {
		return ErrTransfer.At("transfer")
	}
	if len(a.Lines) == 0 && !a.Close {
		return inventory.ErrNoLines.At("lines")
	}
	return checkLines(a.Lines)
}

// sent is the transfer, of which something must still be under way.
func (a *Arrival) sent(tx *db.Tx) (*inventory.Doc, error) {
	sent, err := inventory.FindDoc(tx, a.Transfer)
	switch {
	case errors.Is(err, inventory.ErrDocUnknown):
		return nil, ErrTransfer.At("transfer")
	case err != nil:
		return nil, err
	case sent.Kind != inventory.DocTransfer:
		return nil, ErrTransfer.At("transfer")
	case sent.State != inventory.StateSent:
		return nil, ErrClosed.At("transfer")
	case a.Location != sent.Other && a.Location != sent.Location:
		return nil, ErrDestination.At("location")
	}
	return sent, nil
}

// settle writes off what is still under way when the arrival closes the transfer, and notes when
// nothing is any more.
func (a *Arrival) settle(tx *db.Tx, c money.Currency, sent, out *inventory.Doc, costs []inventory.Cost) ([]inventory.Cost, error) {
	rest, err := inventory.InTransit(tx, a.Transfer)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 && !a.Close {
		return costs, nil
	}
	var lost []inventory.Issue
	for _, h := range rest {
		no := len(a.Lines) + len(lost) + 1
		lost = append(lost, inventory.Issue{Line: no, Item: h.Item, Location: inventory.Transit(a.Transfer), Kind: inventory.Shrink, Qty: h.Qty})
		out.Lines = append(out.Lines, inventory.DocLine{No: no, Item: h.Item, Qty: -h.Qty, Value: -h.Value})
	}
	more, err := inventory.Take(tx, out.EntrySeq, a.BusinessDay, c, lost)
	if err != nil {
		return nil, err
	}
	return append(costs, more...), inventory.Change(tx, sent, inventory.StateDone, 0)
}
