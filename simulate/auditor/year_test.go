package auditor_test

import (
	"compress/gzip"
	"context"
	"os"
	"testing"

	"github.com/tillpost/tillpost/internal/hub/demo"
	"github.com/tillpost/tillpost/internal/hub/importer"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/simulate/auditor"
)

const year = "../../examples/online-retail/online_retail.csv.gz"

const (
	roleBalance db.SQL = `SELECT CAST(COALESCE(SUM(debit - credit), 0) AS BIGINT) FROM account_days
		WHERE account IN (SELECT account FROM account_roles WHERE role = $1)`
	dayTakings db.SQL = `SELECT business_day, CAST(SUM(total) AS BIGINT) FROM receipts GROUP BY business_day`
	levels     db.SQL = `SELECT item, qty, value FROM stock_levels WHERE location = 'S01'`
	receipts   db.SQL = `SELECT count(*), CAST(SUM(total) AS BIGINT) FROM receipts`
)

// The books of the year are what the auditor's own arithmetic says, to the penny and to the piece.
func TestTheYear(t *testing.T) {
	t.Parallel()
	want := audit(t)
	if want.Rows != 541_909 || want.Invoices != 25_900 || want.FileSum != 9_747_747_934 {
		t.Fatalf("the file is not the one that we know: %d rows, %d invoices, sum %d", want.Rows, want.Invoices, want.FileSum)
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		if err := demo.Setup(ctx, d); err != nil {
			t.Fatal(err)
		}
		if _, err := demo.Stock(ctx, d, year, func(int64, int64) {}); err != nil {
			t.Fatal(err)
		}
		o := demo.ImportOptions()
		o.Currency = demo.Currency
		res, err := importer.Run(ctx, d, year, o)
		if err != nil {
			t.Fatal(err)
		}
		if res.Counts.Rows != int64(want.Rows) || res.Counts.Quarantined != 0 {
			t.Fatalf("%+v", res.Counts)
		}
		if err := d.Read(ctx, func(v *db.View) error { return compare(t, v, want) }); err != nil {
			t.Fatal(err)
		}
	})
}

func audit(t *testing.T) *auditor.Books {
	t.Helper()
	f, err := os.Open(year)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := auditor.Replay(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func compare(t *testing.T, v *db.View, want *auditor.Books) error {
	t.Helper()
	equal := func(what string, want, got int64) {
		t.Helper()
		if want != got {
			t.Errorf("%s: the auditor has %d, the books have %d", what, want, got)
		}
	}
	var n, total int64
	if err := v.QueryRow(receipts).Scan(&n, &total); err != nil {
		return err
	}
	equal("receipts", int64(want.Receipts), n)
	equal("takings", want.Takings, total)
	balance := func(roles ...string) int64 {
		var sum int64
		for _, r := range roles {
			var b int64
			if err := v.QueryRow(roleBalance, r).Scan(&b); err != nil {
				t.Fatal(err)
			}
			sum += b
		}
		return sum
	}
	value, units := shelf(want)
	equal("takings to be matched", want.Takings-want.BadDebt, balance("unspecified"))
	equal("revenue", want.Revenue, -balance("sales", "discounts", "returns", "services"))
	equal("gift cards", want.Gifts, -balance("gift_cards"))
	equal("charity", 0, balance("charity"))
	equal("fees", want.Fees, -balance("card_fees"))
	equal("bad debts", want.BadDebt, balance("bad_debt"))
	equal("stock", value, balance("inventory"))
	equal("deliveries", want.Received, -balance("grni"))
	equal("cost of goods", want.CostOut, balance("cogs"))
	equal("damaged", want.Damaged, balance("damaged"))
	equal("shrink", want.Lost, balance("shrink"))
	if t.Failed() {
		t.Logf("%d units on the shelf", units)
	}
	if err := compareDays(v, want, equal); err != nil {
		return err
	}
	return compareShelf(v, want, equal)
}

func shelf(b *auditor.Books) (value, units int64) {
	for _, l := range b.Shelf {
		value += l.Pence
		units += l.Units
	}
	return value, units
}

func compareDays(v *db.View, want *auditor.Books, equal func(string, int64, int64)) error {
	rows, err := v.Query(dayTakings)
	if err != nil {
		return err
	}
	defer rows.Close()
	seen := 0
	for rows.Next() {
		var day string
		var total int64
		if err := rows.Scan(&day, &total); err != nil {
			return err
		}
		seen++
		equal("takings of "+day, want.ByDay[day], total)
	}
	equal("days", int64(len(want.ByDay)), int64(seen))
	return rows.Err()
}

func compareShelf(v *db.View, want *auditor.Books, equal func(string, int64, int64)) error {
	rows, err := v.Query(levels)
	if err != nil {
		return err
	}
	defer rows.Close()
	seen := map[string]bool{}
	for rows.Next() {
		var sku string
		var qty, value int64
		if err := rows.Scan(&sku, &qty, &value); err != nil {
			return err
		}
		seen[sku] = true
		l := want.Shelf[sku]
		if l == nil {
			l = &auditor.Level{}
		}
		equal("units of "+sku, l.Units*1_000_000, qty)
		equal("value of "+sku, l.Pence, value)
	}
	for sku, l := range want.Shelf {
		if !seen[sku] && (l.Units != 0 || l.Pence != 0) {
			equal("units of "+sku, l.Units*1_000_000, 0)
		}
	}
	return rows.Err()
}
