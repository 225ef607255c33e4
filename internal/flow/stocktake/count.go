// Package stocktake books what was counted on the shelves: the differences to what should be there,
// at what the goods cost.
package stocktake

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
	if err := c.check(d.Now()); err != nil {
		return nil, err
	}
	var out *inventory.Doc
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		out, err = CountTx(tx, c)
		return err
	})
	return out, err
}

// CountTx is Take inside a transaction.
func CountTx(tx *db.Tx, c Count) (*inventory.Doc, error) {
	if err := c.check(tx.Now); err != nil {
		return nil, err
	}
	content, err := inventory.ContentOf(inventory.DocCount, c)
	if err != nil {
		return nil, err
	}
	if old, ok, err := inventory.Recorded(tx, c.ID, inventory.DocCount, content); ok || err != nil {
		return old, err
	}
	shop, err := org.LoadShared(tx)
	if err != nil {
		return nil, err
	}
	if _, err := shop.Store(c.Location); err != nil {
		return nil, err
	}
	sheet, err := c.sheet(tx)
	if err != nil {
		return nil, err
	}
	seq, err := ledger.Upcoming(tx)
	if err != nil {
		return nil, err
	}
	costs, lines, err := inventory.Count(tx, seq, c.BusinessDay, shop.Book, sheet)
	if err != nil {
		return nil, err
	}
	out := c.Doc(inventory.DocCount, inventory.StateDone, content)
	out.Lines = lines
	if len(costs) > 0 {
		items, err := goods(tx, len(costs), func(i int) string { return costs[i].Item })
		if err != nil {
			return nil, err
		}
		if err := book(tx, shop.Book, posting.StockDoc{ID: c.ID, Kind: inventory.DocCount, Store: c.Location, Day: c.BusinessDay,
			Memo: c.Memo(), Costs: costs, Department: items.department}); err != nil {
			return nil, err
		}
		out.EntrySeq = seq
	}
	return out, inventory.Record(tx, out)
}

func (c *Count) check(now time.Time) error {
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
			return inventory.ErrCounted.At(path(i))
		}
	}
	return nil
}

func (c *Count) sheet(tx *db.Tx) (inventory.Sheet, error) {
	items, err := goods(tx, len(c.Lines), func(i int) string { return c.Lines[i].Item })
	if err != nil {
		return inventory.Sheet{}, err
	}
	s := inventory.Sheet{Location: c.Location, Mark: c.Mark, Complete: c.Complete}
	for i, l := range c.Lines {
		s.Lines = append(s.Lines, inventory.CountLine{Line: i + 1, Item: l.Item, Counted: l.Counted, Fallback: items[l.Item].Cost})
	}
	return s, nil
}
