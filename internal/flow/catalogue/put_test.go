package catalogue_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/flow/catalogue"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// open sets a shop up: prices with tax, in London.
func open(t testing.TB, d *db.DB) {
	t.Helper()
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		if err := org.PutSetting(tx, org.SettingBook, "GBP"); err != nil {
			return err
		}
		for _, s := range []string{"S1", "S2"} {
			if err := org.AddStore(tx, org.Store{Code: s, Name: s, Zone: "Europe/London", Jurisdiction: "GB", PricesInclude: true, TaxRounding: "line"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func read[T any](t testing.TB, d *db.DB, fn func(q db.Q) (T, error)) (out T) {
	t.Helper()
	if err := d.Read(context.Background(), func(v *db.View) (err error) { out, err = fn(v); return err }); err != nil {
		t.Fatal(err)
	}
	return out
}

// contents is everything that is stored, to compare.
func contents(t testing.TB, d *db.DB) string {
	t.Helper()
	var all []any
	for _, part := range []func(q db.Q) (any, error){
		func(q db.Q) (any, error) { return catalog.Items(q, "", 0) },
		func(q db.Q) (any, error) { return catalog.Barcodes(q, "", 0) },
		func(q db.Q) (any, error) { return catalog.PriceLists(q) },
		func(q db.Q) (any, error) { return catalog.Promotions(q) },
		func(q db.Q) (any, error) { return catalog.ItemPrices(q, "APPLE") },
		func(q db.Q) (any, error) { return catalog.ItemPrices(q, "BREAD") },
		func(q db.Q) (any, error) { return catalog.TaxEntries(q) },
		func(q db.Q) (any, error) { return catalog.BarcodeFormats(q) },
		func(q db.Q) (any, error) { return ledger.Accounts(q) },
	} {
		all = append(all, read(t, d, part))
	}
	b, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

const sample = `{
	"items": [
		{"sku": "APPLE", "name": "Apples", "department": "Fruit", "kind": "", "unit": "kg", "tax_category": "zero", "cost": "1.10", "reorder_point": "5", "reorder_to": "20"},
		{"sku": "BREAD", "name": "Bread", "department": "Bakery", "kind": "item", "unit": "each", "tax_category": "standard", "cost": 0.8, "reorder_point": 0, "reorder_to": 0},
		{"sku": "WRAP", "name": "Gift wrap", "kind": "service", "unit": "each", "tax_category": "standard", "cost": "0", "reorder_point": "0", "reorder_to": "0", "retired": true}
	],
	"barcodes": [{"code": "4006381333931", "sku": "BREAD"}, {"code": "14006381333938", "sku": "BREAD", "qty": "12"}, {"code": "4011", "sku": "APPLE"}],
	"price_lists": [{"code": "standard", "name": "Standard"}, {"code": "club", "customer_group": "club", "since": "2026-01-01"}, {"code": "s2", "store": "S2", "priority": 1}],
	"prices": [
		{"list": "standard", "sku": "APPLE", "price": "2.00"}, {"list": "standard", "sku": "APPLE", "since": "2026-03-01", "price": "2.40"},
		{"list": "standard", "sku": "BREAD", "price": "1.20"}, {"list": "club", "sku": "BREAD", "price": "1.00"}, {"list": "s2", "sku": "BREAD", "price": "1.50"}
	],
	"promotions": [{"code": "3for2", "name": "Three for two", "scheme": "buy_get", "buy": {"match": {"departments": ["Bakery"]}, "count": 2}, "get": {"count": 1}, "benefit": {"rate": "1"}}]
}`

func parse(t testing.TB, text string) catalogue.Catalogue {
	t.Helper()
	c, err := catalogue.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Putting a catalogue twice is putting it once.
func TestPutIsIdempotent(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		c := parse(t, sample)
		if err := catalogue.Put(context.Background(), d, c); err != nil {
			t.Fatal(err)
		}
		first := contents(t, d)
		if err := catalogue.Put(context.Background(), d, c); err != nil {
			t.Fatal(err)
		}
		if again := contents(t, d); again != first {
			t.Errorf("it changed\n%s\nto\n%s", first, again)
		}
		c = catalogue.Catalogue{Items: []catalog.Item{{SKU: "BREAD", Name: "Brown bread"}}, Prices: []catalog.Price{{List: "standard", SKU: "BREAD", Price: 1_300_000}}}
		if err := catalogue.Put(context.Background(), d, c); err != nil {
			t.Fatal(err)
		}
		if got := contents(t, d); !strings.Contains(got, "Brown bread") || !strings.Contains(got, `"1.30"`) || strings.Contains(got, `"1.20"`) {
			t.Errorf("it was not replaced: %s", got)
		}
	})
}

// One fault anywhere, and nothing is written; the fault says where.
func TestPutIsAllOrNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := catalogue.Put(context.Background(), d, parse(t, sample)); !errors.Is(err, catalogue.ErrNoBooks) {
			t.Errorf("before the shop is set up: %v", err)
		}
		open(t, d)
		if err := catalogue.Put(context.Background(), d, parse(t, sample)); err != nil {
			t.Fatal(err)
		}
		before := contents(t, d)
		rate := money.OneRate
		for path, c := range map[string]struct {
			want   error
			change func(c *catalogue.Catalogue)
		}{
			"items[1].sku":     {catalog.ErrCode, func(c *catalogue.Catalogue) { c.Items[1].SKU = "" }},
			"items[2].kind":    {catalog.ErrKind, func(c *catalogue.Catalogue) { c.Items[2].Kind = "thing" }},
			"items[3].sku":     {catalogue.ErrTwice, func(c *catalogue.Catalogue) { c.Items = append(c.Items, catalog.Item{SKU: "APPLE"}) }},
			"barcodes[0].code": {catalog.ErrGTIN, func(c *catalogue.Catalogue) { c.Barcodes[0].Code = "4006381333930" }},
			"barcodes[2].sku":  {catalog.ErrNoItem, func(c *catalogue.Catalogue) { c.Barcodes[2].SKU = "PEAR" }},
			"barcodes[3].code": {catalog.ErrBarcodeTaken, func(c *catalogue.Catalogue) {
				c.Barcodes = append(c.Barcodes, catalog.Barcode{Code: "04006381333931", SKU: "APPLE"})
			}},
			"price_lists[0].since": {catalog.ErrDays, func(c *catalogue.Catalogue) { c.PriceLists[0].Since = "soon" }},
			"price_lists[2].store": {org.ErrNoStore, func(c *catalogue.Catalogue) { c.PriceLists[2].Store = "S3" }},
			"price_lists[1].code":  {catalogue.ErrTwice, func(c *catalogue.Catalogue) { c.PriceLists[1].Code = "standard" }},
			"prices[1].list":       {catalog.ErrNoPriceList, func(c *catalogue.Catalogue) { c.Prices[1].List = "summer" }},
			"prices[2].sku":        {catalog.ErrNoItem, func(c *catalogue.Catalogue) { c.Prices[2].SKU = "PEAR" }},
			"prices[1].sku":        {catalogue.ErrTwice, func(c *catalogue.Catalogue) { c.Prices[1].Since = "" }},
			"promotions[0].tiers":  {pricing.ErrPromotion, func(c *catalogue.Catalogue) { c.Promotions[0].Tiers = []pricing.Tier{{}} }},
			"promotions[0].code":   {pricing.ErrPromotion, func(c *catalogue.Catalogue) { c.Promotions[0].Code = "" }},
			"promotions[1].code":   {catalogue.ErrTwice, func(c *catalogue.Catalogue) { c.Promotions = append(c.Promotions, c.Promotions[0]) }},
			"promotions[0].benefit": {pricing.ErrPromotion, func(c *catalogue.Catalogue) {
				c.Promotions[0].Benefit.Amount, c.Promotions[0].Benefit.Rate = new(money.Minor), &rate
			}},
			"promotions[0].when": {pricing.ErrWindow, func(c *catalogue.Catalogue) { c.Promotions[0].When.Days = []string{"Monday"} }},
		} {
			wrong := parse(t, sample)
			wrong.Items[0].Name = "Other apples" // would be written, were it not for the fault
			c.change(&wrong)
			err := catalogue.Put(context.Background(), d, wrong)
			var f *fault.Error
			if !errors.Is(err, c.want) || errors.As(err, &f) && f.Path != path {
				t.Errorf("%s: %v", path, err)
			}
			if contents(t, d) != before {
				t.Fatalf("%s: something was written", path)
			}
		}
		many := catalogue.Catalogue{Prices: make([]catalog.Price, 250_001)}
		if err := catalogue.Put(context.Background(), d, many); !errors.Is(err, catalogue.ErrTooLarge) {
			t.Errorf("too many: %v", err)
		}
	})
}

// A basket is priced from the database: dated prices, stores, groups, promotions, taxes.
func TestQuote(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		if err := catalogue.Put(context.Background(), d, parse(t, sample)); err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
		basket := func(change func(b *pricing.Basket)) pricing.Basket {
			b := pricing.Basket{Store: "S1", Day: "2026-03-14", At: at, Entries: []pricing.Entry{{Item: "APPLE", Qty: 1_500_000}, {Item: "BREAD", Qty: qty.Of(3)}}}
			if change != nil {
				change(&b)
			}
			return b
		}
		for name, c := range map[string]struct {
			basket pricing.Basket
			want   money.Minor
		}{
			"today":              {basket(nil), 360 + 240},
			"before the rise":    {basket(func(b *pricing.Basket) { b.Day = "2026-02-28" }), 300 + 240},
			"a member":           {basket(func(b *pricing.Basket) { b.Groups = []string{"club"} }), 360 + 200},
			"too early a member": {basket(func(b *pricing.Basket) { b.Groups, b.Day = []string{"club"}, "2025-12-31" }), 300 + 240},
			"the other store":    {basket(func(b *pricing.Basket) { b.Store = "S2" }), 360 + 300},
		} {
			quote := read(t, d, func(q db.Q) (pricing.Quote, error) { return catalogue.Quote(q, c.basket, catalogue.Scope{}) })
			if quote.Total != c.want || len(quote.Warnings) > 0 {
				t.Errorf("%s: %d, want %d; %+v", name, quote.Total, c.want, quote.Warnings)
			}
			if tax := quote.Lines[1].Net; quote.Tax != quote.Lines[1].Taxes[0].Amount || tax+quote.Tax != c.want-quote.Lines[0].Net {
				t.Errorf("%s: taxes %+v", name, quote.Taxes)
			}
		}
		for name, c := range map[string]struct {
			basket pricing.Basket
			want   error
		}{
			"retired":       {basket(func(b *pricing.Basket) { b.Entries[0].Item = "WRAP" }), pricing.ErrItemUnknown},
			"unknown":       {basket(func(b *pricing.Basket) { b.Entries[0].Item = "PEAR" }), pricing.ErrItemUnknown},
			"unknown store": {basket(func(b *pricing.Basket) { b.Store = "S3" }), org.ErrNoStore},
			"no day":        {basket(func(b *pricing.Basket) { b.Day = "" }), nil},
			"too long": {basket(func(b *pricing.Basket) {
				b.Entries = make([]pricing.Entry, 5001)
				for i := range b.Entries {
					b.Entries[i].Item = "x"
				}
			}), pricing.ErrTooMany},
		} {
			err := d.Read(context.Background(), func(v *db.View) error { _, err := catalogue.Quote(v, c.basket, catalogue.Scope{}); return err })
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// A till's whole book quotes and scans as the single baskets are quoted.
func TestLoadBook(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		if err := catalogue.Put(context.Background(), d, parse(t, sample)); err != nil {
			t.Fatal(err)
		}
		book := read(t, d, func(q db.Q) (pricing.Book, error) {
			return catalogue.LoadBook(q, catalogue.Scope{Store: "S2", Day: "2026-03-14"})
		})
		rules, err := book.Compile()
		if err != nil {
			t.Fatal(err)
		}
		for code, want := range map[string]string{"4006381333931": "BREAD", "04006381333931": "BREAD", "4011": "APPLE"} {
			if e, err := rules.Scan(code); err != nil || e.Item != want {
				t.Errorf("%s is %+v, %v", code, e, err)
			}
		}
		if e, err := rules.Scan("14006381333938"); err != nil || e.Item != "BREAD" || e.Qty != qty.Of(12) {
			t.Errorf("a case of twelve loaves is %+v, %v", e, err)
		}
		basket := pricing.Basket{Store: "S2", Day: "2026-03-14", Jurisdiction: "GB", At: time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC),
			Entries: []pricing.Entry{{Item: "BREAD", Qty: qty.Of(3)}, {Item: "APPLE", Qty: qty.One}}}
		one, err := rules.Quote(basket)
		if err != nil {
			t.Fatal(err)
		}
		two := read(t, d, func(q db.Q) (pricing.Quote, error) { return catalogue.Quote(q, basket, catalogue.Scope{}) })
		if !reflect.DeepEqual(one, two) {
			t.Errorf("%+v\n%+v", one, two)
		}
		if len(book.Items) != 2 || !book.PricesInclude || !book.Items[0].Weighed || book.Items[0].ItemNumber != "4011" {
			t.Errorf("%+v", book.Items)
		}
		for _, e := range book.Taxes.Entries {
			if !strings.HasPrefix(e.Jurisdiction, "GB") {
				t.Errorf("taxes of %s", e.Jurisdiction)
			}
		}
	})
}
