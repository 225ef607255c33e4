package pricing

import "slices"

// tryAllOrders is up to how many promotions of one priority every order is tried: 4! = 24 orders cost
// well under a millisecond; 5! would not.
const tryAllOrders = 4

// promote applies the promotions to the positions by the rule stated at Promotion.
func (r *Rules) promote(b *Basket, ps []position) ([]Applied, error) {
	pl := newPool(ps, r.book.Currency)
	var done []effect
	for rest := r.promos; len(rest) > 0 && len(pl.runs) > 0; {
		n := 1
		for n < len(rest) && rest[n].Priority == rest[0].Priority {
			n++
		}
		next, effects, stop, err := pl.level(b, rest[:n], len(done) == 0)
		if err != nil {
			return nil, err
		}
		pl, rest = next, rest[n:]
		if done = append(done, effects...); stop {
			break
		}
	}
	applied := make([]Applied, 0, len(done))
	for _, e := range done {
		kind := "promotion"
		if e.promo.Coupon != "" {
			kind = "coupon"
		}
		for _, o := range e.off {
			ps[o.line].reduce(kind, e.promo.Name, e.promo.Code, o.amount)
		}
		applied = append(applied, Applied{Code: e.promo.Code, Name: e.promo.Name, Times: e.times, Amount: e.total})
	}
	return applied, nil
}

// level applies the promotions of one priority and returns the pool that they leave. stop is true
// when an exclusive promotion won.
func (pl *pool) level(b *Basket, promos []*Promotion, first bool) (next *pool, done []effect, stop bool, err error) {
	var units, shared, alone []*Promotion
	for _, p := range promos {
		switch {
		case !p.runs(b) || !pl.reached(p):
		case p.Stacking == Exclusive && first:
			alone = append(alone, p)
		case p.Stacking == Shared:
			shared = append(shared, p)
		case p.Stacking == Units:
			units = append(units, p)
		}
	}
	if next, done, err = pl.best(units); err != nil {
		return nil, nil, false, err
	}
	for _, p := range shared {
		e, err := next.apply(p)
		if err != nil {
			return nil, nil, false, err
		}
		if e.total > 0 {
			done = append(done, e)
		}
	}
	for _, p := range alone {
		c := pl.clone()
		e, err := c.apply(p)
		if err != nil {
			return nil, nil, false, err
		}
		if int64(e.total) > total(done) {
			next, done, stop = c, []effect{e}, true
		}
	}
	return next, done, stop, nil
}

// reached tells whether the lines that match the promotion are worth its least spending.
func (pl *pool) reached(p *Promotion) bool {
	if p.MinSpend == 0 {
		return true
	}
	sets := []*Match{&p.Match}
	switch {
	case p.Buy != nil:
		sets = []*Match{&p.Buy.Match, &p.Get.Match}
		if p.Get.Match.empty() {
			sets = sets[:1]
		}
	case len(p.Parts) > 0:
		sets = nil
		for i := range p.Parts {
			sets = append(sets, &p.Parts[i].Match)
		}
	}
	spent := p.MinSpend
	for i := range pl.ps {
		l := &pl.ps[i]
		if l.sharing && slices.ContainsFunc(sets, func(m *Match) bool { return m.has(l) }) {
			spent -= l.Extended
		}
	}
	return spent <= 0
}

// best applies promotions that compete for units in the order that saves most.
func (pl *pool) best(promos []*Promotion) (*pool, []effect, error) {
	var rivals []*Promotion
	var sum int64
	for _, p := range promos {
		e, err := pl.clone().apply(p)
		if err != nil {
			return nil, nil, err
		}
		if e.total > 0 {
			rivals = append(rivals, p)
			sum += int64(e.total)
		}
	}
	next, done, err := pl.inOrder(rivals)
	if err != nil || len(rivals) < 2 || total(done) == sum {
		return next, done, err // nobody takes anything from another
	}
	if len(rivals) > tryAllOrders {
		return pl.greedy(rivals)
	}
	return pl.tryOrders(rivals, nil)
}

func (pl *pool) inOrder(promos []*Promotion) (*pool, []effect, error) {
	next := pl.clone()
	var done []effect
	for _, p := range promos {
		e, err := next.apply(p)
		if err != nil {
			return nil, nil, err
		}
		if e.total > 0 {
			done = append(done, e)
		}
	}
	return next, done, nil
}

// tryOrders tries every order of the promotions behind those that are done already.
func (pl *pool) tryOrders(promos []*Promotion, done []effect) (*pool, []effect, error) {
	best, bestDone := pl, done
	for i, p := range promos {
		c := pl.clone()
		e, err := c.apply(p)
		if err != nil {
			return nil, nil, err
		}
		if e.total == 0 {
			continue
		}
		rest := slices.Concat(promos[:i], promos[i+1:])
		c, all, err := c.tryOrders(rest, slices.Concat(done, []effect{e}))
		if err != nil {
			return nil, nil, err
		}
		if total(all) > total(bestDone) {
			best, bestDone = c, all
		}
	}
	return best, bestDone, nil
}

// greedy takes the promotion with the largest saving first, then the next.
func (pl *pool) greedy(promos []*Promotion) (*pool, []effect, error) {
	promos = slices.Clone(promos)
	var done []effect
	for len(promos) > 0 {
		var best effect
		var next *pool
		at := 0
		for i, p := range promos {
			c := pl.clone()
			e, err := c.apply(p)
			if err != nil {
				return nil, nil, err
			}
			if e.total > best.total {
				best, next, at = e, c, i
			}
		}
		if next == nil {
			break
		}
		pl = next
		done = append(done, best)
		promos = slices.Delete(promos, at, at+1)
	}
	return pl, done, nil
}

func total(effects []effect) (sum int64) {
	for _, e := range effects {
		sum += int64(e.total)
	}
	return sum
}
