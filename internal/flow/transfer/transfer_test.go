package transfer_test

import (
	"context"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/receive"
	"github.com/tillpost/tillpost/internal/flow/stockdoc/stocktest"
	"github.com/tillpost/tillpost/internal/flow/transfer"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/stockreport"
)

// What cannot be is refused, and nothing is written.
func TestRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stocktest.Shop(t, d)
		ctx := context.Background()
		delivered := receive.Delivery{Head: stocktest.Head("01"), Lines: []receive.DeliveryLine{{Item: "A", Qty: qty.Of(9), UnitCost: 1_000_000}}}
		if _, err := receive.Deliver(ctx, d, delivered); err != nil {
			t.Fatal(err)
		}
		shipped := transfer.Shipment{Head: stocktest.Head("01"), To: "02", Lines: []transfer.Line{{Item: "A", Qty: qty.Of(4)}}}
		if _, err := transfer.Ship(ctx, d, shipped); err != nil {
			t.Fatal(err)
		}
		ship := func(change func(*transfer.Shipment)) error {
			x := transfer.Shipment{Head: stocktest.Head("01"), To: "02", Lines: []transfer.Line{{Item: "A", Qty: qty.One}}}
			change(&x)
			_, err := transfer.Ship(ctx, d, x)
			return err
		}
		arrive := func(change func(*transfer.Arrival)) error {
			x := transfer.Arrival{Head: stocktest.Head("02"), Transfer: shipped.ID, Lines: []transfer.Line{{Item: "A", Qty: qty.One}}}
			change(&x)
			_, err := transfer.Arrive(ctx, d, x)
			return err
		}
		stocktest.Refused(t, d, func(is stocktest.Refusal) {
			is("to itself", ship(func(x *transfer.Shipment) { x.To = "01" }), inventory.ErrSamePlace, "to")
			is("to nowhere", ship(func(x *transfer.Shipment) { x.To = "77" }), org.ErrNoStore, "to")
			is("more than on the way", arrive(func(x *transfer.Arrival) { x.Lines[0].Qty = qty.Of(5) }), inventory.ErrNotOnTheWay, "lines[0]")
			is("not on the way", arrive(func(x *transfer.Arrival) { x.Lines[0].Item = "B" }), inventory.ErrNotOnTheWay, "lines[0]")
			is("unknown transfer", arrive(func(x *transfer.Arrival) { x.Transfer = x.ID }), transfer.ErrTransfer, "transfer")
			is("arrival of a delivery", arrive(func(x *transfer.Arrival) { x.Transfer = delivered.ID }), transfer.ErrTransfer, "transfer")
			is("no goods", ship(func(x *transfer.Shipment) { x.Lines = nil }), inventory.ErrNoLines, "lines")
			is("nothing of it", ship(func(x *transfer.Shipment) { x.Lines[0].Qty = -qty.One }), inventory.ErrQty, "lines[0]")
			is("nothing arrived", arrive(func(x *transfer.Arrival) { x.Lines = nil }), inventory.ErrNoLines, "lines")
			is("no transfer", arrive(func(x *transfer.Arrival) { x.Transfer = id.ID{} }), transfer.ErrTransfer, "transfer")
		})
	})
}

// Shipments and arrivals that are sent twice happen once.
func TestOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stocktest.Shop(t, d)
		ctx := context.Background()
		ship := transfer.Shipment{Head: stocktest.Head("01"), To: "02", Lines: []transfer.Line{{Item: "A", Qty: qty.Of(4)}, {Item: "B", Qty: qty.One}}}
		stocktest.Once(t, d, func(note string) (*inventory.Doc, error) {
			ship.Note = note
			return transfer.Ship(ctx, d, ship)
		})
		arrival := transfer.Arrival{Head: stocktest.Head("02"), Transfer: ship.ID, Lines: []transfer.Line{{Item: "A", Qty: qty.Of(3)}}, Close: true}
		stocktest.Once(t, d, func(note string) (*inventory.Doc, error) {
			arrival.Note = note
			return transfer.Arrive(ctx, d, arrival)
		})
	})
}

// A transfer can come back, cannot arrive at a third place, and is closed when all of it has arrived.
func TestEnds(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stocktest.Shop(t, d)
		ctx := context.Background()
		ship := transfer.Shipment{Head: stocktest.Head("01"), To: "02", Lines: []transfer.Line{{Item: "A", Qty: qty.Of(4)}}}
		if _, err := transfer.Ship(ctx, d, ship); err != nil { // of goods that the books do not know of
			t.Fatal(err)
		}
		arrive := func(store string, n int64) error {
			_, err := transfer.Arrive(ctx, d, transfer.Arrival{Head: stocktest.Head(store), Transfer: ship.ID, Lines: []transfer.Line{{Item: "A", Qty: qty.Of(n)}}})
			return err
		}
		if err := arrive("03", 1); fault.CodeOf(err) != transfer.ErrDestination.Code {
			t.Errorf("third place: %v", err)
		}
		if err := arrive("01", 1); err != nil {
			t.Error(err)
		}
		if err := arrive("02", 3); err != nil {
			t.Error(err)
		}
		if err := arrive("02", 1); fault.CodeOf(err) != transfer.ErrClosed.Code {
			t.Errorf("after the end: %v", err)
		}
		stocktest.Tied(t, d)
		// The goods come in at store 01 at another cost than the provisional one that they travelled with.
		if _, err := receive.Deliver(ctx, d, receive.Delivery{Head: stocktest.Head("01"), Lines: []receive.DeliveryLine{{Item: "A", Qty: qty.Of(3), UnitCost: 9_000_000}}}); err != nil {
			t.Fatal(err)
		}
		stocktest.Tied(t, d)
		rows := stocktest.Read(t, d, func(q db.Q) ([]stockreport.Row, error) { return stockreport.Levels(q, stockreport.Query{}) })
		if len(rows) != 1 || rows[0].Location != "02" || rows[0].Value != 3000 {
			t.Errorf("levels %+v", rows)
		}
	})
}
