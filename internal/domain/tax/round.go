package tax

import (
	"fmt"

	"github.com/tillpost/tillpost/internal/base/money"
)

// rateKey names one rate of a document.
type rateKey struct {
	code      string
	rate      money.Rate
	treatment Treatment
}

func keyOf(c *Component) rateKey {
	if c.Treatment == "" {
		return rateKey{c.Code, c.Rate, Taxed}
	}
	return rateKey{c.Code, c.Rate, c.Treatment}
}

// group is one rate in one direction: the cells that are rounded together.
type group struct {
	cells []cell
	parts []exact
}

// cell is tax k of line i.
type cell struct{ i, k int }

// roundTaxes makes all taxes minor units by the policy.
func (d *document) roundTaxes() error {
	for i := range d.work {
		d.work[i].amounts = make([]money.Minor, len(d.lines[i].Components))
	}
	if d.policy.Rounding == PerLine {
		return d.roundEach()
	}
	for _, back := range []bool{false, true} {
		groups := d.groups(back)
		totals, err := d.totals(groups)
		if err != nil {
			return err
		}
		for n, g := range groups {
			shares, err := spread(g.parts, totals[n], d.policy.Step)
			if err != nil {
				return err
			}
			for m, c := range g.cells {
				d.work[c.i].amounts[c.k] = shares[m]
			}
		}
	}
	return nil
}

// roundEach rounds every tax of every line by itself.
func (d *document) roundEach() error {
	for i := range d.work {
		for k := range d.work[i].amounts {
			a, err := d.tax(i, k).round(d.policy.Step, d.policy.Mode)
			if err != nil {
				return fmt.Errorf("lines[%d].components[%d]: %w", i, k, err)
			}
			d.work[i].amounts[k] = a
		}
	}
	return nil
}

// groups collects the taxes of one direction by rate, in the order of first appearance.
func (d *document) groups(back bool) []*group {
	var all []*group
	known := make(map[rateKey]*group)
	for i := range d.work {
		if d.back(i) != back {
			continue
		}
		cs := d.lines[i].Components
		for k := range cs {
			key := keyOf(&cs[k])
			g := known[key]
			if g == nil {
				g = &group{}
				known[key] = g
				all = append(all, g)
			}
			g.cells = append(g.cells, cell{i, k})
			g.parts = append(g.parts, d.tax(i, k))
		}
	}
	return all
}

// totals rounds each rate's sum, or the sum of all rates, which it then spreads over them.
func (d *document) totals(groups []*group) ([]money.Minor, error) {
	sums := make([]exact, len(groups))
	for n, g := range groups {
		sums[n] = sumExact(g.parts)
	}
	if d.policy.Rounding == PerReceipt {
		return d.share(sums, d.policy.Step)
	}
	totals := make([]money.Minor, len(groups))
	for n, s := range sums {
		var err error
		if totals[n], err = s.round(d.policy.Step, d.policy.Mode); err != nil {
			return nil, err
		}
	}
	return totals, nil
}

// result adds up what was rounded.
func (d *document) result() (Result, error) {
	r := Result{Lines: make([]LineResult, len(d.lines)), Taxes: []Summary{}}
	known := make(map[rateKey]int)
	var err error
	for i := range d.lines {
		l := d.line(i)
		r.Lines[i] = l
		if r.Net, err = r.Net.Add(l.Net); err != nil {
			return Result{}, err
		}
		if r.Total, err = r.Total.Add(l.Total); err != nil {
			return Result{}, err
		}
		for k, s := range l.Taxes {
			key := keyOf(&d.lines[i].Components[k])
			n, ok := known[key]
			if !ok {
				n = len(r.Taxes)
				known[key] = n
				r.Taxes = append(r.Taxes, Summary{Code: key.code, Rate: key.rate, Treatment: key.treatment})
			}
			t := &r.Taxes[n]
			if t.Base, err = t.Base.Add(s.Base); err != nil {
				return Result{}, err
			}
			if t.Amount, err = t.Amount.Add(s.Amount); err != nil {
				return Result{}, err
			}
		}
	}
	r.Tax, err = r.Total.Add(-r.Net)
	return r, err
}

// line puts a line together: included taxes come out of its value, the others on top of it. The base
// of a tax is the net and the compound taxes before it, in whole minor units, so that the bases of a
// return add up to the sales.
func (d *document) line(i int) LineResult {
	w := &d.work[i]
	cs := d.lines[i].Components
	l := LineResult{Net: w.whole, Taxes: make([]Share, len(cs))}
	for k := range cs {
		if cs[k].Included {
			l.Net -= w.amounts[k]
		}
	}
	l.Total = l.Net
	base := l.Net
	for k := range cs {
		l.Taxes[k] = Share{Code: cs[k].Code, Rate: cs[k].Rate, Base: base, Amount: w.amounts[k]}
		if cs[k].Independent {
			l.Taxes[k].Base = l.Net
		}
		if cs[k].Compound {
			base += w.amounts[k]
		}
		l.Total += w.amounts[k]
	}
	return l
}
