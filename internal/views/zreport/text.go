package zreport

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
)

// Text prints the report for a till roll of Width columns.
func (r *Report) Text() string {
	p := &roll{}
	r.printHead(p)
	r.printReceipts(p)
	r.printSales(p)
	r.printTenders(p)
	r.printCash(p)
	r.printMissing(p)
	p.rule("=")
	p.pair(r.Kind+" report", "printed "+r.Printed)
	return p.text()
}

func (r *Report) money(a money.Minor) string { return r.Currency.Format(a) }

func (r *Report) printHead(p *roll) {
	if r.StoreName != "" {
		p.center(strings.ToUpper(r.StoreName))
	}
	p.center("Store " + r.Store)
	p.rule("=")
	number := ""
	if r.Number > 0 {
		number = "No. " + strconv.FormatInt(r.Number, 10)
	}
	title := r.Kind + " REPORT"
	if r.Scope == OfDay {
		title += " OF THE DAY"
	}
	p.pair(title, number)
	p.pair("Business day", string(r.Day))
	for _, x := range [][2]string{{"Register", r.Register}, {"Drawer", r.Drawer}, {"Employee", r.Employee}, {"Opened", r.Opened}, {"Closed", r.Closed}} {
		if x[1] != "" {
			p.name(x[0], x[1])
		}
	}
	if r.Kind == X {
		p.center("NOT CLOSED: FIGURES MAY STILL CHANGE")
	}
}

func (r *Report) printReceipts(p *roll) {
	p.rule("-")
	n := r.Receipts
	p.pair("RECEIPTS", strconv.FormatInt(n.Count, 10))
	if n.First > 0 {
		p.pair("Numbers", fmt.Sprintf("%d to %d", n.First, n.Last))
	}
	p.pair("Posted", strconv.FormatInt(n.Posted, 10))
	if n.Voids > 0 {
		p.three("Voids", strconv.FormatInt(n.Voids, 10), r.money(n.Voided))
	}
	if n.Training > 0 {
		p.pair("Training", strconv.FormatInt(n.Training, 10))
	}
	if n.Aborted > 0 {
		p.pair("Cancelled", strconv.FormatInt(n.Aborted, 10))
	}
	for _, l := range r.Registers {
		total := ""
		if l.Total != nil {
			total = r.money(*l.Total)
		}
		p.three("Register "+l.Register, strconv.FormatInt(l.Count, 10), total)
		p.write(fit(fmt.Sprintf("  numbers %d to %d", l.First, l.Last), Width))
	}
}

func (r *Report) printSales(p *roll) {
	p.rule("-")
	s := r.Sales
	if s == nil {
		p.center("BLIND: AMOUNTS ONCE IT IS COUNTED")
		return
	}
	p.pair("SALES", string(r.Currency))
	p.pair("Gross, without tax", r.money(s.Gross))
	p.pair("Discounts", r.money(-s.Discounts))
	p.pair("Returns", r.money(-s.Returns))
	p.pair("Net sales", r.money(s.Net))
	for _, t := range r.Taxes {
		p.three(t.Code+" "+t.Rate.Percent()+"%", "on "+r.money(t.Base), r.money(t.Amount))
	}
	if len(r.Taxes) != 1 {
		p.pair("Tax", r.money(s.Tax))
	}
	for _, o := range r.Other {
		p.three(words(o.Kind), strconv.FormatInt(o.Count, 10), r.money(o.Amount))
	}
	p.pair("Total", r.money(s.Total))
	if r.Rounding != 0 {
		p.pair("Cash rounding", r.money(r.Rounding))
	}
	if r.Unexplained != 0 {
		p.pair("Not explained (suspense)", r.money(r.Unexplained))
	}
}

func (r *Report) printTenders(p *roll) {
	if r.Blind {
		return
	}
	p.rule("-")
	p.pair("TENDERS", "")
	var sum money.Minor
	for _, t := range r.Tenders {
		name := t.Name
		if name == "" {
			name = t.Type
		}
		sum += t.Book
		if t.Currency != r.Currency {
			p.three(name+" "+string(t.Currency), strconv.FormatInt(t.Count, 10), t.Currency.Format(t.Amount))
			p.pair("  worth", r.money(t.Book))
			continue
		}
		p.three(name, strconv.FormatInt(t.Count, 10), r.money(t.Book))
	}
	p.pair("All tenders", r.money(sum))
}

func (r *Report) printCash(p *roll) {
	if len(r.Movements) > 0 {
		p.rule("-")
		p.pair("CASH MOVEMENTS", "")
		for _, m := range r.Movements {
			name := words(m.Kind)
			if m.Purpose != "" && m.Purpose != "expense" {
				name += ", " + words(m.Purpose)
			}
			if m.Currency != r.Currency {
				name += " " + string(m.Currency)
			}
			p.three(name, strconv.FormatInt(m.Count, 10), m.Currency.Format(m.Amount))
		}
	}
	for _, c := range r.Cash {
		f := c.Currency.Format
		p.rule("-")
		p.pair("DRAWER "+c.Drawer, string(c.Currency))
		p.pair("Float", f(c.Float))
		if c.Takings != nil {
			p.pair("Cash taken", f(*c.Takings))
		}
		p.pair("Moved", f(c.Moved))
		for _, x := range []struct {
			label string
			value *money.Minor
		}{{"Expected", c.Expected}, {"Counted", c.Counted}} {
			if x.value != nil {
				p.pair(x.label, f(*x.value))
			}
		}
		switch {
		case c.Difference == nil:
			p.pair("Not counted yet", "")
		case *c.Difference < 0:
			p.pair("SHORT", f(*c.Difference))
		case *c.Difference > 0:
			p.pair("OVER", f(*c.Difference))
		default:
			p.pair("Difference", f(0))
		}
		if c.Skim != 0 {
			p.pair("To the safe", f(c.Skim))
		}
	}
}

func (r *Report) printMissing(p *roll) {
	if r.Missing > 0 {
		p.rule("-")
		p.pair("MISSING RECEIPT NUMBERS", strconv.FormatInt(r.Missing, 10))
		for _, g := range r.Gaps {
			text := strconv.FormatInt(g.First, 10)
			if g.Last != g.First {
				text += " to " + strconv.FormatInt(g.Last, 10)
			}
			p.pair("Register "+g.Register, text)
		}
	}
	if r.Late.Count > 0 {
		p.rule("-")
		p.three("LATE, not in this report", strconv.FormatInt(r.Late.Count, 10), r.money(r.Late.Total))
	}
}

// words turns a stored kind into words: "gift_card" is "Gift card".
func words(kind string) string {
	s := strings.ReplaceAll(kind, "_", " ")
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
