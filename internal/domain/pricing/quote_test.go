package pricing_test

import (
	"slices"
	"testing"

	"github.com/tillpost/tillpost/internal/base/gtin"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/pricing"
)

func TestPriceLists(t *testing.T) {
	t.Parallel()
	book := shop()
	list := func(code string, p string, l pricing.PriceList) pricing.PriceList {
		l.Code, l.Prices = code, []pricing.ListPrice{{SKU: "A", Price: *price(p)}}
		return l
	}
	book.Lists = []pricing.PriceList{
		list("all", "9", pricing.PriceList{Priority: 99}),
		list("store", "8", pricing.PriceList{Stores: []string{"S1"}, Priority: 50}),
		list("group", "7", pricing.PriceList{Groups: []string{"staff"}}),
		list("both", "6", pricing.PriceList{Stores: []string{"S2"}, Groups: []string{"staff"}}),
		list("new-year", "5", pricing.PriceList{Stores: []string{"S1"}, Priority: 50, From: "2026-01-01", To: "2026-02-28"}),
		list("spring", "4.50", pricing.PriceList{Stores: []string{"S3"}, Priority: 1, From: "2026-03-01"}),
		list("autumn", "4.40", pricing.PriceList{Stores: []string{"S3"}, Priority: 1, From: "2025-09-01"}),
		list("first", "4.30", pricing.PriceList{Stores: []string{"S3"}, Priority: 2, From: "2020-01-01"}),
	}
	for _, c := range []struct {
		store, group string
		want         money.Minor
	}{
		{"S9", "", 900}, {"S1", "", 800}, {"S1", "staff", 700}, {"S2", "staff", 600}, {"S2", "", 900}, {"S3", "", 430},
	} {
		b := basket(of("A", 1))
		b.Store = c.store
		if c.group != "" {
			b.Groups = []string{"club", c.group}
		}
		if q := quote(t, b, book); q.Total != c.want {
			t.Errorf("store %q, group %q: %d, want %d", c.store, c.group, q.Total, c.want)
		}
	}
	book.Lists = book.Lists[:7]
	b := basket(of("A", 1))
	if b.Store = "S3"; quote(t, b, book).Total != 450 {
		t.Error("of equal lists the newest counts")
	}
	b.Store, b.Day = "S1", "2026-02-28"
	if quote(t, b, book).Total != 500 {
		t.Error("the last day of a list counts")
	}
}

func TestManualPricesAndDiscounts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		entry pricing.Entry
		want  money.Minor
		kinds []string
	}{
		"override down": {pricing.Entry{Item: "A", Qty: qty.Of(2), Price: price("9"), Reason: "shelf label"}, 1800, []string{"override"}},
		"override up":   {pricing.Entry{Item: "A", Qty: qty.Of(2), Price: price("11"), Reason: "gold edition"}, 2200, nil},
		"open price":    {pricing.Entry{Item: "OPEN", Qty: qty.Of(1), Price: price("4.20")}, 420, nil},
		"rate":          {pricing.Entry{Item: "C", Qty: qty.Of(1), Discounts: []pricing.Discount{{Rate: rate("0.333"), Reason: "dent"}}}, 333, []string{"line"}},
		"amount":        {pricing.Entry{Item: "C", Qty: qty.Of(2), Discounts: []pricing.Discount{{Amount: minor(150), Reason: "dent"}}}, 850, []string{"line"}},
		"too large":     {pricing.Entry{Item: "C", Qty: qty.Of(1), Discounts: []pricing.Discount{{Amount: minor(900), Reason: "dent"}}}, 0, []string{"line"}},
		"fixed price":   {pricing.Entry{Item: "C", Qty: qty.Of(3), Discounts: []pricing.Discount{{Price: price("4.99"), Reason: "match"}}}, 1497, []string{"line"}},
		"fixed total":   {pricing.Entry{Item: "C", Qty: qty.Of(3), Discounts: []pricing.Discount{{Total: minor(1400), Reason: "deal"}}}, 1400, []string{"line"}},
		"dearer price":  {pricing.Entry{Item: "C", Qty: qty.Of(3), Discounts: []pricing.Discount{{Price: price("6"), Reason: "match"}}}, 1500, nil},
		"two": {pricing.Entry{Item: "A", Qty: qty.Of(1), Discounts: []pricing.Discount{{Rate: rate("0.1"), Reason: "x"}, {Rate: rate("0.1"), Reason: "y"}}},
			810, []string{"line", "line"}},
		"return without receipt": {pricing.Entry{Item: "A", Qty: qty.Of(-1), Reason: "too small", Discounts: []pricing.Discount{{Rate: rate("0.1"), Reason: "worn"}}}, -900, []string{"line"}},
	} {
		q := quote(t, basket(c.entry), shop())
		if q.Total != c.want || len(q.Lines[0].Reductions) != len(c.kinds) {
			t.Errorf("%s: %d, want %d\n%s", name, q.Total, c.want, show(q))
			continue
		}
		for i, k := range c.kinds {
			if q.Lines[0].Reductions[i].Kind != k || q.Lines[0].Reductions[i].Reason == "" {
				t.Errorf("%s: %s", name, show(q.Lines[0].Reductions))
			}
		}
	}
}

func TestBasketDiscount(t *testing.T) {
	t.Parallel()
	b := basket(of("A", 1), of("B", 1), of("C", 1), of("BOOK", 1), of("COLA", 1), of("A", -1))
	b.Discounts = []pricing.Discount{{Amount: minor(100), Reason: "regular"}}
	q := quote(t, b, shop())
	// 1.00 over 10.00, 8.00, 5.00 and 1.50: 40.8, 32.7, 20.4 and 6.1, so 41, 33, 20 and 6.
	var got []money.Minor
	for _, l := range q.Lines {
		var r money.Minor
		for _, d := range l.Reductions {
			r += d.Amount
		}
		got = append(got, r)
	}
	want := []money.Minor{41, 33, 20, 0, 6, 0, 0}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("shares %v, want %v", got, want)
		}
	}
	b.Discounts = []pricing.Discount{{Total: minor(2000), Reason: "deal"}, {Rate: rate("0.5"), Reason: "half"}}
	if q = quote(t, b, shop()); q.Total != 1000+1200+25-1000 {
		t.Errorf("total %d", q.Total)
	}
	b.Discounts = []pricing.Discount{{Amount: minor(9_999_999), Reason: "all"}}
	if q = quote(t, b, shop()); q.Total != 1200+25-1000 {
		t.Errorf("a huge discount leaves %d", q.Total)
	}
}

func TestWeighedAndAttached(t *testing.T) {
	t.Parallel()
	q := quote(t, basket(pricing.Entry{Item: "CHEESE", Qty: amount("0.256")}), shop())
	if q.Total != 509 { // 0.256 x 19.90 = 5.0944
		t.Errorf("cheese by weight: %d", q.Total)
	}
	q = quote(t, basket(pricing.Entry{Item: "CHEESE", Amount: minor(509)}), shop())
	if l := q.Lines[0]; q.Total != 509 || l.Qty != amount("0.256") || l.UnitPrice != *price("19.90") {
		t.Errorf("cheese by label: %s", show(l))
	}
	q = quote(t, basket(of("COLA", 6), of("DEP", -4)), shop())
	if len(q.Lines) != 3 || q.Lines[1].Kind != pricing.BottleDeposit || q.Lines[1].AttachedTo != 1 || q.Lines[1].Extended != 150 || q.Total != 900+150-100 {
		t.Errorf("deposits: %s", show(q.Lines))
	}
}

func TestChargesAndLiabilities(t *testing.T) {
	t.Parallel()
	b := basket(of("A", 1), pricing.Entry{Kind: pricing.GiftCard, Name: "gift card", Amount: minor(5000), Party: "card 4711"},
		pricing.Entry{Kind: pricing.Charity, Name: "lifeboats", Amount: minor(55)})
	b.Discounts = []pricing.Discount{{Rate: rate("0.2"), Reason: "opening"}}
	b.Charges = []pricing.Charge{{Kind: pricing.Tip, Name: "tip", Rate: rate("0.1"), Party: "E7"}, {Kind: pricing.ServiceCharge, Name: "service", Rate: rate("0.125")}}
	q := quote(t, b, shop())
	// 8.00 of goods: service 1.00, tip 0.80; the gift card and the charity take no discount.
	if q.Total != 800+5000+55+100+80 || q.Lines[3].Kind != pricing.ServiceCharge || q.Lines[4].Kind != pricing.Tip {
		t.Errorf("%s", show(q))
	}
}

func TestScan(t *testing.T) {
	t.Parallel()
	book := shop()
	book.Barcodes = []gtin.Format{{Name: "weight", Pattern: "21IIIIIWWWWWC", Decimals: 3}, {Name: "price", Pattern: "22IIIIIPPPPPC", Decimals: 2}}
	at := slices.IndexFunc(book.Items, func(it pricing.Item) bool { return it.SKU == "COLA" })
	book.Items[at].Packs = []pricing.Pack{{Barcode: "14006381333938", Qty: qty.Of(12)}, {Barcode: "CRATE", Qty: qty.Of(24)}}
	rules, err := book.Compile()
	if err != nil {
		t.Fatal(err)
	}
	with := func(s string) string {
		d, _ := gtin.CheckDigit(s)
		return s + string(d)
	}
	for code, want := range map[string]pricing.Entry{
		with("210123400256"): {Item: "CHEESE", Qty: amount("0.256")},
		with("220123400509"): {Item: "CHEESE", Amount: minor(509)},
		"4006381333931":      of("COLA", 1),
		"04006381333931":     of("COLA", 1),
		"042100005264":       of("COLA", 1),
		"0042100005264":      of("COLA", 1),
		"04252614":           of("COLA", 1),  // UPC-E of the second number
		"14006381333938":     of("COLA", 12), // the case
		"CRATE":              of("COLA", 24),
		"BOOK":               of("BOOK", 1),
	} {
		got, err := rules.Scan(code)
		if err != nil || show(got) != show(want) {
			t.Errorf("Scan(%s) = %s, %v", code, show(got), err)
		}
	}
	for code, want := range map[string]error{
		"4006381333932": gtin.ErrCheck, "5901234123457": pricing.ErrBarcode, "": pricing.ErrBarcode, with("219999900256"): pricing.ErrBarcode,
	} {
		if _, err := rules.Scan(code); err != want {
			t.Errorf("Scan(%q): %v, want %v", code, err, want)
		}
	}
	for path, p := range map[string]pricing.Pack{
		"book.items[0].packs[0].qty":     {Barcode: "X", Qty: 0},
		"book.items[0].packs[0].barcode": {Barcode: "X", Qty: qty.Of(6)},
	} {
		book.Items[0].Barcodes, book.Items[0].Packs = []string{"X"}, []pricing.Pack{p}
		wantFault(t, basket(of("A", 1)), book, map[bool]string{true: "pack_invalid", false: "barcode_twice"}[p.Qty == 0], path)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	wantFault(t, basket(of("NOPE", 1)), shop(), "item_unknown", "entries[0].item")
	wantFault(t, basket(of("A", 1), of("A", 0)), shop(), "entry_qty_missing", "entries[1].qty")
	wantFault(t, basket(of("OPEN", 1)), shop(), "price_missing", "entries[0].price")
	wantFault(t, basket(pricing.Entry{Item: "A", Qty: qty.One, Price: price("1")}), shop(), "reason_missing", "entries[0].reason")
	wantFault(t, basket(pricing.Entry{Item: "A", Qty: qty.One, Price: price("-1"), Reason: "x"}), shop(), "price_negative", "entries[0].price")
	wantFault(t, basket(pricing.Entry{Kind: "gold", Qty: qty.One}), shop(), "entry_kind_unknown", "entries[0].kind")
	wantFault(t, basket(of("A", 1_000_000_001)), shop(), "basket_too_large", "entries[0].qty")
	wantFault(t, basket(of("A", 900_000_000), of("A", 900_000_000)), shop(), "basket_too_large", "entries")
	wantFault(t, basket(make([]pricing.Entry, pricing.MaxEntries+1)...), shop(), "basket_too_long", "entries")
	wantFault(t, basket(pricing.Entry{Item: "A", Qty: qty.One, Discounts: []pricing.Discount{{Rate: rate("1.1"), Reason: "x"}}}), shop(), "discount_invalid", "entries[0].discounts[0]")
	wantFault(t, basket(pricing.Entry{Item: "A", Qty: qty.One, Discounts: []pricing.Discount{{Rate: rate("0.1")}}}), shop(), "reason_missing", "entries[0].discounts[0]")
	wantFault(t, basket(pricing.Entry{Item: "BOOK", Qty: qty.One, Discounts: []pricing.Discount{{Rate: rate("0.1"), Reason: "x"}}}), shop(), "discount_invalid", "entries[0].discounts")
	b := basket(of("A", 1))
	b.Discounts = []pricing.Discount{{Price: price("1"), Reason: "x"}}
	wantFault(t, b, shop(), "discount_invalid", "discounts[0]")
	b = basket(of("A", 1))
	b.Day = ""
	wantFault(t, b, shop(), "basket_day_missing", "day")
	b = basket(of("A", 1))
	b.Charges = []pricing.Charge{{Kind: pricing.ItemLine, Amount: minor(1)}}
	wantFault(t, b, shop(), "charge_invalid", "charges[0]")
}
