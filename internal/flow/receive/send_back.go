package receive

import (
	"context"
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/stockdoc"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Return is goods that go back to their supplier. A bill or credit note settles it like a delivery,
// with amounts below zero.
type Return struct {
	inventory.Head
	Supplier string       `json:"supplier"`
	Lines    []ReturnLine `json:"lines"`
}

// ReturnLine is one position. Without a cost the supplier is taken to take off what the goods are
// worth here.
type ReturnLine struct {
	Item     string       `json:"item"`
	Qty      qty.Qty      `json:"qty"`                 // more than zero
	UnitCost *money.Price `json:"unit_cost,omitempty"` // what the supplier takes off for a unit
	Total    *money.Minor `json:"total,omitempty"`     // for the whole line, in minor units; wins over UnitCost
}

// SendBack books a return. The same return again answers the same and changes nothing; its id with
// other content is inventory.ErrOther.
func SendBack(ctx context.Context, d *db.DB, doc Return) (*inventory.Doc, error) {
	return stockdoc.Run(ctx, d, doc, SendBackTx)
}

// SendBackTx is SendBack inside a transaction.
func SendBackTx(tx *db.Tx, r Return) (*inventory.Doc, error) {
	return stockdoc.Once(tx, inventory.DocReturn, r.Head, r, func(w *stockdoc.Work) error {
		if err := w.Store("location", r.Location); err != nil {
			return err
		}
		items, err := w.Goods(len(r.Lines), func(i int) string { return r.Lines[i].Item })
		if err != nil {
			return err
		}
		issues := make([]inventory.Issue, len(r.Lines))
		for i, l := range r.Lines {
			issues[i] = inventory.Issue{Line: i + 1, Item: l.Item, Location: r.Location, Kind: inventory.SentBack, Qty: l.Qty, Fallback: items[l.Item].Cost}
			w.Doc.Lines = append(w.Doc.Lines, inventory.DocLine{No: i + 1, Item: l.Item, Qty: -l.Qty})
		}
		costs, err := inventory.Take(tx, w.Seq, r.BusinessDay, w.Currency, issues)
		if err != nil {
			return err
		}
		credit, err := r.credit(w.Currency, costs)
		if err != nil {
			return err
		}
		w.Doc.Supplier, w.Doc.Open = r.Supplier, -credit
		w.Doc.Worth(costs)
		if credit != 0 { // a bill is to say so
			w.Doc.State = inventory.StateReturned
		}
		moved := posting.StockDoc{Costs: costs, Supplier: r.Supplier}
		w.Describe(&moved)
		return w.Post(func(books posting.Books) (ledger.Entry, []posting.Unknown, error) {
			return posting.SupplierReturn(moved, credit, books)
		})
	})
}

// Validate refuses a return that cannot be kept.
func (r Return) Validate(now time.Time) error {
	if err := r.Check(now, len(r.Lines)); err != nil {
		return err
	}
	if len(r.Lines) == 0 {
		return inventory.ErrNoLines.At("lines")
	}
	if err := inventory.CheckParty("supplier", r.Supplier); err != nil {
		return err
	}
	for i, l := range r.Lines {
		if err := inventory.CheckItem(i, l.Item); err != nil {
			return err
		}
		if l.Qty <= 0 {
			return inventory.ErrQty.At(stockdoc.Line(i))
		}
		if l.UnitCost != nil && *l.UnitCost < 0 || l.Total != nil && *l.Total < 0 {
			return inventory.ErrCost.At(stockdoc.Line(i))
		}
	}
	return nil
}

// credit is what the supplier takes off for all lines. costs are what they left at, in their order.
func (r Return) credit(c money.Currency, costs []inventory.Cost) (money.Minor, error) {
	var sum money.Minor
	for i, l := range r.Lines {
		v := costs[i].Value
		var err error
		if l.Total != nil || l.UnitCost != nil {
			agreed := inventory.ReceiveLine{Qty: l.Qty, Total: l.Total}
			if l.UnitCost != nil {
				agreed.UnitCost = *l.UnitCost
			}
			v, err = agreed.Value(c)
		}
		if err == nil {
			sum, err = sum.Add(v)
		}
		if err != nil {
			return 0, err
		}
	}
	return sum, nil
}
