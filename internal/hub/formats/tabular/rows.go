package tabular

import (
	"time"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

// adjust says that a line of a pending document is a change of stock and no sale.
type adjust struct {
	index        int
	row          int
	reason, note string
}

// move is a row of a processor's or bank's account.
type move struct {
	intake.Movement
	id  string
	row int
}

// add puts a row into its document, by the first rule that fits.
func (r *Reader) add(d *pending, x *row) {
	rule := r.match(x)
	if rule == nil {
		x.fail(r.prog.group0(), errNoRule)
		return
	}
	switch rule.is {
	case isControl:
		d.controls++
		if d.control == "" {
			d.control = orElse(x.text(rule.reason), "posts nothing")
		}
	case isMovement:
		r.addMove(d, rule, x)
	default:
		if d.lines == nil && r.byKey != nil {
			d.lines = make([]receipt.Line, 0, 8)
		}
		if rule.is == isAdjustment {
			d.adjusts = append(d.adjusts, adjust{len(d.lines), x.line, orElse(x.text(rule.reason), "shrink"), x.text(rule.note)})
		}
		d.lines = append(d.lines, r.line(d, rule, x))
		if r.prog.doc.taxes != nil {
			d.taxable = append(d.taxable, rule.taxable == nil || isYes(x.text(rule.taxable)))
		}
	}
	if x.words.odd {
		x.words.odd = false
		d.find("not_utf8", x.line, "text is not UTF-8; it was read as Windows-1252")
	}
}

func (r *Reader) match(x *row) *rule {
	for i := range r.prog.rules {
		if x.holds(r.prog.rules[i].when) {
			return &r.prog.rules[i]
		}
	}
	return nil
}

// line reads one line. Net is settled when the document is complete. A fault is left in x.err.
func (r *Reader) line(d *pending, f *rule, x *row) receipt.Line {
	l := receipt.Line{
		Kind: f.is, Item: short(x.text(f.item)), Name: upTo(x.text(f.name), receipt.MaxName),
		Department: short(x.text(f.department)), Party: short(x.text(f.party)), Qty: qty.One,
	}
	if f.qty != nil {
		l.Qty = x.quantity(f.qty)
	}
	if f.price != nil {
		l.UnitPrice = x.price(f.price, d.currency)
	}
	if f.amount != nil {
		l.Extended = x.minorOf(f.amount, d.currency)
		if f.price == nil {
			l.UnitPrice = unitPrice(l.Extended, l.Qty, d.currency)
		}
	} else {
		var err error
		l.Extended, err = money.Extend(l.UnitPrice, l.Qty, d.currency, fixed.HalfUp)
		if err != nil || l.Extended.CheckRange() != nil {
			x.fail(f.price.refs[0], errTooLarge)
		}
	}
	if l.UnitPrice < 0 { // a return is written as a negative quantity at a positive price
		l.UnitPrice, l.Qty = -l.UnitPrice, -l.Qty
	}
	if l.Kind == receipt.Item && l.Item == "" && f.is != isAdjustment {
		d.find("item_blank", x.line, "the line has no item code")
	}
	if f.is == isAdjustment {
		l.Kind = receipt.Item
	}
	if f.is == isDiscount {
		return discountLine(l, x.text(f.discountReason))
	}
	if a := x.minor(f.discount, d.currency); a != 0 {
		l.Reductions = []receipt.Reduction{{Kind: "line", Reason: upTo(x.text(f.discountReason), receipt.MaxReason), Amount: a}}
	}
	for i := range f.taxes {
		if a := x.minor(f.taxes[i].amount, d.currency); a != 0 {
			t := x.tax(&f.taxes[i])
			t.Amount = a
			addTax(&l, t)
		}
	}
	if !f.neverReturn && l.Qty < 0 && l.Extended <= 0 && returns[l.Kind] {
		l.Return = &receipt.Return{Reason: upTo(x.text(f.returnReason), receipt.MaxReason), Disposition: x.text(f.disposition)}
	}
	return l
}

// addTax puts a tax on a line; one that the line has already grows.
func addTax(l *receipt.Line, t receipt.Tax) {
	for i := range l.Taxes {
		if l.Taxes[i].Code == t.Code && l.Taxes[i].Rate == t.Rate {
			l.Taxes[i].Amount += t.Amount
			return
		}
	}
	l.Taxes = append(l.Taxes, t)
}

// returns are the kinds of line that can bring something back; of the others a negative one is just
// the opposite entry.
var returns = map[receipt.LineKind]bool{
	receipt.Item: true, receipt.Service: true, receipt.ServiceCharge: true, receipt.GiftCard: true,
	receipt.BottleDeposit: true, receipt.Consignment: true,
}

// discountLine makes a line of its own that is a discount: nothing sold, and the (negative) amount as
// a reduction, so that the books show it with the discounts.
func discountLine(l receipt.Line, reason string) receipt.Line {
	l.Reductions = []receipt.Reduction{{Kind: "basket", Reason: upTo(orElse(reason, l.Name), receipt.MaxReason), Amount: -l.Extended}}
	l.Kind, l.Qty, l.UnitPrice, l.Extended = receipt.Service, qty.One, 0, 0
	return l
}

func (x *row) quantity(a *amount) qty.Qty {
	d := x.need(a)
	n, err := d.scale(qty.Places)
	if d.mark != (mark{}) {
		x.fail(a.refs[0], intake.ErrNotNumber) // 12 EUR are not twelve pieces
		return 0
	}
	if err != nil || n > maxQty || n < -maxQty {
		x.fail(a.refs[0], errTooLarge)
		return 0
	}
	return qty.Qty(n)
}

// maxQty is a thousand million pieces.
const maxQty = 1_000_000_000 * int64(qty.One)

func (x *row) price(a *amount, c money.Currency) money.Price {
	d := x.need(a)
	n, err := d.scale(money.PricePlaces)
	if !d.mark.fits(c) {
		x.fail(a.refs[0], errOtherMoney)
	}
	if err != nil {
		x.fail(a.refs[0], errTooLarge)
	}
	return money.Price(n)
}

// minorOf reads an amount that must be there.
func (x *row) minorOf(a *amount, c money.Currency) money.Minor {
	d := x.need(a)
	m, err := d.minor(c)
	if err == nil && !d.mark.fits(c) {
		err = errOtherMoney
	}
	if err != nil {
		x.fail(a.refs[0], err)
	}
	return m
}

// unitPrice is what one piece cost, to the millionth; the amount is what counts.
func unitPrice(a money.Minor, q qty.Qty, c money.Currency) money.Price {
	p, err := money.PriceOf(a, c)
	if err != nil || q == 0 {
		return 0
	}
	n, err := fixed.MulDiv(int64(p), int64(qty.One), int64(q), fixed.HalfUp)
	if err != nil {
		return 0
	}
	return money.Price(n)
}

func (r *Reader) addMove(d *pending, f *rule, x *row) {
	m := move{row: x.line, id: x.text(f.id)}
	m.At = d.at
	if f.at != nil {
		m.At = x.time(f.at)
	}
	m.Currency = d.currency
	m.Kind = intake.MovementKind(x.text(f.kind))
	if !movementKinds[m.Kind] {
		d.find("movement_unknown", x.line, "%q is not a kind of movement that is known; it is recorded as an adjustment", m.Kind)
		m.Kind = intake.Adjust
	}
	m.Processor = x.text(f.processor)
	m.Reference = x.text(f.reference)
	m.Payout = x.text(f.payout)
	m.Note = x.text(f.note)
	m.Fee = x.minor(f.fee, d.currency)
	switch {
	case f.gross != nil:
		m.Gross = x.minorOf(f.gross, d.currency)
	case f.net != nil:
		m.Gross = x.minorOf(f.net, d.currency) + m.Fee
	default:
		m.Gross = r.line(d, f, x).Extended
	}
	m.Net = m.Gross - m.Fee
	if f.net != nil && x.err == nil {
		if net := x.minor(f.net, d.currency); net != m.Net {
			d.find("movement_net_differs", x.line, "gross less fee is %s, the file says %s", d.currency.Format(m.Net), d.currency.Format(net))
			m.Net = net
		}
	}
	if x.err != nil {
		return
	}
	r.checkBalance(d, &m, x)
	r.pays.add(r, m, x)
	d.moves = append(d.moves, m)
}

// checkBalance compares the row's running balance with the one before it. Files run forwards or
// backwards in time; the second row of a balance tells which.
func (r *Reader) checkBalance(d *pending, m *move, x *row) {
	b := r.prog.balance
	if b == nil || len(x.cell(b.amount.refs[0])) == 0 {
		return
	}
	now := x.minor(b.amount, d.currency)
	by := x.text(b.by)
	if r.running == nil {
		r.running = map[string]*running{}
	}
	was := r.running[by]
	if was == nil {
		if len(r.running) < maxBalances {
			r.running[by] = &running{balance: now, net: m.Net}
		}
		return
	}
	forward, backward := was.balance+m.Net, was.balance-was.net
	if was.direction == 0 {
		if now == forward {
			was.direction = 1
		} else if now == backward {
			was.direction = -1
		}
	}
	want := forward
	if was.direction < 0 {
		want = backward
	}
	if now != want {
		d.find("balance_differs", x.line, "the balance should be %s after this row and is %s", d.currency.Format(want), d.currency.Format(now))
	}
	was.balance, was.net = now, m.Net
}

type running struct {
	balance, net money.Minor
	direction    int
}

// maxBalances is how many running balances (one a currency) a file may have.
const maxBalances = 200

// payRun adds up rows by the payout that they are part of, for files that do not list the payouts.
type payRun struct {
	order []string
	by    map[string]*intake.Document
}

// maxPayouts is how many payouts one file may name: daily ones for a hundred years.
const maxPayouts = 40_000

func (p *payRun) add(r *Reader, m move, x *row) {
	if r.prog.payouts == nil {
		return
	}
	id := x.text(r.prog.payouts.id)
	if id == "" {
		return
	}
	if p.by == nil {
		p.by = map[string]*intake.Document{}
	}
	doc := p.by[id]
	if doc == nil {
		if len(p.order) >= maxPayouts {
			return
		}
		var at time.Time
		if at = x.time(r.prog.payouts.at); x.err != nil {
			return
		}
		doc = &intake.Document{External: id, FirstRow: x.line, LastRow: x.line, Movement: &intake.Movement{
			At: at, Kind: intake.Payout, Processor: m.Processor, Currency: m.Currency, Payout: id,
			Note: "worked out from its parts",
		}}
		p.by[id] = doc
		p.order = append(p.order, id)
	}
	doc.LastRow = x.line
	if m.Kind == intake.Payout {
		doc.Control = "listed" // the file has the payout itself
	}
	doc.Movement.Gross -= m.Net
	doc.Movement.Net -= m.Net
}

// payouts delivers the payouts that the file only names.
func (r *Reader) payouts() {
	for _, id := range r.pays.order {
		if doc := r.pays.by[id]; doc.Control == "" && doc.Movement.Net != 0 {
			r.ready = append(r.ready, *doc)
		}
	}
}
