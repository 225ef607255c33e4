package check

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/domain/totals"
)

// running sets the stored totals against what the receipts come to. The stored totals of a store's day
// are taken away when its first receipt is met, and every receipt is added: what agrees comes to nothing
// and is forgotten, so that memory holds the days for which receipts still come, and not all days.
type running struct {
	c     *checker
	sheet *totals.Sheet // counted less stored
	taken map[storeDay]bool
	sweep int // so many rows are held before those that came to nothing are forgotten
}

// storeDay is a day at a store; with the store everyStore it stands for what is kept of all of them.
type storeDay struct {
	day   day.Day
	store string
}

const everyStore = "\x00" // no code of a store

// sweepFrom is the least number of rows that is swept.
const sweepFrom = 20_000

func newRunning(c *checker) *running {
	return &running{c: c, sheet: totals.NewSheet(), taken: map[storeDay]bool{}, sweep: sweepFrom}
}

// count adds a receipt.
func (t *running) count(s *sales.Sale) error {
	r := &s.Receipt
	for _, k := range [...]storeDay{{r.BusinessDay, r.Store}, {r.BusinessDay, everyStore}} {
		if !t.taken[k] {
			t.taken[k] = true
			if err := t.c.storedTotals(t.sheet, k); err != nil {
				return err
			}
		}
	}
	t.sheet.Count(r, s.Hour, s.Unexplained)
	if len(t.sheet.Sales) > t.sweep {
		t.forget()
		t.sweep = max(sweepFrom, 2*len(t.sheet.Sales))
	}
	return nil
}

// forget drops what agrees.
func (t *running) forget() {
	forgetNothings(t.sheet.Sales)
	forgetNothings(t.sheet.Days)
	forgetNothings(t.sheet.Receipts)
	forgetNothings(t.sheet.Tenders)
	forgetNothings(t.sheet.Taxes)
}

func forgetNothings[K, V comparable](m map[K]*V) {
	var nothing V
	for k, v := range m {
		if *v == nothing {
			delete(m, k)
		}
	}
}

// compareTotals reports what of the totals does not agree.
func (w *walk) compareTotals() error {
	if !w.wants(Totals) {
		return nil
	}
	w.tell("totals", 0, 1)
	t := w.totals
	if err := w.everyStoredDay(func(k storeDay) error { // those that no receipt has asked for
		if t.taken[k] {
			return nil
		}
		t.taken[k] = true
		return w.storedTotals(t.sheet, k)
	}); err != nil {
		return err
	}
	t.forget()
	stored := totals.NewSheet() // less than nothing
	for _, k := range t.off() {
		if err := w.storedTotals(stored, k); err != nil {
			return err
		}
	}
	compareSheet(w, "totals_sales", t.sheet.Sales, stored.Sales)
	compareSheet(w, "totals_days", t.sheet.Days, stored.Days)
	compareSheet(w, "totals_receipts", t.sheet.Receipts, stored.Receipts)
	compareSheet(w, "totals_tenders", t.sheet.Tenders, stored.Tenders)
	compareSheet(w, "totals_taxes", t.sheet.Taxes, stored.Taxes)
	return nil
}

// off are the days on which something does not agree.
func (t *running) off() []storeDay {
	found := map[storeDay]bool{}
	for k := range t.sheet.Sales {
		found[storeDay{k.Day, k.Store}] = true
	}
	for k := range t.sheet.Days {
		found[storeDay{k.Day, everyStore}] = true
	}
	for k := range t.sheet.Receipts {
		found[storeDay{k.Day, k.Store}] = true
	}
	for k := range t.sheet.Tenders {
		found[storeDay{k.Day, k.Store}] = true
	}
	for k := range t.sheet.Taxes {
		found[storeDay{k.Day, k.Store}] = true
	}
	out := make([]storeDay, 0, len(found))
	for k := range found {
		out = append(out, k)
	}
	return out
}

// sums are totals that can be taken from each other.
type sums[V any] interface {
	comparable
	Minus(V) V
}

// compareSheet reports the rows that do not agree, in a fixed order. off is what is counted less what is
// stored, stored is the opposite of what is stored. A row that is missing on one side counts as zeros.
func compareSheet[K comparable, V sums[V]](w *walk, table string, off, stored map[K]*V) {
	var found []Finding
	for k, v := range off {
		var nothing, kept V
		if x := stored[k]; x != nil {
			kept = *x
		}
		found = append(found, Finding{Check: Totals, Where: fmt.Sprintf("%s %s", table, fields(k)), Message: "the running total is not what the receipts come to",
			Want: w.figures(k, (*v).Minus(kept)), Got: w.figures(k, nothing.Minus(kept))})
	}
	slices.SortFunc(found, func(a, b Finding) int { return cmp.Compare(a.Where, b.Where) })
	for _, f := range found {
		w.report(f)
	}
}

// fields writes the fields of a key that say something: "Day 2026-03-14 Store 01".
func fields(row any) string {
	parts := strings.Fields(strings.Trim(fmt.Sprintf("%+v", row), "{}"))
	parts = slices.DeleteFunc(parts, func(p string) bool { return strings.HasSuffix(p, ":") || strings.HasSuffix(p, ":0") })
	return strings.ReplaceAll(strings.Join(parts, " "), ":", " ")
}

// figures writes what a row comes to as people read it: money in its currency's decimals, goods in pieces.
func (w *walk) figures(key, row any) string {
	var parts []string
	v := reflect.ValueOf(row)
	for i := range v.NumField() {
		name, n := v.Type().Field(i).Name, v.Field(i).Int()
		if n == 0 {
			continue
		}
		cur := w.result.Currency
		if k, ok := key.(totals.TenderKey); ok && name == "Foreign" {
			cur = money.Currency(k.Foreign)
		}
		text := fmt.Sprint(n)
		switch {
		case v.Type().Field(i).Type == reflect.TypeFor[money.Minor]():
			text = cur.Format(money.Minor(n))
		case name == "Qty":
			text = qty.Qty(n).String()
		}
		parts = append(parts, name+" "+text)
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, " ")
}
