package pricing

import (
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
)

// weightStep is what a weight found from a label's price is rounded to: a gram of the kilogram.
const weightStep qty.Qty = qty.One / 1000

// positions turns entries into priced lines, each followed by what is attached to it.
func (r *Rules) positions(b *Basket) ([]position, error) {
	ps := make([]position, 0, len(b.Entries)+len(b.Charges)+8)
	for i := range b.Entries {
		p, err := r.position(&b.Entries[i], b)
		if err != nil {
			return nil, at(err, "entries[%d]", i)
		}
		ps = appendPosition(ps, p)
		if p.item == nil {
			continue
		}
		parent := len(ps)
		for _, a := range p.item.Attached {
			n, err := fixed.MulDiv(int64(p.Qty), int64(a.Qty), int64(qty.One), fixed.HalfUp)
			if err != nil {
				return nil, at(err, "entries[%d].qty", i)
			}
			e := Entry{Item: a.SKU, Qty: qty.Qty(n), NoPromotion: true, Reason: b.Entries[i].Reason, Disposition: b.Entries[i].Disposition}
			ap, err := r.position(&e, b)
			if err != nil {
				return nil, at(err, "entries[%d].attached", i)
			}
			ap.AttachedTo, ap.reduces = parent, false
			ps = appendPosition(ps, ap)
		}
	}
	return ps, nil
}

func appendPosition(ps []position, p position) []position {
	p.No = len(ps) + 1
	return append(ps, p)
}

// position prices one entry.
func (r *Rules) position(e *Entry, b *Basket) (position, error) {
	p := position{Line: Line{
		Ref: e.Ref, Kind: e.Kind, Item: e.Item, Name: e.Name, Department: e.Department, Party: e.Party,
		Qty: e.Qty, TaxCategory: e.TaxCategory,
	}}
	if e.Item != "" {
		it := r.items[e.Item]
		if it == nil {
			return p, ErrItemUnknown.At("item")
		}
		p.item = it
		p.Kind, p.Name, p.Department, p.TaxCategory = it.Kind, it.Name, it.Department, it.TaxCategory
		if it.Consignor != "" {
			p.Party = it.Consignor
		}
	}
	if !p.Kind.known() {
		return p, ErrKind.At("kind")
	}
	if p.Qty > MaxQty || p.Qty < -MaxQty {
		return p, ErrTooLarge.At("qty")
	}
	if err := r.value(&p, e, b); err != nil {
		return p, err
	}
	if p.Qty < 0 {
		p.Reason, p.Disposition = e.Reason, e.Disposition
	}
	free := p.item == nil || !p.item.NoDiscount
	sale := p.Qty > 0 && p.Kind.goods() && free
	p.sharing = sale && !e.NoPromotion && e.Price == nil
	p.reduces = sale
	return p, nil
}

// value sets quantity, unit price and extended amount, and the override's reduction.
func (r *Rules) value(p *position, e *Entry, b *Basket) error {
	if e.Amount != nil {
		return r.valueOfAmount(p, e, b)
	}
	if p.Qty == 0 {
		return ErrQtyZero.At("qty")
	}
	listed, known := r.UnitPrice(e.Item, b)
	price := listed
	if e.Price != nil {
		if *e.Price < 0 {
			return ErrPriceNegative.At("price")
		}
		if known && e.Reason == "" {
			return ErrReasonMissing.At("reason")
		}
		if price = *e.Price; !known || price > listed {
			listed = price
		}
	} else if !known {
		return ErrNoPrice.At("price")
	}
	extended, err := money.Extend(listed, p.Qty, r.book.Currency, r.rounded)
	if err != nil {
		return err
	}
	p.UnitPrice, p.Extended, p.left = listed, extended, extended
	if price < listed {
		now, err := money.Extend(price, p.Qty, r.book.Currency, r.rounded)
		if err != nil {
			return err
		}
		p.reduce("override", e.Reason, "", (extended - now).Abs())
	}
	return nil
}

// valueOfAmount prices a line whose amount is fixed: a label's price, a gift card, a tip. The weight
// of a weighed item follows from its unit price.
func (r *Rules) valueOfAmount(p *position, e *Entry, b *Basket) error {
	amount := *e.Amount
	if err := amount.CheckRange(); err != nil {
		return ErrTooLarge.At("amount")
	}
	if amount < 0 && p.item != nil {
		return ErrPriceNegative.At("amount")
	}
	if e.Price != nil {
		return ErrDiscount.At("price") // two prices for one line
	}
	price, known := r.UnitPrice(e.Item, b)
	if p.Qty == 0 {
		if p.Qty = qty.One; amount < 0 {
			p.Qty = -qty.One
		}
		if known && price > 0 && p.item.Weighed {
			// amount / price = minor x 10^(6-digits) / price; in millionths of a kilogram.
			n, err := fixed.MulDiv(int64(amount), fixed.Pow10(money.PricePlaces+qty.Places-r.book.Currency.Digits()), int64(price), fixed.HalfUp)
			if err != nil {
				return at(err, "amount")
			}
			g, err := money.Minor(n).Round(money.Minor(weightStep), fixed.HalfUp)
			if err != nil {
				return at(err, "amount")
			}
			p.Qty = max(qty.Qty(g), weightStep)
		}
	}
	if p.Qty > 0 && amount < 0 {
		return ErrPriceNegative.At("amount")
	}
	if p.Qty < 0 && amount > 0 {
		amount = -amount
	}
	if !known || p.item == nil || !p.item.Weighed {
		n, err := fixed.MulDiv(int64(amount), int64(qty.One), int64(p.Qty), fixed.HalfUp)
		if err != nil {
			return at(err, "amount")
		}
		if price, err = money.PriceOf(money.Minor(n), r.book.Currency); err != nil {
			return at(err, "amount")
		}
	}
	p.UnitPrice, p.Extended, p.left = price, amount, amount
	return nil
}
