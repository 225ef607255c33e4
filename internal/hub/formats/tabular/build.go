package tabular

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

// build turns a complete document into what happened.
func (r *Reader) build(d *pending) {
	doc := intake.Document{FirstRow: d.first, LastRow: d.last, Rows: d.rows, Findings: d.findings, External: d.number}
	if d.part > 1 {
		doc.External += "/" + strconv.Itoa(d.part)
	} else if d.part == 0 && (r.byKey != nil || len(d.moves) == 0) { // a processor's ids are not counted
		doc.Series, doc.Sequence = r.sequence(d)
	}
	switch {
	case d.rejected != nil:
		if doc.Rejected = d.rejected; d.rows > 1 {
			d.rejected.Reason += fmt.Sprintf(" (all %d rows of %s wait with it, so that it is never half booked)", d.rows, d.number)
		}
		if doc.External == "" {
			doc.External = fmt.Sprintf("line %d", d.first)
		}
		r.ready = append(r.ready, doc)
	case d.skip != "" || len(d.lines) == 0 && len(d.moves) == 0 && d.extras() == 0:
		doc.Control = orElse(d.skip, orElse(d.control, "nothing in it"))
		r.ready = append(r.ready, doc)
	case len(d.lines) == len(d.adjusts) && d.extras() == 0:
		r.buildSingles(d, doc)
	default:
		r.buildReceipt(d, doc)
		for i := range d.moves {
			r.ready = append(r.ready, d.moveDoc(nth(doc.External, i), &d.moves[i]))
		}
	}
}

func (d *pending) extras() int {
	if d.figures == nil {
		return 0
	}
	return len(d.extra)
}

// sequence splits the number into a series and a count: "C536379" in one series with "536365" when
// the layout says so, "#1205", "A-17".
func (r *Reader) sequence(d *pending) (string, int64) {
	n := d.number
	for _, p := range r.prog.layout.Document.Series {
		if rest, ok := strings.CutPrefix(n, p); ok {
			n = rest
			break
		}
	}
	i := len(n)
	for i > 0 && isDigit(n[i-1]) {
		i--
	}
	count, err := strconv.ParseInt(n[i:], 10, 64)
	if err != nil || len(n)-i > 15 {
		return "", 0
	}
	series := n[:i]
	if strings.ContainsAny(series, "0123456789") {
		return "", 0 // an id, not a count
	}
	if d.store != "" && r.prog.doc.store != nil || d.register != "" && r.prog.doc.register != nil {
		series = d.store + " " + d.register + " " + series
	}
	return series, count
}

// buildSingles delivers the rows of a document that are no sale, each by itself. Rows that post
// nothing count with the first.
func (r *Reader) buildSingles(d *pending, doc intake.Document) {
	n := 0
	for _, a := range d.adjusts {
		l := &d.lines[a.index]
		one := doc
		one.External = nth(doc.External, n)
		one.FirstRow, one.LastRow, one.Rows = a.row, a.row, 1
		one.Adjustment = &intake.Adjustment{At: d.at, Item: l.Item, Name: l.Name, Qty: l.Qty, Reason: a.reason, Note: a.note}
		if l.Name == a.note {
			one.Adjustment.Name = "" // the shop wrote the reason where the name stands otherwise
		}
		if n > 0 {
			one.Series, one.Sequence, one.Findings = "", 0, nil
		} else {
			one.Rows += d.controls
		}
		r.ready = append(r.ready, one)
		n++
	}
	for i := range d.moves {
		one := d.moveDoc(nth(doc.External, n), &d.moves[i])
		if n == 0 {
			one.Findings, one.Series, one.Sequence = doc.Findings, doc.Series, doc.Sequence
			one.Rows += d.controls
		}
		r.ready = append(r.ready, one)
		n++
	}
}

// nth names the rows of one document that stand for themselves: KEY, KEY:2, KEY:3.
func nth(external string, n int) string {
	if n == 0 {
		return external
	}
	return external + ":" + strconv.Itoa(n+1)
}

func (d *pending) moveDoc(external string, m *move) intake.Document {
	waited := ""
	if m.id != "" {
		external, waited = m.id, external
	}
	mv := m.Movement
	return intake.Document{External: external, Waited: waited, FirstRow: m.row, LastRow: m.row, Rows: 1, Movement: &mv}
}

// buildReceipt delivers the receipt, and the fees and the refund that belong to it.
func (r *Reader) buildReceipt(d *pending, doc intake.Document) {
	rc := &receipt.Receipt{
		Kind: receipt.Sale, Store: d.store, Register: d.register, BusinessDay: r.businessDay(d.at), DeviceTime: d.at,
		Currency: d.currency, Employee: d.employee, Customer: d.customer, Channel: d.channel, Note: d.note,
		TaxRounding: receipt.RoundAsGiven, Source: r.terms.Source, External: doc.External, Lines: d.lines,
	}
	rc.ID = id.Derive(d.at, r.terms.Source, doc.External)
	var f figures
	if d.figures != nil {
		f = *d.figures
		rc.Lines = append(rc.Lines, f.extra...)
		rc.Rounding = f.rounding
		if r.prog.doc.discount != nil {
			spreadDiscount(rc, len(d.lines), f.discount)
		}
		spreadTaxes(rc, append(d.taxable, f.taxable...), f.taxes)
	}
	rc.PricesInclude = r.inclusive(rc, f.total)
	for i := range rc.Lines {
		settle(&rc.Lines[i], i+1, rc.PricesInclude)
	}
	r.tender(rc, &f, &doc)
	r.compare(rc, &f, d)
	doc.Rows -= len(d.moves)
	doc.Findings = d.findings
	doc.Receipt = rc
	r.ready = append(r.ready, doc)
	for i, fe := range f.fees {
		r.ready = append(r.ready, intake.Document{
			External: nth(doc.External+"/fee", i), FirstRow: d.first, LastRow: d.last,
			Movement: &intake.Movement{
				At: d.at, Kind: intake.FeeOnly, Processor: fe.processor, Currency: d.currency, Fee: fe.amount, Net: -fe.amount,
				Reference: orElse(fe.reference, doc.External),
			},
		})
	}
	if f.refund != 0 {
		r.ready = append(r.ready, r.refund(rc, &f, d))
	}
}

// settle numbers the line and works out its net amount from what the file gives.
func settle(l *receipt.Line, no int, inclusive bool) {
	l.No = no
	reduced := l.Reduced()
	l.Net, l.NetDiscount = l.Extended-reduced, reduced
	if inclusive {
		gross, tax := l.Net, l.Tax()
		l.Net -= tax
		if gross != 0 && tax != 0 && reduced != 0 {
			if n, err := fixed.MulDiv(int64(reduced), int64(l.Net), int64(gross), fixed.HalfUp); err == nil {
				l.NetDiscount = money.Minor(n)
			}
		}
	}
	for i := range l.Taxes {
		l.Taxes[i].Base = l.Net
	}
}

// inclusive tells whether the lines' amounts contain their tax: the total shows it.
func (r *Reader) inclusive(rc *receipt.Receipt, total money.Minor) bool {
	switch r.prog.doc.inclusive {
	case "yes":
		return true
	case "detect":
		var lines, tax money.Minor
		for i := range rc.Lines {
			lines += rc.Lines[i].Extended - rc.Lines[i].Reduced()
			tax += rc.Lines[i].Tax()
		}
		return tax != 0 && total != 0 && lines+rc.Rounding == total
	}
	return false
}

// spreadDiscount gives the first n lines their share of the document's discount that they do not
// show themselves.
func spreadDiscount(rc *receipt.Receipt, n int, discount money.Minor) {
	weights := make([]int64, n)
	for i := range n {
		discount -= rc.Lines[i].Reduced()
		weights[i] = int64(rc.Lines[i].Extended - rc.Lines[i].Reduced())
	}
	if discount == 0 {
		return
	}
	for i, s := range intake.Spread(discount, weights) {
		if s != 0 {
			rc.Lines[i].Reductions = append(rc.Lines[i].Reductions, receipt.Reduction{Kind: "basket", Amount: s})
		}
	}
}

// spreadTaxes gives the taxable lines their shares of the document's taxes, by their amounts.
func spreadTaxes(rc *receipt.Receipt, taxable []bool, taxes []docTax) {
	if len(taxes) == 0 || len(rc.Lines) == 0 {
		return
	}
	weights := make([]int64, len(rc.Lines))
	marked := false
	for i := range rc.Lines {
		if i < len(taxable) && taxable[i] {
			weights[i] = int64(rc.Lines[i].Extended - rc.Lines[i].Reduced())
			marked = marked || weights[i] != 0
		}
	}
	for i := range weights {
		if !marked {
			weights[i] = int64(rc.Lines[i].Extended - rc.Lines[i].Reduced())
		}
	}
	for _, t := range taxes {
		for i, s := range intake.Spread(t.amount, weights) {
			if s != 0 {
				tax := t.tax
				tax.Amount = s
				addTax(&rc.Lines[i], tax)
			}
		}
	}
}

// tender sets the payments. What they are more or less than the lines is left unexplained.
func (r *Reader) tender(rc *receipt.Receipt, f *figures, doc *intake.Document) {
	due := rc.Total() + rc.Rounding
	total := due
	if f.totaled {
		total = f.total
	}
	paid := money.Minor(0)
	open := -1
	for _, t := range f.tenders {
		if t.Amount == 0 {
			if open >= 0 {
				continue
			}
			open = len(rc.Tenders)
		}
		paid += t.Amount
		rc.Tenders = append(rc.Tenders, t)
	}
	switch {
	case open >= 0:
		rc.Tenders[open].Amount = total - paid
		if total == paid {
			rc.Tenders = append(rc.Tenders[:open], rc.Tenders[open+1:]...)
		}
	case len(rc.Tenders) == 0 && total != 0:
		rc.Tenders = []receipt.Tender{{Type: r.terms.DefaultTender, Amount: total}}
	}
	doc.Unexplained = rc.Tendered() - due
}

// sums are the figures that a document's columns can be compared with.
var sums = map[string]func(*receipt.Line) money.Minor{
	"gross":    func(l *receipt.Line) money.Minor { return l.Extended },
	"discount": func(l *receipt.Line) money.Minor { return l.Reduced() },
	"net":      func(l *receipt.Line) money.Minor { return l.Net },
	"tax":      func(l *receipt.Line) money.Minor { return l.Tax() },
	"total":    func(l *receipt.Line) money.Minor { return l.Total() },
}

// compare notes where the document's own figures are not those of its lines.
func (r *Reader) compare(rc *receipt.Receipt, f *figures, d *pending) {
	for i, e := range r.prog.doc.expect {
		if f.expected == nil || f.expected[i] == nil {
			continue
		}
		var got money.Minor
		for j := range rc.Lines {
			if l := &rc.Lines[j]; e.lines == "" || strings.Contains(" "+e.lines+" ", " "+string(l.Kind)+" ") {
				got += sums[e.of](l)
			}
		}
		if said := *f.expected[i]; got != said {
			d.find(e.of+"_differs", d.first, "%s: the lines make %s, the document says %s", e.of, rc.Currency.Format(got), rc.Currency.Format(said))
		}
	}
	if un := rc.Tendered() - rc.Total() - rc.Rounding; un != 0 {
		d.find("total_unexplained", d.first, "%s was collected, the lines explain %s", rc.Currency.Format(rc.Tendered()), rc.Currency.Format(rc.Total()+rc.Rounding))
	}
}

// refund makes the receipt of money given back later. A full refund turns every line around. Of a part
// the export says neither which goods nor which tax it was for: it becomes one line without tax, and a
// finding.
func (r *Reader) refund(sale *receipt.Receipt, f *figures, d *pending) intake.Document {
	back := *sale
	back.External = sale.External + "/refund"
	if !f.refunded.IsZero() {
		back.DeviceTime, back.BusinessDay = f.refunded, r.businessDay(f.refunded)
	}
	back.ID = id.Derive(back.DeviceTime, back.Source, back.External)
	back.Lines, back.Tenders, back.Rounding = nil, nil, 0
	doc := intake.Document{External: back.External, FirstRow: d.first, LastRow: d.last, Receipt: &back}
	kind := r.terms.DefaultTender
	if len(sale.Tenders) > 0 {
		kind = sale.Tenders[0].Type
		back.Tenders = []receipt.Tender{{Type: kind, Amount: -f.refund, Reference: sale.Tenders[0].Reference}}
	} else {
		back.Tenders = []receipt.Tender{{Type: kind, Amount: -f.refund}}
	}
	if f.refund == sale.Tendered() {
		back.Rounding = -sale.Rounding
		for i := range sale.Lines {
			back.Lines = append(back.Lines, turned(&sale.Lines[i], sale.ID))
		}
	} else {
		price, _ := money.PriceOf(f.refund, sale.Currency)
		back.Lines = []receipt.Line{{
			No: 1, Kind: receipt.Service, Name: "Refund", Qty: -qty.One, UnitPrice: price, Extended: -f.refund, Net: -f.refund,
			Return: &receipt.Return{Receipt: sale.ID, Reason: "refund", Disposition: "none"},
		}}
		if sale.Total() != 0 {
			doc.Findings = append(doc.Findings, intake.Finding{Code: "refund_tax_unknown", Row: d.first, Message: fmt.Sprintf(
				"%s of %s was refunded; the file does not say for what, so no tax is taken back", sale.Currency.Format(f.refund), sale.External)})
		}
	}
	if f.refunded.IsZero() {
		doc.Findings = append(doc.Findings, intake.Finding{Code: "refund_date_unknown", Row: d.first, Message: fmt.Sprintf(
			"the file does not say when %s was refunded; it is dated like the sale", sale.External)})
	}
	doc.Unexplained = back.Tendered() - back.Total() - back.Rounding
	return doc
}

// turned is a line with all signs turned.
func turned(l *receipt.Line, sale id.ID) receipt.Line {
	t := *l
	t.Qty, t.Extended, t.Net, t.NetDiscount, t.Commission = -l.Qty, -l.Extended, -l.Net, -l.NetDiscount, -l.Commission
	t.Reductions, t.Taxes = nil, nil
	for _, d := range l.Reductions {
		d.Amount = -d.Amount
		t.Reductions = append(t.Reductions, d)
	}
	for _, x := range l.Taxes {
		x.Amount, x.Base = -x.Amount, -x.Base
		t.Taxes = append(t.Taxes, x)
	}
	t.Return = nil
	if returns[l.Kind] {
		t.Return = &receipt.Return{Receipt: sale, Line: l.No, Reason: "refund"}
		if l.Kind != receipt.Item {
			t.Return.Disposition = "none"
		}
	}
	return t
}
