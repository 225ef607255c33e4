package receipt

import (
	"fmt"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
)

// check looks at one line; the fault's path is the field. given is true for another system's
// amounts, whose signs and sums are taken as they are.
func (l *Line) check(i int, r *Receipt, given bool) *fault.Error {
	if l.No != i+1 {
		return ErrLineNo.At("no")
	}
	if f := l.checkTexts(); f != nil {
		return f
	}
	if len(l.Reductions) > MaxReductions {
		return ErrTooMany.At("reductions")
	}
	if len(l.Taxes) > MaxTaxes {
		return ErrTooMany.At("taxes")
	}
	if f := l.checkRanges(); f != nil {
		return f
	}
	if f := l.checkReturn(r); f != nil {
		return f
	}
	if given {
		return nil
	}
	if f := l.checkSigns(r.PricesInclude); f != nil {
		return f
	}
	return l.checkSums(r.PricesInclude)
}

func (l *Line) checkTexts() *fault.Error {
	switch l.Kind {
	case Item, Service, ServiceCharge, Tip, GiftCard, StoreCredit, Deposit, BottleDeposit, Charity, Consignment, Fee, OnAccount:
	default:
		return ErrLineKind.At("kind")
	}
	if f := code(l.Item); f != nil {
		return f.At("item")
	}
	if f := free(l.Name, MaxName); f != nil {
		return f.At("name")
	}
	if f := free(l.Department, MaxCode); f != nil {
		return f.At("department")
	}
	if f := free(l.Party, MaxCode); f != nil {
		return f.At("party")
	}
	for i := range l.Reductions {
		d := &l.Reductions[i]
		switch d.Kind {
		case "line", "basket", "promotion", "override", "coupon":
		default:
			return ErrReduction.At(fmt.Sprintf("reductions[%d].kind", i))
		}
		if f := free(d.Reason, MaxReason); f != nil {
			return f.At(fmt.Sprintf("reductions[%d].reason", i))
		}
		if f := code(d.Promotion); f != nil {
			return f.At(fmt.Sprintf("reductions[%d].promotion", i))
		}
	}
	for i := range l.Taxes {
		c := l.Taxes[i].Code
		if c == "" {
			return ErrTextMissing.At(fmt.Sprintf("taxes[%d].code", i))
		}
		if f := code(c); f != nil {
			return f.At(fmt.Sprintf("taxes[%d].code", i))
		}
		for j := range i {
			if l.Taxes[j].Code == c && l.Taxes[j].Rate == l.Taxes[i].Rate {
				return ErrTaxTwice.At(fmt.Sprintf("taxes[%d].code", i))
			}
		}
	}
	return nil
}

func tooLarge(a money.Minor) bool { return a > money.MaxMinor || a < -money.MaxMinor }

func (l *Line) checkRanges() *fault.Error {
	switch {
	case l.UnitPrice < 0:
		return ErrPrice.At("unit_price")
	case tooLarge(l.Extended):
		return ErrAmountRange.At("extended")
	case tooLarge(l.Net):
		return ErrAmountRange.At("net")
	case tooLarge(l.NetDiscount):
		return ErrAmountRange.At("net_discount")
	case tooLarge(l.Commission):
		return ErrAmountRange.At("commission")
	case l.Commission != 0 && l.Kind != Consignment:
		return ErrCommission.At("commission")
	}
	for i := range l.Reductions {
		if tooLarge(l.Reductions[i].Amount) {
			return ErrAmountRange.At(fmt.Sprintf("reductions[%d].amount", i))
		}
	}
	for i := range l.Taxes {
		if tooLarge(l.Taxes[i].Amount) || tooLarge(l.Taxes[i].Base) {
			return ErrAmountRange.At(fmt.Sprintf("taxes[%d].amount", i))
		}
	}
	return nil
}

func (l *Line) checkReturn(r *Receipt) *fault.Error {
	t := l.Return
	if t == nil {
		return nil
	}
	if t.Line < 0 || t.Line > MaxLines || t.Line > 0 && t.Receipt.IsZero() || t.Receipt == r.ID {
		return ErrReturn.At("return")
	}
	if r.Kind == Void && (l.Qty < 0 || l.Extended < 0) || r.Kind != Void && (l.Qty > 0 || l.Extended > 0) {
		return ErrReturn.At("return")
	}
	switch t.Disposition {
	case "", "restock", "damaged", "none":
	default:
		return ErrDisposition.At("return.disposition")
	}
	if f := free(t.Reason, MaxReason); f != nil {
		return f.At("return.reason")
	}
	return nil
}

// checkSigns asks that quantity and amounts have one sign. A tax with a negative rate has the other;
// and taxes that are rounded up may be more than a price of a few cents that contains them, so that
// the net has the other sign by as many cents as there are taxes.
func (l *Line) checkSigns(include bool) *fault.Error {
	if l.Qty == 0 {
		return ErrQtyZero.At("qty")
	}
	wrong := func(a money.Minor) bool { return a != 0 && (a < 0) != (l.Qty < 0) }
	switch {
	case wrong(l.Extended):
		return ErrSign.At("extended")
	case wrong(l.Net) && !(include && l.Net.Abs() <= money.Minor(len(l.Taxes))):
		return ErrSign.At("net")
	case wrong(l.NetDiscount):
		return ErrSign.At("net_discount")
	case wrong(l.Commission) || l.Commission != 0 && l.Commission.Abs() > l.Net.Abs():
		return ErrCommission.At("commission")
	}
	for i := range l.Reductions {
		if wrong(l.Reductions[i].Amount) {
			return ErrSign.At(fmt.Sprintf("reductions[%d].amount", i))
		}
	}
	for i := range l.Taxes {
		if t := &l.Taxes[i]; t.Rate >= 0 && wrong(t.Amount) {
			return ErrSign.At(fmt.Sprintf("taxes[%d].amount", i))
		}
	}
	return nil
}

// checkSums asks that price less discounts is net and tax (when the price has the tax in it) or net.
func (l *Line) checkSums(include bool) *fault.Error {
	reduced := l.Reduced()
	left := l.Extended - reduced
	if left != 0 && (left < 0) != (l.Qty < 0) {
		return ErrOverReduced.At("reductions")
	}
	shown := l.Net
	if include {
		shown += l.Tax()
	}
	if shown != left {
		return ErrFoot.At("net")
	}
	if !include && l.NetDiscount != reduced || l.NetDiscount.Abs() > reduced.Abs() {
		return ErrNetDiscount.At("net_discount")
	}
	return nil
}
