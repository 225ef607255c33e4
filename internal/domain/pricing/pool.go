package pricing

import (
	"cmp"
	"slices"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
)

// run is a number of equal units of one line.
type run struct {
	line  int
	n     int64
	size  qty.Qty // quantity of one unit: one piece, or all of a weighed line
	value int64   // what one unit still costs, in millionths of the major unit
	taken bool    // took part in a promotion with Units stacking
	mark  int     // number of the last effect that it took part in
}

// pool is the units of a basket while promotions are tried on them.
type pool struct {
	ps    []position // read only
	runs  []run
	left  []money.Minor // what is left of each line
	scale int64         // millionths in a minor unit
	cur   money.Currency
	seq   int // number of the current effect
}

// effect is what one promotion did.
type effect struct {
	promo *Promotion
	times int64
	off   []lineOff // in the order of the lines
	total money.Minor
}

type lineOff struct {
	line   int
	amount money.Minor
}

// pick is a number of units of a run that take part in an effect. off is what they get cheaper
// together, in millionths; it is 0 for units that only make the promotion possible.
type pick struct {
	run int
	n   int64
	off int64
}

func newPool(ps []position, c money.Currency) *pool {
	pl := &pool{ps: ps, left: make([]money.Minor, len(ps)), scale: fixed.Pow10(money.PricePlaces - c.Digits()), cur: c}
	for i := range ps {
		p := &ps[i]
		pl.left[i] = p.left
		if !p.sharing || p.left <= 0 {
			continue
		}
		u := run{line: i, n: 1, size: p.Qty, value: int64(p.left) * pl.scale}
		weighed := p.item != nil && p.item.Weighed
		if whole, _ := money.Extend(p.UnitPrice, p.Qty, c, fixed.HalfUp); p.Qty.Whole() && !weighed && (whole-p.Extended).Abs() <= 1 {
			u = run{line: i, n: int64(p.Qty / qty.One), size: qty.One, value: int64(p.UnitPrice)}
		}
		pl.runs = append(pl.runs, u)
	}
	return pl
}

func (pl *pool) clone() *pool {
	c := *pl
	c.runs = slices.Clone(pl.runs)
	c.left = slices.Clone(pl.left)
	return &c
}

// free tells whether the units of a run may take part in the current effect of p.
func (pl *pool) free(u *run, p *Promotion) bool {
	return u.n > 0 && u.value > 0 && u.mark != pl.seq && (p.Stacking == Shared || !u.taken)
}

// matching returns the runs of a set that are free for p, the dearest unit first, then by line.
func (pl *pool) matching(m *Match, p *Promotion) []int {
	var at []int
	for i := range pl.runs {
		if u := &pl.runs[i]; pl.free(u, p) && m.has(&pl.ps[u.line]) {
			at = append(at, i)
		}
	}
	slices.SortStableFunc(at, func(a, b int) int { return cmp.Compare(pl.runs[b].value, pl.runs[a].value) })
	return at
}

// take moves the picked units into runs of their own, marked as used, and adds up what each line
// gets cheaper.
func (pl *pool) take(picks []pick, p *Promotion, off map[int]int64) {
	for _, k := range picks {
		u := &pl.runs[k.run]
		part := *u
		part.n, part.mark = k.n, pl.seq
		part.value = max(0, part.value-k.off/k.n)
		part.taken = part.taken || p.Stacking != Shared
		u.n -= k.n
		off[part.line] += k.off
		pl.runs = append(pl.runs, part)
	}
}

// effect turns what the lines get cheaper into minor units, once per line, and takes it off them.
func (pl *pool) effect(p *Promotion, times int64, off map[int]int64) (effect, error) {
	e := effect{promo: p, times: times}
	for line, o := range off {
		n, err := fixed.Div(o, pl.scale, fixed.HalfUp)
		if err != nil {
			return e, err
		}
		if a := min(money.Minor(n), pl.left[line]); a > 0 {
			pl.left[line] -= a
			e.total += a
			e.off = append(e.off, lineOff{line, a})
		}
	}
	slices.SortFunc(e.off, func(a, b lineOff) int { return cmp.Compare(a.line, b.line) })
	return e, nil
}

// unitsOff returns what n units of a run get cheaper by a benefit that is meant for one unit.
func (pl *pool) unitsOff(b Benefit, u *run, n int64) (int64, error) {
	whole := u.value * n
	switch {
	case b.Rate != nil:
		return fixed.MulDiv(whole, int64(*b.Rate), int64(money.OneRate), fixed.HalfUp)
	case b.Amount != nil:
		one, err := fixed.MulDiv(int64(*b.Amount)*pl.scale, int64(u.size), int64(qty.One), fixed.HalfUp)
		if err != nil || one >= u.value {
			return whole, nil // larger than any value is as good as free
		}
		return one * n, nil
	}
	one, err := fixed.MulDiv(int64(*b.Price), int64(u.size), int64(qty.One), fixed.HalfUp)
	if err != nil || one >= u.value {
		return 0, nil // the promotion would be dearer
	}
	return (u.value - one) * n, nil
}

// groupOff returns what a group of units worth value gets cheaper.
func (pl *pool) groupOff(b Benefit, value int64) (int64, error) {
	switch {
	case b.Rate != nil:
		return fixed.MulDiv(value, int64(*b.Rate), int64(money.OneRate), fixed.HalfUp)
	case b.Amount != nil:
		return min(int64(*b.Amount)*pl.scale, value), nil
	}
	return max(0, value-int64(*b.Price)), nil
}

// spread divides what a group gets cheaper over its picks, in whole minor units per line by largest
// remainder.
func (pl *pool) spread(picks []pick, off int64) error {
	minor, err := fixed.Div(off, pl.scale, fixed.HalfUp)
	if err != nil {
		return err
	}
	weights := make([]int64, len(picks))
	for i, k := range picks {
		weights[i] = pl.runs[k.run].value * k.n
	}
	shares, err := money.Split(money.Minor(minor), weights)
	if err != nil {
		return err
	}
	for i, s := range shares {
		picks[i].off = int64(s) * pl.scale
	}
	return nil
}
