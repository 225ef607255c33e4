package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
)

// floorAnswer is what SQL over the lines says, and how long it took.
type floorAnswer struct {
	sums
	Took time.Duration `json:"took_ns"`
}

// overLines are the reports as one asks for them who has nothing but the lines. Each gives rows, and in
// its last two columns what is compared with the server's answer.
var overLines = map[string]string{
	"sales": `SELECT r.business_day, l.department, SUM(l.qty), SUM(CASE WHEN l.is_return THEN 0 ELSE l.net + l.net_discount END), SUM(l.tax)
		FROM receipts r JOIN receipt_lines l ON l.receipt_seq = r.seq WHERE r.kind IN ('sale', 'void')
		GROUP BY r.business_day, l.department ORDER BY r.business_day, l.department`,
	"trial": `SELECT account, SUM(CASE WHEN amount > 0 THEN amount ELSE 0 END), SUM(CASE WHEN amount < 0 THEN -amount ELSE 0 END)
		FROM entry_lines GROUP BY account ORDER BY account`,
	"stock": `SELECT i.department, SUM(x.qty), SUM(x.value), COUNT(*) FROM
		(SELECT location, item, SUM(qty) AS qty, SUM(value) AS value FROM stock_moves GROUP BY location, item) x JOIN items i ON i.sku = x.item
		GROUP BY i.department ORDER BY i.department`,
}

// floorReport answers one of them from the file, with the driver that the product uses.
func floorReport(ctx context.Context, args []string) error {
	if len(args) != 2 || overLines[args[1]] == "" {
		return fmt.Errorf("floor-report FILE sales|trial|stock")
	}
	d, err := openBare(args[0])
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.PingContext(ctx); err != nil {
		return err
	}
	var a floorAnswer
	began := time.Now()
	rows, err := d.QueryContext(ctx, overLines[args[1]])
	if err != nil {
		return err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	into := make([]any, len(names))
	for i := range into[:len(into)-2] {
		into[i] = new(any)
	}
	var amount, second int64
	into[len(into)-2], into[len(into)-1] = &amount, &second
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		a.Rows++
		a.Amount, a.Second = a.Amount+money.Minor(amount), a.Second+money.Minor(second)
	}
	a.Took = time.Since(began)
	if err := rows.Err(); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(a)
}

// openBare opens a shop's file for reading, without the product.
func openBare(file string) (*sql.DB, error) {
	return sql.Open("sqlite", "file:"+file+"?mode=ro&_pragma=query_only(1)&_pragma=busy_timeout(10000)&_pragma=cache_size(-65536)&_pragma=temp_store(memory)")
}
