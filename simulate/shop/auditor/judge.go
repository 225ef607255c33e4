package auditor

import "math/big"

// returned is what came back of a sold line.
type returned struct{ qty, net, tax, discount, commission int64 }

// one is 1 in rates.
const one = 10_000_000_000

// judge computes a receipt again: prices, discounts, taxes, tenders and what may come back.
func (b *Books) judge(r *Receipt) {
	where := r.Store + "/" + r.Register
	paid := int64(0)
	for _, t := range r.Tenders {
		paid += t.Amount
	}
	if paid != r.total()+r.Rounding {
		b.complain("%s #%d: paid %d for %d and rounding %d", where, r.Number, paid, r.total(), r.Rounding)
	}
	b.judgeCoins(r)
	for i := range r.Lines {
		l := &r.Lines[i]
		if l.Listed && l.Extended != extend(l.Price, l.Qty) {
			b.complain("%s #%d line %d: %d for %d at %d", where, r.Number, l.No, l.Extended, l.Qty, l.Price)
		}
		shown := l.Net
		if r.Include {
			shown += l.tax()
		}
		if shown != l.Extended-l.Reduced {
			b.complain("%s #%d line %d: %d less %d is not %d", where, r.Number, l.No, l.Extended, l.Reduced, shown)
		}
		if l.Listed && l.Price != l.List {
			b.complain("%s #%d line %d: %s at %d, its price is %d", where, r.Number, l.No, l.Item, l.Price, l.List)
		}
		if r.Kind == "sale" {
			b.judgeRates(r, l)
		}
		if l.Of != "" && r.Kind == "sale" {
			b.judgeReturn(r, l)
		}
	}
	if r.Kind == "sale" {
		b.judgeTaxes(r)
	}
	if r.Kind == "void" {
		b.judgeVoid(r)
	}
}

// judgeCoins asks that cash can be paid with the coins that there are, and that rounding is the least
// that this takes. (Of a cent beside a card nothing may be left to pay.)
func (b *Books) judgeCoins(r *Receipt) {
	cash := int64(0)
	for i := range r.Tenders {
		if t := &r.Tenders[i]; t.Currency == "" && b.known.tenders[t.Type] == "cash" {
			cash += t.Amount
		}
	}
	if cash%r.Step != 0 || 2*max(r.Rounding, -r.Rounding) > r.Step {
		b.complain("%s/%s #%d: rounding %d with cash of %d in steps of %d", r.Store, r.Register, r.Number, r.Rounding, cash, r.Step)
	}
}

// judgeTaxes computes the taxes of what is sold, by the receipt's policy, with fractions.
func (b *Books) judgeTaxes(r *Receipt) {
	type rate struct {
		code string
		rate int64
		back bool
	}
	sums, whole := map[rate]*big.Rat{}, map[rate]int64{}
	got, all := map[bool]int64{}, map[bool]*big.Rat{false: new(big.Rat), true: new(big.Rat)}
	for i := range r.Lines {
		l := &r.Lines[i]
		if l.Of != "" {
			continue
		}
		for _, t := range l.Taxes {
			exact := new(big.Rat).SetInt64(l.Extended - l.Reduced)
			den := int64(one)
			if r.Include {
				den += t.Rate
			}
			exact.Mul(exact, big.NewRat(t.Rate, den))
			if r.TaxRounding == "line" && round(exact) != t.Amount {
				b.complain("%s/%s #%d line %d: tax %s is %d, not %d", r.Store, r.Register, r.Number, l.No, t.Code, t.Amount, round(exact))
			}
			k := rate{t.Code, t.Rate, l.Qty < 0}
			if sums[k] == nil {
				sums[k] = new(big.Rat)
			}
			sums[k].Add(sums[k], exact)
			whole[k] += t.Amount
			all[k.back].Add(all[k.back], exact)
			got[k.back] += t.Amount
			if t.Base != l.Net {
				b.complain("%s/%s #%d line %d: the base of %s is %d, not %d", r.Store, r.Register, r.Number, l.No, t.Code, t.Base, l.Net)
			}
		}
	}
	switch r.TaxRounding {
	case "rate":
		for k, s := range sums {
			if round(s) != whole[k] {
				b.complain("%s/%s #%d: tax %s is %d, not %d", r.Store, r.Register, r.Number, k.code, whole[k], round(s))
			}
		}
	case "receipt":
		for back, s := range all {
			if round(s) != got[back] {
				b.complain("%s/%s #%d: tax is %d, not %d", r.Store, r.Register, r.Number, got[back], round(s))
			}
		}
	}
}

// round is the nearest whole number, halves away from zero.
func round(x *big.Rat) int64 {
	num, den := new(big.Int).Abs(x.Num()), x.Denom()
	num.Add(num.Lsh(num, 1), den)
	num.Quo(num, new(big.Int).Lsh(den, 1))
	if x.Sign() < 0 {
		num.Neg(num)
	}
	return num.Int64()
}

// judgeReturn follows what comes back of a sold line: never more than was sold, and all of it is
// exactly the sale. The original may arrive later than its return.
func (b *Books) judgeReturn(r *Receipt, l *Line) {
	k := lineOf{l.Of, l.OfLine}
	back := at(b.refunds, k)
	back.qty -= l.Qty
	back.net -= l.Net
	back.tax -= l.tax()
	back.discount -= l.NetDiscount
	back.commission -= l.Commission
}

// JudgeReturns looks at all returns once everything has arrived.
func (b *Books) JudgeReturns() {
	for k, back := range b.refunds {
		sold := b.receipts[k.receipt]
		if sold == nil {
			continue
		}
		l := &sold.Lines[k.line-1]
		was := returned{l.Qty, l.Net, l.tax(), l.NetDiscount, l.Commission}
		switch {
		case back.qty > was.qty || back.net+back.tax > was.net+was.tax:
			b.complain("%s/%s #%d line %d: %+v came back of %+v", sold.Store, sold.Register, sold.Number, l.No, *back, was)
		case back.qty == was.qty && *back != was:
			b.complain("%s/%s #%d line %d: all came back, as %+v and not as %+v", sold.Store, sold.Register, sold.Number, l.No, *back, was)
		}
	}
}

// judgeVoid asks that a void is the mirror of its sale.
func (b *Books) judgeVoid(r *Receipt) {
	was := b.receipts[r.Voids]
	if was == nil {
		return // it arrives later
	}
	if r.total() != -was.total() || r.Rounding != -was.Rounding || len(r.Lines) != len(was.Lines) || len(r.Tenders) != len(was.Tenders) {
		b.complain("%s/%s #%d does not mirror what it voids", r.Store, r.Register, r.Number)
	}
}
