package auditor

// knowledge is what the books know at the moment.
type knowledge struct {
	items    map[string]bool
	services map[string]bool
	taxes    map[string]bool
	tenders  map[string]string // kind by code
}

func newKnowledge() knowledge {
	return knowledge{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]string{}}
}

// waiting is something that stands in suspense, and where it belongs once it is known.
type waiting struct {
	store, role, key, department string
	back                         bool // goods that came back
}

// KnowItem says that an item is in the catalogue.
func (b *Books) KnowItem(sku string, service bool) {
	b.known.items[sku] = true
	b.known.services[sku] = service
}

// KnowTax says that a tax code has its account.
func (b *Books) KnowTax(code string) { b.known.taxes[code] = true }

// KnowTender says what kind a tender type is.
func (b *Books) KnowTender(code, kind string) { b.known.tenders[code] = kind }

// owe posts an amount where it belongs, or to suspense under what:name while that is not known.
func (b *Books) owe(what, name string, w waiting, day string, amount int64, known bool) {
	if known {
		b.post(w.role, w.key, w.store, day, amount)
		return
	}
	key := what + ":" + name
	if b.suspended[key] == nil {
		b.suspended[key] = map[waiting]int64{}
	}
	b.suspended[key][w] += amount
	b.post("suspense", "", w.store, day, amount)
}

// Waits lists the keys that have something in suspense, or goods that have not left.
func (b *Books) Waits(key string) bool {
	for _, amount := range b.suspended[key] {
		if amount != 0 {
			return true
		}
	}
	return false
}

// MapTender settles an unknown tender type; today is each store's business day.
func (b *Books) MapTender(code, kind string, today map[string]string) {
	b.KnowTender(code, kind)
	b.settle("tender:"+code, today, func(w waiting) waiting {
		w.role = tenderRoles[kind]
		return w
	})
}

// MapTax settles an unknown tax code.
func (b *Books) MapTax(code string, today map[string]string) {
	b.KnowTax(code)
	b.settle("tax:"+code, today, func(w waiting) waiting { return w })
}

// MapItem settles an unknown item: its revenue goes to its department, its goods leave the stock.
func (b *Books) MapItem(sku, department string, service bool, cost int64, today map[string]string) {
	b.KnowItem(sku, service)
	b.settle("item:"+sku, today, func(w waiting) waiting {
		if w.key == "" {
			w.key = department
		}
		return w
	})
	if service {
		return
	}
	for p, n := range b.unmoved {
		if p.item != sku || n == 0 {
			continue
		}
		h := b.level(p.location, sku)
		v := int64(0)
		if n > 0 {
			v = h.out(n, cost)
		} else {
			v = -h.back(-n, 0, false, cost)
		}
		b.post("inventory", p.location, p.location, today[p.location], -v)
		b.post("cogs", department, p.location, today[p.location], v)
		delete(b.unmoved, p)
	}
}

func (b *Books) settle(key string, today map[string]string, where func(waiting) waiting) {
	for w, amount := range b.suspended[key] {
		b.post("suspense", "", w.store, today[w.store], -amount)
		to := where(w)
		b.post(to.role, to.key, w.store, today[w.store], amount)
	}
	delete(b.suspended, key)
}
