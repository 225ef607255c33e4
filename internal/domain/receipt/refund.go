package receipt

import (
	"fmt"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
)

// Take is a quantity of a sold line that comes back.
type Take struct {
	Line        int     `json:"line"` // number on the original receipt
	Qty         qty.Qty `json:"qty"`  // positive
	Reason      string  `json:"reason,omitempty"`
	Disposition string  `json:"disposition,omitempty"`
}

// Refund returns the lines, all negative, that bring back quantities of a sale. Nothing is priced or
// taxed again: each takes its share of the amounts that the sale froze. already holds the lines of
// all other receipts that posted (returns, and voids of returns); those that do not point to the
// original are ignored.
//
// The share is cumulative: what stays with the customer after the refund is the rounded part of the
// whole, and the refund is the difference to what stayed before. So any partition of the sale gives
// back exactly the sale, and no refund is ever more than is left. With tax in the price it is the
// price whose share is rounded first, so that the customer sees the price of the units to the cent;
// taxes come next, and the net is the rest.
func Refund(original *Receipt, already []Line, what []Take) ([]Line, error) {
	if original.Kind != Sale {
		return nil, ErrNotSale.At("original.kind")
	}
	rests := map[int]*rest{}
	out := make([]Line, 0, len(what))
	for i, w := range what {
		if w.Line < 1 || w.Line > len(original.Lines) {
			return nil, ErrRefundLine.At(fmt.Sprintf("what[%d].line", i))
		}
		l := &original.Lines[w.Line-1]
		if l.Qty <= 0 || l.Return != nil {
			return nil, ErrRefundLine.At(fmt.Sprintf("what[%d].line", i))
		}
		if w.Qty <= 0 {
			return nil, ErrRefundAmount.At(fmt.Sprintf("what[%d].qty", i))
		}
		s := rests[w.Line]
		if s == nil {
			var err error
			if s, err = restOf(l, original, already); err != nil {
				return nil, at(err, fmt.Sprintf("what[%d].line", i))
			}
			rests[w.Line] = s
		}
		if w.Qty > s.left.Qty {
			return nil, ErrRefundMuch.At(fmt.Sprintf("what[%d].qty", i))
		}
		back := s.take(w.Qty, original.PricesInclude)
		back = back.turned()
		back.No = i + 1
		back.Return = &Return{Receipt: original.ID, Line: w.Line, Reason: w.Reason, Disposition: w.Disposition}
		out = append(out, back)
	}
	return out, nil
}

// Refundable returns what could still come back of a sale, line by line.
func Refundable(original *Receipt, already []Line) []Take {
	var out []Take
	if original.Kind != Sale {
		return out
	}
	for i := range original.Lines {
		l := &original.Lines[i]
		if l.Qty <= 0 || l.Return != nil {
			continue
		}
		left := l.Qty
		for j := range already {
			if points(&already[j], original.ID, l.No) {
				left += already[j].Qty
			}
		}
		if left > 0 {
			out = append(out, Take{Line: l.No, Qty: left})
		}
	}
	return out
}

func points(l *Line, receipt id.ID, line int) bool {
	return l.Return != nil && l.Return.Receipt == receipt && l.Return.Line == line
}

// rest is a sold line and what is left of it after earlier returns.
type rest struct {
	sold *Line
	left Line
}

// restOf adds the earlier returns, which are negative, to the sold line.
func restOf(l *Line, original *Receipt, already []Line) (*rest, error) {
	s := &rest{sold: l, left: *l}
	s.left.Reductions = append([]Reduction(nil), l.Reductions...)
	s.left.Taxes = append([]Tax(nil), l.Taxes...)
	for i := range already {
		a := &already[i]
		if !points(a, original.ID, l.No) {
			continue
		}
		if len(a.Reductions) != len(l.Reductions) || len(a.Taxes) != len(l.Taxes) {
			return nil, ErrRefundPast
		}
		s.left.Qty += a.Qty
		s.left.Extended += a.Extended
		s.left.Net += a.Net
		s.left.NetDiscount += a.NetDiscount
		s.left.Commission += a.Commission
		for j := range a.Reductions {
			s.left.Reductions[j].Amount += a.Reductions[j].Amount
		}
		for j := range a.Taxes {
			if a.Taxes[j].Code != l.Taxes[j].Code || a.Taxes[j].Rate != l.Taxes[j].Rate {
				return nil, ErrRefundPast
			}
			s.left.Taxes[j].Amount += a.Taxes[j].Amount
			s.left.Taxes[j].Base += a.Taxes[j].Base
		}
	}
	most := l.Net.Abs()
	for _, t := range l.Taxes {
		most += t.Amount.Abs()
	}
	if s.left.Qty < 0 || s.left.Qty > l.Qty || s.left.Total().Abs() > most {
		return nil, ErrRefundPast
	}
	return s, nil
}

// take moves the amounts for n units out of what is left and returns them, positive as sold.
func (s *rest) take(n qty.Qty, include bool) Line {
	keeps := s.left.Qty - n
	part := func(whole, left money.Minor) money.Minor { return s.part(whole, left, keeps) }
	out := *s.sold
	out.Qty = n
	out.Reductions = append([]Reduction(nil), s.sold.Reductions...)
	out.Taxes = append([]Tax(nil), s.sold.Taxes...)

	for i := range out.Taxes {
		out.Taxes[i].Amount = part(s.sold.Taxes[i].Amount, s.left.Taxes[i].Amount)
	}
	if include {
		s.fitTaxes(&out, part(s.sold.Total(), s.left.Total()))
	} else {
		out.Net = part(s.sold.Net, s.left.Net)
	}
	for i := range out.Taxes { // a base is the net and the compound taxes before it
		above := part(s.sold.Taxes[i].Base-s.sold.Net, s.left.Taxes[i].Base-s.left.Net)
		out.Taxes[i].Base = out.Net + above
	}

	for i := range out.Reductions {
		out.Reductions[i].Amount = part(s.sold.Reductions[i].Amount, s.left.Reductions[i].Amount)
	}
	reduced, left := out.Reduced(), s.left.Reduced()
	shown, soldShown, leftShown := out.Net, s.sold.Net, s.left.Net
	if include {
		shown, soldShown, leftShown = out.Total(), s.sold.Total(), s.left.Total()
	}
	// What does not foot in the original (another system's document) is shared out like the rest.
	out.Extended = shown + reduced + part(s.sold.Extended-s.sold.Reduced()-soldShown, s.left.Extended-left-leftShown)
	out.NetDiscount = inside(part(s.sold.NetDiscount, s.left.NetDiscount), s.left.NetDiscount, reduced, left)
	out.Commission = inside(part(s.sold.Commission, s.left.Commission), s.left.Commission, out.Net, s.left.Net)
	s.left = minus(s.left, &out)
	return out
}

// part is the share of whole that comes back when keeps units stay, left being what is left of it:
// never more than that, never of the other sign.
func (s *rest) part(whole, left money.Minor, keeps qty.Qty) money.Minor {
	stays, err := fixed.MulDiv(int64(whole), int64(keeps), int64(s.sold.Qty), fixed.HalfUp)
	if err != nil {
		return left // cannot be: keeps is not more than what was sold
	}
	if left < 0 {
		return max(left, min(0, left-money.Minor(stays)))
	}
	return min(left, max(0, left-money.Minor(stays)))
}

// fitTaxes sets the net to what the taxes leave of the price. When that is less than nothing, or more
// than the net that is left, the taxes give way, so that both stay on their side of zero.
func (s *rest) fitTaxes(out *Line, price money.Minor) {
	out.Net = price - out.Tax()
	for i := range s.left.Taxes {
		if s.left.Taxes[i].Amount < 0 {
			return // a negative tax: no side to stay on
		}
	}
	if s.left.Net < 0 {
		return
	}
	for i := len(out.Taxes) - 1; i >= 0; i-- {
		t := &out.Taxes[i].Amount
		switch {
		case out.Net < 0:
			d := min(-out.Net, *t)
			*t, out.Net = *t-d, out.Net+d
		case out.Net > s.left.Net:
			d := min(out.Net-s.left.Net, s.left.Taxes[i].Amount-*t)
			*t, out.Net = *t+d, out.Net-d
		}
	}
}

// inside moves a part so that it is no larger than the part that contains it, now and in what is left
// of both. Parts of mixed signs are left alone.
func inside(part, left, outer, outerLeft money.Minor) money.Minor {
	if part < 0 || left < 0 || outer < 0 || left > outerLeft {
		return part
	}
	return min(max(part, left-(outerLeft-outer)), outer, left)
}

func minus(l Line, out *Line) Line {
	l.Qty -= out.Qty
	l.Extended -= out.Extended
	l.Net -= out.Net
	l.NetDiscount -= out.NetDiscount
	l.Commission -= out.Commission
	for i := range l.Reductions {
		l.Reductions[i].Amount -= out.Reductions[i].Amount
	}
	for i := range l.Taxes {
		l.Taxes[i].Amount -= out.Taxes[i].Amount
		l.Taxes[i].Base -= out.Taxes[i].Base
	}
	return l
}
