package receive_test

import (
	"context"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/receive"
	"github.com/tillpost/tillpost/internal/flow/stockdoc/stocktest"
	"github.com/tillpost/tillpost/internal/flow/stocktake"
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
		delivered := receive.Delivery{Head: stocktest.Head("01"), Supplier: "S7", Lines: []receive.DeliveryLine{{Item: "A", Qty: qty.Of(9), UnitCost: 1_000_000}}}
		if _, err := receive.Deliver(ctx, d, delivered); err != nil {
			t.Fatal(err)
		}
		count := stocktake.Count{Head: stocktest.Head("01"), Lines: []stocktake.Line{{Item: "A", Counted: qty.Of(9)}}}
		if _, err := stocktake.Take(ctx, d, count); err != nil {
			t.Fatal(err)
		}
		deliver := func(change func(*receive.Delivery)) error {
			x := receive.Delivery{Head: stocktest.Head("01"), Supplier: "S7", Lines: []receive.DeliveryLine{{Item: "A", Qty: qty.One}}}
			change(&x)
			_, err := receive.Deliver(ctx, d, x)
			return err
		}
		bill := func(change func(*receive.Bill)) error {
			x := receive.Bill{Head: stocktest.Head("01"), Supplier: "S7", Deliveries: []receive.Settled{{Delivery: delivered.ID}}, Net: 900}
			change(&x)
			_, err := receive.TakeBill(ctx, d, x)
			return err
		}
		stocktest.Refused(t, d, func(is stocktest.Refusal) {
			is("no id", deliver(func(x *receive.Delivery) { x.ID = id.ID{} }), inventory.ErrNoID, "id")
			is("no lines", deliver(func(x *receive.Delivery) { x.Lines = nil }), inventory.ErrNoLines, "lines")
			is("too many lines", deliver(func(x *receive.Delivery) { x.Lines = make([]receive.DeliveryLine, inventory.LinesMost+1) }), inventory.ErrManyLines, "lines")
			is("future", deliver(func(x *receive.Delivery) { x.BusinessDay = stocktest.Today.Add(2) }), inventory.ErrDay, "business_day")
			is("no day", deliver(func(x *receive.Delivery) { x.BusinessDay = "14.3.2026" }), inventory.ErrDay, "business_day")
			is("unknown store", deliver(func(x *receive.Delivery) { x.Location = "99" }), org.ErrNoStore, "location")
			is("into transit", deliver(func(x *receive.Delivery) { x.Location = inventory.Transit(delivered.ID) }), inventory.ErrLocation, "location")
			is("unknown item", deliver(func(x *receive.Delivery) { x.Lines[0].Item = "Z" }), inventory.ErrUnknownItem, "lines[0]")
			is("service", deliver(func(x *receive.Delivery) { x.Lines[0].Item = "W" }), inventory.ErrUnknownItem, "lines[0]")
			is("bad item", deliver(func(x *receive.Delivery) { x.Lines[0].Item = "A\x00" }), inventory.ErrItem, "lines[0].item")
			is("invalid text", deliver(func(x *receive.Delivery) { x.Note = "\xff" }), inventory.ErrText, "note")
			is("long text", deliver(func(x *receive.Delivery) { x.Supplier = strings.Repeat("x", 200) }), inventory.ErrText, "supplier")
			is("card number", deliver(func(x *receive.Delivery) { x.Reference = "paid by 4111 1111 1111 1111" }), inventory.ErrCard, "reference")
			is("nothing delivered", deliver(func(x *receive.Delivery) { x.Lines[0].Qty = 0 }), inventory.ErrQty, "lines[0]")
			is("negative cost", deliver(func(x *receive.Delivery) { x.Lines[0].Total = stocktest.Minor(-1) }), inventory.ErrCost, "lines[0]")
			is("absurd cost", deliver(func(x *receive.Delivery) { x.Lines[0].Total = stocktest.Minor(money.MaxMinor + 1) }), &fault.Error{Code: "number_too_large"}, "lines[0]")
			is("no delivery", bill(func(x *receive.Bill) { x.Deliveries = nil }), receive.ErrNoDelivery, "deliveries")
			is("unknown delivery", bill(func(x *receive.Bill) { x.Deliveries[0].Delivery = x.ID }), receive.ErrDelivery, "deliveries[0]")
			is("bill of a count", bill(func(x *receive.Bill) { x.Deliveries[0].Delivery = count.ID }), receive.ErrDelivery, "deliveries[0]")
			is("another supplier", bill(func(x *receive.Bill) { x.Supplier = "S8" }), receive.ErrSupplier, "deliveries[0]")
			is("billed twice", bill(func(x *receive.Bill) { x.Deliveries = append(x.Deliveries, x.Deliveries[0]) }), receive.ErrBilled, "deliveries[1]")
			is("more than open", bill(func(x *receive.Bill) { x.Deliveries[0].Value = stocktest.Minor(901) }), receive.ErrBilled, "deliveries[0]")
			is("negative bill", bill(func(x *receive.Bill) { x.Net = -1 }), receive.ErrAmount, "net")
			is("negative tax", bill(func(x *receive.Bill) { x.Taxes = []posting.BillTax{{Amount: -1}} }), receive.ErrAmount, "taxes[0]")
		})
	})
}

// Deliveries and bills that are sent twice happen once.
func TestOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stocktest.Shop(t, d)
		ctx := context.Background()
		delivery := receive.Delivery{Head: stocktest.Head("01"), Supplier: "S7", Lines: []receive.DeliveryLine{{Item: "A", Qty: qty.Of(9), UnitCost: 3_333_333}}}
		stocktest.Once(t, d, func(note string) (*inventory.Doc, error) {
			delivery.Note = note
			return receive.Deliver(ctx, d, delivery)
		})
		bill := receive.Bill{Head: stocktest.Head("01"), Supplier: "S7", Deliveries: []receive.Settled{{Delivery: delivery.ID, Value: stocktest.Minor(1000)}}, Net: 990}
		stocktest.Once(t, d, func(note string) (*inventory.Doc, error) {
			bill.Note = note
			return receive.TakeBill(ctx, d, bill)
		})
	})
}

// A delivery is billed in parts until nothing of it is open.
func TestBillsInParts(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stocktest.Shop(t, d)
		ctx := context.Background()
		delivery := receive.Delivery{Head: stocktest.Head("02"), Supplier: "S7", Lines: []receive.DeliveryLine{{Item: "A", Qty: qty.Of(3), Total: stocktest.Minor(1000)}}}
		if _, err := receive.Deliver(ctx, d, delivery); err != nil {
			t.Fatal(err)
		}
		for _, part := range []struct {
			value *money.Minor
			net   money.Minor
			open  money.Minor
			state string
		}{{stocktest.Minor(400), 400, 600, inventory.StateReceived}, {nil, 700, 0, inventory.StateDone}} {
			bill := receive.Bill{Head: stocktest.Head("01"), Supplier: "S7", Deliveries: []receive.Settled{{Delivery: delivery.ID, Value: part.value}}, Net: part.net}
			if _, err := receive.TakeBill(ctx, d, bill); err != nil {
				t.Fatal(err)
			}
			doc := stocktest.Read(t, d, func(q db.Q) (*inventory.Doc, error) { return inventory.ReadDoc(q, delivery.ID) })
			if doc.Open != part.open || doc.State != part.state {
				t.Errorf("delivery %+v, want %d open, %s", doc, part.open, part.state)
			}
			stocktest.Tied(t, d)
		}
	})
}

// The same document from many places at the same time, in one group or in several, happens once.
func TestAtTheSameTime(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stocktest.Shop(t, d)
		delivery := receive.Delivery{Head: stocktest.Head("01"), Lines: []receive.DeliveryLine{{Item: "A", Qty: qty.Of(3), UnitCost: 1_000_000}}}
		var wg sync.WaitGroup
		answers := make([]*inventory.Doc, 20)
		for i := range answers {
			wg.Go(func() {
				var err error
				if answers[i], err = receive.Deliver(context.Background(), d, delivery); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, a := range answers {
			if !reflect.DeepEqual(a, answers[0]) {
				t.Errorf("%+v, and %+v", a, answers[0])
			}
		}
		rows := stocktest.Read(t, d, func(q db.Q) ([]stockreport.Row, error) { return stockreport.Levels(q, stockreport.Query{}) })
		if len(rows) != 1 || rows[0].Qty != qty.Of(3) || rows[0].Value != 300 {
			t.Errorf("levels %+v", rows)
		}
		stocktest.Tied(t, d)
	})
}

// Goods that are worth nothing move too.
func TestFreeGoods(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stocktest.Shop(t, d)
		for range 2 {
			doc, err := receive.Deliver(context.Background(), d, receive.Delivery{Head: stocktest.Head("01"), Lines: []receive.DeliveryLine{{Item: "D", Qty: qty.Of(3)}}})
			if err != nil || doc.State != inventory.StateDone || doc.EntrySeq == 0 {
				t.Fatalf("%+v, %v", doc, err)
			}
			stocktest.Tied(t, d)
		}
	})
}
