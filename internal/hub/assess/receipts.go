package assess

import (
	"strings"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

// sums are Totals while they grow.
type sums struct {
	Totals
	kinds, tenders, taxes, moves map[string]*Sum
}

func (r *review) coin(c money.Currency) *sums {
	s := r.totals[c]
	if s == nil {
		s = &sums{Totals: Totals{Currency: c}, kinds: map[string]*Sum{}, tenders: map[string]*Sum{}, taxes: map[string]*Sum{}, moves: map[string]*Sum{}}
		r.totals[c] = s
		r.coins = append(r.coins, c)
	}
	return s
}

// maxSums is how many tenders or taxes are told apart.
const maxSums = 500

func count(m map[string]*Sum, name string, a money.Minor) {
	s := m[name]
	if s == nil {
		if len(m) >= maxSums {
			name = "others"
			s = m[name]
		}
		if s == nil {
			s = &Sum{Name: name}
			m[name] = s
		}
	}
	s.Count++
	s.Amount += a
}

// revenue are the kinds of line that are sales.
var revenue = map[receipt.LineKind]bool{receipt.Item: true, receipt.Service: true, receipt.ServiceCharge: true, receipt.Consignment: true}

func (r *review) receipt(d *intake.Document, fresh bool) {
	rc := d.Receipt
	c := &r.out.Counts
	c.Receipts++
	c.Lines += len(rc.Lines)
	r.time(d, rc.DeviceTime)
	r.backwards(d, rc.DeviceTime)
	r.refused(d)
	if len(r.days) < maxDays {
		r.days[rc.BusinessDay] = true
	}
	if h := rc.DeviceTime.Hour(); h < 5 {
		r.find("night", d.FirstRow, d.External, "%s, business day %s", rc.DeviceTime.Format("2006-01-02 15:04 MST"), rc.BusinessDay)
	}
	keep(r.stores, rc.Store)
	keep(r.registers, rc.Store+" "+rc.Register)
	if rc.Customer != "" && r.room(len(r.customers), maxKeys, "customers") {
		r.customers[rc.Customer] = true
	}
	t := r.coin(rc.Currency)
	back := false
	for i := range rc.Lines {
		l := &rc.Lines[i]
		r.line(d, t, l)
		back = back || l.Return != nil
	}
	if back {
		c.Returns++
	}
	total := rc.Total()
	t.Total += total
	t.Collected += rc.Tendered()
	t.Unexplained += d.Unexplained
	if d.Unexplained != 0 {
		r.unexpl[rc.Currency] += d.Unexplained.Abs()
		r.find("total_unexplained", d.FirstRow, d.External, "%s was collected, the lines make %s", rc.Currency.Format(rc.Tendered()), rc.Currency.Format(total+rc.Rounding))
	}
	if total < 0 {
		r.find("negative_receipt", d.FirstRow, d.External, "%s", rc.Currency.Format(total))
	}
	r.tenders(d, t)
	r.taxes(d)
	if fresh {
		r.look(d, total)
	}
}

func keep(set map[string]bool, s string) {
	if strings.TrimSpace(s) != "" && len(set) < maxSeries {
		set[s] = true
	}
}

func (r *review) line(d *intake.Document, t *sums, l *receipt.Line) {
	count(t.kinds, string(l.Kind), l.Net)
	switch {
	case !revenue[l.Kind]:
		t.Other += l.Net
	case l.Return != nil:
		t.Returns -= l.Net + l.NetDiscount
		t.Discounts += l.NetDiscount
	default:
		t.Sales += l.Net + l.NetDiscount
		t.Discounts += l.NetDiscount
	}
	t.Tax += l.Tax()
	for i := range l.Taxes {
		name := l.Taxes[i].Code
		if l.Taxes[i].Rate != 0 {
			name += " " + l.Taxes[i].Rate.Percent() + " %"
		}
		count(t.taxes, name, l.Taxes[i].Amount)
	}
	if a, err := money.Extend(l.UnitPrice, l.Qty, d.Receipt.Currency, fixed.HalfUp); err == nil && l.UnitPrice != 0 && (a-l.Extended).Abs() > 1 {
		c := d.Receipt.Currency
		r.find("line_price", d.FirstRow, d.External, "%s: %s x %s is %s, the line says %s", orElse(l.Name, l.Item), l.Qty, l.UnitPrice, c.Format(a), c.Format(l.Extended))
	}
	if l.Kind != receipt.Item {
		return
	}
	if l.Item == "" {
		r.find("item_blank", d.FirstRow, d.External, "line %d, %q", l.No, l.Name)
		return
	}
	r.item(d, l)
	r.soldOrBack(d, l)
}

// soldOrBack remembers sales, and returns until the end, when it is known what was sold before.
func (r *review) soldOrBack(d *intake.Document, l *receipt.Line) {
	at := d.Receipt.DeviceTime.Unix()
	anyone, customer := r.hash("", l.Item), r.hash(d.Receipt.Customer, l.Item)
	if l.Return == nil {
		for _, k := range []uint64{anyone, customer} {
			if was, ok := r.sold[k]; ok && was <= at || !ok && !r.room(len(r.sold), maxKeys, "pairs of customer and item") {
				continue
			}
			r.sold[k] = at
		}
		return
	}
	if !l.Return.Receipt.IsZero() || !r.room(len(r.returned), maxReturned, "returns") {
		return
	}
	if d.Receipt.Customer == "" {
		customer = anyone
	}
	r.returned = append(r.returned, returned{anyone, customer, at, int32(d.FirstRow), int32(l.No), d.External, l.Item})
}

func (r *review) tenders(d *intake.Document, t *sums) {
	for i := range d.Receipt.Tenders {
		p := &d.Receipt.Tenders[i]
		count(t.tenders, p.Type, p.Amount)
		a := d.Receipt.Currency.Format(p.Amount)
		switch {
		case p.Type == intake.DefaultTender:
			r.find("tender_unspecified", d.FirstRow, d.External, "%s", a)
		case r.known != nil && !r.known[p.Type]:
			r.find("tender_unknown", d.FirstRow, d.External, "%q: %s", p.Type, a)
		}
	}
}

// taxes compares each tax of a receipt with base x rate. Each line may be off by half a minor unit.
func (r *review) taxes(d *intake.Document) {
	type sum struct {
		code         string
		rate         money.Rate
		base, amount money.Minor
		lines        int
	}
	var taxes []sum
	for i := range d.Receipt.Lines {
	next:
		for _, t := range d.Receipt.Lines[i].Taxes {
			if t.Rate == 0 {
				continue
			}
			for j := range taxes {
				if s := &taxes[j]; s.code == t.Code && s.rate == t.Rate {
					s.base += t.Base
					s.amount += t.Amount
					s.lines++
					continue next
				}
			}
			taxes = append(taxes, sum{t.Code, t.Rate, t.Base, t.Amount, 1})
		}
	}
	for _, s := range taxes {
		want, err := s.base.Times(s.rate, fixed.HalfUp)
		if err == nil && (want-s.amount).Abs() > money.Minor(1+s.lines/2) {
			c := d.Receipt.Currency
			r.find("tax_rate", d.FirstRow, d.External, "%s: %s %% of %s is %s, the file says %s", s.code, s.rate.Percent(), c.Format(s.base), c.Format(want), c.Format(s.amount))
		}
	}
}

// look notes a receipt that has the register, time, total and lines of another: a sale that was sent
// twice under two numbers looks so.
func (r *review) look(d *intake.Document, total money.Minor) {
	rc := d.Receipt
	if total == 0 || len(rc.Lines) < 2 {
		return
	}
	parts := []string{rc.Store, rc.Register, rc.Customer, rc.DeviceTime.UTC().Format("20060102150405"), rc.Currency.Format(total)}
	for i := range rc.Lines {
		parts = append(parts, rc.Lines[i].Item, rc.Lines[i].Qty.String())
	}
	key := r.hash(parts...)
	if row, ok := r.looks[key]; ok {
		r.find("sale_twice", d.FirstRow, d.External, "same time, lines and total (%s) as the receipt at row %d", rc.Currency.Format(total), row)
		return
	}
	if r.room(len(r.looks), maxKeys, "receipts") {
		r.looks[key] = int32(d.FirstRow)
	}
}

func (r *review) movement(d *intake.Document) {
	m := d.Movement
	r.out.Counts.Movements++
	r.time(d, m.At)
	t := r.coin(m.Currency)
	count(t.moves, string(m.Kind), m.Gross)
	t.Fees += m.Fee
	if m.Payout == "" {
		return
	}
	p := r.payouts[m.Payout]
	if p == nil {
		if !r.room(len(r.payouts), maxPayouts, "payouts") {
			return
		}
		p = &payout{row: d.FirstRow, coin: m.Currency}
		r.payouts[m.Payout] = p
	}
	if m.Kind == intake.Payout {
		p.listed = true
		p.net += m.Net
	} else {
		p.parts += m.Net
	}
}
