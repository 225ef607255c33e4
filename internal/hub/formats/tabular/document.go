package tabular

import (
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/receipt"
)

// head is what a document's first row says of the whole.
type head struct {
	at                                                 time.Time
	number                                             string
	store, register, employee, customer, channel, note string
	currency                                           money.Currency
	skip                                               string
	part                                               int // 2 and up for a continuation
	*figures                                               // nil when the layout has none
}

// figures are amounts that belong to the whole document.
type figures struct {
	total    money.Minor
	totaled  bool // the file states the total
	discount money.Minor
	rounding money.Minor
	taxes    []docTax
	extra    []receipt.Line
	taxable  []bool // of extra
	tenders  []receipt.Tender
	fees     []fee
	refund   money.Minor
	refunded time.Time
	expected []*money.Minor // nil where the file states none
}

type docTax struct {
	tax    receipt.Tax
	amount money.Minor
}

type fee struct {
	amount               money.Minor
	processor, reference string
}

// maxNumber leaves room for what is put behind a number: /refund, /fee:2.
const maxNumber = receipt.MaxCode - 20

func (r *Reader) number(x *row) string {
	return upTo(x.text(r.prog.doc.number), maxNumber) + x.text(r.prog.doc.suffix)
}

// head reads the document's own columns. A fault is left in x.err.
func (r *Reader) head(d *pending, x *row) {
	doc := &r.prog.doc
	d.number = r.number(x)
	d.at = x.time(doc.at)
	d.currency = r.currency(x)
	for i := range doc.skip {
		if x.holds(doc.skip[i].when) {
			d.skip = doc.skip[i].reason
			d.controls++
			x.err = nil
			return
		}
	}
	for i, t := range r.prog.tables {
		if s := x.sides[i]; s != nil && s.row(x) == nil {
			if !t.optional {
				x.fail(t.match[0], errNoSide(t.name))
				return
			}
			d.find("no_"+t.name, x.line, "the %s file has no row for %s", t.name, d.number)
		}
	}
	d.store = orElse(short(x.text(doc.store)), r.terms.Store)
	d.register = orElse(short(x.text(doc.register)), r.terms.Register)
	d.employee = short(x.text(doc.employee))
	d.customer = short(x.text(doc.customer))
	d.channel = short(x.text(doc.channel))
	d.note = x.text(doc.note)
	if doc.hasFigures() && x.err == nil {
		d.figures = r.figures(d, x)
	}
}

func (d *document) hasFigures() bool {
	return d.total != nil || d.discount != nil || d.rounding != nil || d.taxes != nil || d.lines != nil ||
		d.tenders != nil || d.fees != nil || d.refund != nil || d.expect != nil
}

func (r *Reader) figures(d *pending, x *row) *figures {
	doc := &r.prog.doc
	f := &figures{
		total:    x.minor(doc.total, d.currency),
		totaled:  x.states(doc.total),
		discount: x.minor(doc.discount, d.currency),
		rounding: x.minor(doc.rounding, d.currency),
	}
	for i := range doc.taxes {
		if a := x.minor(doc.taxes[i].amount, d.currency); a != 0 {
			f.taxes = append(f.taxes, docTax{x.tax(&doc.taxes[i]), a})
		}
	}
	for i := range doc.lines {
		rule := &doc.lines[i]
		if x.holds(rule.when) && x.minor(rule.amount, d.currency) != 0 {
			f.extra = append(f.extra, r.line(d, rule, x))
			f.taxable = append(f.taxable, rule.taxable != nil && isYes(x.text(rule.taxable)))
		}
	}
	f.tenders = r.payments(d, x)
	for i := range doc.fees {
		if a := x.minor(doc.fees[i].amount, d.currency); a != 0 {
			f.fees = append(f.fees, fee{a, x.text(doc.fees[i].processor), x.text(doc.fees[i].reference)})
		}
	}
	if doc.refund != nil {
		if f.refund = x.minor(doc.refund.amount, d.currency); f.refund != 0 && doc.refund.at != nil && x.clockText(doc.refund.at) != "" {
			f.refunded = x.time(doc.refund.at)
		}
	}
	for i := range doc.expect {
		var m *money.Minor
		if x.states(doc.expect[i].amount) {
			a := x.minor(doc.expect[i].amount, d.currency)
			m = &a
		}
		f.expected = append(f.expected, m)
	}
	return f
}

// payments reads the document's tenders. One without an amount takes what the others leave.
func (r *Reader) payments(d *pending, x *row) []receipt.Tender {
	var out []receipt.Tender
	for i := range r.prog.doc.tenders {
		t := &r.prog.doc.tenders[i]
		if !x.holds(t.when) {
			continue
		}
		p := receipt.Tender{Type: short(code(x.text(t.typ))), Reference: short(x.text(t.reference)), Party: short(x.text(t.party))}
		if t.amount != nil {
			if p.Amount = x.minor(t.amount, d.currency); p.Amount == 0 {
				continue
			}
		}
		if p.Type == "" {
			p.Type = r.terms.DefaultTender
		}
		out = append(out, p)
	}
	return out
}

// states tells whether the file has a figure for the amount.
func (x *row) states(a *amount) bool {
	if a == nil {
		return false
	}
	for _, r := range a.refs {
		if len(x.cell(r)) > 0 {
			return true
		}
	}
	return false
}

// minor reads an amount; nil and blank are zero.
func (x *row) minor(a *amount, c money.Currency) money.Minor {
	if a == nil {
		return 0
	}
	d := x.number(a)
	m, err := d.minor(c)
	if err == nil && !d.mark.fits(c) {
		err = errOtherMoney
	}
	if err != nil {
		x.fail(a.refs[0], err)
	}
	return m
}

// tax reads a tax's code and rate; the amount comes later. A percentage at the end of the code
// ("County Tax 1.75%") is the rate and not part of the code, which has to stay the same when the rate
// changes.
func (x *row) tax(f *taxField) receipt.Tax {
	t := receipt.Tax{Code: short(x.text(f.code))}
	rate := x.text(f.rate)
	if name, percent, ok := cutPercent(t.Code); ok {
		t.Code = name
		if rate == "" {
			rate = percent
		}
	}
	if rate = strings.TrimSuffix(rate, "%"); rate != "" {
		if p, err := parseDecimal([]byte(rate), x.comma); err == nil {
			if n, err := p.scale(money.RatePlaces - 2); err == nil {
				t.Rate = money.Rate(n)
			}
		}
	}
	if t.Code == "" {
		t.Code = "tax"
	}
	return t
}

func cutPercent(s string) (name, percent string, ok bool) {
	if !strings.HasSuffix(s, "%") {
		return s, "", false
	}
	i := strings.LastIndexByte(s, ' ')
	return strings.TrimSpace(s[:i+1]), s[i+1:], true
}

// currency is the row's own, else the caller's or the layout's.
func (r *Reader) currency(x *row) money.Currency {
	v := r.prog.currency
	if v == nil || len(v.refs) == 0 {
		return r.terms.Currency
	}
	s := x.text(v)
	if s == "" && r.terms.Currency != "" {
		return r.terms.Currency
	}
	if c, ok := r.money[s]; ok {
		return c
	}
	c, err := money.ParseCurrency(strings.ToUpper(s))
	if err != nil {
		x.fail(v.refs[0], err)
		return r.terms.Currency
	}
	r.money[s] = c
	return c
}

// code is a text as the code of a tender or tax: small letters, underscores for spaces.
func code(s string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), " ", "_")
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// businessDay is the day the document counts to: by the store's clock when it is known, else by the
// wall clock that the file shows.
func (r *Reader) businessDay(t time.Time) day.Day {
	rule := r.days
	if r.terms.Zone == nil {
		rule.Zone = t.Location()
	}
	return rule.Of(t)
}

func isYes(s string) bool {
	switch strings.ToLower(s) {
	case "true", "yes", "y", "1":
		return true
	}
	return false
}
