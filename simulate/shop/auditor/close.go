package auditor

// closing names a closed day of a register.
type closing struct{ store, day, register string }

// Sealed is what a day's seal must say.
type Sealed struct{ First, Last, Receipts, Missing, Total int64 }

// CloseDay seals a store's day with what has arrived.
func (b *Books) CloseDay(store, day string) {
	if b.closed[closing{store, day, ""}] != nil {
		return
	}
	whole := &Sealed{}
	numbers := map[string]map[int64]bool{}
	for _, u := range b.order {
		r := b.receipts[u]
		if r.Store != store {
			continue
		}
		if numbers[r.Register] == nil {
			numbers[r.Register] = map[int64]bool{}
		}
		numbers[r.Register][r.Number] = true
		if r.Day != day {
			continue
		}
		s := b.closed[closing{store, day, r.Register}]
		if s == nil {
			s = &Sealed{First: r.Number, Last: r.Number}
			b.closed[closing{store, day, r.Register}] = s
		}
		s.First, s.Last = min(s.First, r.Number), max(s.Last, r.Number)
		s.Receipts++
		whole.Receipts++
		if r.posts() {
			s.Total += r.total()
			whole.Total += r.total()
		}
	}
	for k, s := range b.closed {
		if k.store != store || k.day != day || k.register == "" {
			continue
		}
		before := int64(0)
		for o, p := range b.closed {
			if o.store == store && o.register == k.register && o.day < day {
				before = max(before, p.Last)
			}
		}
		for n := before + 1; n <= s.Last; n++ {
			if !numbers[k.register][n] {
				s.Missing++
			}
		}
		whole.Missing += s.Missing
	}
	b.closed[closing{store, day, ""}] = whole
	b.Tell("day.closed", store+"/"+day)
}
