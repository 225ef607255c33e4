package auditor

// rule is what the law says from a day on.
type rule struct {
	since string
	rates map[string]int64 // by tax code
}

// Law says which taxes a category of goods bears in a place from a day on; later days are told later.
func (b *Books) Law(place, category, since string, rates map[string]int64) {
	k := place + " " + category
	b.law[k] = append(b.law[k], rule{since, rates})
}

// judgeRates asks that a line bears the taxes of its day, or of the sale whose goods it brings back.
func (b *Books) judgeRates(r *Receipt, l *Line) {
	var want map[string]int64
	if l.Of != "" {
		sold := b.receipts[l.Of]
		if sold == nil {
			return // it arrives later
		}
		want = rates(&sold.Lines[l.OfLine-1])
	} else {
		for _, x := range b.law[r.Place+" "+l.Category] {
			if x.since <= r.Day {
				want = x.rates
			}
		}
	}
	got := rates(l)
	same := len(got) == len(want)
	for code, rate := range want {
		g, ok := got[code]
		same = same && ok && g == rate
	}
	if !same {
		b.complain("%s/%s #%d line %d on %s: the taxes are %v, not %v", r.Store, r.Register, r.Number, l.No, r.Day, got, want)
	}
}

func rates(l *Line) map[string]int64 {
	out := map[string]int64{}
	for _, t := range l.Taxes {
		out[t.Code] = t.Rate
	}
	return out
}
