package totals

// Minus is what is left of the sums when those of b are taken away.
func (s Sales) Minus(b Sales) Sales {
	return Sales{s.Qty - b.Qty, s.Gross - b.Gross, s.Discounts - b.Discounts, s.Returns - b.Returns, s.Tax - b.Tax, s.Other - b.Other}
}

// Minus is what is left of the sums when those of b are taken away.
func (r Receipts) Minus(b Receipts) Receipts {
	return Receipts{r.Count - b.Count, r.Total - b.Total, r.Rounding - b.Rounding, r.Unexplained - b.Unexplained}
}

// Minus is what is left of the sums when those of b are taken away.
func (t Tenders) Minus(b Tenders) Tenders {
	return Tenders{t.Count - b.Count, t.Amount - b.Amount, t.Foreign - b.Foreign}
}

// Minus is what is left of the sums when those of b are taken away.
func (t Taxes) Minus(b Taxes) Taxes { return Taxes{t.Base - b.Base, t.Amount - b.Amount} }
