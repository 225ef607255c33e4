package pricing_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/domain/tax"
)

// taxed puts every item of the shop into a category: food 7 %, toys and the rest 21 %, and for
// "US-X" a state and a county tax.
func taxed(include bool, policy tax.Rounding, promos ...pricing.Promotion) pricing.Book {
	b := shop(promos...)
	b.PricesInclude, b.TaxPolicy.Rounding = include, policy
	for i := range b.Items {
		b.Items[i].TaxCategory = "standard"
		if b.Items[i].Department == "food" {
			b.Items[i].TaxCategory = "reduced"
		}
	}
	comp := func(code, r string) tax.Component { return tax.Component{Code: code, Rate: *rate(r)} }
	b.Taxes.Entries = []tax.Entry{
		{Category: "standard", Jurisdiction: "EU", Since: "2020-01-01", Until: "2025-12-31", Source: "test", Components: []tax.Component{comp("V19", "0.19")}},
		{Category: "standard", Jurisdiction: "EU", Since: "2026-01-01", Source: "test", Components: []tax.Component{comp("V21", "0.21")}},
		{Category: "reduced", Jurisdiction: "EU", Since: "2020-01-01", Source: "test", Components: []tax.Component{comp("V7", "0.07")}},
		{Category: "standard", Jurisdiction: "US-X", Since: "2020-01-01", Source: "test", Components: []tax.Component{comp("STATE", "0.06"), comp("COUNTY", "0.0125")}},
		{Category: "reduced", Jurisdiction: "US-X", Since: "2020-01-01", Source: "test", Components: []tax.Component{}},
	}
	return b
}

func TestTaxes(t *testing.T) {
	t.Parallel()
	b := basket(of("D", 3))
	b.Jurisdiction = "EU"
	// 3 x 3.00 with 21 % inside: 9.00 x 21/121 = 1.5619.
	if q := quote(t, b, taxed(true, tax.PerRate)); q.Total != 900 || q.Tax != 156 || q.Net != 744 {
		t.Errorf("%s", show(q))
	}
	if b.Day = "2025-12-31"; quote(t, b, taxed(true, tax.PerRate)).Tax != 144 { // 9.00 x 19/119 = 1.4370
		t.Error("the rate of the day counts")
	}
	b = basket(of("D", 1), of("A", 1))
	b.Jurisdiction = "US-X-7"
	q := quote(t, b, taxed(false, tax.PerLine))
	if q.Total != 1300+18+4 || len(q.Lines[0].Taxes) != 2 || len(q.Lines[1].Taxes) != 0 || len(q.Warnings) != 0 {
		t.Errorf("%s", show(q))
	}
	b.TaxExempt = "certificate 12"
	if q = quote(t, b, taxed(false, tax.PerLine)); q.Total != 1300 || len(q.Lines[0].Taxes) != 2 || q.Lines[0].Taxes[0].Base != 300 {
		t.Errorf("exempt: %s", show(q))
	}
	wantFault(t, b, taxed(true, tax.PerLine), "exempt_with_tax_included", "tax_exempt")
	b.TaxExempt, b.Jurisdiction = "", "MOON"
	if q = quote(t, b, taxed(false, tax.PerLine)); len(q.Warnings) != 2 || q.Warnings[1] != (pricing.Warning{Code: "tax_unknown", Line: 2}) {
		t.Errorf("unknown place: %s", show(q.Warnings))
	}
	book := taxed(false, "given")
	wantFault(t, b, book, "tax_policy", "book.tax_policy.rounding")
}

func TestNetDiscount(t *testing.T) {
	t.Parallel()
	entry := func(off string) pricing.Basket {
		e := of("D", 1)
		e.Discounts = []pricing.Discount{{Rate: rate(off), Reason: "r"}}
		b := basket(e)
		b.Jurisdiction = "EU"
		return b
	}
	for _, c := range []struct {
		include  bool
		off      string
		net, dis money.Minor
	}{
		{false, "0.1", 270, 30},
		{true, "0.1", 223, 25},  // 2.70 with 0.47 tax; 3.00 would have had a net of 2.48
		{true, "1", 0, 248},     // nothing left
		{true, "0.995", 1, 247}, // one cent left, without tax: no ratio to go by
		{true, "0", 248, 0},
	} {
		if l := quote(t, entry(c.off), taxed(c.include, tax.PerLine)).Lines[0]; l.Net != c.net || l.NetDiscount != c.dis {
			t.Errorf("%v: net %d, discount %d", c, l.Net, l.NetDiscount)
		}
	}
}

func TestConsignment(t *testing.T) {
	t.Parallel()
	book := taxed(true, tax.PerLine)
	book.Items = append(book.Items, pricing.Item{SKU: "ART", Kind: pricing.Consignment, Price: price("121"), TaxCategory: "standard", Consignor: "C12", Commission: *rate("0.333")})
	b := basket(of("ART", 1))
	b.Jurisdiction = "EU"
	if l := quote(t, b, book).Lines[0]; l.Net != 10000 || l.Commission != 3330 || l.Party != "C12" {
		t.Errorf("%s", show(l))
	}
	book.Items[0].Commission = *rate("0.1")
	wantFault(t, b, book, "discount_invalid", "book.items[0].commission")
}

func TestServiceChargeIsTaxed(t *testing.T) {
	t.Parallel()
	b := basket(of("D", 1))
	b.Jurisdiction = "EU"
	b.Charges = []pricing.Charge{{Kind: pricing.ServiceCharge, Name: "service", Rate: rate("0.1"), TaxCategory: "standard"}, {Kind: pricing.Tip, Name: "tip", Amount: minor(50)}}
	q := quote(t, b, taxed(false, tax.PerLine))
	if q.Total != 300+63+30+6+50 || len(q.Warnings) != 0 {
		t.Errorf("%s", show(q))
	}
}

// Every policy, with and without tax in the price: the document is the sum of its lines, a price
// with tax stays what it is, and the net discount stays inside the discount.
func TestAnyTaxedBasket(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := genBasket(rt)
		b.Jurisdiction = rapid.SampledFrom([]string{"EU", "US-X", "nowhere"}).Draw(rt, "place")
		book := taxed(rapid.Bool().Draw(rt, "include"), rapid.SampledFrom([]tax.Rounding{tax.PerLine, tax.PerRate, tax.PerReceipt}).Draw(rt, "policy"), genPromotion(rt, "p"))
		book.TaxPolicy.Mode = rapid.SampledFrom([]fixed.Rounding{"", fixed.HalfEven, fixed.Down, fixed.Up}).Draw(rt, "mode")
		q, err := pricing.Price(b, book)
		if err != nil {
			rt.Fatal(err)
		}
		checkQuote(rt, q)
		for _, l := range q.Lines {
			var red money.Minor
			for _, d := range l.Reductions {
				red += d.Amount
			}
			if l.NetDiscount.Abs() > red.Abs() || l.NetDiscount != 0 && (l.NetDiscount < 0) != (red < 0) || !book.PricesInclude && l.NetDiscount != red {
				rt.Fatalf("reductions %d, net discount %d", red, l.NetDiscount)
			}
			odd := book.PricesInclude && l.Net.Abs() <= money.Minor(len(l.Taxes)) // taxes rounded up beyond a cent of price
			if l.Net != 0 && !odd && (l.Net < 0) != (l.Qty < 0) || (l.Qty > 0) != (l.Qty >= qty.Qty(1)) {
				rt.Fatalf("line %s", show(l))
			}
		}
	})
}
