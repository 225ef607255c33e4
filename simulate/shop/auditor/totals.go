package auditor

type salesKey struct {
	day, store, register, employee, department string
	hour                                       int
}

type receiptsKey struct {
	day, store, register, employee string
	hour                           int
}

type tenderKey struct{ day, store, register, tender, currency string }

type taxKey struct {
	day, store, code string
	rate             int64
}

func at[K comparable, V any](m map[K]*V, k K) *V {
	if m[k] == nil {
		m[k] = new(V)
	}
	return m[k]
}

// total adds a receipt to the totals of its day.
func (b *Books) total(r *Receipt) {
	c := at(b.counts, receiptsKey{r.Day, r.Store, r.Register, r.Employee, r.Hour})
	c[0]++
	c[1] += r.total()
	c[2] += r.Rounding
	for i := range r.Lines {
		l := &r.Lines[i]
		s := at(b.sales, salesKey{r.Day, r.Store, r.Register, r.Employee, l.Department, r.Hour})
		switch l.Kind {
		case "item", "service", "service_charge":
			if l.Return {
				s[3] -= l.Net
			} else {
				s[1] += l.Net + l.NetDiscount
				s[2] += l.NetDiscount
			}
		default:
			s[5] += l.Net
		}
		if l.Kind == "item" {
			s[0] += l.Qty
		}
		s[4] += l.tax()
		for _, t := range l.Taxes {
			x := at(b.taxes, taxKey{r.Day, r.Store, t.Code, t.Rate})
			x[0] += t.Base
			x[1] += t.Amount
		}
	}
	for i := range r.Tenders {
		t := &r.Tenders[i]
		x := at(b.tenders, tenderKey{r.Day, r.Store, r.Register, t.Type, t.Currency})
		x[0]++
		x[1] += t.Amount
		x[2] += t.Foreign
	}
}
