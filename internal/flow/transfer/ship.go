// Package transfer moves goods from one store to another. Between the two they are in transit: no
// store has them, and they stand on an account of their own. They may arrive in parts; what never
// arrives is written off as shrink, or stays in transit until somebody decides.
package transfer

import (
	"context"
	"time"

	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/stockdoc"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Shipment is goods that leave a store for another.
type Shipment struct {
	inventory.Head        // Location is where they leave
	To             string `json:"to"`
	Lines          []Line `json:"lines"`
}

// Line is goods of one item.
type Line struct {
	Item string  `json:"item"`
	Qty  qty.Qty `json:"qty"` // more than zero
}

// Ship books a shipment. The same again answers the same and changes nothing; its id with other
// content is inventory.ErrOther.
func Ship(ctx context.Context, d *db.DB, s Shipment) (*inventory.Doc, error) {
	return stockdoc.Run(ctx, d, s, ShipTx)
}

// ShipTx is Ship inside a transaction.
func ShipTx(tx *db.Tx, s Shipment) (*inventory.Doc, error) {
	return stockdoc.Once(tx, inventory.DocTransfer, s.Head, s, func(w *stockdoc.Work) error {
		err := w.Store("location", s.Location)
		if err == nil {
			err = w.Store("to", s.To)
		}
		if err != nil {
			return err
		}
		costs, err := move(tx, w, s.Location, inventory.Transit(s.ID), s.Lines)
		if err != nil {
			return err
		}
		w.Doc.Other, w.Doc.State = s.To, inventory.StateSent
		return w.Move(posting.StockDoc{Costs: costs, To: s.To})
	})
}

// Validate refuses a shipment that cannot be kept.
func (s Shipment) Validate(now time.Time) error {
	if err := s.Check(now, len(s.Lines)); err != nil {
		return err
	}
	if inventory.CheckLocation(s.To) != nil {
		return inventory.ErrLocation.At("to")
	}
	if s.To == s.Location {
		return inventory.ErrSamePlace.At("to")
	}
	if len(s.Lines) == 0 {
		return inventory.ErrNoLines.At("lines")
	}
	return checkLines(s.Lines)
}

func checkLines(lines []Line) error {
	for i, l := range lines {
		if err := inventory.CheckItem(i, l.Item); err != nil {
			return err
		}
		if l.Qty <= 0 {
			return inventory.ErrQty.At(stockdoc.Line(i))
		}
	}
	return nil
}

// move takes the lines from one location to another and notes on the document what each of them
// brought there.
func move(tx *db.Tx, w *stockdoc.Work, from, to string, lines []Line) ([]inventory.Cost, error) {
	items, err := w.Goods(len(lines), func(i int) string { return lines[i].Item })
	if err != nil {
		return nil, err
	}
	moves := make([]inventory.MoveLine, len(lines))
	w.Doc.Lines = make([]inventory.DocLine, len(lines))
	for i, l := range lines {
		moves[i] = inventory.MoveLine{Line: i + 1, Item: l.Item, Qty: l.Qty, Fallback: items[l.Item].Cost}
		w.Doc.Lines[i] = inventory.DocLine{No: i + 1, Item: l.Item, Qty: l.Qty}
	}
	costs, err := inventory.Move(tx, w.Seq, w.Doc.BusinessDay, w.Currency, from, to, moves)
	if err != nil {
		return nil, err
	}
	var in []inventory.Cost
	for _, c := range costs {
		if c.Location == to {
			in = append(in, c)
		}
	}
	w.Doc.Worth(in)
	return costs, nil
}
