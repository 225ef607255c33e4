// Package totals keeps running totals per business day, written in the transaction of the receipt, so
// that a report costs its answer and not its history. `tillpost check` recomputes them from the
// receipts.
package totals

import (
	"cmp"
	"maps"
	"slices"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// SalesKey is one row of totals_sales.
type SalesKey struct {
	Day                                   day.Day
	Store, Register, Employee, Department string
	Hour                                  int
}

// Sales are sums over receipt lines. Amounts are without tax, in minor units of the book currency.
type Sales struct {
	Qty       int64       // goods sold less returned, in millionths
	Gross     money.Minor // revenue before discounts
	Discounts money.Minor // positive
	Returns   money.Minor // positive, net of their discounts
	Tax       money.Minor
	Other     money.Minor // what is taken and is not revenue: tips, gift cards, deposits …
}

// DayKey is one row of totals_days: totals_sales of all stores by day and department.
type DayKey struct {
	Day        day.Day
	Department string
}

// ReceiptsKey is one row of totals_receipts.
type ReceiptsKey struct {
	Day                       day.Day
	Store, Register, Employee string
	Hour                      int
}

// Receipts are sums over whole receipts.
type Receipts struct {
	Count                        int64
	Total, Rounding, Unexplained money.Minor
}

// TenderKey is one row of totals_tenders.
type TenderKey struct {
	Day                              day.Day
	Store, Register, Tender, Foreign string
}

// Tenders are sums over tenders.
type Tenders struct {
	Count           int64
	Amount, Foreign money.Minor
}

// TaxKey is one row of totals_taxes.
type TaxKey struct {
	Day         day.Day
	Store, Code string
	Rate        money.Rate
}

// Taxes are sums over line taxes.
type Taxes struct{ Base, Amount money.Minor }

// Sheet is a set of totals: what a group of receipts adds, or what all of them come to.
type Sheet struct {
	Sales    map[SalesKey]*Sales
	Days     map[DayKey]*Sales
	Receipts map[ReceiptsKey]*Receipts
	Tenders  map[TenderKey]*Tenders
	Taxes    map[TaxKey]*Taxes
}

// NewSheet makes an empty sheet.
func NewSheet() *Sheet {
	return &Sheet{map[SalesKey]*Sales{}, map[DayKey]*Sales{}, map[ReceiptsKey]*Receipts{}, map[TenderKey]*Tenders{}, map[TaxKey]*Taxes{}}
}

// Count adds a receipt to the sheet. Receipts that post nothing count nothing.
func (s *Sheet) Count(r *receipt.Receipt, hour int, unexplained money.Minor) {
	if !r.Posts() {
		return
	}
	whole := at(s.Receipts, ReceiptsKey{r.BusinessDay, r.Store, r.Register, r.Employee, hour})
	whole.Count++
	whole.Total += r.Total()
	whole.Rounding += r.Rounding
	whole.Unexplained += unexplained
	var last, day *Sales
	lastDepartment := ""
	for i := range r.Lines {
		l := &r.Lines[i]
		if last == nil || l.Department != lastDepartment {
			last = at(s.Sales, SalesKey{r.BusinessDay, r.Store, r.Register, r.Employee, l.Department, hour})
			day = at(s.Days, DayKey{r.BusinessDay, l.Department})
			lastDepartment = l.Department
		}
		last.add(l)
		day.add(l)
		for _, t := range l.Taxes {
			x := at(s.Taxes, TaxKey{r.BusinessDay, r.Store, t.Code, t.Rate})
			x.Base += t.Base
			x.Amount += t.Amount
		}
	}
	for i := range r.Tenders {
		t := &r.Tenders[i]
		x := at(s.Tenders, TenderKey{r.BusinessDay, r.Store, r.Register, t.Type, string(t.Foreign.Currency)})
		x.Count++
		x.Amount += t.Amount
		x.Foreign += t.Foreign.Minor
	}
}

func (s *Sales) add(l *receipt.Line) {
	s.Tax += l.Tax()
	switch {
	case !l.Revenue():
		s.Other += l.Net
	case l.Return != nil:
		s.Returns -= l.Net
	default:
		s.Gross += l.Net + l.NetDiscount
		s.Discounts += l.NetDiscount
	}
	if l.Kind == receipt.Item {
		s.Qty += int64(l.Qty)
	}
}

func at[K comparable, V any](m map[K]*V, k K) *V {
	v := m[k]
	if v == nil {
		v = new(V)
		m[k] = v
	}
	return v
}

type groupKey struct{}

// Add counts a receipt into the stored totals.
func Add(tx *db.Tx, r *receipt.Receipt, hour int, unexplained money.Minor) error {
	s, err := db.Shared(tx, groupKey{}, func() (*Sheet, error) {
		s := NewSheet()
		tx.OnFlush(func() error { s.save(tx); return nil })
		return s, nil
	})
	if err != nil {
		return err
	}
	s.Count(r, hour, unexplained)
	return nil
}

var salesTable = db.Table{Name: "totals_sales",
	Columns: []string{"day", "store", "register", "employee", "department", "hour", "qty", "gross", "discounts", "returns", "tax", "other"},
	Conflict: `ON CONFLICT (day, store, register, employee, department, hour) DO UPDATE SET qty = totals_sales.qty + excluded.qty,
	gross = totals_sales.gross + excluded.gross, discounts = totals_sales.discounts + excluded.discounts,
	returns = totals_sales.returns + excluded.returns, tax = totals_sales.tax + excluded.tax, other = totals_sales.other + excluded.other`}

var daysTable = db.Table{Name: "totals_days", Columns: []string{"day", "department", "qty", "gross", "discounts", "returns", "tax", "other"},
	Conflict: `ON CONFLICT (day, department) DO UPDATE SET qty = totals_days.qty + excluded.qty, gross = totals_days.gross + excluded.gross,
	discounts = totals_days.discounts + excluded.discounts, returns = totals_days.returns + excluded.returns, tax = totals_days.tax + excluded.tax,
	other = totals_days.other + excluded.other`}

var receiptsTable = db.Table{Name: "totals_receipts",
	Columns: []string{"day", "store", "register", "employee", "hour", "receipts", "total", "rounding", "unexplained"},
	Conflict: `ON CONFLICT (day, store, register, employee, hour) DO UPDATE SET receipts = totals_receipts.receipts + excluded.receipts,
	total = totals_receipts.total + excluded.total, rounding = totals_receipts.rounding + excluded.rounding,
	unexplained = totals_receipts.unexplained + excluded.unexplained`}

var tendersTable = db.Table{Name: "totals_tenders",
	Columns: []string{"day", "store", "register", "tender", "currency", "count", "amount", "foreign_amount"},
	Conflict: `ON CONFLICT (day, store, register, tender, currency) DO UPDATE SET count = totals_tenders.count + excluded.count,
	amount = totals_tenders.amount + excluded.amount, foreign_amount = totals_tenders.foreign_amount + excluded.foreign_amount`}

var taxesTable = db.Table{Name: "totals_taxes", Columns: []string{"day", "store", "code", "rate", "base", "amount"},
	Conflict: `ON CONFLICT (day, store, code, rate) DO UPDATE SET base = totals_taxes.base + excluded.base, amount = totals_taxes.amount + excluded.amount`}

// save writes the group's totals in key order, so that two writers never wait for each other.
func (s *Sheet) save(tx *db.Tx) {
	for _, k := range SortedSales(s.Sales) {
		v := s.Sales[k]
		tx.Insert(&salesTable, string(k.Day), k.Store, k.Register, k.Employee, k.Department, int64(k.Hour),
			v.Qty, int64(v.Gross), int64(v.Discounts), int64(v.Returns), int64(v.Tax), int64(v.Other))
	}
	for _, k := range slices.SortedFunc(maps.Keys(s.Days), func(a, b DayKey) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Department, b.Department))
	}) {
		v := s.Days[k]
		tx.Insert(&daysTable, string(k.Day), k.Department, v.Qty, int64(v.Gross), int64(v.Discounts), int64(v.Returns), int64(v.Tax), int64(v.Other))
	}
	for _, k := range slices.SortedFunc(maps.Keys(s.Receipts), func(a, b ReceiptsKey) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Store, b.Store), cmp.Compare(a.Register, b.Register),
			cmp.Compare(a.Employee, b.Employee), cmp.Compare(a.Hour, b.Hour))
	}) {
		v := s.Receipts[k]
		tx.Insert(&receiptsTable, string(k.Day), k.Store, k.Register, k.Employee, int64(k.Hour), v.Count, int64(v.Total),
			int64(v.Rounding), int64(v.Unexplained))
	}
	for _, k := range slices.SortedFunc(maps.Keys(s.Tenders), func(a, b TenderKey) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Store, b.Store), cmp.Compare(a.Register, b.Register),
			cmp.Compare(a.Tender, b.Tender), cmp.Compare(a.Foreign, b.Foreign))
	}) {
		v := s.Tenders[k]
		tx.Insert(&tendersTable, string(k.Day), k.Store, k.Register, k.Tender, k.Foreign, v.Count, int64(v.Amount), int64(v.Foreign))
	}
	for _, k := range slices.SortedFunc(maps.Keys(s.Taxes), func(a, b TaxKey) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Store, b.Store), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Rate, b.Rate))
	}) {
		v := s.Taxes[k]
		tx.Insert(&taxesTable, string(k.Day), k.Store, k.Code, int64(k.Rate), int64(v.Base), int64(v.Amount))
	}
}

// SortedSales returns the keys in the table's order.
func SortedSales(m map[SalesKey]*Sales) []SalesKey {
	return slices.SortedFunc(maps.Keys(m), func(a, b SalesKey) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Store, b.Store), cmp.Compare(a.Register, b.Register),
			cmp.Compare(a.Employee, b.Employee), cmp.Compare(a.Department, b.Department), cmp.Compare(a.Hour, b.Hour))
	})
}
