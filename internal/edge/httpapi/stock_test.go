package httpapi_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/edge/httpapi"
	"github.com/tillpost/tillpost/internal/flow/adjust"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/receive"
	"github.com/tillpost/tillpost/internal/flow/shoptest"
	"github.com/tillpost/tillpost/internal/flow/stocktake"
	"github.com/tillpost/tillpost/internal/flow/transfer"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/stockreport"
)

func (s *server) stockHead(store string) inventory.Head {
	return inventory.Head{ID: s.ID(), Location: store, BusinessDay: shoptest.Today, Reference: "paper 1"}
}

func (s *server) delivery(store, item string, n int64) receive.Delivery {
	return receive.Delivery{Head: s.stockHead(store), Supplier: "wholesaler", Lines: []receive.DeliveryLine{{Item: item, Qty: qty.Of(n), UnitCost: 2_000_000}}}
}

// Every kind of stock document is recorded once, found again, and belongs to its store.
func TestStockDocuments(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		first, other := s.delivery("01", "A", 20), s.delivery("02", "A", 5)
		s.post("/v1/deliveries", other).want(http.StatusCreated)
		ship := transfer.Shipment{Head: s.stockHead("01"), To: "02", Lines: []transfer.Line{{Item: "A", Qty: qty.Of(4)}}}
		writes, reads := s.newKey("writes", []string{"stock:write"}, "02"), s.newKey("reads", []string{"stock:read"}, "02")
		for _, c := range []struct {
			path, kind string
			head       *inventory.Head
			doc        any
		}{
			{"/v1/deliveries", inventory.DocDelivery, &first.Head, &first},
			{"/v1/supplier-returns", inventory.DocReturn, nil, &receive.Return{Head: s.stockHead("01"), Supplier: "wholesaler", Lines: []receive.ReturnLine{{Item: "A", Qty: qty.Of(2)}}}},
			{"/v1/bills", inventory.DocBill, nil, &receive.Bill{Head: s.stockHead("01"), Supplier: "wholesaler", Deliveries: []receive.Settled{{Delivery: first.ID}}, Net: 4000,
				Taxes: []posting.BillTax{{Code: "VAT20", Amount: 800}}}},
			{"/v1/adjustments", inventory.DocAdjustment, nil, &adjust.Adjustment{Head: s.stockHead("01"), Kind: adjust.Damaged, Lines: []adjust.Line{{Item: "A", Qty: qty.One}}}},
			{"/v1/counts", inventory.DocCount, nil, &stocktake.Count{Head: s.stockHead("01"), Lines: []stocktake.Line{{Item: "A", Counted: qty.Of(15)}}}},
			{"/v1/shipments", inventory.DocTransfer, &ship.Head, &ship},
			{"/v1/arrivals", inventory.DocArrival, nil, &transfer.Arrival{Head: s.stockHead("01"), Transfer: ship.ID, Lines: []transfer.Line{{Item: "A", Qty: qty.One}}}},
		} {
			var doc, again inventory.Doc
			made := s.post(c.path, c.doc).want(http.StatusCreated).into(&doc)
			if repeated := s.post(c.path, c.doc).want(http.StatusOK); string(repeated.Body) != string(made.Body) {
				t.Errorf("%s: %s, then %s", c.path, made.Body, repeated.Body)
			}
			for _, path := range []string{c.path + "/" + doc.ID.String(), "/v1/stock-documents/" + doc.ID.String()} {
				if s.get(path).want(http.StatusOK).into(&again); again.Kind != c.kind || again.Location != "01" || len(again.Lines) != 1 {
					t.Errorf("%s: %+v", path, again)
				}
				denied := s.do(call{Key: reads, Method: "GET", Path: path})
				if c.kind == inventory.DocTransfer { // it comes to that store
					denied.want(http.StatusOK)
				} else {
					denied.problem(http.StatusForbidden, "store_denied")
				}
			}
			if got := names(s, c.path+"?location=01&from="+shoptest.Today, func(d httpapi.StockDocument) string { return d.ID.String() }); !slices.Equal(got, []string{doc.ID.String()}) {
				t.Errorf("%s: %v", c.path, got)
			}
			s.do(call{Key: writes, Method: "POST", Path: c.path, Body: c.doc}).problem(http.StatusForbidden, "store_denied")
			s.refuses("POST", []refusal{
				{c.path, `{"location": "01", "colour": "red"}`, http.StatusUnprocessableEntity, "json_unknown_field"},
				{c.path, `{"location": "01"}`, http.StatusUnprocessableEntity, "stock_no_id"},
				{c.path, `{"id": "` + s.ID().String() + `", "location": "01", "business_day": "` + shoptest.Today + `", "note": "4111 1111 1111 1111"}`, http.StatusUnprocessableEntity, "stock_card_number"},
			})
			s.get(c.path + "/" + other.ID.String()).want(map[bool]int{true: http.StatusOK, false: http.StatusNotFound}[c.path == "/v1/deliveries"])
		}
		first.Note = "other"
		s.post("/v1/deliveries", first).problem(http.StatusConflict, "stock_doc_conflict")
		s.post("/v1/deliveries", s.delivery("01", "NONE", 1)).problem(http.StatusNotFound, "stock_item_unknown")
		key := s.newKey("bills", []string{"stock:write"}, "01")
		s.do(call{Key: key, Method: "POST", Path: "/v1/bills", Body: receive.Bill{Head: s.stockHead("01"), Supplier: "wholesaler", Deliveries: []receive.Settled{{Delivery: other.ID}}, Net: 1000}}).
			problem(http.StatusForbidden, "store_denied")
		all := names(s, "/v1/stock-documents?limit=3", func(d httpapi.StockDocument) string { return d.ID.String() })
		if len(all) != 8 || !slices.IsSorted(all) {
			t.Error(all)
		}
		for query, want := range map[string]int{"kind=transfer&location=02": 1, "state=sent": 1, "supplier=wholesaler": 4, "to=2026-03-01": 0, "location=02": 2} {
			if got := names(s, "/v1/stock-documents?"+query, func(d httpapi.StockDocument) string { return d.Kind }); len(got) != want {
				t.Errorf("%s: %v", query, got)
			}
		}
		s.sound()
	})
}

// Levels and cards say the same as the reports that read everything.
func TestStockLevels(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		s.Everything()
		s.Write(func(tx *db.Tx) error {
			return catalog.Save(tx, catalog.Item{SKU: "E/1", Name: "Slashed", Kind: "item", Unit: "each", Department: "toys", ReorderPoint: qty.Of(3), ReorderTo: qty.Of(9)})
		})
		s.post("/v1/deliveries", s.delivery("02", "E/1", 2)).want(http.StatusCreated)
		row := func(l stockreport.Level) string { return fmt.Sprint(l.Location, l.Item, l.Qty, l.Value, l.Destination) }
		var want []string
		err := s.d.Read(ctx, func(v *db.View) error {
			levels, err := stockreport.Levels(v, stockreport.Query{})
			for _, l := range levels {
				want = append(want, fmt.Sprint(l.Location, l.Item, l.Qty, l.Value, l.Destination))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		got := names(s, "/v1/stock-levels?limit=2", row)
		slices.Sort(want)
		sorted := slices.DeleteFunc(slices.Sorted(slices.Values(got)), func(x string) bool { return !slices.Contains(want, x) })
		if !slices.Equal(sorted, want) || len(got) < len(want) {
			t.Errorf("%v, want %v", got, want)
		}
		for query, n := range map[string]int{"location=02&department=toys": 3, "item=E/1": 1, "below=reorder_point": 1, "below=reorder_point&location=01": 0, "below=zero&item=A": 0} {
			if got := names(s, "/v1/stock-levels?"+query, row); len(got) != n {
				t.Errorf("%s: %v", query, got)
			}
		}
		var l stockreport.Level
		s.get("/v1/stock-levels/02/E%2F1").want(http.StatusOK).into(&l)
		if l.Qty != qty.Of(2) || l.UnitCost != 2_000_000 || l.Point != qty.Of(3) {
			t.Errorf("%+v", l)
		}
		s.get("/v1/stock-levels/01/E%2F1").want(http.StatusOK).into(&l)
		s.get("/v1/stock-levels/01/NONE").problem(http.StatusNotFound, "stock_item_unknown")
		s.get("/v1/stock-levels/99/A").problem(http.StatusNotFound, "store_unknown")
		if got := names(s, "/v1/reorder-suggestions?limit=1", func(x stockreport.Suggestion) string { return x.Location + x.Item + x.Order.String() }); !slices.Equal(got, []string{"02E/17"}) {
			t.Error(got)
		}
		var sheet stockreport.Sheet
		s.get("/v1/count-sheets/02?department=toys").want(http.StatusOK).into(&sheet)
		if sheet.Mark == 0 || len(sheet.Lines) != 3 {
			t.Errorf("%+v", sheet)
		}
		key := s.newKey("one store", []string{"stock:read"}, "01")
		for _, path := range []string{"/v1/stock-levels?location=", "/v1/stock-levels?location=02", "/v1/stock-levels/02/A", "/v1/stock-moves?item=A&location=02", "/v1/reorder-suggestions?store=02", "/v1/count-sheets/02",
			"/v1/stock-documents?location=02"} {
			s.do(call{Key: key, Method: "GET", Path: path}).problem(http.StatusForbidden, "store_denied")
		}
	})
}

// The card of an item, page by page from its end, is the one that is read whole.
func TestStockMoves(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		s.Everything()
		for _, q := range []stockreport.CardQuery{{Item: "A"}, {Item: "A", Location: "02"}, {Item: "C", From: "2026-03-10"}, {Item: "A", To: "2026-03-01"}, {Item: "NONE"}} {
			query := url.Values{"item": {q.Item}, "limit": {"7"}}
			for name, value := range map[string]string{"location": q.Location, "from": string(q.From), "to": string(q.To)} {
				if value != "" {
					query.Set(name, value)
				}
			}
			var whole stockreport.Card
			err := s.d.Read(ctx, func(v *db.View) (err error) {
				whole, err = stockreport.CardOf(v, stockreport.CardQuery{Item: q.Item, Location: q.Location})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			slices.SortStableFunc(whole.Moves, func(a, b stockreport.Move) int { return int(a.EntrySeq - b.EntrySeq) }) // the order of the ledger
			var want []string
			var left stockreport.Balance
			for _, m := range whole.Moves {
				left.Qty, left.Value = left.Qty+m.Qty, left.Value+m.Value
				if m.BusinessDay >= q.From && (q.To == "" || m.BusinessDay <= q.To) {
					want = append(want, fmt.Sprint(m.EntrySeq, m.Kind, m.Qty, m.Value, left, m.Reference, m.DocLine))
				}
			}
			slices.Reverse(want)
			got := names(s, "/v1/stock-moves?"+query.Encode(), func(l stockreport.CardLine) string {
				return fmt.Sprint(l.EntrySeq, l.Kind, l.Qty, l.Value, l.Balance, l.Reference, l.DocLine)
			})
			if !slices.Equal(got, want) || len(want) == 0 && q.Item != "NONE" {
				t.Errorf("%v: %v, want %v", query, got, want)
			}
		}
		s.get("/v1/stock-moves").problem(http.StatusBadRequest, "parameter")
		s.get("/v1/stock-moves?item=A&from=2026-02-01&to=2026-01-01").problem(http.StatusBadRequest, "parameter")
	})
}
