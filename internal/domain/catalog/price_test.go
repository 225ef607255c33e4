package catalog_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

func TestRefusedPrices(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, save(catalog.Item{SKU: "A", Name: "A"}))
		list := func(l catalog.PriceList) func(tx *db.Tx) error {
			return func(tx *db.Tx) error { return catalog.PutPriceList(tx, l) }
		}
		price := func(p catalog.Price) func(tx *db.Tx) error {
			return func(tx *db.Tx) error { return catalog.PutPrice(tx, p) }
		}
		refused(t, d, "no code", catalog.ErrCode, "code", list(catalog.PriceList{}))
		refused(t, d, "name", catalog.ErrText, "name", list(catalog.PriceList{Code: "L", Name: "\x01"}))
		refused(t, d, "store", catalog.ErrCode, "store", list(catalog.PriceList{Code: "L", Store: " "}))
		refused(t, d, "group", catalog.ErrCode, "customer_group", list(catalog.PriceList{Code: "L", CustomerGroup: "\n"}))
		refused(t, d, "since", catalog.ErrDays, "since", list(catalog.PriceList{Code: "L", Since: "2026-02-30"}))
		refused(t, d, "until", catalog.ErrDays, "until", list(catalog.PriceList{Code: "L", Until: "tomorrow"}))
		refused(t, d, "order", catalog.ErrDays, "until", list(catalog.PriceList{Code: "L", Since: "2026-03-02", Until: "2026-03-01"}))
		refused(t, d, "priority", catalog.ErrPriority, "priority", list(catalog.PriceList{Code: "L", Priority: 1_000_001}))
		refused(t, d, "no list", catalog.ErrNoPriceList, "list", price(catalog.Price{List: "L", SKU: "A"}))
		write(t, d, list(catalog.PriceList{Code: "L", Since: "2026-03-01", Until: "2026-03-01", Priority: -5}))
		refused(t, d, "no item", catalog.ErrNoItem, "sku", price(catalog.Price{List: "L", SKU: "B"}))
		refused(t, d, "negative", catalog.ErrCost, "price", price(catalog.Price{List: "L", SKU: "A", Price: -1}))
		refused(t, d, "day", catalog.ErrDays, "since", price(catalog.Price{List: "L", SKU: "A", Since: "2026"}))
		offer := func(p catalog.Promotion) func(tx *db.Tx) error {
			return func(tx *db.Tx) error { return catalog.PutPromotion(tx, p) }
		}
		refused(t, d, "promotion code", catalog.ErrCode, "code", offer(catalog.Promotion{Body: "{}"}))
		refused(t, d, "no body", catalog.ErrBody, "body", offer(catalog.Promotion{Code: "P"}))
		refused(t, d, "long body", catalog.ErrBody, "body", offer(catalog.Promotion{Code: "P", Body: strings.Repeat("x", 1<<16+1)}))
	})
}

// model is the catalogue in maps.
type model struct {
	items  map[string]catalog.Item
	lists  map[string]catalog.PriceList
	prices map[catalog.Price]money.Price // the key has no price
	offers map[string]catalog.Promotion
}

var (
	skus   = []string{"a", "B", "ä", "1"}
	codes  = []string{"L1", "l1", "L2"}
	stores = []string{"", "S1", "S2"}
	days   = []day.Day{"", "2026-02-28", "2026-03-01", "2026-03-14"}
)

// change draws a change and makes it in the model; the result makes it in the database.
func (m *model) change(t *rapid.T) func(tx *db.Tx) error {
	sku, code := rapid.SampledFrom(skus).Draw(t, "sku"), rapid.SampledFrom(codes).Draw(t, "list")
	key := catalog.Price{List: code, SKU: sku, Since: rapid.SampledFrom(days).Draw(t, "since")}
	switch rapid.IntRange(0, 4).Draw(t, "change") {
	case 0:
		it := catalog.Item{SKU: sku, Name: rapid.StringMatching(`[a-z]{0,5}`).Draw(t, "name"), Department: rapid.SampledFrom([]string{"", "x", "Y"}).Draw(t, "department"),
			Kind: "item", Unit: "kg", Retired: rapid.Bool().Draw(t, "retired")}
		m.items[sku] = it
		return func(tx *db.Tx) error { return catalog.Save(tx, it) }
	case 1:
		l := catalog.PriceList{Code: code, Store: rapid.SampledFrom(stores).Draw(t, "store"), Since: key.Since, Priority: rapid.Int64Range(-2, 2).Draw(t, "priority")}
		m.lists[code] = l
		return func(tx *db.Tx) error { return catalog.PutPriceList(tx, l) }
	case 2:
		delete(m.prices, key)
		return func(tx *db.Tx) error { return catalog.RemovePrice(tx, key) }
	case 3:
		p := catalog.Promotion{Code: code, Body: rapid.StringMatching(`\{"[a-z]*"\}`).Draw(t, "body"), Retired: rapid.Bool().Draw(t, "retired")}
		m.offers[code] = p
		return func(tx *db.Tx) error { return catalog.PutPromotion(tx, p) }
	}
	p := key
	p.Price = money.Price(rapid.Int64Range(0, 1e9).Draw(t, "price"))
	if m.items[sku].SKU != "" && m.lists[code].Code != "" {
		m.prices[key] = p.Price
		return func(tx *db.Tx) error { return catalog.PutPrice(tx, p) }
	}
	return func(tx *db.Tx) error {
		if err := catalog.PutPrice(tx, p); err == nil {
			return fmt.Errorf("it took a price of nothing: %+v", p)
		}
		return nil
	}
}

// on are the prices that hold.
func (m *model) on(store string, d day.Day) []catalog.Price {
	best := map[catalog.Price]catalog.Price{}
	for k, price := range m.prices {
		l := m.lists[k.List]
		if l.Store != "" && l.Store != store || l.Since > d || k.Since > d {
			continue
		}
		one := catalog.Price{List: k.List, SKU: k.SKU}
		if old, ok := best[one]; !ok || k.Since > old.Since {
			k.Price = price
			best[one] = k
		}
	}
	return slices.SortedFunc(maps.Values(best), comparePrices)
}

func comparePrices(a, b catalog.Price) int {
	return strings.Compare(a.List+"\x00"+a.SKU+"\x00"+string(a.Since), b.List+"\x00"+b.SKU+"\x00"+string(b.Since))
}

// Whatever changes are made, in whichever groups, the database holds what a few maps would.
func TestAgainstModel(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := &model{map[string]catalog.Item{}, map[string]catalog.PriceList{}, map[catalog.Price]money.Price{}, map[string]catalog.Promotion{}}
		rapid.Check(t, func(rt *rapid.T) {
			changes := make([]func(tx *db.Tx) error, rapid.IntRange(1, 12).Draw(rt, "changes"))
			for i := range changes {
				changes[i] = m.change(rt)
			}
			write(t, d, func(tx *db.Tx) error {
				for _, c := range changes {
					if err := c(tx); err != nil {
						return err
					}
				}
				return nil
			})
			store, on := rapid.SampledFrom(stores).Draw(rt, "at"), rapid.SampledFrom(days[1:]).Draw(rt, "on")
			m.check(t, rt, d, store, on)
		})
	})
}

func (m *model) check(t *testing.T, rt *rapid.T, d *db.DB, store string, on day.Day) {
	items := map[string]catalog.Item{}
	for after, n := "", 1; n > 0; {
		page := read(t, d, func(q db.Q) ([]catalog.Item, error) { return catalog.Items(q, after, 3) })
		for _, it := range page {
			items[it.SKU] = it
			after = it.SKU
		}
		n = len(page)
	}
	if !maps.EqualFunc(items, m.items, catalog.Item.Equal) {
		rt.Fatalf("items %+v, want %+v", items, m.items)
	}
	lists := map[string]catalog.PriceList{}
	for _, l := range read(t, d, catalog.PriceLists) {
		lists[l.Code] = l
	}
	offers := map[string]catalog.Promotion{}
	for _, p := range read(t, d, catalog.Promotions) {
		offers[p.Code] = p
	}
	if !maps.Equal(lists, m.lists) || !maps.Equal(offers, m.offers) {
		rt.Fatalf("lists %+v, want %+v; promotions %+v, want %+v", lists, m.lists, offers, m.offers)
	}
	for code := range m.lists {
		got := map[catalog.Price]money.Price{}
		for after, n := (catalog.Price{}), 1; n > 0; {
			page := read(t, d, func(q db.Q) ([]catalog.Price, error) { return catalog.Prices(q, code, after, 2) })
			for _, p := range page {
				got[catalog.Price{List: p.List, SKU: p.SKU, Since: p.Since}] = p.Price
				after = p
			}
			n = len(page)
		}
		want := maps.Clone(m.prices)
		maps.DeleteFunc(want, func(k catalog.Price, _ money.Price) bool { return k.List != code })
		if !maps.Equal(got, want) {
			rt.Fatalf("prices of %s: %+v, want %+v", code, got, want)
		}
	}
	for _, some := range [][]string{nil, skus, {"B"}} {
		got := read(t, d, func(q db.Q) ([]catalog.Price, error) { return catalog.PricesOn(q, store, on, some) })
		slices.SortFunc(got, comparePrices)
		want := m.on(store, on)
		if some != nil {
			want = slices.DeleteFunc(want, func(p catalog.Price) bool { return !slices.Contains(some, p.SKU) })
		}
		if len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
			rt.Fatalf("in %q on %s: %+v, want %+v", store, on, got, want)
		}
	}
}

// Pages and look-ups go beyond one statement.
func TestManyItems(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const many = 1234
		all := make([]string, many)
		write(t, d, func(tx *db.Tx) error {
			for i := range all {
				all[i] = fmt.Sprintf("SKU-%04d", i)
				if err := catalog.Save(tx, catalog.Item{SKU: all[i], Name: "x", Department: fmt.Sprint("D", i%3)}); err != nil {
					return err
				}
				if err := catalog.AddBarcode(tx, catalog.Barcode{Code: fmt.Sprint("own-", i), SKU: all[i]}); err != nil {
					return err
				}
			}
			return nil
		})
		first := read(t, d, func(q db.Q) ([]catalog.Item, error) { return catalog.Items(q, "", 0) })
		rest := read(t, d, func(q db.Q) ([]catalog.Item, error) { return catalog.Items(q, first[len(first)-1].SKU, 5000) })
		if len(first) != catalog.PageMost || len(first)+len(rest) != many {
			t.Errorf("pages of %d and %d", len(first), len(rest))
		}
		if found := read(t, d, func(q db.Q) (map[string]catalog.Item, error) { return catalog.Lookup(q, append(all, "none")) }); len(found) != many {
			t.Errorf("%d found", len(found))
		}
		if bs := read(t, d, func(q db.Q) ([]catalog.Barcode, error) { return catalog.BarcodesOf(q, all) }); len(bs) != many {
			t.Errorf("%d barcodes", len(bs))
		}
		if page := read(t, d, func(q db.Q) ([]catalog.Barcode, error) { return catalog.Barcodes(q, "", 7) }); len(page) != 7 {
			t.Errorf("a page of %d barcodes", len(page))
		}
		if ds := read(t, d, catalog.Departments); !slices.Equal(ds, []string{"D0", "D1", "D2"}) {
			t.Errorf("departments %v", ds)
		}
	})
}
