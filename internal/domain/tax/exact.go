package tax

import (
	"math/big"
	"sort"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
)

// exact is a fraction of minor units that nothing has rounded yet. den is positive and often shared
// by many fractions, so that they can be added and compared without changing it.
type exact struct{ num, den *big.Int }

// sumExact adds fractions.
func sumExact(parts []exact) exact {
	if len(parts) == 0 {
		return exact{new(big.Int), big.NewInt(1)}
	}
	s := exact{new(big.Int), parts[0].den}
	for _, p := range parts {
		if s.den != p.den && s.den.Cmp(p.den) != 0 {
			g := new(big.Int).GCD(nil, nil, s.den, p.den)
			up := new(big.Int).Quo(p.den, g)
			s.num.Mul(s.num, up)
			add := new(big.Int).Quo(s.den, g)
			s.num.Add(s.num, add.Mul(add, p.num))
			s.den = up.Mul(up, s.den)
			continue
		}
		s.num.Add(s.num, p.num)
	}
	return s
}

// round returns x as a multiple of step.
func (x exact) round(step money.Minor, mode fixed.Rounding) (money.Minor, error) {
	den := steps(x.den, step)
	var q, rem big.Int
	q.QuoRem(x.num, den, &rem)
	if rem.Sign() != 0 && away(&q, &rem, den, mode) {
		q.Add(&q, big.NewInt(int64(rem.Sign())))
	}
	return minor(&q, step)
}

// away tells whether the quotient q with a remainder rem of den grows by one in magnitude.
func away(q, rem, den *big.Int, mode fixed.Rounding) bool {
	if mode == fixed.Up || mode == fixed.Down {
		return mode == fixed.Up
	}
	twice := new(big.Int).Lsh(rem, 1)
	switch c := twice.CmpAbs(den); mode {
	case fixed.HalfEven:
		return c > 0 || c == 0 && q.Bit(0) == 1
	case fixed.HalfDown:
		return c > 0
	default:
		return c >= 0
	}
}

// spread divides total, a multiple of step, over parts whose sum total is the rounding of. Each share
// is the part rounded down or up: the steps that are left go one each to the largest remainders, ties
// to the earlier part. Turning all signs turns all shares.
func spread(parts []exact, total, step money.Minor) ([]money.Minor, error) {
	shares := make([]money.Minor, len(parts))
	rests := make([]rest, len(parts))
	var sum money.Minor
	for i, p := range parts {
		den := steps(p.den, step)
		q, rem := new(big.Int).QuoRem(p.num, den, new(big.Int))
		s, err := minor(q, step)
		if err != nil {
			return nil, err
		}
		if sum, err = sum.Add(s); err != nil {
			return nil, err
		}
		shares[i], rests[i] = s, rest{i, exact{rem, den}}
	}
	left := (total - sum) / step
	if left == 0 {
		return shares, nil
	}
	sign := 1
	if left < 0 {
		sign, left, step = -1, -left, -step
	}
	sort.SliceStable(rests, func(a, b int) bool { return rests[a].of.cmp(rests[b].of) == sign })
	for _, r := range rests[:min(int(left), len(rests))] {
		shares[r.index] += step
	}
	return shares, nil
}

// rest is what truncation left of a part.
type rest struct {
	index int
	of    exact
}

// cmp compares two fractions.
func (x exact) cmp(y exact) int {
	if x.den == y.den || x.den.Cmp(y.den) == 0 {
		return x.num.Cmp(y.num)
	}
	var l, r big.Int
	return l.Mul(x.num, y.den).Cmp(r.Mul(y.num, x.den))
}

// steps returns the denominator that makes a fraction of minor units one of steps.
func steps(den *big.Int, step money.Minor) *big.Int {
	if step == 1 {
		return den
	}
	return new(big.Int).Mul(den, big.NewInt(int64(step)))
}

// minor returns n steps as an amount.
func minor(n *big.Int, step money.Minor) (money.Minor, error) {
	if !n.IsInt64() {
		return 0, fixed.ErrOverflow
	}
	a := money.Minor(n.Int64())
	if err := a.CheckRange(); err != nil {
		return 0, err
	}
	a *= step // at most 10^15 x MaxStep, which fits
	return a, a.CheckRange()
}
