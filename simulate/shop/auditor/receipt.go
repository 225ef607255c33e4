package auditor

// Receipt is a sealed receipt as the auditor reads it.
type Receipt struct {
	ID, Kind, Store, Register string
	Number                    int64
	Day, Employee, Customer   string
	Shift                     string // id of the shift that it names
	Hour                      int    // by the store's clock
	Hash                      string // hexadecimal
	Include                   bool   // prices contain the tax
	TaxRounding               string
	Voids                     string
	Lines                     []Line
	Tenders                   []Tender
	Rounding                  int64
	Currency                  string
	Place                     string // whose tax law holds
	Step                      int64  // the smallest coin
}

// Line is one line of a receipt.
type Line struct {
	No                            int
	Kind, Item, Department, Party string
	Qty, Price, Extended, Reduced int64
	Net, NetDiscount, Commission  int64
	Taxes                         []Tax
	Return                        bool
	Of                            string // receipt that it brings goods back of
	OfLine                        int
	Disposition                   string
	Fallback                      int64  // the catalogue's cost of the item
	Listed                        bool   // Extended must be price x quantity, and the price List
	List                          int64  // the till's price of the item
	Category                      string // of its taxes
}

// Tax is one tax on a line; Rate is in units of 10^-10.
type Tax struct {
	Code               string
	Rate, Base, Amount int64
}

// Tender is one payment. Currency is set when it is foreign.
type Tender struct {
	Type, Drawer, Currency, Party string
	Amount, Foreign               int64
}

func (l *Line) tax() (t int64) {
	for _, x := range l.Taxes {
		t += x.Amount
	}
	return t
}

func (r *Receipt) total() (t int64) {
	for i := range r.Lines {
		t += r.Lines[i].Net + r.Lines[i].tax()
	}
	return t
}

func (r *Receipt) posts() bool { return r.Kind == "sale" || r.Kind == "void" }

// Receive takes a receipt in. It must arrive once.
func (b *Books) Receive(r *Receipt) {
	if b.receipts[r.ID] != nil {
		b.complain("receipt %s/%s #%d arrived twice", r.Store, r.Register, r.Number)
		return
	}
	b.receipts[r.ID] = r
	b.order = append(b.order, r.ID)
	b.place[r.ID] = len(b.order)
	b.Tell("sale.completed", r.ID)
	if !r.posts() {
		return
	}
	b.judge(r)
	b.total(r)
	b.entry = map[posting]int64{}
	defer func() { b.awaited[r.ID], b.entry = b.entry, nil }()
	b.revenue(r)
	for i := range r.Tenders {
		b.tender(r, &r.Tenders[i])
	}
	b.post("rounding", "", r.Store, r.Day, -r.Rounding)
	b.goods(r)
	b.cash(r)
}

// revenue books the lines.
func (b *Books) revenue(r *Receipt) {
	for i := range r.Lines {
		l := &r.Lines[i]
		for _, t := range l.Taxes {
			b.owe("tax", t.Code, waiting{store: r.Store, role: "tax_payable", key: t.Code}, r.Day, -t.Amount, b.known.taxes[t.Code])
		}
		switch l.Kind {
		case "item":
			b.earned(r, l, "sales")
		case "service", "service_charge":
			b.earned(r, l, "services")
		case "consignment":
			b.owed("consignors", l.Party, l.Party, r.Store, r.Day, l.Commission-l.Net)
			b.post("commission", "", r.Store, r.Day, -l.Commission)
		case "tip":
			b.post("tips_payable", "", r.Store, r.Day, -l.Net)
		case "gift_card":
			b.post("gift_cards", "", r.Store, r.Day, -l.Net)
		case "store_credit":
			b.post("store_credit", "", r.Store, r.Day, -l.Net)
		case "deposit":
			b.post("deposits", "", r.Store, r.Day, -l.Net)
		case "bottle_deposit":
			b.post("bottle_deposits", "", r.Store, r.Day, -l.Net)
		case "charity":
			b.owed("charity", l.Party, l.Party, r.Store, r.Day, -l.Net)
		case "on_account":
			b.owed("receivable", "", l.Party, r.Store, r.Day, -l.Net)
		default:
			b.complain("line kind %q", l.Kind)
		}
	}
}

func (b *Books) earned(r *Receipt, l *Line, role string) {
	unknown := l.Kind == "item" && !b.known.items[l.Item]
	put := func(role string, amount int64, back bool) {
		w := waiting{store: r.Store, role: role, key: l.Department, department: l.Department, back: back}
		b.owe("item", l.Item, w, r.Day, amount, !unknown)
	}
	if l.Return {
		put("returns", -l.Net, true)
		return
	}
	put(role, -l.Net-l.NetDiscount, false)
	b.post("discounts", l.Department, r.Store, r.Day, l.NetDiscount)
}

// tenderRoles say where takings go by the kind of their tender type; cash goes to its drawer.
var tenderRoles = map[string]string{"card": "clearing", "check": "clearing", "transfer": "clearing", "other": "clearing",
	"gift_card": "gift_cards", "store_credit": "store_credit", "on_account": "receivable", "coupon": "coupons", "loyalty": "loyalty"}

func (b *Books) tender(r *Receipt, t *Tender) {
	kind := b.known.tenders[t.Type]
	if kind == "cash" {
		b.post("drawer", drawerKey(r.Store, r.drawer(t), t.in(r)), r.Store, r.Day, t.Amount)
		return
	}
	role, party := tenderRoles[kind], t.Party
	if role == "receivable" && party == "" {
		party = r.Customer
	}
	if role != "" {
		b.parties[[2]string{role, party}] += t.Amount
	}
	b.owe("tender", t.Type, waiting{store: r.Store, role: tenderRoles[kind], key: t.Type}, r.Day, t.Amount, kind != "")
}

func (r *Receipt) drawer(t *Tender) string {
	if t.Drawer != "" {
		return t.Drawer
	}
	return r.Register
}

func (t *Tender) in(r *Receipt) string {
	if t.Currency != "" {
		return t.Currency
	}
	return r.Currency
}

func drawerKey(store, drawer, currency string) string { return store + "/" + drawer + "/" + currency }

// goods moves the stock of a receipt and books its cost.
func (b *Books) goods(r *Receipt) {
	pending := map[lineOf]movement{}
	took := map[lineOf]movement{}
	defer func() {
		for of, m := range took {
			was := b.took[of]
			b.took[of] = movement{was.qty + m.qty, was.value + m.value}
		}
	}()
	for n := range r.Lines {
		l := &r.Lines[n]
		if r.Kind == "void" { // what was done last is undone first
			l = &r.Lines[len(r.Lines)-1-n]
		}
		if l.Kind != "item" || l.Item == "" || l.Qty == 0 || l.Return && l.Disposition == "none" {
			continue
		}
		damaged := l.Return && l.Disposition == "damaged"
		if !b.known.items[l.Item] {
			if !damaged {
				b.unmoved[place{r.Store, l.Item}] += l.Qty
			}
			continue
		}
		if b.known.services[l.Item] {
			continue
		}
		of := lineOf{l.Of, l.OfLine}
		if r.Kind == "void" {
			of = lineOf{r.Voids, l.No}
		}
		v := b.move(r, l, of, damaged, pending)
		if l.Of != "" {
			k := lineOf{l.Of, l.OfLine}
			took[k] = movement{took[k].qty - l.Qty, took[k].value - v}
		}
		b.post("cogs", l.Department, r.Store, r.Day, v)
		if damaged {
			b.post("damaged", l.Department, r.Store, r.Day, -v)
		} else {
			b.post("inventory", r.Store, r.Store, r.Day, -v)
		}
	}
}

// move takes a line's goods out (or back) and returns what left the stock's value. What an earlier
// line moved comes back, or leaves again, at what it was booked at then.
//
// Of a line that comes back in parts, all parts together are worth their share of what was booked.
func (b *Books) move(r *Receipt, l *Line, of lineOf, damaged bool, pending map[lineOf]movement) int64 {
	h := b.level(r.Store, l.Item)
	was, found := b.moved[of]
	found = found && was.qty != 0
	n := max(l.Qty, -l.Qty)
	cost, worth, exact := int64(0), int64(0), false
	if found {
		cost = unit(was.value, was.qty)
		q, v := was.qty, was.value
		if q < 0 {
			q, v = -q, -v
		}
		if exact = v >= 0 && n <= q; exact {
			worth = half(v, n, q)
			before := movement{b.took[of].qty + pending[of].qty, b.took[of].value + pending[of].value}
			if all := n + before.qty; r.Kind != "void" && all >= 0 && all <= q {
				if share := half(v, all, q); share >= before.value {
					worth = share - before.value
				}
			}
			pending[of] = movement{pending[of].qty + n, pending[of].value + worth}
		}
	}
	v := int64(0)
	switch {
	case damaged:
		switch {
		case exact:
			v = worth
		case found && cost >= 0:
			v = extend(cost, n)
		default:
			v = h.lastCost(n, l.Fallback)
		}
		if l.Qty < 0 {
			v = -v
		}
		b.moved[lineOf{r.ID, l.No}] = movement{-l.Qty, -v}
		return v
	case exact && sane(h.qty-l.Qty, h.value-sign(l.Qty)*worth):
		v = sign(l.Qty) * worth
		h.qty, h.value = h.qty-l.Qty, h.value-v
	case l.Qty > 0:
		v = h.out(n, l.Fallback)
	default:
		v = -h.back(n, cost, found, l.Fallback)
	}
	b.moved[lineOf{r.ID, l.No}] = movement{-l.Qty, -v}
	return v
}

// sane tells whether a level may be like this: nothing is worth nothing, and goods have the sign of
// their value.
func sane(qty, value int64) bool {
	return value == 0 || qty != 0 && (qty > 0) == (value > 0)
}

func sign(n int64) int64 {
	if n < 0 {
		return -1
	}
	return 1
}
