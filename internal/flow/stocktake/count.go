// Package stocktake books what was counted on the shelves: the differences to what should be there,
// at what the goods cost.
package stocktake

import (
	"context"
	"time"

	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/stockdoc"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Count is a finished count of a store.
type Count struct {
	inventory.Head
	// Mark is the mark of the count sheet (stockreport.Sheet): sales after it do not look like
	// differences. Zero means that the goods were counted just now.
	Mark int64 `json:"mark,omitempty"`
	// Complete says that the whole store was counted: what is not on the sheet is not there.
	Complete bool   `json:"complete,omitempty"`
	Lines    []Line `json:"lines"`
}

// Line is what was counted of an item. An item stands on the sheet once.
type Line struct {
	Item    string  `json:"item"`
	Counted qty.Qty `json:"counted"`
}

// Take books a count. The same count again answers the same and changes nothing; its id with other
// content is inventory.ErrOther.
func Take(ctx context.Context, d *db.DB, c Count) (*inventory.Doc, error) {
	return stockdoc.Run(ctx, d, c, CountTx)
}

// CountTx is Take inside a transaction.
func CountTx(tx *db.Tx, c Count) (*inventory.Doc, error) {
	return stockdoc.Once(tx, inventory.DocCount, c.Head, c, func(w *stockdoc.Work) error {
		if err := w.Store("location", c.Location); err != nil {
			return err
		}
		items, err := w.Goods(len(c.Lines), func(i int) string { return c.Lines[i].Item })
		if err != nil {
			return err
		}
		sheet := inventory.Sheet{Location: c.Location, Mark: c.Mark, Complete: c.Complete}
		for i, l := range c.Lines {
			sheet.Lines = append(sheet.Lines, inventory.CountLine{Line: i + 1, Item: l.Item, Counted: l.Counted, Fallback: items[l.Item].Cost})
		}
		costs, lines, err := inventory.Count(tx, w.Seq, c.BusinessDay, w.Currency, sheet)
		if err != nil {
			return err
		}
		w.Doc.Lines = lines
		return w.Move(posting.StockDoc{Costs: costs})
	})
}

// Validate refuses a count that cannot be kept.
func (c Count) Validate(now time.Time) error {
	if err := c.Check(now, len(c.Lines)); err != nil {
		return err
	}
	if len(c.Lines) == 0 && !c.Complete {
		return inventory.ErrNoLines.At("lines")
	}
	for i := range c.Lines {
		if err := inventory.CheckItem(i, c.Lines[i].Item); err != nil {
			return err
		}
		if c.Lines[i].Counted < 0 {
			return inventory.ErrCounted.At(stockdoc.Line(i))
		}
	}
	return nil
}
