package receive_test

import (
	"context"
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
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// deliver brings ten boots at a price each, in cents.
func deliver(t *testing.T, d *db.DB, cents money.Price) id.ID {
	t.Helper()
	doc := receive.Delivery{Head: stocktest.Head("01"), Supplier: "S7", Lines: []receive.DeliveryLine{{Item: "B", Qty: qty.Of(10), UnitCost: cents * 10_000}}}
	if _, err := receive.Deliver(context.Background(), d, doc); err != nil {
		t.Fatal(err)
	}
	return doc.ID
}

// sendBack sends five of them back; the average is 8.50 after deliveries at 8.00 and 9.00.
func sendBack(t *testing.T, d *db.DB, l receive.ReturnLine) *inventory.Doc {
	t.Helper()
	l.Item, l.Qty = "B", qty.Of(5)
	doc, err := receive.SendBack(context.Background(), d, receive.Return{Head: stocktest.Head("01"), Supplier: "S7", Lines: []receive.ReturnLine{l}})
	if err != nil {
		t.Fatal(err)
	}
	stocktest.Tied(t, d)
	return doc
}

// Goods leave at their average, the supplier is owed what he says less, and the rest is price variance.
func TestSendBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stocktest.Shop(t, d)
		deliver(t, d, 800)
		deliver(t, d, 900)
		for _, test := range []struct {
			name   string
			line   receive.ReturnLine
			credit money.Minor
		}{
			{"by unit", receive.ReturnLine{UnitCost: stocktest.Price(8_000_000)}, 4000},
			{"by line", receive.ReturnLine{UnitCost: stocktest.Price(1), Total: stocktest.Minor(4600)}, 4600},
			{"what they are worth", receive.ReturnLine{}, 4250},
			{"for nothing", receive.ReturnLine{Total: stocktest.Minor(0)}, 0},
		} {
			doc := sendBack(t, d, test.line)
			if doc.Open != -test.credit || len(doc.Lines) != 1 || doc.Lines[0] != (inventory.DocLine{No: 1, Item: "B", Qty: -qty.Of(5), Value: -4250}) {
				t.Errorf("%s: %+v", test.name, doc)
			}
			if want := map[bool]string{true: inventory.StateDone, false: inventory.StateReturned}[test.credit == 0]; doc.State != want {
				t.Errorf("%s is %s", test.name, doc.State)
			}
			stocktest.Booked(t, d, doc.EntrySeq, map[string]money.Minor{"1300@01": -4250, "2050@01": test.credit, "5050@01": 4250 - test.credit})
		}
	})
}

// A return is settled with the next bill, or by a credit note, whole or in parts.
func TestSendBackIsSettled(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stocktest.Shop(t, d)
		deliver(t, d, 800)
		second := deliver(t, d, 900)
		first := sendBack(t, d, receive.ReturnLine{Total: stocktest.Minor(4000)})
		bill := func(net money.Minor, tax money.Minor, settled ...receive.Settled) *inventory.Doc {
			t.Helper()
			doc, err := receive.TakeBill(context.Background(), d, receive.Bill{Head: stocktest.Head("01"), Supplier: "S7", Deliveries: settled, Net: net,
				Taxes: []posting.BillTax{{Code: "VAT20", Amount: tax}}})
			if err != nil {
				t.Fatal(err)
			}
			stocktest.Tied(t, d)
			return doc
		}
		doc := bill(5500, 1100, receive.Settled{Delivery: second}, receive.Settled{Delivery: first.ID, Value: stocktest.Minor(-3000)})
		stocktest.Booked(t, d, doc.EntrySeq, map[string]money.Minor{"2050@01": 6000, "5050@01": -500, "2150@01": 1100, "2000@01": -6600})
		doc = bill(-900, -180, receive.Settled{Delivery: first.ID})
		stocktest.Booked(t, d, doc.EntrySeq, map[string]money.Minor{"2050@01": -1000, "5050@01": 100, "2150@01": -180, "2000@01": 1080})
		done := stocktest.Read(t, d, func(q db.Q) (*inventory.Doc, error) { return inventory.ReadDoc(q, first.ID) })
		if done.Open != 0 || done.State != inventory.StateDone {
			t.Errorf("the return is %+v", done)
		}
	})
}

func TestSendBackRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stocktest.Shop(t, d)
		delivered := deliver(t, d, 800)
		sent := sendBack(t, d, receive.ReturnLine{Total: stocktest.Minor(4000)})
		back := func(change func(*receive.Return)) error {
			x := receive.Return{Head: stocktest.Head("01"), Supplier: "S7", Lines: []receive.ReturnLine{{Item: "A", Qty: qty.One}}}
			change(&x)
			_, err := receive.SendBack(context.Background(), d, x)
			return err
		}
		bill := func(change func(*receive.Bill)) error {
			x := receive.Bill{Head: stocktest.Head("01"), Supplier: "S7", Deliveries: []receive.Settled{{Delivery: sent.ID}}, Net: -4000}
			change(&x)
			_, err := receive.TakeBill(context.Background(), d, x)
			return err
		}
		value := func(n money.Minor) error {
			return bill(func(x *receive.Bill) { x.Deliveries[0].Value = &n })
		}
		stocktest.Refused(t, d, func(is stocktest.Refusal) {
			is("no lines", back(func(x *receive.Return) { x.Lines = nil }), inventory.ErrNoLines, "lines")
			is("nothing of it", back(func(x *receive.Return) { x.Lines[0].Qty = 0 }), inventory.ErrQty, "lines[0]")
			is("less than nothing", back(func(x *receive.Return) { x.Lines[0].UnitCost = stocktest.Price(-1) }), inventory.ErrCost, "lines[0]")
			is("unknown item", back(func(x *receive.Return) { x.Lines[0].Item = "Z" }), inventory.ErrUnknownItem, "lines[0]")
			is("bad item", back(func(x *receive.Return) { x.Lines[0].Item = "" }), inventory.ErrItem, "lines[0].item")
			is("unknown store", back(func(x *receive.Return) { x.Location = "99" }), org.ErrNoStore, "location")
			is("card number", back(func(x *receive.Return) { x.Supplier = "4111 1111 1111 1111" }), inventory.ErrCard, "supplier")
			is("no id", back(func(x *receive.Return) { x.ID = id.ID{} }), inventory.ErrNoID, "id")
			is("absurd", back(func(x *receive.Return) { x.Lines[0].Total = stocktest.Minor(money.MaxMinor + 1) }), &fault.Error{Code: "number_too_large"}, "")
			is("the wrong way", value(100), receive.ErrBilled, "deliveries[0]")
			is("nothing", value(0), receive.ErrBilled, "deliveries[0]")
			is("too much", value(-4001), receive.ErrBilled, "deliveries[0]")
			is("another supplier", bill(func(x *receive.Bill) { x.Supplier = "S8" }), receive.ErrSupplier, "deliveries[0]")
			is("a delivery that costs less than nothing", bill(func(x *receive.Bill) { x.Deliveries[0].Delivery = delivered }), receive.ErrAmount, "net")
		})
	})
}

func TestSendBackOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stocktest.Shop(t, d)
		doc := receive.Return{Head: stocktest.Head("01"), Supplier: "S7", Lines: []receive.ReturnLine{{Item: "B", Qty: qty.Of(2)}, {Item: "A", Qty: qty.One}}}
		stocktest.Once(t, d, func(note string) (*inventory.Doc, error) { // of goods that the books do not know of
			doc.Note = note
			return receive.SendBack(context.Background(), d, doc)
		})
	})
}
