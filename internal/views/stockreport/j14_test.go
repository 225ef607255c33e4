package stockreport_test

import (
	"context"
	"testing"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/flow/adjust"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/receive"
	"github.com/tillpost/tillpost/internal/flow/stockdoc/stocktest"
	"github.com/tillpost/tillpost/internal/flow/stocktake"
	"github.com/tillpost/tillpost/internal/flow/transfer"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// The whole of J14, from the documents to the accounts, with the numbers of the worked entry.
func TestJ14FromDocumentsToAccounts(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stocktest.Shop(t, d)
		ctx := context.Background()
		check := func(what string, doc *inventory.Doc, err error, want map[string]money.Minor) {
			t.Helper()
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			stocktest.Booked(t, d, doc.EntrySeq, want)
			stocktest.Tied(t, d)
		}
		delivery := receive.Delivery{Head: stocktest.Head("01"), Supplier: "S7", Lines: []receive.DeliveryLine{
			{Item: "B", Qty: qty.Of(50), UnitCost: 8_000_000}, {Item: "D", Qty: qty.Of(40), Total: stocktest.Minor(10000)}}}
		doc, err := receive.Deliver(ctx, d, delivery)
		check("delivery", doc, err, map[string]money.Minor{"1300@01": 50000, "2050@01": -50000})

		doc, err = receive.TakeBill(ctx, d, receive.Bill{Head: stocktest.Head("01"), Supplier: "S7", Deliveries: []receive.Settled{{Delivery: delivery.ID}},
			Net: 51000, Taxes: []posting.BillTax{{Code: "VAT21", Amount: 10710}}})
		check("bill", doc, err, map[string]money.Minor{"2050@01": 50000, "5050@01": 1000, "2150@01": 10710, "2000@01": -61710})

		doc, err = stocktake.Take(ctx, d, stocktake.Count{Head: stocktest.Head("01"), Lines: []stocktake.Line{{Item: "B", Counted: qty.Of(47)}, {Item: "D", Counted: qty.Of(40)}}})
		check("count", doc, err, map[string]money.Minor{"5100@01": 2400, "1300@01": -2400})
		if l := doc.Lines[0]; l.Before != qty.Of(50) || l.Qty != qty.Of(47) || l.Value != -2400 {
			t.Errorf("count line %+v", l)
		}

		stocktest.Write(t, d, func(tx *db.Tx) error {
			costs, err := sell(tx, stocktest.Today, id.New(dbtest.Now), inventory.Issue{Line: 1, Item: "C", Location: "01", Kind: inventory.Sale, Qty: qty.Of(2), Fallback: 10_000_000})
			if err == nil && costs[0].Value != 2000 {
				t.Errorf("sold below zero at %d", costs[0].Value)
			}
			return err
		})
		doc, err = receive.Deliver(ctx, d, receive.Delivery{Head: stocktest.Head("01"), Supplier: "S7", Lines: []receive.DeliveryLine{{Item: "C", Qty: qty.Of(2), UnitCost: 11_000_000}}})
		check("true up", doc, err, map[string]money.Minor{"1300@01": 2200 - 200, "2050@01": -2200, "5000@01": 200})
		if doc.Open != 2200 || doc.Lines[0].Value != 2200 {
			t.Errorf("delivery %+v", doc)
		}

		ship := transfer.Shipment{Head: stocktest.Head("01"), To: "02", Lines: []transfer.Line{{Item: "B", Qty: qty.Of(20)}}}
		doc, err = transfer.Ship(ctx, d, ship)
		check("transfer", doc, err, map[string]money.Minor{"1390@02": 16000, "1300@01": -16000})

		doc, err = adjust.Record(ctx, d, adjust.Adjustment{Head: stocktest.Head("01"), Kind: adjust.Damaged, Lines: []adjust.Line{{Item: "B", Qty: qty.One}}})
		check("damage", doc, err, map[string]money.Minor{"5110@01": 800, "1300@01": -800})

		doc, err = transfer.Arrive(ctx, d, transfer.Arrival{Head: stocktest.Head("02"), Transfer: ship.ID, Lines: []transfer.Line{{Item: "B", Qty: qty.Of(15)}}})
		check("arrival of a part", doc, err, map[string]money.Minor{"1300@02": 12000, "1390@02": -12000})
		doc, err = transfer.Arrive(ctx, d, transfer.Arrival{Head: stocktest.Head("02"), Transfer: ship.ID, Lines: []transfer.Line{{Item: "B", Qty: qty.Of(4)}}, Close: true})
		check("the rest is lost", doc, err, map[string]money.Minor{"1300@02": 3200, "1390@02": -4000, "5100@02": 800})
		if doc.State != inventory.StateDone || len(doc.Lines) != 2 || doc.Lines[1].Value != -800 {
			t.Errorf("arrival %+v", doc)
		}
	})
}
