package receipt_test

import (
	"time"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/tax"
)

var now = time.Date(2026, 3, 14, 17, 30, 0, 0, time.UTC)

func uid(n byte) id.ID { return id.ID{0x01, 0x9c, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, n} }

func head(n byte) receipt.Head {
	return receipt.Head{ID: uid(n), Store: "S1", Register: "R1", Number: int64(n), BusinessDay: "2026-03-14", DeviceTime: now, Employee: "E7"}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func rateOf(s string) money.Rate   { return must(money.ParseRate(s)) }
func priceOf(s string) money.Price { return must(money.ParsePrice(s)) }

// j11 is the sale of the worked entry J11: 3 x 9.99 with 21 % inside, taxed as one receipt.
func j11() receipt.Receipt {
	return receipt.Receipt{
		ID: uid(1), Kind: receipt.Sale, Store: "S1", Register: "R1", Number: 1, BusinessDay: "2026-03-14", DeviceTime: now,
		Currency: "EUR", PricesInclude: true, TaxRounding: receipt.RoundPerRate, TaxMode: fixed.HalfUp,
		Lines: []receipt.Line{{
			No: 1, Kind: receipt.Item, Item: "MUG", Name: "mug", Qty: qty.Of(3), UnitPrice: priceOf("9.99"), Extended: 2997, Net: 2477,
			Taxes: []receipt.Tax{{Code: "NL-VAT-21", Rate: rateOf("0.21"), Base: 2477, Amount: 520}},
		}},
		Tenders: []receipt.Tender{{ID: uid(99), Type: "card", Amount: 2997}},
	}
}

// genReceipt draws a valid sale: lines with discounts and taxes as the tax engine computes them.
func genReceipt(t *rapid.T) receipt.Receipt {
	r := j11()
	r.PricesInclude = rapid.Bool().Draw(t, "include")
	policy := rapid.SampledFrom([]tax.Rounding{tax.PerLine, tax.PerRate, tax.PerReceipt}).Draw(t, "policy")
	r.TaxRounding = receipt.TaxRounding(policy)
	r.TaxMode = rapid.SampledFrom([]fixed.Rounding{fixed.HalfUp, fixed.HalfEven, fixed.Up, fixed.Down}).Draw(t, "mode")
	r.Lines = nil
	var in []tax.Line
	for i := range rapid.IntRange(1, 6).Draw(t, "lines") {
		l := receipt.Line{No: i + 1, Kind: receipt.Item, Item: "A", Qty: qty.Of(rapid.Int64Range(1, 9).Draw(t, "qty"))}
		if rapid.IntRange(0, 3).Draw(t, "weighed") == 0 {
			l.Qty = qty.Qty(rapid.Int64Range(1, 5_000_000).Draw(t, "kg"))
		}
		l.UnitPrice = money.Price(rapid.Int64Range(0, 30_000_000).Draw(t, "price"))
		if rapid.Bool().Draw(t, "cheap") {
			l.UnitPrice %= 50_000 // a few cents: where rounding hurts
		}
		l.Extended = must(money.Extend(l.UnitPrice, l.Qty, "EUR", fixed.HalfUp))
		left := l.Extended
		for range rapid.IntRange(0, 3).Draw(t, "reductions") {
			d := money.Minor(rapid.Int64Range(0, int64(left)).Draw(t, "off"))
			left -= d
			l.Reductions = append(l.Reductions, receipt.Reduction{Kind: "line", Reason: "r", Amount: d})
		}
		var cs []tax.Component
		for _, c := range rapid.SampledFrom([][]string{{}, {"0"}, {"0.2"}, {"0.06", "0.0125"}, {"0.07", "0.99", "0.003"}}).Draw(t, "taxes") {
			cs = append(cs, tax.Component{Code: "T" + c, Rate: rateOf(c), Included: r.PricesInclude, Compound: rapid.Bool().Draw(t, "compound")})
		}
		in = append(in, tax.Line{Price: l.UnitPrice, Qty: l.Qty, Extended: l.Extended, ExtendedGiven: true, Reduction: l.Extended - left, Components: cs})
		r.Lines = append(r.Lines, l)
	}
	res := must(tax.Compute(in, tax.Policy{Rounding: policy, Mode: r.TaxMode}, "EUR"))
	for i := range r.Lines {
		l := &r.Lines[i]
		l.Net = res.Lines[i].Net
		for _, s := range res.Lines[i].Taxes {
			l.Taxes = append(l.Taxes, receipt.Tax(s))
		}
		l.NetDiscount = l.Reduced()
		if r.PricesInclude {
			l.NetDiscount = money.Minor(rapid.Int64Range(0, int64(l.Reduced())).Draw(t, "net discount"))
		}
		if rapid.IntRange(0, 4).Draw(t, "consigned") == 0 {
			l.Kind = receipt.Consignment
			l.Commission = money.Minor(rapid.Int64Range(0, max(0, int64(l.Net))).Draw(t, "commission"))
		}
	}
	r.Tenders = []receipt.Tender{{Type: "card", Amount: r.Total()}}
	return r
}
