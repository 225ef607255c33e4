package receive

import (
	"context"
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/stockdoc"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Delivery is goods that a supplier brought to a store.
type Delivery struct {
	inventory.Head
	Supplier string         `json:"supplier"`
	Lines    []DeliveryLine `json:"lines"`
}

// DeliveryLine is one position. An item may stand on several.
type DeliveryLine struct {
	Item     string       `json:"item"`
	Qty      qty.Qty      `json:"qty"` // more than zero
	UnitCost money.Price  `json:"unit_cost,omitempty"`
	Total    *money.Minor `json:"total,omitempty"` // the whole line's cost in minor units, when the paper says that; wins over UnitCost
}

// Deliver books a delivery. The same delivery again answers the same and changes nothing; its id with
// other content is inventory.ErrOther.
func Deliver(ctx context.Context, d *db.DB, doc Delivery) (*inventory.Doc, error) {
	return stockdoc.Run(ctx, d, doc, DeliverTx)
}

// DeliverTx is Deliver inside a transaction.
func DeliverTx(tx *db.Tx, d Delivery) (*inventory.Doc, error) {
	return stockdoc.Once(tx, inventory.DocDelivery, d.Head, d, func(w *stockdoc.Work) error {
		if err := w.Store("location", d.Location); err != nil {
			return err
		}
		if _, err := w.Goods(len(d.Lines), func(i int) string { return d.Lines[i].Item }); err != nil {
			return err
		}
		costs, err := inventory.Receive(tx, w.Seq, d.BusinessDay, w.Currency, d.Location, inventory.Received, d.received())
		if err != nil {
			return err
		}
		w.Doc.Supplier = d.Supplier
		for i := range d.Lines {
			w.Doc.Lines = append(w.Doc.Lines, inventory.DocLine{No: i + 1, Item: d.Lines[i].Item, Qty: d.Lines[i].Qty})
		}
		w.Doc.Worth(costs)
		for i := range w.Doc.Lines {
			w.Doc.Open += w.Doc.Lines[i].Value
		}
		if w.Doc.Open != 0 { // somebody will ask for it
			w.Doc.State = inventory.StateReceived
		}
		return w.Move(posting.StockDoc{Costs: costs, Supplier: d.Supplier})
	})
}

// Validate refuses a delivery that cannot be kept.
func (d Delivery) Validate(now time.Time) error {
	if err := d.Check(now, len(d.Lines)); err != nil {
		return err
	}
	if len(d.Lines) == 0 {
		return inventory.ErrNoLines.At("lines")
	}
	if err := inventory.CheckParty("supplier", d.Supplier); err != nil {
		return err
	}
	for i := range d.Lines {
		l := &d.Lines[i]
		if err := inventory.CheckItem(i, l.Item); err != nil {
			return err
		}
		if l.Qty <= 0 {
			return inventory.ErrQty.At(stockdoc.Line(i))
		}
		if l.UnitCost < 0 || l.Total != nil && *l.Total < 0 {
			return inventory.ErrCost.At(stockdoc.Line(i))
		}
	}
	return nil
}

func (d Delivery) received() []inventory.ReceiveLine {
	lines := make([]inventory.ReceiveLine, len(d.Lines))
	for i := range d.Lines {
		l := &d.Lines[i]
		lines[i] = inventory.ReceiveLine{Line: i + 1, Item: l.Item, Qty: l.Qty, UnitCost: l.UnitCost, Total: l.Total}
	}
	return lines
}
