package stocktake_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/adjust"
	"github.com/tillpost/tillpost/internal/flow/receive"
	"github.com/tillpost/tillpost/internal/flow/stocktake"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/stockreport"
)

// What cannot be is refused, and nothing is written.
func TestRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		shop(t, d)
		ctx := context.Background()
		before := rowsOf(t, d)
		count := func(change func(*stocktake.Count)) error {
			x := stocktake.Count{Head: head("01"), Lines: []stocktake.Line{{Item: "A", Counted: qty.One}}}
			change(&x)
			_, err := stocktake.Take(ctx, d, x)
			return err
		}
		refused(t, []refusal{
			{"counted less than nothing", count(func(x *stocktake.Count) { x.Lines[0].Counted = -1 }), inventory.ErrCounted, "lines[0]"},
			{"counted twice", count(func(x *stocktake.Count) { x.Lines = append(x.Lines, x.Lines[0]) }), inventory.ErrTwice, "lines[1]"},
			{"mark of the future", count(func(x *stocktake.Count) { x.Mark = 1000 }), inventory.ErrMark, ""},
			{"nothing counted", count(func(x *stocktake.Count) { x.Lines = nil }), inventory.ErrNoLines, "lines"},
			{"unknown item", count(func(x *stocktake.Count) { x.Lines[0].Item = "Z" }), inventory.ErrUnknownItem, "lines[0]"},
			{"unknown store", count(func(x *stocktake.Count) { x.Location = "99" }), org.ErrNoStore, "99"},
		})
		if n := rowsOf(t, d); n != before {
			t.Errorf("%d rows were written", n-before)
		}
	})
}

// A count that is sent twice happens once.
func TestOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		shop(t, d)
		count := stocktake.Count{Head: head("01"), Complete: true, Lines: []stocktake.Line{{Item: "B", Counted: qty.One}}}
		once(t, d, func(note string) (*inventory.Doc, error) {
			count.Note = note
			return stocktake.Take(context.Background(), d, count)
		})
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
		sold := func(tx *db.Tx, item string, n int64) error { // any way out will do
			_, err := adjust.RecordTx(tx, adjust.Adjustment{Head: head("01"), Kind: adjust.Shrink, Lines: []adjust.Line{{Item: item, Qty: qty.Of(n)}}})
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
