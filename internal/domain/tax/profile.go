package tax

import (
	"math/big"
	"slices"

	"github.com/tillpost/tillpost/internal/base/money"
)

// profile is what a list of taxes does to any line: the amount of tax i is (v[i]*value + q[i]*units)
// / den, where value is price x quantity less the reduction. It is found once per list, by solving
// the linear equation "value = net + included taxes", and used for all lines that have the list.
type profile struct {
	comps []Component
	v, q  []*big.Int
	den   *big.Int
	fixed bool // there is a tax per unit, so that q counts
}

// newProfile solves the equation. It writes every amount as (n*net + g*units) / d with one common d,
// component by component, and then replaces the net by the value.
func newProfile(cs []Component) (*profile, error) {
	s := solver{d: big.NewInt(1)}
	for i := 0; i < len(cs); {
		i = s.add(cs, i)
	}
	// value*d = net*e + g*units, where e = d + the n of the included taxes, g the sum of their g.
	e, g := new(big.Int).Set(s.d), new(big.Int)
	p := &profile{comps: cs}
	for i, c := range cs {
		if c.Included {
			e.Add(e, s.n[i])
			g.Add(g, s.g[i])
		}
		p.fixed = p.fixed || c.Kind == Fixed && c.PerUnit != 0
	}
	if e.Sign() <= 0 || p.fixed && s.d.Sign() == 0 {
		return nil, ErrRate
	}
	p.den = e
	p.v, p.q = s.n, make([]*big.Int, len(cs))
	for i := range cs {
		if !p.fixed {
			continue
		}
		// n*net + g*units with net = (value*d - G*units)/e: (n*d*value + (g*e - n*G)*units) / (d*e).
		q := new(big.Int).Mul(s.g[i], e)
		p.q[i] = q.Sub(q, new(big.Int).Mul(s.n[i], g))
		p.v[i] = new(big.Int).Mul(s.n[i], s.d)
	}
	if p.fixed {
		p.den = new(big.Int).Mul(s.d, e)
	}
	p.reduce()
	return p, nil
}

// reduce divides all coefficients by what they have in common, so that they stay one word long.
func (p *profile) reduce() {
	g := new(big.Int).Set(p.den)
	for i := range p.comps {
		g.GCD(nil, nil, g, new(big.Int).Abs(p.v[i]))
		if p.fixed {
			g.GCD(nil, nil, g, new(big.Int).Abs(p.q[i]))
		}
	}
	if g.IsInt64() && g.Int64() == 1 {
		return
	}
	p.den = new(big.Int).Quo(p.den, g)
	for i := range p.comps {
		p.v[i].Quo(p.v[i], g)
		if p.fixed {
			p.q[i].Quo(p.q[i], g)
		}
	}
}

// solver holds the amounts so far as (n*net + g*units) / d.
type solver struct {
	n, g []*big.Int
	d    *big.Int
}

// add appends the tax at i, or the group of division taxes that begins there, and returns the index
// behind it. Division taxes that follow each other with the same flags share one base.
func (s *solver) add(cs []Component, i int) int {
	c := cs[i]
	bn, bg := s.base(cs[:i], c.Independent)
	if c.Kind == Fixed {
		s.n = append(s.n, new(big.Int))
		s.g = append(s.g, new(big.Int).Mul(s.d, big.NewInt(int64(c.PerUnit))))
		return i + 1
	}
	end := i + 1
	whole := big.NewInt(int64(money.OneRate))
	if c.Kind == Division {
		for end < len(cs) && cs[end].Kind == Division && cs[end].Included == c.Included && cs[end].Independent == c.Independent {
			end++
		}
		for _, one := range cs[i:end] {
			whole.Sub(whole, big.NewInt(int64(one.Rate))) // the net's part of the price that contains the taxes
		}
	}
	s.scale(whole)
	for _, one := range cs[i:end] {
		r := big.NewInt(int64(one.Rate))
		s.n = append(s.n, new(big.Int).Mul(bn, r))
		s.g = append(s.g, new(big.Int).Mul(bg, r))
	}
	return end
}

// base returns what a tax behind the earlier ones is computed on: the net and the compound taxes.
func (s *solver) base(earlier []Component, independent bool) (n, g *big.Int) {
	n, g = new(big.Int).Set(s.d), new(big.Int)
	for i, c := range earlier {
		if c.Compound && !independent {
			n.Add(n, s.n[i])
			g.Add(g, s.g[i])
		}
	}
	return n, g
}

// scale multiplies the common denominator, and with it all amounts so far.
func (s *solver) scale(by *big.Int) {
	for i := range s.n {
		s.n[i].Mul(s.n[i], by)
		s.g[i].Mul(s.g[i], by)
	}
	s.d.Mul(s.d, by)
}

// fits tells whether the profile is the one of this list.
func (p *profile) fits(cs []Component) bool {
	if len(cs) != len(p.comps) {
		return false
	}
	return len(cs) == 0 || &cs[0] == &p.comps[0] || slices.Equal(cs, p.comps)
}
