package pricing

import (
	"github.com/tillpost/tillpost/internal/base/fixed"
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
	}
	if err := r.netDiscounts(ps, lines); err != nil {
		return nil, err
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

// netDiscounts sets the tax-exclusive value of each line's reductions. Prices without tax: the
// reductions themselves. Prices with tax: the net that the line would have had without them, less the
// net that it has; so Net + NetDiscount is the revenue before discounts, to the cent, also for a line
// that is free or that has a tax per unit. The undiscounted net is rounded by the policy's mode for
// the line alone. A net discount is never more than the reductions, nor of the other sign.
func (r *Rules) netDiscounts(ps []position, lines []tax.Line) error {
	if !r.book.PricesInclude {
		for i := range ps {
			ps[i].NetDiscount = lines[i].Reduction
		}
		return nil
	}
	var full []tax.Line
	for i := range lines {
		if l := lines[i]; l.Reduction != 0 {
			l.Reduction = 0
			full = append(full, l)
		}
	}
	if len(full) == 0 {
		return nil
	}
	policy := r.book.TaxPolicy
	policy.Rounding = tax.PerLine
	res, err := tax.Compute(full, policy, r.book.Currency)
	if err != nil {
		return err
	}
	n := 0
	for i := range ps {
		reduced := lines[i].Reduction
		if reduced == 0 {
			continue
		}
		ps[i].NetDiscount = max(min(res.Lines[n].Net-ps[i].Net, max(reduced, 0)), min(reduced, 0))
		n++
	}
	return nil
}
