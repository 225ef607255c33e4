package refund_test

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/flow/refund"
	"github.com/tillpost/tillpost/internal/flow/shoptest"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/check"
)

// Whatever the parts in which a sale comes back, and however they share a commit, nothing of it is left
// in the books, in any tender or tax, or in the stock, and nobody is asked anything.
func TestAnyPartitionReturnsTheSale(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		for _, store := range []string{"01", "02"} { // more than a sale takes: what is oversold has no cost to come back at yet
			s.Deliver(store, "A", 37, 1_015_000)
			s.Deliver(store, "B", 31, 3_333_333)
			s.Deliver(store, "C", 53, 777_777)
		}
		rapid.Check(t, func(t *rapid.T) {
			before := state(t, d)
			sale := s.Sell(drawSale(t))
			takeBack(t, s, &sale.Receipt)
			if after := state(t, d); !equal(before, after) {
				t.Fatalf("before %v\nafter  %v", before, after)
			}
		})
		sound(t, d)
		err := d.Read(context.Background(), func(v *db.View) error {
			list, err := tasks.List(v, tasks.StateOpen)
			for _, task := range list {
				t.Errorf("task %s: %s", task.Key, task.Message)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// drawSale is a sale with discounts, odd prices and several ways to pay.
func drawSale(t *rapid.T) receipt.Receipt {
	r := receipt.Receipt{Store: rapid.SampledFrom([]string{"01", "02"}).Draw(t, "store")}
	for range rapid.IntRange(1, 4).Draw(t, "lines") {
		l := shoptest.Line(r.Store, receipt.Item, rapid.SampledFrom([]string{"A", "B", "C", "E"}).Draw(t, "item"), rapid.Int64Range(1, 7).Draw(t, "qty"),
			money.Minor(rapid.Int64Range(0, 5_000).Draw(t, "price")))
		if l.Extended > 0 && rapid.Bool().Draw(t, "reduced") {
			l = shoptest.Reduced(r.Store, l, money.Minor(rapid.Int64Range(1, int64(l.Extended)).Draw(t, "by")))
		}
		r.Lines = append(r.Lines, l)
	}
	left := r.Total()
	for _, kind := range []string{"card", "gift_card", "on_account"} {
		if left > 0 && rapid.Bool().Draw(t, kind) {
			n := money.Minor(rapid.Int64Range(1, int64(left)).Draw(t, "paid"))
			r.Tenders = append(r.Tenders, receipt.Tender{Type: kind, Amount: n, Party: "p7"})
			left -= n
		}
	}
	if left > 0 {
		r.Rounding = money.Minor(rapid.Int64Range(max(-2, -int64(left)), 2).Draw(t, "rounding"))
		r.Tenders = append(r.Tenders, receipt.Tender{Type: "cash", Amount: left + r.Rounding})
	}
	return r
}

// takeBack refunds the sale in random parts, several of them in one commit.
func takeBack(t *rapid.T, s *shoptest.Shop, sold *receipt.Receipt) {
	left := receipt.Refundable(sold, nil)
	var commands []refund.Command
	for len(left) > 0 {
		c := refund.Command{ID: s.ID(), Receipt: sold.ID}
		if rapid.IntRange(0, 4).Draw(t, "rest") > 0 {
			for range rapid.IntRange(1, 3).Draw(t, "parts") {
				if len(left) == 0 {
					break
				}
				at := rapid.IntRange(0, len(left)-1).Draw(t, "line")
				n := qty.Of(rapid.Int64Range(1, int64(left[at].Qty/qty.One)).Draw(t, "n"))
				c.Lines = append(c.Lines, receipt.Take{Line: left[at].Line, Qty: n})
				if left[at].Qty -= n; left[at].Qty == 0 {
					left = append(left[:at], left[at+1:]...)
				}
			}
		} else {
			left = nil
		}
		commands = append(commands, c)
	}
	for len(commands) > 0 {
		n := rapid.IntRange(1, len(commands)).Draw(t, "together")
		err := s.D.Write(context.Background(), func(tx *db.Tx) error {
			for _, c := range commands[:n] {
				for range 2 { // the second time changes nothing
					if _, _, err := refund.InTx(tx, c); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		commands = commands[n:]
	}
	if _, _, err := refund.Refund(context.Background(), s.D, refund.Command{ID: s.ID(), Receipt: sold.ID}); err == nil {
		t.Fatal("more than everything came back")
	}
}

const (
	// What a sale earned and what its return took back stand on accounts of their own: income counts as one.
	selectBalances db.SQL = `SELECT CASE WHEN a.type = 'income' THEN 'income' ELSE a.code END, CAST(SUM(l.amount) AS BIGINT)
		FROM entry_lines l JOIN accounts a ON a.code = l.account GROUP BY 1`
	selectLevels db.SQL = `SELECT location || '/' || item, qty, value FROM stock_levels`
	selectTaxes  db.SQL = `SELECT code, CAST(SUM(base) AS BIGINT), CAST(SUM(amount) AS BIGINT) FROM receipt_taxes GROUP BY code`
	selectPaid   db.SQL = `SELECT type, CAST(SUM(amount) AS BIGINT), CAST(0 AS BIGINT) FROM receipt_tenders GROUP BY type`
)

// state is what the shop's books, stock, taxes and tenders add up to; nothing that is zero.
func state(t *rapid.T, d *db.DB) map[string]int64 {
	out := map[string]int64{}
	add := func(q db.Q, query db.SQL, two bool) error {
		rows, err := q.Query(query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			var a, b int64
			into := []any{&name, &a}
			if two {
				into = append(into, &b)
			}
			if err := rows.Scan(into...); err != nil {
				return err
			}
			out[name] += a
			out[name+", also"] += b
		}
		return rows.Err()
	}
	err := d.Read(context.Background(), func(v *db.View) error {
		for query, two := range map[db.SQL]bool{selectBalances: false, selectLevels: true, selectTaxes: true, selectPaid: true} {
			if err := add(v, query, two); err != nil {
				return fmt.Errorf("%.40s: %w", string(query), err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, n := range out {
		if n == 0 {
			delete(out, name)
		}
	}
	return out
}

func equal(a, b map[string]int64) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

// sound is what "tillpost check" would say.
func sound(t *testing.T, d *db.DB) {
	t.Helper()
	res, err := check.Run(context.Background(), d, shoptest.Currency, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range res.Findings {
		t.Errorf("%s: %s: %s (want %s, got %s)", f.Check, f.Where, f.Message, f.Want, f.Got)
	}
}
