package tax

import (
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
)

// CumulativeShare returns the part of total that refundNow units bring back when refundedBefore of
// origQty came back already. What stays with the customer is rounded, half up, and the refund is the
// difference of two such rests: any partition of origQty returns exactly total, and no part of it
// ever more. All three quantities have the sign of origQty or are zero.
func CumulativeShare(total money.Minor, origQty, refundedBefore, refundNow qty.Qty) (money.Minor, error) {
	after, err := fixed.Add(int64(refundedBefore), int64(refundNow))
	if err != nil {
		return 0, err
	}
	if !within(origQty, refundedBefore) || !within(origQty, refundNow) || !within(origQty, qty.Qty(after)) {
		return 0, ErrRefundQty
	}
	kept, err := staying(total, origQty, refundedBefore)
	if err != nil {
		return 0, err
	}
	keeps, err := staying(total, origQty, qty.Qty(after))
	if err != nil {
		return 0, err
	}
	return kept - keeps, nil // both lie between zero and total
}

// staying is the part of total for the units that did not come back.
func staying(total money.Minor, orig, back qty.Qty) (money.Minor, error) {
	n, err := fixed.MulDiv(int64(total), int64(orig-back), int64(orig), fixed.HalfUp)
	return money.Minor(n), err
}

// within tells whether part lies between zero and whole, and whole is not zero.
func within(whole, part qty.Qty) bool {
	if whole > 0 {
		return part >= 0 && part <= whole
	}
	return whole < 0 && part <= 0 && part >= whole
}

// Refund returns the amounts of a sold line that refundNow units bring back, with the signs of the
// sale; Negated turns them for the return line. The total and each tax are cumulative shares of
// what was frozen, and the net is the rest, so that the customer gets the price of the units back to
// the cent. On a line of a few cents for many units that rest may be a cent on the other side of zero.
func Refund(original LineResult, origQty, refundedBefore, refundNow qty.Qty) (LineResult, error) {
	share := func(a money.Minor) (money.Minor, error) {
		return CumulativeShare(a, origQty, refundedBefore, refundNow)
	}
	total, err := share(original.Total)
	if err != nil {
		return LineResult{}, err
	}
	back := LineResult{Net: total, Total: total, Taxes: make([]Share, len(original.Taxes))}
	for i, t := range original.Taxes {
		back.Taxes[i] = t
		if back.Taxes[i].Amount, err = share(t.Amount); err != nil {
			return LineResult{}, err
		}
		back.Net -= back.Taxes[i].Amount
	}
	for i, t := range original.Taxes {
		above, err := share(t.Base - original.Net) // the compound taxes in the base
		if err != nil {
			return LineResult{}, err
		}
		back.Taxes[i].Base = back.Net + above
	}
	return back, nil
}

// Negated returns the line with all amounts turned: what a return or a void books.
func (l LineResult) Negated() LineResult {
	taxes := make([]Share, len(l.Taxes))
	for i, t := range l.Taxes {
		t.Base, t.Amount = -t.Base, -t.Amount
		taxes[i] = t
	}
	return LineResult{Net: -l.Net, Total: -l.Total, Taxes: taxes}
}
