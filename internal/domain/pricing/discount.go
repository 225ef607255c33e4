package pricing

import (
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
)

// discountLines applies the manual discounts of each entry to its line.
func discountLines(b *Basket, ps []position, c money.Currency, mode fixed.Rounding) error {
	i := 0
	for k := range ps {
		p := &ps[k]
		if p.AttachedTo != 0 {
			continue
		}
		e := &b.Entries[i]
		i++
		if len(e.Discounts) > 0 && (!p.Kind.goods() || p.item != nil && p.item.NoDiscount) {
			return at(ErrDiscount, "entries[%d].discounts", i-1)
		}
		for j, d := range e.Discounts {
			off, err := d.off(p.left.Abs())
			if err == nil && d.Price != nil {
				var now money.Minor
				now, err = money.Extend(*d.Price, p.Qty, c, mode)
				off = p.left.Abs() - now.Abs()
			}
			if err != nil {
				return at(err, "entries[%d].discounts[%d]", i-1, j)
			}
			p.reduce("line", d.Reason, "", off)
		}
	}
	return nil
}

// off returns what a discount takes off left. It may be more than left or less than nothing:
// position.reduce takes care of that.
func (d Discount) off(left money.Minor) (money.Minor, error) {
	switch {
	case d.Rate != nil:
		return left.Times(*d.Rate, fixed.HalfUp)
	case d.Amount != nil:
		return *d.Amount, nil
	case d.Total != nil:
		return left - *d.Total, nil
	}
	return 0, nil
}

// discountBasket spreads the manual basket discounts over all lines that take discounts, in
// proportion to what is left of each, by largest remainder.
func discountBasket(b *Basket, ps []position) error {
	for i, d := range b.Discounts {
		var left money.Minor
		weights := make([]int64, len(ps))
		for k := range ps {
			if ps[k].reduces {
				weights[k] = int64(ps[k].left)
				left += ps[k].left
			}
		}
		off, err := d.off(left)
		if err != nil {
			return at(err, "discounts[%d]", i)
		}
		if off = min(off, left); off <= 0 {
			continue
		}
		shares, err := money.Split(off, weights)
		if err != nil {
			return at(err, "discounts[%d]", i)
		}
		for k, s := range shares {
			ps[k].reduce("basket", d.Reason, "", s)
		}
	}
	return nil
}

// charge appends service charges and then tips.
func charge(b *Basket, ps []position, cur money.Currency) ([]position, error) {
	var goods money.Minor
	for i := range ps {
		if ps[i].Kind.goods() {
			goods += ps[i].left
		}
	}
	for _, kind := range []Kind{ServiceCharge, Tip} {
		for i, c := range b.Charges {
			if c.Kind != kind {
				continue
			}
			var amount money.Minor
			var err error
			if c.Amount != nil {
				amount, err = *c.Amount, (*c.Amount).CheckRange()
			} else {
				amount, err = max(goods, 0).Times(*c.Rate, fixed.HalfUp)
			}
			if err != nil {
				return nil, at(err, "charges[%d]", i)
			}
			if amount == 0 {
				continue
			}
			p, err := chargeLine(c, amount, cur)
			if err != nil {
				return nil, at(err, "charges[%d]", i)
			}
			ps = appendPosition(ps, p)
		}
	}
	return ps, nil
}

// chargeLine makes the line of a charge: one unit of its amount.
func chargeLine(c Charge, amount money.Minor, cur money.Currency) (position, error) {
	price, err := money.PriceOf(amount, cur)
	if err != nil {
		return position{}, err
	}
	return position{left: amount, Line: Line{
		Kind: c.Kind, Name: c.Name, Department: c.Department, Party: c.Party, Qty: qty.One, UnitPrice: price,
		Extended: amount, TaxCategory: c.TaxCategory,
	}}, nil
}
