package check

import (
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/sales"
)

// pair is room to compare one receipt with its entry.
type pair struct {
	tenders, taxes tally
	lines          []lineMoves
}

// tally sums what a receipt and its entry say under a few keys.
type tally []tallied

type tallied struct {
	key, currency   string
	receipt, booked both
}

// both is an amount in the book currency and in a foreign one.
type both struct{ own, foreign money.Minor }

func (t *tally) of(key, currency string) *tallied {
	for i := range *t {
		if x := &(*t)[i]; x.key == key && x.currency == currency {
			return x
		}
	}
	*t = append(*t, tallied{key: key, currency: currency})
	return &(*t)[len(*t)-1]
}

func (b *both) add(own, foreign money.Minor) {
	b.own += own
	b.foreign += foreign
}

// compare checks a receipt against the entry that books it, and its goods against the moves.
func (w *walk) compare(s *sales.Sale, b *booking) {
	if w.wants(Receipts, Tax) {
		w.compareSums(s, b)
	}
	if w.wants(Receipts) {
		r := &s.Receipt
		for _, x := range [...]struct{ what, want, got string }{{"business day", string(r.BusinessDay), string(b.BusinessDay)},
			{"store", r.Store, b.Store}, {"register", r.Register, b.Register}, {"kind", string(r.Kind), b.Kind}} {
			if x.want != x.got {
				w.report(Finding{Check: Receipts, Where: receiptName(r), Message: "the journal has another " + x.what + " than the receipt", Want: x.want, Got: x.got})
			}
		}
	}
	w.goods(s, b)
}

// compareSums compares what the entry says of tenders, taxes and what is not explained. The lines of a
// sale's entry carry the tender or the tax that they book, also while they wait in suspense.
func (w *walk) compareSums(s *sales.Sale, b *booking) {
	r, p := &s.Receipt, &w.pair
	p.tenders, p.taxes = p.tenders[:0], p.taxes[:0]
	for i := range r.Tenders {
		t := &r.Tenders[i]
		p.tenders.of(t.Type, string(t.Foreign.Currency)).receipt.add(t.Amount, t.Foreign.Minor)
	}
	for i := range r.Lines {
		for _, t := range r.Lines[i].Taxes {
			p.taxes.of(t.Code, "").receipt.add(t.Amount, 0)
		}
	}
	var unexplained money.Minor
	for i := range b.Lines {
		l := &b.Lines[i]
		switch {
		case l.Tender != "":
			p.tenders.of(l.Tender, string(l.Foreign.Currency)).booked.add(l.Amount, l.Foreign.Minor)
		case l.TaxCode != "":
			p.taxes.of(l.TaxCode, "").booked.add(-l.Amount, 0)
		case strings.HasPrefix(l.Unknown, "difference:"):
			unexplained -= l.Amount
		}
	}
	for _, x := range p.tenders {
		if x.receipt.own != x.booked.own {
			w.differ(Receipts, receiptName(r), "the journal books another amount of the tender "+x.key, x.receipt.own, x.booked.own)
		} else if x.receipt.foreign != x.booked.foreign && x.receipt.own != 0 { // what is worth nothing has no line
			c := money.Currency(x.currency)
			w.report(Finding{Check: Receipts, Where: receiptName(r), Message: "the journal books another amount of " + x.currency,
				Want: c.Format(x.receipt.foreign), Got: c.Format(x.booked.foreign)})
		}
	}
	for _, x := range p.taxes {
		if x.receipt.own != x.booked.own {
			w.differ(Tax, receiptName(r), "the journal books another amount of the tax "+x.key, x.receipt.own, x.booked.own)
		}
	}
	if unexplained != s.Unexplained {
		w.differ(Receipts, receiptName(r), "the journal suspends another difference than the receipt has", s.Unexplained, unexplained)
	}
}
