package salesreport

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/table"
)

// week is a small shop's week end: discounts, a return, a gift card, two stores, two currencies.
func week(t *testing.T, d *db.DB) {
	t.Helper()
	open(t, d)
	apples := goods("APPLE", "Fruit", 3, 300, 0)
	apples.NetDiscount = 30
	gift := receipt.Line{Kind: receipt.GiftCard, Qty: qty.One, Net: 2500, Name: "Gift card"}
	dollars := ticket("2026-03-14", 9, "S1", "ann", goods("BREAD", "Bakery", 1, 250, 50), gift)
	dollars.Tenders = []receipt.Tender{{Type: "cash", Amount: 800, Foreign: money.Amount{Minor: 1000, Currency: "USD"}}, {Type: "card", Amount: 2000}}
	training := ticket("2026-03-14", 9, "S1", "ann", goods("BREAD", "Bakery", 9, 9000, 0))
	training.Kind = receipt.Training
	back := ticket("2026-03-15", 10, "S1", "", goods("BREAD", "Bakery", -1, -250, -50))
	back.Customer, back.Channel = "C7", "web"
	err := sell(d, ticket("2026-03-14", 9, "S1", "ann", apples, goods("BREAD", "Bakery", 2, 500, 100)), dollars, training,
		ticket("2026-03-14", 23, "S2", "bob", goods("BREAD", "Bakery", 1, 250, 50)), back)
	if err != nil {
		t.Fatal(err)
	}
}

func TestReports(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		week(t, d)
		for name, c := range map[string]struct {
			query Query
			want  string
		}{
			"nothing": {Query{}, `
receipts,items_sold,gross_sales,discounts,returns,net_sales,tax,other,total_sales
4,6,13.30,0.30,2.50,10.50,1.50,25.00,37.00`},
			"day": {Query{By: []string{"day"}}, `
day,receipts,items_sold,gross_sales,discounts,returns,net_sales,tax,other,total_sales
2026-03-14,3,7,13.30,0.30,0.00,13.00,2.00,25.00,40.00
2026-03-15,1,-1,0.00,0.00,2.50,-2.50,-0.50,0.00,-3.00`},
			"month and store": {Query{By: []string{"month", "store"}}, `
month,store,receipts,items_sold,gross_sales,discounts,returns,net_sales,tax,other,total_sales
2026-03,S1,3,5,10.80,0.30,2.50,8.00,1.00,25.00,34.00
2026-03,S2,1,1,2.50,0.00,0.00,2.50,0.50,0.00,3.00`},
			"department": {Query{By: []string{"department"}, Store: "S1", To: "2026-03-14"}, `
department,items_sold,gross_sales,discounts,returns,net_sales,tax,other,total_sales
,0,0.00,0.00,0.00,0.00,0.00,25.00,25.00
Bakery,3,7.50,0.00,0.00,7.50,1.50,0.00,9.00
Fruit,3,3.30,0.30,0.00,3.00,0.00,0.00,3.00`},
			"hour and employee": {Query{By: []string{"hour", "employee"}}, `
hour,employee,receipts,items_sold,gross_sales,discounts,returns,net_sales,tax,other,total_sales
09:00,ann,2,6,10.80,0.30,0.00,10.50,1.50,25.00,37.00
10:00,,1,-1,0.00,0.00,2.50,-2.50,-0.50,0.00,-3.00
23:00,bob,1,1,2.50,0.00,0.00,2.50,0.50,0.00,3.00`},
			"item": {Query{By: []string{"item"}, From: "2026-03-14"}, `
item,name,receipts,items_sold,gross_sales,discounts,returns,net_sales,tax,other,total_sales
,,1,0,0.00,0.00,0.00,0.00,0.00,25.00,25.00
APPLE,Apples,1,3,3.30,0.30,0.00,3.00,0.00,0.00,3.00
BREAD,Bread,4,3,10.00,0.00,2.50,7.50,1.50,0.00,9.00`},
			"the largest item": {Query{By: []string{"item"}, Top: 1}, `
item,name,receipts,items_sold,gross_sales,discounts,returns,net_sales,tax,other,total_sales
,,1,0,0.00,0.00,0.00,0.00,0.00,25.00,25.00
2 others,,,6,13.30,0.30,2.50,10.50,1.50,0.00,12.00`},
			"customer and channel": {Query{By: []string{"customer,channel"}, From: "2026-03-15", To: "2026-03-15"}, `
customer,channel,receipts,items_sold,gross_sales,discounts,returns,net_sales,tax,other,total_sales
C7,web,1,-1,0.00,0.00,2.50,-2.50,-0.50,0.00,-3.00`},
			"tender": {Query{By: []string{"tender"}}, `
tender,payments,amount,handed_over,handed_over_currency
card,1,20.00,20.00,GBP
cash,3,9.00,9.00,GBP
cash,1,8.00,10.00,USD`},
			"tender by day": {Query{By: []string{"day", "tender"}, From: "2026-03-15"}, `
day,tender,payments,amount,handed_over,handed_over_currency
2026-03-15,cash,1,-3.00,-3.00,GBP`},
			"tender by employee and hour": {Query{By: []string{"tender", "employee", "hour"}, Top: 2}, `
tender,employee,hour,payments,amount,handed_over,handed_over_currency
card,ann,09:00,1,20.00,20.00,GBP
cash,ann,09:00,1,9.00,9.00,GBP
3 others,,,3,8.00,,`},
			"nothing sold": {Query{By: []string{"day"}, From: "2030-01-01"}, `
day,receipts,items_sold,gross_sales,discounts,returns,net_sales,tax,other,total_sales`},
		} {
			out := ask(t, d, c.query)
			if got := write(t, &out, table.FormatCSV); got != strings.TrimPrefix(c.want, "\n") {
				t.Errorf("%s:\n%s\nwant:%s", name, got, c.want)
			}
		}
	})
}

func write(t *testing.T, out *table.Table, f table.Format) string {
	t.Helper()
	var b strings.Builder
	if err := table.Write(&b, out, table.Options{Format: f}); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(strings.ReplaceAll(b.String(), "\r\n", "\n"))
}

// The daily report has date, employee, department, items sold and total sales.
func TestDaily(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		week(t, d)
		var out table.Table
		err := d.Read(context.Background(), func(v *db.View) (err error) { out, err = Daily(v, "GBP", "", "", ""); return err })
		if err != nil {
			t.Fatal(err)
		}
		const want = `date,employee,department,items_sold,total_sales
2026-03-14,ann,,0,25.00
2026-03-14,ann,Bakery,3,9.00
2026-03-14,ann,Fruit,3,3.00
2026-03-14,bob,Bakery,1,3.00
2026-03-15,,Bakery,-1,-3.00`
		if got := write(t, &out, table.FormatCSV); got != want {
			t.Errorf("\n%s", got)
		}
		text := write(t, &out, table.FormatTable)
		if !strings.Contains(text, "all days") || !strings.Contains(text, "37.00") {
			t.Errorf("\n%s", text)
		}
		err = d.Read(context.Background(), func(v *db.View) (err error) { _, err = Daily(v, "GBP", "2026-03-15", "2026-03-14", ""); return err })
		if !errors.Is(err, ErrSpan) {
			t.Error(err)
		}
	})
}

// Text shows what there is: other takings and foreign money only where some were taken.
func TestColumnsForPeople(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite(t))
	week(t, d)
	for _, c := range []struct {
		query Query
		has   []string
		not   []string
	}{
		{Query{By: []string{"day"}}, []string{"Sales by day", "Other takings", "37.00", "all stores"}, nil},
		{Query{By: []string{"day"}, Store: "S2", From: "2026-03-14", To: "2026-03-14"}, []string{"store S2"}, []string{"Other takings"}},
		{Query{By: []string{"tender", "store", "day"}}, []string{"Payments by tender, store and day", "Handed over", "USD"}, nil},
		{Query{By: []string{"tender"}, Store: "S2", To: "2026-03-14"}, []string{"until 2026-03-14"}, []string{"Handed over"}},
		{Query{By: []string{"item"}, From: "2026-03-14"}, []string{"since 2026-03-14", "Apples"}, nil},
	} {
		out := ask(t, d, c.query)
		text := write(t, &out, table.FormatTable)
		for _, w := range c.has {
			if !strings.Contains(text, w) {
				t.Errorf("%+v: no %q in\n%s", c.query, w, text)
			}
		}
		for _, w := range c.not {
			if strings.Contains(text, w) {
				t.Errorf("%+v: %q in\n%s", c.query, w, text)
			}
		}
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		for name, c := range map[string]struct {
			query Query
			want  error
		}{
			"unknown dimension":      {Query{By: []string{"color"}}, ErrDimension},
			"empty dimension":        {Query{By: []string{"day,"}}, ErrDimension},
			"hidden dimension":       {Query{By: []string{"currency"}}, ErrDimension},
			"twice":                  {Query{By: []string{"day", "store,day"}}, ErrTwice},
			"tender and department":  {Query{By: []string{"tender", "department"}}, ErrTenderBy},
			"item and tender":        {Query{By: []string{"item", "tender"}}, ErrTenderBy},
			"from after to":          {Query{From: "2026-03-02", To: "2026-03-01"}, ErrSpan},
			"no day":                 {Query{From: "2026-02-30"}, ErrSpan},
			"text for a day":         {Query{To: "' OR 1=1"}, ErrSpan},
			"unknown store":          {Query{Store: "S9"}, org.ErrNoStore},
			"negative top":           {Query{Top: -1}, ErrTop},
			"top of everything":      {Query{Top: topMost + 1}, ErrTop},
			"case counts, as always": {Query{By: []string{"Day"}}, ErrDimension},
		} {
			if _, err := tryAsk(d, c.query); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// A report that nobody could read is refused instead of filling the memory; the largest of many are
// found, and the others are not lost.
func TestTooLong(t *testing.T) {
	t.Parallel()
	g, err := parse([]string{"item"})
	if err != nil {
		t.Fatal(err)
	}
	p := newPile(&g, 10, (*figures).total, (*figures).add)
	for i := range rowsMost {
		f, err := p.at(&coordinates{item: strconv.Itoa(i)})
		if err != nil {
			t.Fatal(err)
		}
		f.gross += money.Minor(i)
	}
	if _, err := p.at(&coordinates{item: "one more"}); !errors.Is(err, ErrTooLong) {
		t.Error(err)
	}
	if f, err := p.at(&coordinates{item: "7"}); err != nil || f.gross != 7 {
		t.Error(f, err)
	}
	keys := p.shown()
	sum := p.others.gross
	for i, k := range keys {
		if k != strconv.Itoa(rowsMost-1-i) {
			t.Errorf("place %d has %s", i, k)
		}
		sum += p.rows[k].gross
	}
	if n := money.Minor(rowsMost); len(keys) != 10 || p.dropped != rowsMost-10 || sum != n*(n-1)/2 {
		t.Errorf("%d shown, %d others, %d in all", len(keys), p.dropped, sum)
	}
}

// Writing row by row says what the table says, in every format.
func TestWrite(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		week(t, d)
		for _, query := range []Query{{}, {By: []string{"item", "day"}}, {By: []string{"tender", "hour"}, Top: 1}, {By: []string{"customer"}, Top: 1}} {
			for _, f := range []table.Format{table.FormatTable, table.FormatCSV, table.FormatJSON} {
				out := ask(t, d, query)
				var b strings.Builder
				err := d.Read(context.Background(), func(v *db.View) error { return Write(&b, v, "GBP", query, table.Options{Format: f}) })
				if err != nil {
					t.Fatal(err)
				}
				if got := strings.TrimSpace(strings.ReplaceAll(b.String(), "\r\n", "\n")); got != write(t, &out, f) {
					t.Errorf("%+v as %s:\n%s", query, f, got)
				}
			}
		}
		err := d.Read(context.Background(), func(v *db.View) error {
			return Write(io.Discard, v, "GBP", Query{By: []string{"colour"}}, table.Options{})
		})
		if !errors.Is(err, ErrDimension) {
			t.Error(err)
		}
	})
}
