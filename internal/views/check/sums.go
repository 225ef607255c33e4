package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/totals"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// ofChain are the ledger's findings that belong to the chain; the others belong to the balance.
var ofChain = map[string]bool{ledger.FoundMissing: true, ledger.FoundChanged: true, ledger.FoundBroken: true, ledger.FoundHead: true}

// compareLedger reports what the ledger finds in itself.
func (w *walk) compareLedger() error {
	if !w.wants(Chain, Balance) {
		return nil
	}
	found, err := w.verifier.Finish(w.q)
	if err != nil {
		return err
	}
	for _, f := range found.Findings {
		x := Finding{Check: Balance, Where: "ledger", Message: f.Message}
		if ofChain[f.Code] {
			x.Check = Chain
		}
		if f.Seq > 0 {
			x.Where = fmt.Sprintf("entry %d", f.Seq)
		}
		if t := f.Total; t != nil {
			cur := w.result.Currency
			x.Where = fmt.Sprintf("account %s on %s, %s", t.Account, t.Day, orNone(t.Store))
			x.Message = "the running total is not the sum of the entries"
			x.Want = "debit " + cur.Format(t.LinesDebit) + ", credit " + cur.Format(t.LinesCredit)
			x.Got = "debit " + cur.Format(t.Debit) + ", credit " + cur.Format(t.Credit)
		}
		w.report(x)
	}
	w.result.More += found.Count - int64(len(found.Findings))
	return nil
}

const (
	selectSales  db.SQL = `SELECT day, store, register, employee, department, hour, qty, gross, discounts, returns, tax, other FROM totals_sales`
	selectCounts db.SQL = `SELECT day, store, register, employee, hour, receipts, total, rounding, unexplained FROM totals_receipts`
	selectTender db.SQL = `SELECT day, store, register, tender, currency, count, amount, foreign_amount FROM totals_tenders`
	selectTaxes  db.SQL = `SELECT day, store, code, rate, base, amount FROM totals_taxes`
)

// compareTotals sets the stored totals against those counted from the receipts.
func (w *walk) compareTotals() error {
	if !w.wants(Totals) {
		return nil
	}
	w.tell("totals", 0, 1)
	stored := totals.NewSheet()
	if err := w.loadTotals(stored); err != nil {
		return err
	}
	compareSheet(w, "totals_sales", w.sheet.Sales, stored.Sales)
	compareSheet(w, "totals_receipts", w.sheet.Receipts, stored.Receipts)
	compareSheet(w, "totals_tenders", w.sheet.Tenders, stored.Tenders)
	compareSheet(w, "totals_taxes", w.sheet.Taxes, stored.Taxes)
	return nil
}

// compareSheet reports the rows in which two maps differ, in a fixed order. A row that is missing on
// one side counts as zeros.
func compareSheet[K, V comparable](w *walk, table string, want, got map[K]*V) {
	var zero V
	var off []Finding
	look := func(k K, a, b *V) {
		if a == nil {
			a = &zero
		}
		if b == nil {
			b = &zero
		}
		if *a != *b {
			off = append(off, Finding{Check: Totals, Where: fmt.Sprintf("%s %s", table, fields(k)), Message: "the running total is not what the receipts come to",
				Want: fields(*a), Got: fields(*b)})
		}
	}
	for k, a := range want {
		look(k, a, got[k])
	}
	for k, b := range got {
		if want[k] == nil {
			look(k, nil, b)
		}
	}
	slices.SortFunc(off, func(a, b Finding) int { return cmp.Compare(a.Where, b.Where) })
	for _, f := range off {
		w.report(f)
	}
}

// fields writes the fields of a row that say something: "Day 2026-03-14 Store 01".
func fields(row any) string {
	parts := strings.Fields(strings.Trim(fmt.Sprintf("%+v", row), "{}"))
	parts = slices.DeleteFunc(parts, func(p string) bool { return strings.HasSuffix(p, ":") || strings.HasSuffix(p, ":0") })
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.ReplaceAll(strings.Join(parts, " "), ":", " ")
}

func (w *walk) loadTotals(s *totals.Sheet) error {
	err := w.rows(selectSales, func(scan scanner) error {
		var k totals.SalesKey
		v := &totals.Sales{}
		err := scan(&k.Day, &k.Store, &k.Register, &k.Employee, &k.Department, &k.Hour, &v.Qty, &v.Gross, &v.Discounts, &v.Returns, &v.Tax, &v.Other)
		s.Sales[k] = v
		return err
	})
	if err != nil {
		return err
	}
	err = w.rows(selectCounts, func(scan scanner) error {
		var k totals.ReceiptsKey
		v := &totals.Receipts{}
		err := scan(&k.Day, &k.Store, &k.Register, &k.Employee, &k.Hour, &v.Count, &v.Total, &v.Rounding, &v.Unexplained)
		s.Receipts[k] = v
		return err
	})
	if err != nil {
		return err
	}
	err = w.rows(selectTender, func(scan scanner) error {
		var k totals.TenderKey
		v := &totals.Tenders{}
		err := scan(&k.Day, &k.Store, &k.Register, &k.Tender, &k.Foreign, &v.Count, &v.Amount, &v.Foreign)
		s.Tenders[k] = v
		return err
	})
	if err != nil {
		return err
	}
	return w.rows(selectTaxes, func(scan scanner) error {
		var k totals.TaxKey
		v := &totals.Taxes{}
		err := scan(&k.Day, &k.Store, &k.Code, &k.Rate, &v.Base, &v.Amount)
		s.Taxes[k] = v
		return err
	})
}
