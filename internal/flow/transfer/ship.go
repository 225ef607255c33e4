// Package transfer moves goods from one store to another. Between the two they are in transit: no
// store has them, and they stand on an account of their own. They may arrive in parts; what never
// arrives is written off as shrink, or stays in transit until somebody decides.
package transfer

import (
	"context"
	"time"

	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/posting"
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
	if err := s.check(d.Now()); err != nil {
		return nil, err
	}
	var out *inventory.Doc
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		out, err = ShipTx(tx, s)
		return err
	})
	return out, err
}

// ShipTx is Ship inside a transaction.
func ShipTx(tx *db.Tx, s Shipment) (*inventory.Doc, error) {
	if err := s.check(tx.Now); err != nil {
		return nil, err
	}
	content, err := inventory.ContentOf(inventory.DocTransfer, s)
	if err != nil {
		return nil, err
	}
	if old, ok, err := inventory.Recorded(tx, s.ID, inventory.DocTransfer, content); ok || err != nil {
		return old, err
	}
	shop, err := org.LoadShared(tx)
	if err != nil {
		return nil, err
	}
	for _, store := range []string{s.Location, s.To} {
		if _, err := shop.Store(store); err != nil {
			return nil, err
		}
	}
	lines, items, err := moves(tx, s.Lines)
	if err != nil {
		return nil, err
	}
	seq, err := ledger.Upcoming(tx)
	if err != nil {
		return nil, err
	}
	costs, err := inventory.Move(tx, seq, s.BusinessDay, shop.Book, s.Location, inventory.Transit(s.ID), lines)
	if err != nil {
		return nil, err
	}
	if err := book(tx, shop.Book, posting.StockDoc{ID: s.ID, Kind: inventory.DocTransfer, Store: s.Location, Day: s.BusinessDay,
		Memo: s.Memo(), Costs: costs, To: s.To, Department: items.department}); err != nil {
		return nil, err
	}
	out := s.Doc(inventory.DocTransfer, inventory.StateSent, content)
	out.Other, out.EntrySeq = s.To, seq
	out.Lines = docLines(lines, costs, inventory.Transit(s.ID))
	return out, inventory.Record(tx, out)
}

func (s *Shipment) check(now time.Time) error {
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
			return inventory.ErrQty.At(path(i))
		}
	}
	return nil
}

// moves are the lines as the stock takes them.
func moves(tx *db.Tx, lines []Line) ([]inventory.MoveLine, known, error) {
	items, err := goods(tx, len(lines), func(i int) string { return lines[i].Item })
	if err != nil {
		return nil, nil, err
	}
	out := make([]inventory.MoveLine, len(lines))
	for i, l := range lines {
		out[i] = inventory.MoveLine{Line: i + 1, Item: l.Item, Qty: l.Qty, Fallback: items[l.Item].Cost}
	}
	return out, items, nil
}

// docLines are the lines as they are kept, each with what arrived at the location to.
func docLines(lines []inventory.MoveLine, costs []inventory.Cost, to string) []inventory.DocLine {
	doc := inventory.Doc{Lines: make([]inventory.DocLine, len(lines))}
	for i, l := range lines {
		doc.Lines[i] = inventory.DocLine{No: l.Line, Item: l.Item, Qty: l.Qty}
	}
	var in []inventory.Cost
	for _, c := range costs {
		if c.Location == to {
			in = append(in, c)
		}
	}
	doc.Worth(in)
	return doc.Lines
}
