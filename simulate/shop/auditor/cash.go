package auditor

import "slices"

// cash is an amount of a currency and its value in the book currency.
type cash struct{ own, book int64 }

func (c cash) plus(d cash) cash { return cash{c.own + d.own, c.book + d.book} }

type purse map[string]cash

func (p purse) add(currency string, c cash) { p[currency] = p[currency].plus(c) }

// drawer is what the ledger must hold for a drawer.
type drawer struct {
	store, code string
	cash        purse
	holder      *holding         // the open shift
	had         bool             // somebody had it before
	late        map[string]purse // cash of receipts that came after their shift was counted, by shift
}

// holding is a shift.
type holding struct {
	id, day  string
	drawer   *drawer
	counted  bool
	expected purse
	count    map[string]int64
}

func (b *Books) drawer(store, code string) *drawer {
	k := store + "/" + code
	if b.drawers[k] == nil {
		b.drawers[k] = &drawer{store: store, code: code, cash: purse{}, late: map[string]purse{}}
	}
	return b.drawers[k]
}

// move changes what a drawer holds, against another account.
func (b *Books) shift(d *drawer, day, currency string, c cash, role, key string) {
	d.cash.add(currency, c)
	b.post("drawer", drawerKey(d.store, d.code, currency), d.store, day, c.book)
	b.post(role, key, d.store, day, -c.book)
}

// cash puts a receipt's cash into its drawer. The posting is made with the tender.
func (b *Books) cash(r *Receipt) {
	for i := range r.Tenders {
		t := &r.Tenders[i]
		if b.known.tenders[t.Type] != "cash" {
			continue
		}
		c := cash{t.Amount, t.Amount}
		if t.Currency != "" {
			c.own = t.Foreign
		}
		d := b.drawer(r.Store, r.drawer(t))
		d.cash.add(t.in(r), c)
		if h := b.holding[r.Shift]; h != nil && h == d.holder && !h.counted {
			h.expected.add(t.in(r), c)
			continue
		}
		if d.late[r.Shift] == nil {
			d.late[r.Shift] = purse{}
		}
		d.late[r.Shift].add(t.in(r), c)
	}
}

// worth values foreign cash like what is there, or by a rate (units of 10^-10).
func (b *Books) worth(currency string, own int64, there cash, rate int64) cash {
	switch {
	case currency == b.Currency || own == 0:
		return cash{own, own}
	case there.own > 0 && there.book > 0 && (own < 0 || rate == 0):
		return cash{own, half(own, there.book, there.own)}
	default:
		return cash{own, half(own, rate, one)}
	}
}

// offLate books off the cash that earlier counts had found as an overage.
func (b *Books) offLate(d *drawer, day string) {
	for _, p := range d.late {
		for currency, c := range p {
			b.shift(d, day, currency, cash{-c.own, -c.book}, "over_short", b.side(currency))
		}
	}
	d.late = map[string]purse{}
}

// OpenShift takes a drawer over. counted holds what was counted, by currency (nil: taken over as it
// is); float is what was brought from the safe in the book currency. rates value foreign cash.
func (b *Books) OpenShift(id, store, code, day string, float int64, counted, rates map[string]int64) {
	b.Tell("shift.opened", id)
	d := b.drawer(store, code)
	b.offLate(d, day)
	h := &holding{id: id, day: day, drawer: d, expected: purse{}}
	currencies := map[string]bool{b.Currency: true}
	for c := range d.cash {
		currencies[c] = true
	}
	for c := range counted {
		currencies[c] = true
	}
	for c := range currencies {
		there := d.cash[c]
		bring := int64(0)
		if c == b.Currency {
			bring = float
		}
		n, given := counted[c]
		if !given {
			n = there.own + bring
		}
		if !d.had {
			bring = n - there.own
		}
		brought := b.worth(c, bring, there, rates[c])
		b.shift(d, day, c, brought, "safe", safeKey(store, c, b.Currency))
		diff := b.worth(c, n-there.own-bring, there.plus(brought), rates[c])
		b.shift(d, day, c, diff, "over_short", b.side(c))
		if d.cash[c] != (cash{}) {
			h.expected[c] = d.cash[c]
		}
	}
	d.holder, d.had = h, true
	b.holding[id] = h
}

func safeKey(store, currency, book string) string {
	if currency == book {
		return store
	}
	return store + "/" + currency
}

// CashMove moves cash of the book currency into (positive) or out of an open shift's drawer; against
// it stand the other accounts, which sum to the amount.
func (b *Books) CashMove(shift string, amount int64, against map[[2]string]int64) {
	h := b.holding[shift]
	d := h.drawer
	d.cash.add(b.Currency, cash{amount, amount})
	h.expected.add(b.Currency, cash{amount, amount})
	b.post("drawer", drawerKey(d.store, d.code, b.Currency), d.store, h.day, amount)
	for k, v := range against {
		b.post(k[0], k[1], d.store, h.day, v)
	}
}

// Expected is what must be in the drawer of an open shift.
func (b *Books) Expected(shift string) map[string]int64 {
	out := map[string]int64{}
	for c, x := range b.holding[shift].expected {
		out[c] = x.own
	}
	return out
}

// CountShift keeps a blind count, or a second one.
func (b *Books) CountShift(shift string, counted map[string]int64) {
	b.Tell("shift.counted", shift)
	h := b.holding[shift]
	h.counted, h.count = true, counted
}

// CloseShift books what is over or short and takes the drawer down to keep, in the book currency.
func (b *Books) CloseShift(shift string, keep int64, rates map[string]int64) {
	b.Tell("shift.closed", shift)
	h := b.holding[shift]
	d := h.drawer
	b.offLate(d, h.day)
	currencies := []string{}
	for c := range h.count {
		currencies = append(currencies, c)
	}
	slices.Sort(currencies)
	for _, c := range currencies {
		there := cash{h.expected[c].own, d.cash[c].book}
		if there.book <= 0 {
			there.book = h.expected[c].book
		}
		diff := b.worth(c, h.count[c]-h.expected[c].own, there, rates[c])
		b.shift(d, h.day, c, diff, "over_short", b.side(c))
	}
	if out := d.cash[b.Currency].own - keep; out > 0 {
		b.shift(d, h.day, b.Currency, cash{-out, -out}, "safe", d.store)
	}
	d.holder = nil
}

// Bag sends cash of a safe to the bank; Credited matches it with what the bank counted.
func (b *Books) Bag(store, day string, amount int64) {
	b.post("cash_in_transit", store, store, day, amount)
	b.post("safe", store, store, day, -amount)
}

// Credited is what a statement shows of a bag.
func (b *Books) Credited(store, day string, amount, credited int64) {
	b.post("bank", "", store, day, credited)
	b.post("over_short", "", store, day, amount-credited)
	b.post("cash_in_transit", store, store, day, -amount)
}

// Manual books an entry by hand: account codes with their amounts.
func (b *Books) Manual(store, day string, lines map[string]int64) {
	for account, amount := range lines {
		b.post("", account, store, day, amount)
	}
}

// side keeps differences of foreign cash apart, whose value is a matter of rates.
func (b *Books) side(currency string) string {
	if currency == b.Currency {
		return ""
	}
	return currency
}
