package check

import (
	"fmt"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// beside is what the table keeps of a receipt beside what was sealed, to be found and summed fast.
type beside struct {
	total, tax money.Minor
	content    receipt.Hash
	lineTax    []lineTax // of the lines that have some, in order
}

type lineTax struct {
	line int
	tax  money.Minor
}

const (
	selectBeside    db.SQL = `SELECT seq, total, tax, content FROM receipts WHERE seq BETWEEN $1 AND $2 ORDER BY seq`
	selectLineTaxes db.SQL = `SELECT receipt_seq, line_no, tax FROM receipt_lines WHERE receipt_seq BETWEEN $1 AND $2 AND tax <> 0 ORDER BY receipt_seq, line_no`
)

// beside reads a page of it, one for each receipt in the same order.
func (w *walk) beside(first, last int64) ([]beside, error) {
	var out []beside
	var seqs []int64
	err := w.rows(selectBeside, func(scan scanner) error {
		var b beside
		var seq int64
		var content []byte
		err := scan(&seq, &b.total, &b.tax, &content)
		copy(b.content[:], content)
		out, seqs = append(out, b), append(seqs, seq)
		return err
	}, first, last)
	if err != nil {
		return nil, err
	}
	at := 0
	return out, w.rows(selectLineTaxes, func(scan scanner) error {
		var seq int64
		var t lineTax
		err := scan(&seq, &t.line, &t.tax)
		for at < len(seqs) && seqs[at] < seq {
			at++
		}
		if at < len(seqs) && seqs[at] == seq {
			out[at].lineTax = append(out[at].lineTax, t)
		}
		return err
	}, first, last)
}

// receipt checks a receipt by itself: its seal, its sums, and what is kept beside them.
func (w *walk) receipt(s *sales.Sale, b *beside) error {
	w.result.Receipts++
	w.result.Lines += int64(len(s.Receipt.Lines))
	if w.wants(Chain) {
		w.seal(s, b)
	}
	if w.wants(Receipts) {
		w.foot(s)
		w.besides(s, b)
	}
	if !w.wants(Totals) {
		return nil
	}
	return w.totals.count(s)
}

// foot checks that a receipt's parts come to what it says.
func (w *walk) foot(s *sales.Sale) {
	r := &s.Receipt
	if want, got := r.Total()+r.Rounding+s.Unexplained, r.Tendered(); want != got {
		w.differ(Receipts, receiptName(r), "the tenders are not the total", want, got)
	}
	if r.TaxRounding == receipt.RoundAsGiven {
		return // another system's lines are taken as they are
	}
	for i := range r.Lines {
		l := &r.Lines[i]
		shown := l.Net
		if r.PricesInclude {
			shown = l.Total()
		}
		if want := l.Extended - l.Reduced(); want != shown {
			w.differ(Receipts, lineName(r, l.No), "the line's price less its discounts is not its amount", want, shown)
		}
	}
}

// besides checks what the table keeps beside the sealed content.
func (w *walk) besides(s *sales.Sale, b *beside) {
	r := &s.Receipt
	var tax money.Minor
	at := 0
	for i := range r.Lines {
		l := &r.Lines[i]
		var kept money.Minor
		if at < len(b.lineTax) && b.lineTax[at].line == l.No {
			kept = b.lineTax[at].tax
			at++
		}
		if want := l.Tax(); want != kept {
			w.differ(Receipts, lineName(r, l.No), "the line's tax is not the sum of its taxes", want, kept)
		}
		tax += l.Tax()
	}
	if total := r.Total(); total != b.total {
		w.differ(Receipts, receiptName(r), "the total is not the sum of the lines", total, b.total)
	}
	if tax != b.tax {
		w.differ(Receipts, receiptName(r), "the tax is not the sum of the lines' taxes", tax, b.tax)
	}
	store, ok := w.shop.Stores[r.Store]
	if !ok {
		w.report(Finding{Check: Receipts, Where: receiptName(r), Message: "there is no such store"})
		return
	}
	if want := r.DeviceTime.In(store.Rule().Zone).Hour(); want != s.Hour {
		w.report(Finding{Check: Receipts, Where: receiptName(r), Message: "the hour is not the one of the receipt's time", Want: fmt.Sprint(want), Got: fmt.Sprint(s.Hour)})
	}
}
