package check

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/totals"
	"github.com/tillpost/tillpost/internal/platform/db"
)

type accountDay struct{ account, day, store string }

type debitCredit struct{ debit, credit money.Minor }

const (
	selectDays   db.SQL = `SELECT account, day, store, debit, credit FROM account_days ORDER BY account, day, store`
	selectSales  db.SQL = `SELECT day, store, register, employee, department, hour, qty, gross, discounts, returns, tax, other FROM totals_sales`
	selectCounts db.SQL = `SELECT day, store, register, employee, hour, receipts, total, rounding, unexplained FROM totals_receipts`
	selectTender db.SQL = `SELECT day, store, register, tender, currency, count, amount, foreign_amount FROM totals_tenders`
	selectTaxes  db.SQL = `SELECT day, store, code, rate, base, amount FROM totals_taxes`
)

// compareAccounts sets the running totals of the accounts against the sums of the entries.
func (w *walk) compareAccounts() error {
	rows, err := w.q.Query(selectDays)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var k accountDay
		var got debitCredit
		if err := rows.Scan(&k.account, &k.day, &k.store, &got.debit, &got.credit); err != nil {
			return err
		}
		want := w.accounts[k]
		if want == nil {
			want = &debitCredit{}
		}
		delete(w.accounts, k)
		where := fmt.Sprintf("account %s on %s, store %s", k.account, k.day, orAll(k.store))
		w.differ("balance", where, "the running debit total is not the sum of the entries", want.debit, got.debit)
		w.differ("balance", where, "the running credit total is not the sum of the entries", want.credit, got.credit)
	}
	for _, k := range slices.SortedFunc(maps.Keys(w.accounts), func(a, b accountDay) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.day, b.day), cmp.Compare(a.store, b.store))
	}) {
		w.report(Finding{Check: "balance", Where: fmt.Sprintf("account %s on %s, store %s", k.account, k.day, orAll(k.store)), Message: "the running total is missing"})
	}
	return rows.Err()
}

func orAll(store string) string {
	if store == "" {
		return "-"
	}
	return store
}

// compareTotals sets the stored totals against those counted from the receipts.
func (w *walk) compareTotals() error {
	stored := totals.NewSheet()
	if err := w.loadTotals(stored); err != nil {
		return err
	}
	compareSheet(w, "totals of sales", w.sheet.Sales, stored.Sales)
	compareSheet(w, "totals of receipts", w.sheet.Receipts, stored.Receipts)
	compareSheet(w, "totals of tenders", w.sheet.Tenders, stored.Tenders)
	compareSheet(w, "totals of taxes", w.sheet.Taxes, stored.Taxes)
	return nil
}

// compareSheet reports the rows in which two maps differ, in a fixed order. A row that is missing on
// one side counts as zeros.
func compareSheet[K comparable, V comparable](w *walk, name string, want, got map[K]*V) {
	var zero V
	var off []Finding
	keys := map[K]bool{}
	for k := range want {
		keys[k] = true
	}
	for k := range got {
		keys[k] = true
	}
	for k := range keys {
		a, b := want[k], got[k]
		if a == nil {
			a = &zero
		}
		if b == nil {
			b = &zero
		}
		if *a != *b {
			off = append(off, Finding{Check: "totals", Where: fmt.Sprintf("%s %+v", name, k), Message: "the running total is not what the receipts come to",
				Want: fmt.Sprintf("%+v", *a), Got: fmt.Sprintf("%+v", *b)})
		}
	}
	slices.SortFunc(off, func(a, b Finding) int { return cmp.Compare(a.Where, b.Where) })
	for _, f := range off {
		w.report(f)
	}
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

type scanner func(into ...any) error

// rows calls fn for each row of a query.
func (c *checker) rows(q db.SQL, fn func(scanner) error, args ...any) error {
	rows, err := c.q.Query(q, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

const (
	taxFromReceipts db.SQL = `SELECT code, CAST(SUM(amount) AS BIGINT) FROM totals_taxes GROUP BY code ORDER BY code`
	taxFromJournal  db.SQL = `SELECT l.tax_code, CAST(SUM(-l.amount) AS BIGINT) FROM entries e JOIN entry_lines l ON l.entry_seq = e.seq
		WHERE l.tax_code <> '' AND e.kind IN ('sale','void') GROUP BY l.tax_code ORDER BY l.tax_code`
	trialBalance db.SQL = `SELECT CAST(COALESCE(SUM(debit), 0) AS BIGINT), CAST(COALESCE(SUM(credit), 0) AS BIGINT) FROM account_days`
)

// sums checks what must hold for the books as a whole.
func (c *checker) sums() error {
	if c.wants("balance") {
		var debit, credit money.Minor
		if err := c.q.QueryRow(trialBalance).Scan(&debit, &credit); err != nil {
			return err
		}
		c.differ("balance", "trial balance", "debits and credits of all accounts differ", debit, credit)
	}
	if !c.wants("tax") {
		return nil
	}
	sums := map[string]money.Minor{}
	for _, side := range []struct {
		query db.SQL
		sign  money.Minor
	}{{taxFromReceipts, 1}, {taxFromJournal, -1}} {
		err := c.rows(side.query, func(scan scanner) error {
			var code string
			var amount money.Minor
			err := scan(&code, &amount)
			sums[code] += side.sign * amount
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, code := range slices.Sorted(maps.Keys(sums)) {
		c.differ("tax", "tax "+code, "receipts and journal differ by", 0, sums[code])
	}
	return nil
}
