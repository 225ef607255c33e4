// Package adjust corrects the stock outside of sales, deliveries and counts: goods that were found,
// are gone or cannot be sold, and what was there when the books began.
package adjust

import (
	"context"
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/stockdoc"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Kind says why the stock changes.
type Kind string

// The kinds of adjustment. What is found or gone goes against shrink, what is damaged has its own
// account, and what was there at the beginning is the owner's.
const (
	Found   Kind = "found"
	Shrink  Kind = "shrink"
	Damaged Kind = "damaged"
	Opening Kind = "opening"
)

// Adjustment is a correction of a store's stock.
type Adjustment struct {
	inventory.Head
	Kind  Kind   `json:"kind"`
	Lines []Line `json:"lines"`
}

// Line is the goods of one item.
type Line struct {
	Item string  `json:"item"`
	Qty  qty.Qty `json:"qty"` // more than zero; the kind says whether it comes or goes
	// UnitCost values what comes (found, opening). Without it: what units of the item cost so far, or
	// else the catalogue's cost. What goes leaves at the average.
	UnitCost *money.Price `json:"unit_cost,omitempty"`
}

// Record books an adjustment. The same again answers the same and changes nothing; its id with other
// content is inventory.ErrOther.
func Record(ctx context.Context, d *db.DB, a Adjustment) (*inventory.Doc, error) {
	return stockdoc.Run(ctx, d, a, RecordTx)
}

// RecordTx is Record inside a transaction.
func RecordTx(tx *db.Tx, a Adjustment) (*inventory.Doc, error) {
	return stockdoc.Once(tx, inventory.DocAdjustment, a.Head, a, func(w *stockdoc.Work) error {
		if err := w.Store("location", a.Location); err != nil {
			return err
		}
		items, err := w.Goods(len(a.Lines), func(i int) string { return a.Lines[i].Item })
		if err != nil {
			return err
		}
		costs, err := a.move(tx, w, items)
		if err != nil {
			return err
		}
		w.Doc.Other = string(a.Kind)
		for i, l := range a.Lines {
			w.Doc.Lines = append(w.Doc.Lines, inventory.DocLine{No: i + 1, Item: l.Item, Qty: l.Qty * a.sign()})
		}
		w.Doc.Worth(costs)
		return w.Move(posting.StockDoc{Costs: costs})
	})
}

// sign is 1 for goods that come and -1 for goods that go.
func (a Adjustment) sign() qty.Qty {
	if a.Kind == Shrink || a.Kind == Damaged {
		return -1
	}
	return 1
}

// Validate refuses an adjustment that cannot be kept.
func (a Adjustment) Validate(now time.Time) error {
	if err := a.Check(now, len(a.Lines)); err != nil {
		return err
	}
	switch a.Kind {
	case Found, Shrink, Damaged, Opening:
	default:
		return ErrKind.At("kind")
	}
	if len(a.Lines) == 0 {
		return inventory.ErrNoLines.At("lines")
	}
	for i, l := range a.Lines {
		if err := inventory.CheckItem(i, l.Item); err != nil {
			return err
		}
		if l.Qty <= 0 {
			return inventory.ErrQty.At(stockdoc.Line(i))
		}
		if l.UnitCost != nil && *l.UnitCost < 0 {
			return inventory.ErrCost.At(stockdoc.Line(i))
		}
	}
	return nil
}

// move changes the stock. What was there at the beginning has a cost of its own, like a delivery;
// what is found has one only when somebody says so.
func (a Adjustment) move(tx *db.Tx, w *stockdoc.Work, items map[string]*catalog.Item) ([]inventory.Cost, error) {
	if a.Kind == Opening {
		lines := make([]inventory.ReceiveLine, len(a.Lines))
		for i, l := range a.Lines {
			lines[i] = inventory.ReceiveLine{Line: i + 1, Item: l.Item, Qty: l.Qty, UnitCost: items[l.Item].Cost}
			if l.UnitCost != nil {
				lines[i].UnitCost = *l.UnitCost
			}
		}
		return inventory.Receive(tx, w.Seq, a.BusinessDay, w.Currency, a.Location, inventory.Opening, lines)
	}
	kinds := map[Kind]string{Found: inventory.Found, Shrink: inventory.Shrink, Damaged: inventory.Damage}
	issues := make([]inventory.Issue, len(a.Lines))
	for i, l := range a.Lines {
		issues[i] = inventory.Issue{Line: i + 1, Item: l.Item, Location: a.Location, Kind: kinds[a.Kind], Qty: -l.Qty * a.sign(),
			Fallback: items[l.Item].Cost}
		if l.UnitCost != nil {
			issues[i].UnitCost, issues[i].HasCost = *l.UnitCost, true
		}
	}
	return inventory.Take(tx, w.Seq, a.BusinessDay, w.Currency, issues)
}
