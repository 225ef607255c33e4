package pricing_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/pricing"
)

// saturday is 2026-03-14, half past six in the evening, in a shop one hour east of Greenwich.
var saturday = time.Date(2026, 3, 14, 18, 30, 0, 0, time.FixedZone("", 3600))

func price(s string) *money.Price {
	p, err := money.ParsePrice(s)
	if err != nil {
		panic(err)
	}
	return &p
}

func rate(s string) *money.Rate {
	r, err := money.ParseRate(s)
	if err != nil {
		panic(err)
	}
	return &r
}

func minor(n money.Minor) *money.Minor { return &n }

func amount(s string) qty.Qty {
	q, err := qty.Parse(s)
	if err != nil {
		panic(err)
	}
	return q
}

// shop is a book of tax-free items A to E at 10.00, 8.00, 5.00, 3.00 and 2.00, and cheese by weight.
func shop(promos ...pricing.Promotion) pricing.Book {
	return pricing.Book{
		Currency: "EUR",
		Items: []pricing.Item{
			{SKU: "A", Name: "A", Department: "food", Tags: []string{"set"}, Price: price("10"), TaxCategory: ""},
			{SKU: "B", Name: "B", Department: "food", Tags: []string{"set"}, Price: price("8")},
			{SKU: "C", Name: "C", Department: "food", Tags: []string{"set"}, Price: price("5")},
			{SKU: "D", Name: "D", Department: "toys", Price: price("3")},
			{SKU: "E", Name: "E", Department: "toys", Price: price("2")},
			{SKU: "CHEESE", Name: "cheese", Department: "food", Weighed: true, Price: price("19.90"), ItemNumber: "1234"},
			{SKU: "BOOK", Name: "book", Department: "books", NoDiscount: true, Price: price("12")},
			{SKU: "COLA", Name: "cola", Department: "drinks", Price: price("1.50"), Attached: []pricing.Attached{{SKU: "DEP", Qty: amount("1")}}, Barcodes: []string{"4006381333931", "042100005264"}},
			{SKU: "DEP", Name: "deposit", Kind: pricing.BottleDeposit, Price: price("0.25")},
			{SKU: "OPEN", Name: "open price"},
		},
		Promotions: promos,
	}
}

func basket(entries ...pricing.Entry) pricing.Basket {
	return pricing.Basket{At: saturday, Day: "2026-03-14", Store: "S1", Entries: entries}
}

func of(sku string, n int64) pricing.Entry { return pricing.Entry{Item: sku, Qty: qty.Of(n)} }

func quote(t testing.TB, b pricing.Basket, book pricing.Book) pricing.Quote {
	t.Helper()
	q, err := pricing.Price(b, book)
	if err != nil {
		t.Fatal(err)
	}
	checkQuote(t, q)
	return q
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// checkQuote holds for every quote: sums are sums, and nothing fell below zero.
func checkQuote(t fataler, q pricing.Quote) {
	t.Helper()
	var ext, red, net, tax money.Minor
	for i, l := range q.Lines {
		left := l.Extended
		for _, d := range l.Reductions {
			left -= d.Amount
		}
		if left != 0 && (left < 0) != (l.Extended < 0) {
			t.Fatalf("line %d: %d is left of %d", i, left, l.Extended)
		}
		if l.No != i+1 {
			t.Fatalf("line %d has number %d", i, l.No)
		}
		shown := l.Net
		for _, s := range l.Taxes {
			tax += s.Amount
			if q.PricesInclude {
				shown += s.Amount
			}
		}
		if shown != left {
			t.Fatalf("line %d: net and tax are %d, %d is left", i, shown, left)
		}
		ext, red, net = ext+l.Extended, red+l.Extended-left, net+l.Net
	}
	if ext != q.Extended || red != q.Reduced || net != q.Net || tax != q.Tax || q.Total != q.Net+q.Tax {
		t.Fatalf("sums %d %d %d %d differ from the quote's %d %d %d %d", ext, red, net, tax, q.Extended, q.Reduced, q.Net, q.Tax)
	}
}

func wantFault(t *testing.T, b pricing.Basket, book pricing.Book, code, path string) {
	t.Helper()
	_, err := pricing.Price(b, book)
	if fault.CodeOf(err) != code {
		t.Errorf("got %v, want %s", err, code)
		return
	}
	if f, ok := err.(*fault.Error); !ok || f.Path != path {
		t.Errorf("fault %s at %q, want %q", code, f.Path, path)
	}
}

func show(v any) string {
	b, _ := json.MarshalIndent(v, "", " ")
	return string(b)
}
