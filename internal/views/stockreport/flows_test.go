package stockreport_test

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
	"github.com/tillpost/tillpost/internal/flow/adjust"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/receive"
	"github.com/tillpost/tillpost/internal/flow/stocktake"
	"github.com/tillpost/tillpost/internal/flow/transfer"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/stockreport"
)

const countRows db.SQL = `SELECT (SELECT count(*) FROM entries) + (SELECT count(*) FROM stock_moves) + (SELECT count(*) FROM stock_docs) +
	(SELECT count(*) FROM stock_doc_lines) + (SELECT count(*) FROM stock_levels)`

func rowsOf(t *testing.T, d *db.DB) int64 {
	t.Helper()
	return read(t, d, func(q db.Q) (n int64, err error) { return n, q.QueryRow(countRows).Scan(&n) })
}

// documents are one of each kind, in an order in which they can happen; each call makes new ones.
func documents(d *db.DB) []func(change string) (*inventory.Doc, error) {
	ctx := context.Background()
	delivery := receive.Delivery{Head: head("01"), Supplier: "S7", Lines: []receive.DeliveryLine{{Item: "A", Qty: qty.Of(9), UnitCost: 3_333_333}}}
	bill := receive.Bill{Head: head("01"), Supplier: "S7", Deliveries: []receive.Settled{{Delivery: delivery.ID, Value: minor(1000)}}, Net: 990}
	ship := transfer.Shipment{Head: head("01"), To: "02", Lines: []transfer.Line{{Item: "A", Qty: qty.Of(4)}}}
	arrival := transfer.Arrival{Head: head("02"), Transfer: ship.ID, Lines: []transfer.Line{{Item: "A", Qty: qty.Of(3)}}, Close: true}
	count := stocktake.Count{Head: head("01"), Complete: true, Lines: []stocktake.Line{{Item: "B", Counted: qty.One}}}
	found := adjust.Adjustment{Head: head("01"), Kind: adjust.Found, Lines: []adjust.Line{{Item: "A", Qty: qty.One, UnitCost: price(5_000_000)}}}
	opening := adjust.Adjustment{Head: head("02"), Kind: adjust.Opening, Lines: []adjust.Line{{Item: "B", Qty: qty.Of(2)}}}
	return []func(change string) (*inventory.Doc, error){
		func(note string) (*inventory.Doc, error) {
			delivery.Note = note
			return receive.Deliver(ctx, d, delivery)
		},
		func(note string) (*inventory.Doc, error) { bill.Note = note; return receive.TakeBill(ctx, d, bill) },
		func(note string) (*inventory.Doc, error) { ship.Note = note; return transfer.Ship(ctx, d, ship) },
		func(note string) (*inventory.Doc, error) {
			arrival.Note = note
			return transfer.Arrive(ctx, d, arrival)
		},
		func(note string) (*inventory.Doc, error) { count.Note = note; return stocktake.Take(ctx, d, count) },
		func(note string) (*inventory.Doc, error) { found.Note = note; return adjust.Record(ctx, d, found) },
		func(note string) (*inventory.Doc, error) { opening.Note = note; return adjust.Record(ctx, d, opening) },
	}
}

// Every document again: the same answer and nothing written; its id with other content is refused.
func TestDocumentsAreIdempotent(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		shop(t, d)
		for i, send := range documents(d) {
			first, err := send("")
			if err != nil {
				t.Fatalf("document %d: %v", i, err)
			}
			tied(t, d)
			before := rowsOf(t, d)
			again, err := send("")
			if err != nil || !reflect.DeepEqual(first, again) {
				t.Errorf("document %d: %+v, then %+v, %v", i, first, again, err)
			}
			if _, err := send("other"); fault.CodeOf(err) != inventory.ErrOther.Code {
				t.Errorf("document %d with other content: %v", i, err)
			}
			if n := rowsOf(t, d); n != before {
				t.Errorf("document %d: %d rows more", i, n-before)
			}
		}
	})
}

// The same document from many places at the same time, in one group or in several, happens once.
func TestDocumentsAtTheSameTime(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		shop(t, d)
		delivery := receive.Delivery{Head: head("01"), Lines: []receive.DeliveryLine{{Item: "A", Qty: qty.Of(3), UnitCost: 1_000_000}}}
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
		rows := read(t, d, func(q db.Q) ([]stockreport.Row, error) { return stockreport.Levels(q, stockreport.Query{}) })
		if len(rows) != 1 || rows[0].Qty != qty.Of(3) || rows[0].Value != 300 {
			t.Errorf("levels %+v", rows)
		}
		tied(t, d)
	})
}

// What cannot be is refused with a stable code and its place, and nothing is written.
func TestDocumentsRefuse(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		shop(t, d)
		ctx := context.Background()
		delivered := receive.Delivery{Head: head("01"), Supplier: "S7", Lines: []receive.DeliveryLine{{Item: "A", Qty: qty.Of(9), UnitCost: 1_000_000}}}
		shipped := transfer.Shipment{Head: head("01"), To: "02", Lines: []transfer.Line{{Item: "A", Qty: qty.Of(4)}}}
		if _, err := receive.Deliver(ctx, d, delivered); err != nil {
			t.Fatal(err)
		}
		if _, err := transfer.Ship(ctx, d, shipped); err != nil {
			t.Fatal(err)
		}
		before := rowsOf(t, d)
		deliver := func(change func(*receive.Delivery)) error {
			x := receive.Delivery{Head: head("01"), Supplier: "S7", Lines: []receive.DeliveryLine{{Item: "A", Qty: qty.One}}}
			change(&x)
			_, err := receive.Deliver(ctx, d, x)
			return err
		}
		bill := func(change func(*receive.Bill)) error {
			x := receive.Bill{Head: head("01"), Supplier: "S7", Deliveries: []receive.Settled{{Delivery: delivered.ID}}, Net: 900}
			change(&x)
			_, err := receive.TakeBill(ctx, d, x)
			return err
		}
		ship := func(change func(*transfer.Shipment)) error {
			x := transfer.Shipment{Head: head("01"), To: "02", Lines: []transfer.Line{{Item: "A", Qty: qty.One}}}
			change(&x)
			_, err := transfer.Ship(ctx, d, x)
			return err
		}
		arrive := func(change func(*transfer.Arrival)) error {
			x := transfer.Arrival{Head: head("02"), Transfer: shipped.ID, Lines: []transfer.Line{{Item: "A", Qty: qty.One}}}
			change(&x)
			_, err := transfer.Arrive(ctx, d, x)
			return err
		}
		count := func(change func(*stocktake.Count)) error {
			x := stocktake.Count{Head: head("01"), Lines: []stocktake.Line{{Item: "A", Counted: qty.One}}}
			change(&x)
			_, err := stocktake.Take(ctx, d, x)
			return err
		}
		adjusted := func(change func(*adjust.Adjustment)) error {
			x := adjust.Adjustment{Head: head("01"), Kind: adjust.Shrink, Lines: []adjust.Line{{Item: "A", Qty: qty.One}}}
			change(&x)
			_, err := adjust.Record(ctx, d, x)
			return err
		}
		for _, test := range []struct {
			name string
			err  error
			want *fault.Error
			path string
		}{
			{"no id", deliver(func(x *receive.Delivery) { x.ID = id.ID{} }), inventory.ErrNoID, "id"},
			{"no lines", deliver(func(x *receive.Delivery) { x.Lines = nil }), inventory.ErrNoLines, "lines"},
			{"too many lines", deliver(func(x *receive.Delivery) { x.Lines = make([]receive.DeliveryLine, inventory.LinesMost+1) }), inventory.ErrManyLines, "lines"},
			{"future", deliver(func(x *receive.Delivery) { x.BusinessDay = today.Add(2) }), inventory.ErrDay, "business_day"},
			{"no day", deliver(func(x *receive.Delivery) { x.BusinessDay = "14.3.2026" }), inventory.ErrDay, "business_day"},
			{"unknown store", deliver(func(x *receive.Delivery) { x.Location = "99" }), org.ErrNoStore, "99"},
			{"into transit", deliver(func(x *receive.Delivery) { x.Location = inventory.Transit(shipped.ID) }), inventory.ErrLocation, "location"},
			{"unknown item", deliver(func(x *receive.Delivery) { x.Lines[0].Item = "Z" }), inventory.ErrUnknownItem, "lines[0]"},
			{"service", deliver(func(x *receive.Delivery) { x.Lines[0].Item = "W" }), inventory.ErrUnknownItem, "lines[0]"},
			{"bad item", deliver(func(x *receive.Delivery) { x.Lines[0].Item = "A\x00" }), inventory.ErrItem, "lines[0].item"},
			{"invalid text", deliver(func(x *receive.Delivery) { x.Note = "\xff" }), inventory.ErrText, "note"},
			{"long text", deliver(func(x *receive.Delivery) { x.Supplier = strings.Repeat("x", 200) }), inventory.ErrText, "supplier"},
			{"card number", deliver(func(x *receive.Delivery) { x.Reference = "paid by 4111 1111 1111 1111" }), inventory.ErrCard, "reference"},
			{"nothing delivered", deliver(func(x *receive.Delivery) { x.Lines[0].Qty = 0 }), inventory.ErrQty, "lines[0]"},
			{"negative cost", deliver(func(x *receive.Delivery) { x.Lines[0].Total = minor(-1) }), inventory.ErrCost, "lines[0]"},
			{"absurd cost", deliver(func(x *receive.Delivery) { x.Lines[0].Total = minor(money.MaxMinor + 1) }), &fault.Error{Code: "number_too_large"}, "lines[0]"},
			{"no delivery", bill(func(x *receive.Bill) { x.Deliveries = nil }), receive.ErrNoDelivery, "deliveries"},
			{"unknown delivery", bill(func(x *receive.Bill) { x.Deliveries[0].Delivery = x.ID }), receive.ErrDelivery, "deliveries[0]"},
			{"bill of a transfer", bill(func(x *receive.Bill) { x.Deliveries[0].Delivery = shipped.ID }), receive.ErrDelivery, "deliveries[0]"},
			{"another supplier", bill(func(x *receive.Bill) { x.Supplier = "S8" }), receive.ErrSupplier, "deliveries[0]"},
			{"billed twice", bill(func(x *receive.Bill) { x.Deliveries = append(x.Deliveries, x.Deliveries[0]) }), receive.ErrBilled, "deliveries[1]"},
			{"more than open", bill(func(x *receive.Bill) { x.Deliveries[0].Value = minor(901) }), receive.ErrBilled, "deliveries[0]"},
			{"negative bill", bill(func(x *receive.Bill) { x.Net = -1 }), receive.ErrAmount, "net"},
			{"negative tax", bill(func(x *receive.Bill) { x.Taxes = []posting.BillTax{{Amount: -1}} }), receive.ErrAmount, "taxes[0]"},
			{"to itself", ship(func(x *transfer.Shipment) { x.To = "01" }), inventory.ErrSamePlace, "to"},
			{"to nowhere", ship(func(x *transfer.Shipment) { x.To = "77" }), org.ErrNoStore, "77"},
			{"more than on the way", arrive(func(x *transfer.Arrival) { x.Lines[0].Qty = qty.Of(5) }), inventory.ErrNotOnTheWay, "lines[0]"},
			{"not on the way", arrive(func(x *transfer.Arrival) { x.Lines[0].Item = "B" }), inventory.ErrNotOnTheWay, "lines[0]"},
			{"unknown transfer", arrive(func(x *transfer.Arrival) { x.Transfer = x.ID }), transfer.ErrTransfer, "transfer"},
			{"arrival of a delivery", arrive(func(x *transfer.Arrival) { x.Transfer = delivered.ID }), transfer.ErrTransfer, "transfer"},
			{"counted less than nothing", count(func(x *stocktake.Count) { x.Lines[0].Counted = -1 }), inventory.ErrCounted, "lines[0]"},
			{"counted twice", count(func(x *stocktake.Count) { x.Lines = append(x.Lines, x.Lines[0]) }), inventory.ErrTwice, "lines[1]"},
			{"mark of the future", count(func(x *stocktake.Count) { x.Mark = 1000 }), inventory.ErrMark, ""},
			{"unknown kind", adjusted(func(x *adjust.Adjustment) { x.Kind = "eaten" }), adjust.ErrKind, "kind"},
		} {
			var f *fault.Error
			if fault.CodeOf(test.err) != test.want.Code {
				t.Errorf("%s: %v, want %s", test.name, test.err, test.want.Code)
			} else if f, _ = test.err.(*fault.Error); f == nil || f.Path != test.path {
				t.Errorf("%s: %v, want it at %q", test.name, test.err, test.path)
			}
		}
		if n := rowsOf(t, d); n != before {
			t.Errorf("%d rows were written", n-before)
		}
		tied(t, d)
	})
}

// A transfer can come back, cannot arrive at a third place, and is closed when all of it has arrived.
func TestTransferEnds(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		shop(t, d)
		ctx := context.Background()
		ship := transfer.Shipment{Head: head("01"), To: "02", Lines: []transfer.Line{{Item: "A", Qty: qty.Of(4)}}}
		if _, err := transfer.Ship(ctx, d, ship); err != nil { // of goods that the books do not know of
			t.Fatal(err)
		}
		arrive := func(store string, n int64) error {
			_, err := transfer.Arrive(ctx, d, transfer.Arrival{Head: head(store), Transfer: ship.ID, Lines: []transfer.Line{{Item: "A", Qty: qty.Of(n)}}})
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
		tied(t, d)
		// The goods come in at store 01 at another cost than the provisional one that they travelled with.
		if _, err := receive.Deliver(ctx, d, receive.Delivery{Head: head("01"), Lines: []receive.DeliveryLine{{Item: "A", Qty: qty.Of(3), UnitCost: 9_000_000}}}); err != nil {
			t.Fatal(err)
		}
		tied(t, d)
		rows := read(t, d, func(q db.Q) ([]stockreport.Row, error) { return stockreport.Levels(q, stockreport.Query{}) })
		if len(rows) != 1 || rows[0].Location != "02" || rows[0].Value != 3000 {
			t.Errorf("levels %+v", rows)
		}
	})
}

// What is sold between counting and sending the sheet does not look like a difference, whether it is
// in the same group commit or not.
func TestCountWithMark(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		shop(t, d)
		write(t, d, func(tx *db.Tx) error {
			_, err := receive.DeliverTx(tx, receive.Delivery{Head: head("01"), Lines: []receive.DeliveryLine{
				{Item: "A", Qty: qty.Of(12), UnitCost: 2_000_000}, {Item: "B", Qty: qty.Of(5), UnitCost: 3_000_000}}})
			return err
		})
		sheet := read(t, d, func(q db.Q) (stockreport.Sheet, error) { return stockreport.SheetOf(q, "01", "") })
		if len(sheet.Lines) != 2 || sheet.Lines[0].Qty != qty.Of(12) {
			t.Fatalf("sheet %+v", sheet)
		}
		sold := func(tx *db.Tx, item string, n int64) error {
			_, err := sell(tx, today, id.New(dbtest.Now), inventory.Issue{Line: 1, Item: item, Location: "01", Kind: inventory.Sale, Qty: qty.Of(n)})
			return err
		}
		write(t, d, func(tx *db.Tx) error { return sold(tx, "A", 2) })
		var doc *inventory.Doc
		write(t, d, func(tx *db.Tx) (err error) {
			if err := sold(tx, "A", 1); err != nil {
				return err
			}
			doc, err = stocktake.CountTx(tx, stocktake.Count{Head: head("01"), Mark: sheet.Mark, Complete: true,
				Lines: []stocktake.Line{{Item: "A", Counted: qty.Of(10)}}})
			return err
		})
		want := []inventory.DocLine{{No: 1, Item: "A", Qty: qty.Of(10), Before: qty.Of(12), Value: -400},
			{No: 2, Item: "B", Qty: 0, Before: qty.Of(5), Value: -1500}}
		if !reflect.DeepEqual(doc.Lines, want) {
			t.Errorf("count %+v, want %+v", doc.Lines, want)
		}
		rows := read(t, d, func(q db.Q) ([]stockreport.Row, error) { return stockreport.Levels(q, stockreport.Query{}) })
		if len(rows) != 1 || rows[0].Qty != qty.Of(7) || rows[0].Value != 1400 {
			t.Errorf("levels %+v", rows)
		}
		// A count that finds no difference books nothing, and is kept.
		doc, err := stocktake.Take(context.Background(), d, stocktake.Count{Head: head("01"), Lines: []stocktake.Line{{Item: "A", Counted: qty.Of(7)}}})
		if err != nil || doc.EntrySeq != 0 || len(doc.Lines) != 1 {
			t.Errorf("%+v, %v", doc, err)
		}
		tied(t, d)
	})
}

// Goods that are worth nothing move too.
func TestFreeGoods(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		shop(t, d)
		for range 2 {
			doc, err := receive.Deliver(context.Background(), d, receive.Delivery{Head: head("01"), Lines: []receive.DeliveryLine{{Item: "D", Qty: qty.Of(3)}}})
			if err != nil || doc.State != inventory.StateDone || doc.EntrySeq == 0 {
				t.Fatalf("%+v, %v", doc, err)
			}
			tied(t, d)
		}
	})
}
