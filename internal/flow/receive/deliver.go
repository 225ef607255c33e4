package receive

import (
	"context"
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/posting"
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
	if err := doc.check(d.Now()); err != nil {
		return nil, err
	}
	var out *inventory.Doc
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		out, err = DeliverTx(tx, doc)
		return err
	})
	return out, err
}

// DeliverTx is Deliver inside a transaction.
func DeliverTx(tx *db.Tx, doc Delivery) (*inventory.Doc, error) {
	if err := doc.check(tx.Now); err != nil {
		return nil, err
	}
	content, err := inventory.ContentOf(inventory.DocDelivery, doc)
	if err != nil {
		return nil, err
	}
	if old, ok, err := inventory.Recorded(tx, doc.ID, inventory.DocDelivery, content); ok || err != nil {
		return old, err
	}
	shop, err := org.LoadShared(tx)
	if err != nil {
		return nil, err
	}
	if _, err := shop.Store(doc.Location); err != nil {
		return nil, err
	}
	lines := doc.received()
	items, err := goods(tx, len(lines), func(i int) string { return lines[i].Item })
	if err != nil {
		return nil, err
	}
	seq, err := ledger.Upcoming(tx)
	if err != nil {
		return nil, err
	}
	costs, err := inventory.Receive(tx, seq, doc.BusinessDay, shop.Book, doc.Location, inventory.Received, lines)
	if err != nil {
		return nil, err
	}
	if err := book(tx, shop.Book, posting.StockDoc{ID: doc.ID, Kind: inventory.DocDelivery, Store: doc.Location, Day: doc.BusinessDay,
		Memo: doc.Memo(), Costs: costs, Supplier: doc.Supplier,
		Department: items.department}); err != nil {
		return nil, err
	}
	out := doc.Doc(inventory.DocDelivery, inventory.StateReceived, content)
	out.Supplier, out.EntrySeq = doc.Supplier, seq
	for i := range doc.Lines {
		out.Lines = append(out.Lines, inventory.DocLine{No: i + 1, Item: doc.Lines[i].Item, Qty: doc.Lines[i].Qty})
	}
	out.Worth(costs)
	for i := range out.Lines {
		out.Open += out.Lines[i].Value
	}
	if out.Open == 0 {
		out.State = inventory.StateDone // nothing will be asked for it
	}
	return out, inventory.Record(tx, out)
}

func (d *Delivery) check(now time.Time) error {
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
			return inventory.ErrQty.At(path(i))
		}
		if l.UnitCost < 0 || l.Total != nil && *l.Total < 0 {
			return inventory.ErrCost.At(path(i))
		}
	}
	return nil
}

func (d *Delivery) received() []inventory.ReceiveLine {
	lines := make([]inventory.ReceiveLine, len(d.Lines))
	for i := range d.Lines {
		l := &d.Lines[i]
		lines[i] = inventory.ReceiveLine{Line: i + 1, Item: l.Item, Qty: l.Qty, UnitCost: l.UnitCost, Total: l.Total}
	}
	return lines
}
