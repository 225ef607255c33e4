package tax

import (
	"fmt"
	"math/big"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
)

// Compute taxes a document. Lines that go out and lines that come back (negative quantity) are
// rounded apart, so that the sale part of an exchange costs what the same sale alone costs. Faults
// point at the line ("lines[2].components[0].rate"); what does not fit is fixed.ErrOverflow.
func Compute(lines []Line, p Policy, c money.Currency) (Result, error) {
	p, err := p.filled()
	if err != nil {
		return Result{}, err
	}
	if len(lines) > MaxLines {
		return Result{}, ErrTooManyLines
	}
	d := document{lines: lines, policy: p}
	if err := d.prepare(c); err != nil {
		return Result{}, err
	}
	if err := d.roundValues(); err != nil {
		return Result{}, err
	}
	if err := d.roundTaxes(); err != nil {
		return Result{}, err
	}
	return d.result()
}

// document is the work on one call of Compute.
type document struct {
	lines  []Line
	policy Policy
	unit   *big.Int // one minor unit in the unit of values: 1, or millionths of millionths of a major unit
	work   []work   // one per line
}

// work is what is known of a line.
type work struct {
	profile *profile
	den     *big.Int      // the profile's, in the unit of values
	value   *big.Int      // price x quantity less the reduction
	whole   money.Minor   // the value as minor units
	amounts []money.Minor // of the taxes
}

// prepare checks the lines, finds their profiles and their exact values.
func (d *document) prepare(c money.Currency) error {
	d.work = make([]work, len(d.lines))
	d.unit = big.NewInt(1)
	var known []*profile
	whole := true
	for i := range d.lines {
		p, err := profileOf(known, d.lines[i].Components, i)
		if err != nil {
			return err
		}
		if len(known) == 0 || known[len(known)-1] != p {
			known = append(known, p)
		}
		d.work[i].profile = p
		whole = whole && d.lines[i].ExtendedGiven && !p.fixed
	}
	if !whole {
		d.unit.SetInt64(fixed.Pow10(money.PricePlaces + qty.Places - c.Digits()))
	}
	for i := range d.work {
		w := &d.work[i]
		w.value = d.lines[i].value(d.unit)
		if i > 0 && w.profile == d.work[i-1].profile {
			w.den = d.work[i-1].den
		} else {
			w.den = new(big.Int).Mul(w.profile.den, d.unit)
		}
	}
	return nil
}

// profileOf returns the profile of line i. It looks only at the last few known ones: a receipt has
// few different lists, and making a profile again is merely slower.
func profileOf(known []*profile, cs []Component, i int) (*profile, error) {
	for k := len(known) - 1; k >= max(0, len(known)-8); k-- {
		if known[k].fits(cs) {
			return known[k], nil
		}
	}
	at := fmt.Sprintf("lines[%d].components", i)
	if err := checkComponents(cs, at); err != nil {
		return nil, err
	}
	p, err := newProfile(cs)
	if err != nil {
		return nil, ErrRate.At(at)
	}
	return p, nil
}

// value is the line's exact value in the given unit.
func (l *Line) value(unit *big.Int) *big.Int {
	v := new(big.Int)
	if l.ExtendedGiven {
		v.SetInt64(int64(l.Extended))
		v.Sub(v, big.NewInt(int64(l.Reduction)))
		return v.Mul(v, unit)
	}
	v.Mul(big.NewInt(int64(l.Price)), big.NewInt(int64(l.Qty)))
	if l.Reduction != 0 {
		r := big.NewInt(int64(l.Reduction))
		v.Sub(v, r.Mul(r, unit))
	}
	return v
}

// back tells whether the line brings something back.
func (d *document) back(i int) bool {
	q := d.lines[i].Qty
	return q < 0 || q == 0 && d.work[i].value.Sign() < 0
}

// roundValues makes the lines' values minor units. Per line, each is rounded and the taxes are those
// of the rounded value, as a reader of the receipt would compute them. Otherwise the document's sum is
// rounded and spread, and the taxes keep to the exact values.
func (d *document) roundValues() error {
	if d.policy.Rounding == PerLine {
		for i := range d.work {
			w := &d.work[i]
			var err error
			if w.whole, err = (exact{w.value, d.unit}).round(1, d.policy.Mode); err != nil {
				return fmt.Errorf("lines[%d]: %w", i, err)
			}
			w.value.SetInt64(int64(w.whole))
			w.value.Mul(w.value, d.unit)
		}
		return nil
	}
	for _, back := range []bool{false, true} {
		var parts []exact
		var at []int
		for i := range d.work {
			if d.back(i) == back {
				parts, at = append(parts, exact{d.work[i].value, d.unit}), append(at, i)
			}
		}
		shares, err := d.share(parts, 1)
		if err != nil {
			return err
		}
		for k, i := range at {
			d.work[i].whole = shares[k]
		}
	}
	return nil
}

// share rounds the sum of parts to a multiple of step and spreads it over them.
func (d *document) share(parts []exact, step money.Minor) ([]money.Minor, error) {
	total, err := sumExact(parts).round(step, d.policy.Mode)
	if err != nil {
		return nil, err
	}
	return spread(parts, total, step)
}

// tax returns the exact amount of a line's tax k.
func (d *document) tax(i, k int) exact {
	w := &d.work[i]
	num := new(big.Int).Mul(w.profile.v[k], w.value)
	if w.profile.fixed {
		units := big.NewInt(int64(d.lines[i].Qty))
		if d.lines[i].Price < 0 {
			units.Neg(units) // a line with a negative price gives the tax per unit back
		}
		num.Add(num, units.Mul(units, w.profile.q[k]))
	}
	return exact{num, w.den}
}
