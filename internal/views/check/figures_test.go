package check

import (
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/totals"
	"github.com/tillpost/tillpost/internal/flow/shoptest"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// Figures are written as people read them: pieces, not millionths, and money in its own decimals.
func TestFigures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		book     money.Currency
		key, row any
		want     string
	}{
		{"GBP", totals.SalesKey{}, totals.Sales{Qty: 411_000_000, Gross: 80317, Returns: 395}, "Qty 411 Gross 803.17 Returns 3.95"},
		{"JPY", totals.DayKey{}, totals.Sales{Qty: 1_500_000, Gross: 80317, Tax: -5}, "Qty 1.5 Gross 80317 Tax -5"},
		{"GBP", totals.ReceiptsKey{}, totals.Receipts{Count: 1234, Total: 5}, "Count 1234 Total 0.05"},
		{"GBP", totals.TenderKey{Foreign: "JPY"}, totals.Tenders{Count: 1, Amount: 500, Foreign: 950}, "Count 1 Amount 5.00 Foreign 950"},
		{"GBP", totals.TaxKey{}, totals.Taxes{}, "nothing"},
	} {
		w := &walk{checker: &checker{result: Result{Currency: c.book}}}
		if got := w.figures(c.key, c.row); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

const unbalance db.SQL = `UPDATE entry_lines SET amount = amount + 205 WHERE entry_seq = 12 AND line_no = 1`

// An entry that does not balance is off by an amount of money.
func TestOffBy(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		s.Everything()
		if all := strings.Join(found(t, d, unbalance), "\n"); !strings.Contains(all, "balance: entry 12: its debits and credits differ by 2.05 ") {
			t.Error(all)
		}
	})
}
