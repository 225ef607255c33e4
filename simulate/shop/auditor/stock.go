package auditor

// level is what a location has of an item.
type level struct{ qty, value, unit int64 }

// movement is what a document's line moved into its location.
type movement struct{ qty, value int64 }

const million = 1_000_000

// extend is price x quantity in minor units.
func extend(price, qty int64) int64 { return half(price, qty, million*million/100) }

// unit is the price of one of qty units that are worth value.
func unit(value, qty int64) int64 { return half(value, million*million/100, qty) }

func (b *Books) level(location, item string) *level {
	k := place{location, item}
	if b.levels[k] == nil {
		b.levels[k] = &level{}
	}
	return b.levels[k]
}

// lastCost values what is not there: at the last known cost, the catalogue's, or the average.
func (l *level) lastCost(qty, fallback int64) int64 {
	switch {
	case l.unit > 0:
		return extend(l.unit, qty)
	case fallback > 0:
		return extend(fallback, qty)
	case l.qty > 0:
		return half(l.value, qty, l.qty)
	}
	return 0
}

// out takes goods at the moving average and returns what they were worth.
func (l *level) out(qty, fallback int64) int64 {
	v := int64(0)
	switch {
	case l.qty <= 0:
		v = l.lastCost(qty, fallback)
	case qty <= l.qty:
		v = half(l.value, qty, l.qty)
	default:
		v = l.value + l.lastCost(qty-l.qty, fallback)
	}
	l.qty -= qty
	l.value -= v
	return v
}

// in brings goods that cost v. What was sold too early gets its true cost: the difference is returned.
func (l *level) in(qty, v int64) (trueUp int64) {
	if owed := -l.qty; owed > 0 {
		n := min(qty, owed)
		trueUp = half(v, n, qty) - half(-l.value, n, owed)
	}
	l.qty += qty
	l.value += v - trueUp
	u := int64(0)
	if l.qty > 0 {
		u = unit(l.value, l.qty)
	} else {
		u = unit(v, qty)
	}
	if u > 0 {
		l.unit = u
	}
	return trueUp
}

// back brings goods without a purchase: first what is missing, at what it was booked at, then at cost
// (when has is set) or at what units cost.
func (l *level) back(qty, cost int64, has bool, fallback int64) int64 {
	v, rest := int64(0), qty
	if owed := -l.qty; owed > 0 {
		n := min(qty, owed)
		v = half(-l.value, n, owed)
		rest -= n
	}
	if rest > 0 {
		if has && cost >= 0 {
			v += extend(cost, rest)
		} else {
			v += l.lastCost(rest, fallback)
		}
	}
	l.qty += qty
	l.value += v
	return v
}

// DocLine is one line of a stock document.
type DocLine struct {
	Item       string
	Department string // the catalogue's
	Qty        int64  // positive
	Value      int64  // of what comes with a cost: the whole line's
	UnitCost   int64  // of what is found
	HasCost    bool
	Fallback   int64 // the catalogue's cost
}

// Deliver books goods that a supplier brought.
func (b *Books) Deliver(id, store, day, supplier string, lines []DocLine) {
	b.Tell("delivery.recorded", id)
	for _, l := range lines {
		up := b.level(store, l.Item).in(l.Qty, l.Value)
		b.post("inventory", store, store, day, l.Value-up)
		b.post("cogs", l.Department, store, day, up)
		b.owed("grni", supplier, supplier, store, day, -l.Value)
		b.open[id] += l.Value
	}
}

// Settles is the part of a delivery that a bill is for.
type Settles struct {
	Delivery, Store string
	Value           int64
}

// Bill books a supplier's bill.
func (b *Books) Bill(store, day, supplier string, settles []Settles, net int64, taxes map[string]int64) {
	variance, owed := net, net
	for _, s := range settles {
		b.owed("grni", supplier, supplier, s.Store, day, s.Value)
		b.open[s.Delivery] -= s.Value
		variance -= s.Value
	}
	b.post("price_variance", "", store, day, variance)
	for code, t := range taxes {
		b.post("input_tax", code, store, day, t)
		owed += t
	}
	b.post("payable", supplier, store, day, -owed)
}

// OpenValue is what a delivery is not billed for yet.
func (b *Books) OpenValue(delivery string) int64 { return b.open[delivery] }

// Units is what a location has of an item, by the auditor's books.
func (b *Books) Units(location, item string) int64 { return b.level(location, item).qty }

// Adjust books goods that are found, gone, damaged or were there at the beginning.
func (b *Books) Adjust(kind, store, day string, lines []DocLine) {
	for _, l := range lines {
		h := b.level(store, l.Item)
		switch kind {
		case "opening":
			up := h.in(l.Qty, l.Value)
			b.post("inventory", store, store, day, l.Value-up)
			b.post("cogs", l.Department, store, day, up)
			b.post("equity", "", store, day, -l.Value)
		case "found":
			v := h.back(l.Qty, l.UnitCost, l.HasCost, l.Fallback)
			b.post("inventory", store, store, day, v)
			b.post("shrink", l.Department, store, day, -v)
		default:
			v := h.out(l.Qty, l.Fallback)
			b.post("inventory", store, store, day, -v)
			b.post(map[string]string{"shrink": "shrink", "damaged": "damaged"}[kind], l.Department, store, day, v)
		}
	}
}

// Count books what was counted; Qty is the count, Value what moved since the counting.
func (b *Books) Count(store, day string, lines []DocLine) {
	for _, l := range lines {
		h := b.level(store, l.Item)
		d := h.qty - l.Value - l.Qty
		v := int64(0)
		switch {
		case d > 0:
			v = h.out(d, l.Fallback)
		case d < 0:
			v = -h.back(-d, 0, false, l.Fallback)
		}
		b.post("inventory", store, store, day, -v)
		b.post("shrink", l.Department, store, day, v)
	}
}

// Ship takes goods out of a store; they are in transit to another.
func (b *Books) Ship(id, from, to, day string, lines []DocLine) {
	b.Tell("shipment.recorded", id)
	for _, l := range lines {
		v := b.level(from, l.Item).out(l.Qty, l.Fallback)
		up := b.level("transit:"+id, l.Item).in(l.Qty, v)
		b.post("inventory", from, from, day, -v)
		b.post("stock_in_transit", to, to, day, v-up)
		b.post("cogs", l.Department, to, day, up)
	}
}

// Arrive brings goods of a shipment to a store; to is where they were meant for. With last, what is
// still under way is lost.
func (b *Books) Arrive(id, store, to, day string, lines []DocLine, last bool, departments map[string]string) {
	transit := "transit:" + id
	for _, l := range lines {
		v := b.level(transit, l.Item).out(l.Qty, l.Fallback)
		up := b.level(store, l.Item).in(l.Qty, v)
		b.post("stock_in_transit", to, to, day, -v)
		b.post("inventory", store, store, day, v-up)
		b.post("cogs", departments[l.Item], store, day, up)
	}
	if !last {
		return
	}
	for k, h := range b.levels {
		if k.location == transit && h.qty != 0 {
			v := h.out(h.qty, 0)
			b.post("stock_in_transit", to, to, day, -v)
			b.post("shrink", departments[k.item], to, day, v)
		}
	}
}
