package catalogue_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/flow/catalogue"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

const bottles = `{
	"items": [
		{"sku": "BEER", "name": "Beer", "tax_category": "standard", "tags": ["summer"], "attached": [{"sku": "BOTTLE"}, {"sku": "CRATE", "qty": "0.05"}]},
		{"sku": "BOTTLE", "name": "Bottle deposit", "kind": "bottle_deposit"},
		{"sku": "CRATE", "name": "Crate deposit", "kind": "bottle_deposit"},
		{"sku": "STAMP", "name": "Stamps", "tax_category": "exempt", "tags": ["summer"], "no_discount": true},
		{"sku": "VASE", "name": "Vase", "kind": "consignment", "tax_category": "standard", "consignor": "C12", "commission": "0.4"}
	],
	"price_lists": [{"code": "standard"}],
	"prices": [{"list": "standard", "sku": "BEER", "price": "1.00"}, {"list": "standard", "sku": "BOTTLE", "price": "0.20"}, {"list": "standard", "sku": "CRATE", "price": "2.00"},
		{"list": "standard", "sku": "STAMP", "price": "1.00"}, {"list": "standard", "sku": "VASE", "price": "12.00"}],
	"promotions": [{"code": "SUMMER", "name": "Summer", "scheme": "discount", "match": {"tags": ["summer"]}, "benefit": {"rate": "0.5"}}]
}`

func put(t testing.TB, d *db.DB, text string) {
	t.Helper()
	if err := catalogue.Put(context.Background(), d, parse(t, text)); err != nil {
		t.Fatal(err)
	}
}

// How an item is sold reaches the engine: what is attached comes along and takes no discount, tags meet
// promotions, a consignment has its owner. The single basket and the whole book agree.
func TestTermsQuoted(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		put(t, d, bottles)
		text := show(t, d)
		put(t, d, text)
		if again := show(t, d); again != text {
			t.Errorf("%s\nhas become\n%s", text, again)
		}
		basket := pricing.Basket{Store: "S1", Day: "2026-03-14", Jurisdiction: "GB", At: time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC),
			Entries: []pricing.Entry{{Item: "BEER", Qty: qty.Of(20)}, {Item: "STAMP", Qty: qty.One}, {Item: "VASE", Qty: qty.One}}}
		check := func(name string, q pricing.Quote) {
			t.Helper()
			if l := q.Lines; len(l) != 5 || l[1].Item != "BOTTLE" || l[1].AttachedTo != 1 || l[1].Extended != 400 || l[2].Extended != 200 || l[3].Extended != 100 ||
				l[4].Party != "C12" || l[4].Commission != 400 || q.Total != 1000+400+200+100+1200 {
				t.Errorf("%s: %+v", name, q)
			}
		}
		check("a basket", read(t, d, func(q db.Q) (pricing.Quote, error) { return catalogue.Quote(q, basket, catalogue.Scope{}) }))
		book := read(t, d, func(q db.Q) (pricing.Book, error) {
			return catalogue.LoadBook(q, catalogue.Scope{Store: "S1", Day: "2026-03-14"})
		})
		rules, err := book.Compile()
		if err != nil {
			t.Fatal(err)
		}
		whole, err := rules.Quote(basket)
		if err != nil {
			t.Fatal(err)
		}
		check("the book", whole)
		scanned := read(t, d, func(q db.Q) ([]pricing.Entry, error) {
			return catalogue.Scan(q, []string{"BEER"}, catalogue.Scope{Store: "S1", Day: "2026-03-14"})
		})
		if len(scanned) != 1 || scanned[0].Item != "BEER" {
			t.Errorf("scanned %+v", scanned)
		}
		if _, _, err := catalogue.Import(context.Background(), d, strings.NewReader("sku,name\nBEER,Ale\n"), catalogue.Options{}); err != nil {
			t.Fatal(err)
		}
		if got := show(t, d); got != strings.Replace(text, `"Beer"`, `"Ale"`, 1) {
			t.Errorf("a file without those columns made it\n%s", got)
		}
	})
}

// What is attached exists, is sold and has nothing attached, in whichever order things are put: the
// book always compiles.
func TestRefusedAttached(t *testing.T) {
	t.Parallel()
	if catalog.AttachedMost != pricing.MaxAttached {
		t.Error("the catalogue and the engine have different limits")
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		put(t, d, bottles)
		before := contents(t, d)
		for name, c := range map[string]struct {
			text string
			want error
			path string
		}{
			"unknown":           {`{"sku": "GIN", "attached": [{"sku": "CRATE"}, {"sku": "NONE"}]}`, pricing.ErrAttached, "items[0].attached[1]"},
			"chain":             {`{"sku": "GIN", "attached": [{"sku": "BEER"}]}`, pricing.ErrAttached, "items[0].attached[0]"},
			"chain in one":      {`{"sku": "GIN", "attached": [{"sku": "RUM"}]}, {"sku": "RUM", "attached": [{"sku": "CRATE"}]}`, pricing.ErrAttached, "items[0].attached[0]"},
			"chain from behind": {`{"sku": "GIN"}, {"sku": "BOTTLE", "attached": [{"sku": "CRATE"}]}`, catalogue.ErrAttached, "items[1]"},
			"retired deposit":   {`{"sku": "BOTTLE", "retired": true}`, catalogue.ErrAttached, "items[0]"},
			"retired together":  {`{"sku": "GIN", "attached": [{"sku": "RUM"}]}, {"sku": "RUM", "retired": true}`, pricing.ErrAttached, "items[0].attached[0]"},
			"itself":            {`{"sku": "GIN", "attached": [{"sku": "GIN"}]}`, catalog.ErrAttached, "items[0].attached"},
			"quantity":          {`{"sku": "GIN", "attached": [{"sku": "CRATE", "qty": "-1"}]}`, catalog.ErrAttached, "items[0].attached"},
			"twice":             {`{"sku": "GIN", "tags": ["a"]}, {"sku": "GIN", "tags": ["b"]}`, catalogue.ErrTwice, "items[1].sku"},
		} {
			err := catalogue.Put(context.Background(), d, parse(t, `{"items": [`+c.text+`]}`))
			var f *fault.Error
			if !errors.Is(err, c.want) || !errors.As(err, &f) || f.Path != c.path {
				t.Errorf("%s: %v", name, err)
			}
		}
		if contents(t, d) != before {
			t.Error("something was written")
		}
		// Once the beer has it no more, the bottle may go; a retired beer keeps what it had.
		put(t, d, `{"items": [{"sku": "BEER", "attached": [{"sku": "BOTTLE"}], "retired": true}, {"sku": "BOTTLE", "kind": "bottle_deposit", "retired": true}]}`)
		put(t, d, show(t, d))
		err := catalogue.Put(context.Background(), d, parse(t, `{"items": [{"sku": "BEER", "attached": [{"sku": "BOTTLE"}]}]}`))
		if !errors.Is(err, pricing.ErrAttached) {
			t.Errorf("beer is back without its bottle: %v", err)
		}
		book := read(t, d, func(q db.Q) (pricing.Book, error) {
			return catalogue.LoadBook(q, catalogue.Scope{Store: "S1", Day: "2026-03-14"})
		})
		if _, err := book.Compile(); err != nil {
			t.Error(err)
		}
		if _, err := catalogue.Read(strings.NewReader(`{"items": [{"sku": "A", "attached": [{"sku": "B", "quantity": "1"}]}]}`)); err == nil {
			t.Error("a misspelt field was read")
		}
	})
}
