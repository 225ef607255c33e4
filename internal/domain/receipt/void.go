package receipt

import "github.com/tillpost/tillpost/internal/base/id"

// Voiding returns the receipt that cancels original: the same lines and tenders with all signs
// turned, so that nothing of the sale is left in books and stock. The head gives its id, place, time
// and number. Only sales can be voided; a wrong void is corrected by selling again.
func Voiding(original *Receipt, h Head) (Receipt, error) {
	if original.Kind != Sale {
		return Receipt{}, ErrNotSale.At("kind")
	}
	r := h.receipt()
	r.Kind, r.Voids = Void, original.ID
	r.Currency, r.PricesInclude = original.Currency, original.PricesInclude
	r.TaxRounding, r.TaxMode = original.TaxRounding, original.TaxMode
	r.Rounding = -original.Rounding
	r.Lines = make([]Line, len(original.Lines))
	for i := range original.Lines {
		r.Lines[i] = original.Lines[i].turned()
	}
	r.Tenders = make([]Tender, len(original.Tenders))
	for i, t := range original.Tenders {
		t.ID = id.ID{} // the tender's id is the original payment's
		t.Amount, t.Foreign.Minor = -t.Amount, -t.Foreign.Minor
		r.Tenders[i] = t
	}
	return r, nil
}

// turned returns the line with all signs turned. The unit price has none.
func (l *Line) turned() Line {
	t := *l
	t.Qty, t.Extended, t.Net, t.NetDiscount, t.Commission = -l.Qty, -l.Extended, -l.Net, -l.NetDiscount, -l.Commission
	t.Reductions = append([]Reduction(nil), l.Reductions...)
	for i := range t.Reductions {
		t.Reductions[i].Amount = -t.Reductions[i].Amount
	}
	t.Taxes = append([]Tax(nil), l.Taxes...)
	for i := range t.Taxes {
		t.Taxes[i].Amount, t.Taxes[i].Base = -t.Taxes[i].Amount, -t.Taxes[i].Base
	}
	if l.Return != nil {
		back := *l.Return
		t.Return = &back
	}
	return t
}
