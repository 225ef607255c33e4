package pricing

import (
	"cmp"
	"slices"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/qty"
)

// apply lets a promotion take effect on the pool as often as it can. An effect whose total is zero
// did nothing.
func (pl *pool) apply(p *Promotion) (effect, error) {
	pl.seq++
	off := map[int]int64{}
	var times int64
	var err error
	switch p.Scheme {
	case PerUnit:
		times, err = pl.perUnit(p, off)
	case QuantityBreak:
		times, err = pl.quantityBreak(p, off)
	case Spend:
		times, err = pl.spend(p, off)
	case BuyGet:
		times, err = pl.groups(p, off, pl.buyGetParts(p))
	default:
		parts := make([]groupPart, len(p.Parts))
		for i := range p.Parts {
			parts[i] = groupPart{order: pl.matching(&p.Parts[i].Match, p), count: p.Parts[i].Count}
		}
		times, err = pl.groups(p, off, parts)
	}
	if err != nil {
		return effect{}, at(err, "promotions.%s", p.Code)
	}
	return pl.effect(p, times, off)
}

func (pl *pool) perUnit(p *Promotion, off map[int]int64) (times int64, err error) {
	var picks []pick
	for _, i := range pl.matching(&p.Match, p) {
		u := &pl.runs[i]
		n := u.n
		if p.Limit > 0 {
			n = min(n, p.Limit-times)
		}
		if n <= 0 {
			break
		}
		o, err := pl.unitsOff(p.Benefit, u, n)
		if err != nil {
			return 0, err
		}
		if o > 0 {
			picks = append(picks, pick{i, n, o})
			times += n
		}
	}
	pl.take(picks, p, off)
	return times, nil
}

// quantityBreak counts each SKU's units (or all together) and gives them the tier's benefit.
func (pl *pool) quantityBreak(p *Promotion, off map[int]int64) (times int64, err error) {
	order := pl.matching(&p.Match, p)
	key := func(i int) string {
		if p.Together {
			return ""
		}
		return pl.ps[pl.runs[i].line].Item
	}
	count := map[string]int64{}
	for _, i := range order {
		count[key(i)] += pl.runs[i].n * int64(pl.runs[i].size)
	}
	var picks []pick
	hit := map[string]bool{}
	for _, i := range order {
		k := key(i)
		t := len(p.Tiers) - 1
		for t >= 0 && qty.Qty(count[k]) < p.Tiers[t].Min {
			t--
		}
		if t < 0 {
			continue
		}
		o, err := pl.unitsOff(p.Tiers[t].Benefit, &pl.runs[i], pl.runs[i].n)
		if err != nil {
			return 0, err
		}
		if o > 0 {
			picks = append(picks, pick{i, pl.runs[i].n, o})
			hit[k] = true
		}
	}
	pl.take(picks, p, off)
	return int64(len(hit)), nil
}

func (pl *pool) spend(p *Promotion, off map[int]int64) (int64, error) {
	var picks []pick
	var value int64
	for _, i := range pl.matching(&p.Match, p) {
		picks = append(picks, pick{run: i, n: pl.runs[i].n})
		value += pl.runs[i].value * pl.runs[i].n
	}
	if len(picks) == 0 {
		return 0, nil
	}
	o, err := pl.groupOff(p.Benefit, value)
	if err != nil {
		return 0, err
	}
	if err := pl.spread(picks, o); err != nil {
		return 0, err
	}
	pl.take(picks, p, off)
	return 1, nil
}

// groupPart is a number of units that a group needs, and the runs to take them from, in order.
type groupPart struct {
	order []int
	count int64
	got   bool // the benefit is for these units alone, one by one (buy_get)
}

// buyGetParts orders the runs of a buy_get promotion. Over one set, the dearest units are bought and
// the cheapest of the same group are got. Over two sets, units that could only be bought are bought
// first, and the cheapest are got.
func (pl *pool) buyGetParts(p *Promotion) []groupPart {
	bought := pl.matching(&p.Buy.Match, p)
	if p.Get.Match.empty() {
		return []groupPart{{order: bought, count: p.Buy.Count}, {order: bought, count: p.Get.Count, got: true}}
	}
	got := pl.matching(&p.Get.Match, p)
	if !p.Dearest {
		slices.Reverse(got)
	}
	both := make(map[int]int, len(got))
	for _, i := range got {
		both[i] = 1
	}
	slices.SortStableFunc(bought, func(a, b int) int { return cmp.Compare(both[a], both[b]) })
	return []groupPart{{order: bought, count: p.Buy.Count}, {order: got, count: p.Get.Count, got: true}}
}

// groups forms as many groups as the parts allow. A group that repeats with the same runs is taken
// several times at once, so that the work grows with the lines and not with the quantities.
func (pl *pool) groups(p *Promotion, off map[int]int64, parts []groupPart) (times int64, err error) {
	for p.Limit == 0 || times < p.Limit {
		picks, got := pl.oneGroup(parts)
		if picks == nil {
			return times, nil
		}
		need := map[int]int64{}
		for _, k := range picks {
			need[k.run] += k.n
		}
		repeat := int64(0)
		for i, n := range need {
			if r := pl.runs[i].n / n; repeat == 0 || r < repeat {
				repeat = r
			}
		}
		if p.Limit > 0 {
			repeat = min(repeat, p.Limit-times)
		}
		for i := range picks {
			picks[i].n *= repeat
		}
		saved, err := pl.price(p, picks, got, repeat)
		if err != nil || !saved {
			return times, err // the next groups are cheaper still and would save no more
		}
		pl.take(picks, p, off)
		times += repeat
	}
	return times, nil
}

// oneGroup picks the units of the next group; nil when there are not enough. got is the index of the
// first pick that gets the benefit.
func (pl *pool) oneGroup(parts []groupPart) (picks []pick, got int) {
	need := map[int]int64{}
	for pi := range parts {
		part := &parts[pi]
		for len(part.order) > 0 && pl.runs[part.order[0]].n == 0 {
			part.order = part.order[1:]
		}
		if part.got {
			got = len(picks)
		}
		missing := part.count
		for _, i := range part.order {
			if n := min(missing, pl.runs[i].n-need[i]); n > 0 {
				picks = append(picks, pick{run: i, n: n})
				need[i] += n
				if missing -= n; missing == 0 {
					break
				}
			}
		}
		if missing > 0 {
			return nil, 0
		}
	}
	return picks, got
}

// price sets what the picks of repeated groups get cheaper; saved is false when that is nothing.
func (pl *pool) price(p *Promotion, picks []pick, got int, repeat int64) (saved bool, err error) {
	if p.Scheme == BuyGet {
		for i := range picks[got:] {
			k := &picks[got+i]
			if k.off, err = pl.unitsOff(p.Benefit, &pl.runs[k.run], k.n); err != nil {
				return false, err
			}
			saved = saved || k.off > 0
		}
		return saved, nil
	}
	var value int64
	for _, k := range picks {
		value += pl.runs[k.run].value * k.n / repeat
	}
	o, err := pl.groupOff(p.Benefit, value)
	if err != nil || o == 0 {
		return false, err
	}
	if o, err = fixed.MulDiv(o, repeat, 1, fixed.Down); err != nil {
		return false, err
	}
	return true, pl.spread(picks, o)
}
