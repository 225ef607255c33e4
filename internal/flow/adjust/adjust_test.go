package adjust_test

import (
	"context"
	"testing"

	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/flow/adjust"
	"github.com/tillpost/tillpost/internal/flow/stockdoc/stocktest"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// What cannot be is refused, and nothing is written.
func TestRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stocktest.Shop(t, d)
		ctx := context.Background()
		adjusted := func(change func(*adjust.Adjustment)) error {
			x := adjust.Adjustment{Head: stocktest.Head("01"), Kind: adjust.Shrink, Lines: []adjust.Line{{Item: "A", Qty: qty.One}}}
			change(&x)
			_, err := adjust.Record(ctx, d, x)
			return err
		}
		stocktest.Refused(t, d, func(is stocktest.Refusal) {
			is("unknown kind", adjusted(func(x *adjust.Adjustment) { x.Kind = "eaten" }), adjust.ErrKind, "kind")
			is("nothing", adjusted(func(x *adjust.Adjustment) { x.Lines = nil }), inventory.ErrNoLines, "lines")
			is("less than nothing", adjusted(func(x *adjust.Adjustment) { x.Lines[0].Qty = -qty.One }), inventory.ErrQty, "lines[0]")
			is("negative cost", adjusted(func(x *adjust.Adjustment) { x.Lines[0].UnitCost = stocktest.Price(-1) }), inventory.ErrCost, "lines[0]")
			is("unknown item", adjusted(func(x *adjust.Adjustment) { x.Lines[0].Item = "Z" }), inventory.ErrUnknownItem, "lines[0]")
		})
	})
}

// Each kind moves the goods at its value, and happens once however often it is sent.
func TestKinds(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stocktest.Shop(t, d)
		for _, test := range []struct {
			kind adjust.Kind
			line adjust.Line
			want inventory.DocLine
		}{
			{adjust.Opening, adjust.Line{Item: "A", Qty: qty.Of(3), UnitCost: stocktest.Price(4_000_000)}, inventory.DocLine{Qty: qty.Of(3), Value: 1200}},
			{adjust.Opening, adjust.Line{Item: "B", Qty: qty.Of(2)}, inventory.DocLine{Qty: qty.Of(2), Value: 1600}},
			{adjust.Found, adjust.Line{Item: "A", Qty: qty.One}, inventory.DocLine{Qty: qty.One, Value: 400}},
			{adjust.Found, adjust.Line{Item: "A", Qty: qty.One, UnitCost: stocktest.Price(1_000_000)}, inventory.DocLine{Qty: qty.One, Value: 100}},
			{adjust.Shrink, adjust.Line{Item: "A", Qty: qty.One}, inventory.DocLine{Qty: -qty.One, Value: -340}},
			{adjust.Damaged, adjust.Line{Item: "A", Qty: qty.Of(5)}, inventory.DocLine{Qty: -qty.Of(5), Value: -1360 - 400}},
			{adjust.Found, adjust.Line{Item: "A", Qty: qty.One}, inventory.DocLine{Qty: qty.One, Value: 400}},
		} {
			a := adjust.Adjustment{Head: stocktest.Head("01"), Kind: test.kind, Lines: []adjust.Line{test.line}}
			stocktest.Once(t, d, func(note string) (*inventory.Doc, error) {
				a.Note = note
				doc, err := adjust.Record(context.Background(), d, a)
				if err == nil {
					test.want.No, test.want.Item = 1, test.line.Item
					if doc.Other != string(test.kind) || doc.Lines[0] != test.want {
						t.Errorf("%s: %+v, want %+v", test.kind, doc.Lines[0], test.want)
					}
				}
				return doc, err
			})
		}
	})
}
