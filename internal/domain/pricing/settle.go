package pricing

import (
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/tax"
)

// tax computes the taxes of all positions and sets their net amounts and net discounts.
func (r *Rules) tax(b *Basket, ps []position, q *Quote) ([]Warning, error) {
	if b.TaxExempt != "" && r.book.PricesInclude {
		return nil, ErrExemptInclude.At("tax_exempt")
	}
	var warnings []Warning
	lines := make([]tax.Line, len(ps))
	known := map[string][]tax.Component{}
	for i := range ps {
		p := &ps[i]
		cs, ok := known[p.TaxCategory]
		if !ok && p.TaxCategory != "" {
			if cs, ok = r.book.Taxes.Lookup(p.TaxCategory, b.Jurisdiction, b.Day); ok {
				cs = r.declared(cs, b.TaxExempt != "")
				known[p.TaxCategory] = cs
			}
		}
		if !ok && (p.Kind.taxable() || p.TaxCategory != "") {
			warnings = append(warnings, Warning{"tax_unknown", p.No})
		}
		lines[i] = tax.Line{
			Price: p.UnitPrice, Qty: p.Qty, Extended: p.Extended, ExtendedGiven: true,
			Reduction: p.Extended - p.left, Components: cs,
		}
	}
	res, err := tax.Compute(lines, r.book.TaxPolicy, r.book.Currency)
	if err != nil {
		return nil, err
	}
	for i := range ps {
		p := &ps[i]
		p.Net, p.Taxes = res.Lines[i].Net, res.Lines[i].Taxes
		if p.NetDiscount, err = r.netDiscount(p, lines[i]); err != nil {
			return nil, err
		}
	}
	q.Taxes = res.Taxes
	q.TaxRounding, q.TaxMode = r.book.TaxPolicy.Rounding, r.book.TaxPolicy.Mode
	if q.TaxRounding == "" {
		q.TaxRounding = tax.PerRate
	}
	if q.TaxMode == "" {
		q.TaxMode = fixed.HalfUp
	}
	return warnings, nil
}

// declared returns the components as the shop shows its prices: a price has all taxes in it or none,
// whatever the table says. An exempt customer's taxes stay with the rate zero, so that the tax return
// can show what was not taxed.
func (r *Rules) declared(cs []tax.Component, exempt bool) []tax.Component {
	cs = tax.Including(cs, r.book.PricesInclude)
	for i := range cs {
		if c := &cs[i]; exempt && (c.Treatment == "" || c.Treatment == tax.Taxed) {
			c.Kind, c.Rate, c.PerUnit, c.Treatment = tax.Percent, 0, 0, tax.Exempt
		}
	}
	return cs
}

// netDiscount is the tax-exclusive value of the line's reductions: Net + NetDiscount is the revenue
// before discounts. Prices without tax: the reductions themselves. Prices with tax: the reductions in
// the ratio of the line's net to its price, rounded half up; when nothing is left of the price, in
// the ratio that the undiscounted line would have had.
func (r *Rules) netDiscount(p *position, l tax.Line) (money.Minor, error) {
	reduced := p.Extended - p.left
	if reduced == 0 || !r.book.PricesInclude {
		return reduced, nil
	}
	net, price := p.Net, p.left
	if price == 0 {
		l.Reduction = 0
		res, err := tax.Compute([]tax.Line{l}, r.book.TaxPolicy, r.book.Currency)
		if err != nil {
			return 0, err
		}
		net, price = res.Net, p.Extended
	}
	n, err := fixed.MulDiv(int64(reduced), int64(net), int64(price), fixed.HalfUp)
	return money.Minor(n), err
}
