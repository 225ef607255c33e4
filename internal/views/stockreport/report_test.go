package stockreport_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/flow/receive"
	"github.com/tillpost/tillpost/internal/flow/stockdoc/stocktest"
	"github.com/tillpost/tillpost/internal/flow/transfer"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/stockreport"
)

// week is a small history: a delivery on Tuesday, sales on Wednesday and Friday, of which Wednesday's
// second arrives last; a transfer on Saturday that is under way.
func week(t *testing.T, d *db.DB) (ship, late id.ID) {
	stocktest.Shop(t, d)
	deliver := func(on day.Day, lines ...receive.DeliveryLine) {
		h := stocktest.Head("01")
		h.BusinessDay, h.Reference = on, "LS-1"
		stocktest.Write(t, d, func(tx *db.Tx) error {
			_, err := receive.DeliverTx(tx, receive.Delivery{Head: h, Lines: lines})
			return err
		})
	}
	sale := func(on day.Day, item string, n int64) id.ID {
		doc := id.New(dbtest.Now)
		stocktest.Write(t, d, func(tx *db.Tx) error {
			_, err := sell(tx, on, doc, inventory.Issue{Doc: doc, Line: 7, Item: item, Location: "01", Kind: inventory.Sale, Qty: qty.Of(n), Fallback: 10_000_000})
			return err
		})
		return doc
	}
	deliver("2026-03-10", receive.DeliveryLine{Item: "A", Qty: qty.Of(10), UnitCost: 4_000_000}, receive.DeliveryLine{Item: "B", Qty: qty.Of(6), UnitCost: 9_000_000})
	sale("2026-03-11", "A", 3)
	sale("2026-03-13", "A", 1)
	late = sale("2026-03-11", "A", 1)
	sale("2026-03-13", "C", 2)
	s := transfer.Shipment{Head: stocktest.Head("01"), To: "02", Lines: []transfer.Line{{Item: "A", Qty: qty.Of(2)}}}
	stocktest.Write(t, d, func(tx *db.Tx) error {
		_, err := transfer.ShipTx(tx, s)
		return err
	})
	return s.ID, late
}

func levels(t *testing.T, d *db.DB, query stockreport.Query) []stockreport.Row {
	t.Helper()
	return stocktest.Read(t, d, func(q db.Q) ([]stockreport.Row, error) { return stockreport.Levels(q, query) })
}

func TestLevels(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ship, _ := week(t, d)
		transit := inventory.Transit(ship)
		a := stockreport.Row{Location: "01", Department: "apparel", Item: "A", Name: "Apron", Unit: "each", Qty: qty.Of(3), UnitCost: 4_000_000, Value: 1200, Items: 1}
		b := stockreport.Row{Location: "01", Department: "footwear", Item: "B", Name: "Boots", Unit: "each", Qty: qty.Of(6), UnitCost: 9_000_000, Value: 5400, Items: 1}
		c := stockreport.Row{Location: "01", Department: "food", Item: "C", Name: "Cheese", Unit: "kg", Qty: -qty.Of(2), UnitCost: 10_000_000, Value: -2000, Items: 1}
		moving := a
		moving.Location, moving.Destination, moving.Qty, moving.Value = transit, "02", qty.Of(2), 800
		wednesday, thursday := a, b
		wednesday.Qty, wednesday.Value = qty.Of(6), 2400
		for _, test := range []struct {
			name  string
			query stockreport.Query
			want  []stockreport.Row
		}{
			{"now", stockreport.Query{}, []stockreport.Row{a, c, b, moving}},
			{"a store", stockreport.Query{Location: "01"}, []stockreport.Row{a, c, b}},
			{"a department", stockreport.Query{Department: "apparel"}, []stockreport.Row{a, moving}},
			{"an item", stockreport.Query{Item: "B"}, []stockreport.Row{b}},
			{"before all", stockreport.Query{AsOf: "2026-03-09"}, []stockreport.Row{}},
			{"a past day, with what was told later", stockreport.Query{AsOf: "2026-03-12"}, []stockreport.Row{wednesday, thursday}},
			{"today as a past day", stockreport.Query{AsOf: stocktest.Today}, []stockreport.Row{a, c, b, moving}},
			{"by location", stockreport.Query{By: stockreport.ByLocation}, []stockreport.Row{
				{Location: "01", Qty: qty.Of(7), Value: 4600, Items: 3}, {Location: transit, Destination: "02", Qty: qty.Of(2), Value: 800, Items: 1}}},
			{"by department", stockreport.Query{By: stockreport.ByDepartment}, []stockreport.Row{
				{Department: "apparel", Qty: a.Qty + moving.Qty, Value: a.Value + moving.Value, Items: 2},
				{Department: c.Department, Qty: c.Qty, Value: c.Value, Items: 1}, {Department: b.Department, Qty: b.Qty, Value: b.Value, Items: 1}}},
			{"of a store by department", stockreport.Query{By: stockreport.ByDepartment, Location: "01", Department: "apparel"}, []stockreport.Row{
				{Department: "apparel", Qty: a.Qty, Value: a.Value, Items: 1}}},
			{"an item by location", stockreport.Query{By: stockreport.ByLocation, Item: "B", Department: b.Department}, []stockreport.Row{
				{Location: b.Location, Qty: b.Qty, Value: b.Value, Items: 1}}},
			{"by department on a past day", stockreport.Query{By: stockreport.ByDepartment, AsOf: "2026-03-12"}, []stockreport.Row{
				{Department: "apparel", Qty: qty.Of(6), Value: 2400, Items: 1}, {Department: "footwear", Qty: qty.Of(6), Value: 5400, Items: 1}}},
		} {
			if got := levels(t, d, test.query); !reflect.DeepEqual(got, test.want) {
				t.Errorf("%s:\n got %+v\nwant %+v", test.name, got, test.want)
			}
		}
	})
}

func TestCard(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		_, late := week(t, d)
		card := func(query stockreport.CardQuery) stockreport.Card {
			return stocktest.Read(t, d, func(q db.Q) (stockreport.Card, error) { return stockreport.CardOf(q, query) })
		}
		c := card(stockreport.CardQuery{Item: "A", Location: "01"})
		var days []day.Day
		var values []money.Minor
		for _, m := range c.Moves {
			days, values = append(days, m.BusinessDay), append(values, m.Balance.Value)
		}
		if want := []day.Day{"2026-03-10", "2026-03-11", "2026-03-11", "2026-03-13", "2026-03-14"}; !reflect.DeepEqual(days, want) {
			t.Errorf("days %v, want %v", days, want)
		}
		if want := []money.Minor{4000, 2800, 2400, 2000, 1200}; !reflect.DeepEqual(values, want) {
			t.Errorf("values %v, want %v", values, want)
		}
		if m := c.Moves[0]; m.DocKind != inventory.DocDelivery || m.Reference != "LS-1" || m.Kind != inventory.Received || m.Qty != qty.Of(10) {
			t.Errorf("first move %+v", m)
		}
		if m := c.Moves[2]; m.Doc != late || m.DocLine != 7 || m.Qty != -qty.One {
			t.Errorf("late move %+v", m)
		}
		if c.Name != "Apron" || !c.Known || c.After != (stockreport.Balance{Qty: qty.Of(3), Value: 1200}) || len(c.Now) != 1 {
			t.Errorf("card %+v", c)
		}
		part := card(stockreport.CardQuery{Item: "A", Location: "01", From: "2026-03-11", To: "2026-03-13", Last: 2})
		if len(part.Moves) != 2 || part.Omitted != 1 || part.Before != c.Moves[1].Balance || part.After != c.Moves[3].Balance {
			t.Errorf("part %+v", part)
		}
		if all := card(stockreport.CardQuery{Item: "A"}); len(all.Moves) != 6 || all.After.Value != 2000 {
			t.Errorf("all places %+v", all)
		}
		text, err := json.Marshal(card(stockreport.CardQuery{Item: "nobody knows"}))
		if want := `{"item":"nobody knows","name":"","unit":"","before":{"qty":"0","value":0},"moves":[],"after":{"qty":"0","value":0},"omitted":0,"known":false,"now":[],"cost":"0.00"}`; err != nil || string(text) != want {
			t.Errorf("unknown item: %s, %v", text, err)
		}
	})
}

func TestReorder(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		week(t, d)
		list := func(store string) []stockreport.Suggestion {
			return stocktest.Read(t, d, func(q db.Q) ([]stockreport.Suggestion, error) { return stockreport.Reorder(q, store) })
		}
		mat := stockreport.Suggestion{Department: "apparel", Item: "D", Name: "Doormat", Unit: "each", Point: qty.One, To: 0, Order: qty.One}
		one := stockreport.Suggestion{Location: "01", Department: "apparel", Item: "A", Name: "Apron", Unit: "each", Qty: qty.Of(3), Point: qty.Of(5), To: qty.Of(20), Order: qty.Of(17)}
		two := one
		two.Location, two.Qty, two.InTransit, two.Order = "02", 0, qty.Of(2), qty.Of(18)
		if got, want := list(""), []stockreport.Suggestion{mat, one, two}; !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
		if got, want := list("02"), []stockreport.Suggestion{mat, two}; !reflect.DeepEqual(got, want) {
			t.Errorf("store 02: got %+v\nwant %+v", got, want)
		}
	})
}

const (
	spoilLevel  db.SQL = `UPDATE stock_levels SET value = value + 5 WHERE item = 'B'`
	spoilDays   db.SQL = `UPDATE account_days SET debit = debit + 7 WHERE account IN (SELECT account FROM account_roles WHERE role = 'stock_in_transit')`
	spoilBilled db.SQL = `UPDATE stock_docs SET open_value = open_value - 1 WHERE kind = 'delivery'`
)

// The proof finds what is off, and says where.
func TestTieFindsWhatIsOff(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		week(t, d)
		stocktest.Tied(t, d)
		stocktest.Write(t, d, func(tx *db.Tx) error {
			for _, q := range []db.SQL{spoilLevel, spoilDays, spoilBilled} {
				if n, err := tx.Exec(q); err != nil || n != 1 {
					t.Errorf("%q changed %d rows, %v", q, n, err)
				}
			}
			return nil
		})
		want := stockreport.Tie{
			Stores: []stockreport.TieRow{{Store: "01", OnHand: 4605, Ledger: 4600, Difference: 5}, {Store: "02", InTransit: 800, Ledger: 807, Difference: -7}},
			Levels: []stockreport.LevelOff{{Location: "01", Item: "B", Qty: qty.Of(6), Value: 5405, MovedQty: qty.Of(6), MovedValue: 5400}},
			GRNI:   stockreport.GRNI{Open: 9399, Ledger: 9400, Difference: -1},
		}
		if got := stocktest.Read(t, d, stockreport.TieOf); !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	})
}
