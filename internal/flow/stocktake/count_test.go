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
		count := func(change func(*stocktake.Count)) error {
			x := stocktake.Count{Head: stocktest.Head("01"), Lines: []stocktake.Line{{Item: "A", Counted: qty.One}}}
			change(&x)
			_, err := stocktake.Take(ctx, d, x)
			return err
		}
		stocktest.Refused(t, d, func(is stocktest.Refusal) {
			is("counted less than nothing", count(func(x *stocktake.Count) { x.Lines[0].Counted = -1 }), inventory.ErrCounted, "lines[0]")
			is("counted twice", count(func(x *stocktake.Count) { x.Lines = append(x.Lines, x.Lines[0]) }), inventory.ErrTwice, "lines[1]")
			is("mark of the future", count(func(x *stocktake.Count) { x.Mark = 1000 }), inventory.ErrMark, "")
			is("nothing counted", count(func(x *stocktake.Count) { x.Lines = nil }), inventory.ErrNoLines, "lines")
			is("unknown item", count(func(x *stocktake.Count) { x.Lines[0].Item = "Z" }), inventory.ErrUnknownItem, "lines[0]")
			is("unknown store", count(func(x *stocktake.Count) { x.Location = "99" }), org.ErrNoStore, "location")
		})
	})
}

// A count that is sent twice happens once.
func TestOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stocktest.Shop(t, d)
		count := stocktake.Count{Head: stocktest.Head("01"), Complete: true, Lines: []stocktake.Line{{Item: "B", Counted: qty.One}}}
		stocktest.Once(t, d, func(note string) (*inventory.Doc, error) {
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
		stocktest.Shop(t, d)
		stocktest.Write(t, d, func(tx *db.Tx) error {
			_, err := receive.DeliverTx(tx, receive.Delivery{Head: stocktest.Head("01"), Lines: []receive.DeliveryLine{
				{Item: "A", Qty: qty.Of(12), UnitCost: 2_000_000}, {Item: "B", Qty: qty.Of(5), UnitCost: 3_000_000}}})
			return err
		})
		sheet := stocktest.Read(t, d, func(q db.Q) (stockreport.Sheet, error) { return stockreport.SheetOf(q, "01", "") })
		if len(sheet.Lines) != 2 || sheet.Lines[0].Qty != qty.Of(12) {
			t.Fatalf("sheet %+v", sheet)
		}
		sold := func(tx *db.Tx, item string, n int64) error { // any way out will do
			_, err := adjust.RecordTx(tx, adjust.Adjustment{Head: stocktest.Head("01"), Kind: adjust.Shrink, Lines: []adjust.Line{{Item: item, Qty: qty.Of(n)}}})
			return err
		}
		stocktest.Write(t, d, func(tx *db.Tx) error { return sold(tx, "A", 2) })
		var doc *inventory.Doc
		stocktest.Write(t, d, func(tx *db.Tx) (err error) {
			if err := sold(tx, "A", 1); err != nil {
				return err
			}
			doc, err = stocktake.CountTx(tx, stocktake.Count{Head: stocktest.Head("01"), Mark: sheet.Mark, Complete: true,
				Lines: []stocktake.Line{{Item: "A", Counted: qty.Of(10)}}})
			return err
		})
		want := []inventory.DocLine{{No: 1, Item: "A", Qty: qty.Of(10), Before: qty.Of(12), Value: -400},
			{No: 2, Item: "B", Qty: 0, Before: qty.Of(5), Value: -1500}}
		if !reflect.DeepEqual(doc.Lines, want) {
			t.Errorf("count %+v, want %+v", doc.Lines, want)
		}
		rows := stocktest.Read(t, d, func(q db.Q) ([]stockreport.Row, error) { return stockreport.Levels(q, stockreport.Query{}) })
		if len(rows) != 1 || rows[0].Qty != qty.Of(7) || rows[0].Value != 1400 {
			t.Errorf("levels %+v", rows)
		}
		// A count that finds no difference books nothing, and is kept.
		doc, err := stocktake.Take(context.Background(), d, stocktake.Count{Head: stocktest.Head("01"), Lines: []stocktake.Line{{Item: "A", Counted: qty.Of(7)}}})
		if err != nil || doc.EntrySeq != 0 || len(doc.Lines) != 1 {
			t.Errorf("%+v, %v", doc, err)
		}
		stocktest.Tied(t, d)
	})
}
