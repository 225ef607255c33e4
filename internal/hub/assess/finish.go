package assess

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tillpost/tillpost/internal/base/day"
)

// report draws the conclusions once everything was read.
func (r *review) report() Report {
	r.catalogue()
	r.withoutSale()
	r.seriesOf()
	r.silence()
	r.explainPayouts()
	r.sumUp()
	c := &r.out.Counts
	c.Items, c.Customers, c.Stores, c.Registers = len(r.items), len(r.customers), len(r.stores), len(r.registers)
	r.shares()
	r.serious()
	r.out.Findings = make([]Finding, 0, len(r.order))
	for _, code := range r.order {
		r.out.Findings = append(r.out.Findings, *r.findings[code])
	}
	rank := map[Severity]int{Blocker: 0, Warning: 1, Info: 2}
	slices.SortStableFunc(r.out.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(rank[a.Severity], rank[b.Severity]), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Code, b.Code))
	})
	r.out.Blockers = []string{}
	for _, f := range r.out.Findings {
		if f.Severity == Blocker {
			r.out.Blockers = append(r.out.Blockers, f.Code)
		}
	}
	r.out.Score = score(r.out.Findings)
	r.out.Verdict = verdict(r.out.Score, r.out.Blockers)
	for l := range r.limits {
		r.out.Limits = append(r.out.Limits, l)
	}
	slices.Sort(r.out.Limits)
	return r.out
}

// withoutSale finds the returns of goods that were not sold before, to that customer when there is one.
func (r *review) withoutSale() {
	for _, b := range r.returned {
		if at, ok := r.sold[b.customer]; ok && at <= b.at {
			continue
		}
		if len(r.sold) >= maxKeys {
			continue // the sale may be one that was not kept
		}
		why := "was never sold before"
		if at, ok := r.sold[b.anyone]; ok && at <= b.at {
			why = "was not sold to this customer before"
		}
		r.find("return_without_sale", int(b.row), b.doc, "line %d: %s %s", b.line, b.item, why)
	}
	r.of("return_without_sale", len(r.returned))
}

// looseShare is the share of missing numbers from which on a series counts as not gapless at all: its
// numbers are shared with documents that are not in the file.
const looseShare = 10 // percent

func (r *review) seriesOf() {
	names := make([]string, 0, len(r.numbers))
	for n := range r.numbers {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		s := r.numbers[n].series(n)
		r.out.Series = append(r.out.Series, s)
		if s.Missing == 0 {
			continue
		}
		code := "gaps"
		if s.Missing*100 > (s.Last-s.First+1)*looseShare {
			code = "numbers_loose"
		}
		where := ""
		if s.Name != "" {
			where = fmt.Sprintf("%s: ", s.Name)
		}
		r.find(code, 0, "", "%s%s of %s numbers from %d to %d are missing, the longest run %s", where, group(s.Missing), group(s.Last-s.First+1), s.First, s.Last, s.Gaps[0])
		if f := r.findings[code]; code == "gaps" {
			f.Count += int(s.Missing) - 1 // numbers, not series
		}
	}
}

// String writes "4711" or "4711 to 4720 (10)".
func (g Range) String() string {
	if g.From == g.To {
		return fmt.Sprint(g.From)
	}
	return fmt.Sprintf("%d to %d (%s)", g.From, g.To, group(g.To-g.From+1))
}

// quietDays is how long a shop may be without a receipt before it is worth a question.
const quietDays = 7

func (r *review) silence() {
	days := make([]day.Day, 0, len(r.days))
	for d := range r.days {
		days = append(days, d)
	}
	slices.Sort(days)
	r.out.Span.Days = len(days)
	for i := 1; i < len(days); i++ {
		gap := int(days[i].Time().Sub(days[i-1].Time()).Hours()/24) - 1
		if gap > r.out.Span.Longest {
			r.out.Span.Longest, r.out.Span.Since = gap, days[i-1].Add(1)
		}
		if gap > quietDays {
			r.find("silence", 0, "", "%d days from %s on", gap, days[i-1].Add(1))
		}
	}
}

// explainPayouts compares each listed payout with the movements that are said to be in it.
func (r *review) explainPayouts() {
	ids := make([]string, 0, len(r.payouts))
	for id := range r.payouts {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	n := 0
	for _, id := range ids {
		p := r.payouts[id]
		if !p.listed || p.parts == 0 {
			continue
		}
		if n++; p.parts+p.net != 0 {
			r.find("payout_unexplained", p.row, id, "its parts make %s, it paid %s", p.coin.Format(p.parts), p.coin.Format(-p.net))
		}
	}
	r.of("payout_unexplained", n)
}

func (r *review) sumUp() {
	for _, c := range r.coins {
		s := r.totals[c]
		s.Kinds, s.Tenders, s.Taxes, s.Movements = list(s.kinds), list(s.tenders), list(s.taxes), list(s.moves)
		r.out.Totals = append(r.out.Totals, s.Totals)
	}
	if len(r.coins) > 1 {
		for _, c := range r.coins {
			r.find("currencies", 0, "", "%s: %s", c, c.Format(r.totals[c].Total))
		}
	}
}

func list(m map[string]*Sum) []Sum {
	out := make([]Sum, 0, len(m))
	for _, s := range m {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Sum) int {
		return cmp.Or(cmp.Compare(b.Amount.Abs(), a.Amount.Abs()), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// shares says of how many documents or lines the findings are.
func (r *review) shares() {
	c := r.out.Counts
	for _, code := range []string{"rejected"} {
		r.of(code, c.Documents)
	}
	for _, code := range []string{"refused", "total_unexplained", "tender_unspecified", "tender_unknown", "number_reused", "number_repeated",
		"sale_twice", "clock_back", "night", "tax_rate", "future", "negative_receipt", "tax_differs", "discount_differs", "gross_differs",
		"refund_tax_unknown", "document_continued", "number_twice", "no_transactions"} {
		r.of(code, c.Receipts)
	}
	for _, code := range []string{"line_price", "item_blank"} {
		r.of(code, c.Lines)
	}
	for _, code := range []string{"movement_unknown", "movement_net_differs", "balance_differs"} {
		r.of(code, c.Movements)
	}
	for code, f := range r.findings {
		if f.Of > 0 && f.Of < f.Count {
			r.findings[code].Of = f.Count
		}
	}
	if f := r.findings["gaps"]; f != nil {
		for _, s := range r.out.Series {
			f.Of += int(s.Last - s.First + 1)
		}
	}
}

// Shares, in percent, from which on a warning becomes a blocker.
const (
	manyRejected    = 5
	muchUnexplained = 1
)

// serious turns what is too much into blockers, and adds what only the whole shows.
func (r *review) serious() {
	c := r.out.Counts
	if c.Receipts+c.Adjustments+c.Movements == 0 {
		r.find("nothing_understood", 0, "", "%d rows, %d of them rejected", c.Rows, c.RejectedRow)
	}
	if c.Movements > 0 && c.Receipts == 0 {
		r.find("charges_alone", 0, "", "%s movements and no receipt", group(int64(c.Movements)))
	}
	if f := r.findings["rejected"]; f != nil && f.Count*100 > c.Documents*manyRejected {
		k := known["rejected_many"]
		f.Severity, f.Title, f.Effect = k.severity, k.title, k.effect
	}
	taxed := false
	for _, coin := range r.coins {
		s := r.totals[coin]
		taxed = taxed || s.Tax != 0
		if u := r.unexpl[coin]; u != 0 && int64(u)*100 > int64(s.Total.Abs())*muchUnexplained {
			r.find("unexplained_much", 0, "", "%s of %s %s", coin.Format(u), coin.Format(s.Total), coin)
		}
	}
	if c.Receipts > 0 && !taxed {
		r.find("no_tax", 0, "", "none of %s lines has a tax", group(int64(c.Lines)))
	}
}
