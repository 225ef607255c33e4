package transfer

import (
	"context"
	"errors"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/stockdoc"
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
	return stockdoc.Run(ctx, d, a, ArriveTx)
}

// ArriveTx is Arrive inside a transaction.
func ArriveTx(tx *db.Tx, a Arrival) (*inventory.Doc, error) {
	return stockdoc.Once(tx, inventory.DocArrival, a.Head, a, func(w *stockdoc.Work) error {
		sent, err := a.sent(tx)
		if err != nil {
			return err
		}
		w.Doc.Other = inventory.Transit(sent.ID)
		costs, err := move(tx, w, w.Doc.Other, a.Location, a.Lines)
		if err != nil {
			return err
		}
		lost, err := a.settle(tx, w, sent)
		if err != nil {
			return err
		}
		return w.Move(posting.StockDoc{Costs: append(costs, lost...), To: sent.Other})
	})
}

// Validate refuses an arrival that cannot be kept.
func (a Arrival) Validate(now time.Time) error {
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
func (a Arrival) sent(tx *db.Tx) (*inventory.Doc, error) {
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

// settle notes when nothing of the transfer is under way any more. What still is when the arrival
// closes it is written off: its costs are the answer.
func (a Arrival) settle(tx *db.Tx, w *stockdoc.Work, sent *inventory.Doc) ([]inventory.Cost, error) {
	rest, err := inventory.InTransit(tx, sent.ID)
	if err != nil || len(rest) > 0 && !a.Close {
		return nil, err
	}
	var lost []inventory.Issue
	for _, h := range rest {
		no := len(w.Doc.Lines) + 1
		lost = append(lost, inventory.Issue{Line: no, Item: h.Item, Location: w.Doc.Other, Kind: inventory.Shrink, Qty: h.Qty})
		w.Doc.Lines = append(w.Doc.Lines, inventory.DocLine{No: no, Item: h.Item, Qty: -h.Qty, Value: -h.Value})
	}
	costs, err := inventory.Take(tx, w.Seq, a.BusinessDay, w.Currency, lost)
	if err != nil {
		return nil, err
	}
	return costs, inventory.Change(tx, sent, inventory.StateDone, 0)
}
