package inventory_test

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

const (
	usd   money.Currency = "USD"
	today day.Day        = "2026-03-14"

	insertEntry db.SQL = `INSERT INTO entries (seq, id, kind, doc, business_day, effective_day, posted_ms, prev_hash, hash)
	VALUES ($1, $2, 'sale', $3, '2026-03-14', '2026-03-14', 0, $2, $2)`
	selectAll db.SQL = `SELECT l.location, l.item, l.qty, l.value, CAST(COALESCE(SUM(m.qty), 0) AS BIGINT), CAST(COALESCE(SUM(m.value), 0) AS BIGINT)
	FROM stock_levels l LEFT JOIN stock_moves m ON m.location = l.location AND m.item = l.item GROUP BY l.location, l.item, l.qty, l.value`
	countStray db.SQL = `SELECT count(*) FROM stock_moves m WHERE NOT EXISTS
	(SELECT 1 FROM stock_levels l WHERE l.location = m.location AND l.item = m.item)`
	countMoves db.SQL = `SELECT count(*) FROM stock_moves`
)

func write(t testing.TB, d *db.DB, body func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(context.Background(), body); err != nil {
		t.Fatal(err)
	}
}

func sale(doc id.ID, line int, item string, q qty.Qty) inventory.Issue {
	return inventory.Issue{Doc: doc, Line: line, Item: item, Location: "01", Kind: inventory.Sale, Qty: q, Fallback: 10_000_000}
}

// A receipt's costs come in the order of its lines, and the next group sees what this one left.
func TestTake(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			total := money.Minor(1000)
			_, err := inventory.Receive(tx, 1, today, usd, "01", inventory.Received, []inventory.ReceiveLine{
				{Line: 1, Item: "A", Qty: qty.Of(3), Total: &total}, {Line: 2, Item: "B", Qty: qty.Of(2), UnitCost: 8_000_000}})
			return err
		})
		var costs []inventory.Cost
		write(t, d, func(tx *db.Tx) (err error) {
			costs, err = inventory.Take(tx, 2, today, usd, []inventory.Issue{
				sale(id.ID{}, 1, "A", qty.Of(1)), sale(id.ID{}, 2, "B", qty.Of(3)), sale(id.ID{}, 3, "C", qty.Of(2)), sale(id.ID{}, 4, "A", qty.Of(2)),
				{Line: 5, Item: "B", Location: "01", Kind: inventory.Return, Qty: -qty.One, UnitCost: 5_000_000, HasCost: true},
				{Line: 6, Item: "C", Location: "01", Kind: inventory.Damaged, Qty: -qty.One, UnitCost: 4_000_000, HasCost: true}, {Line: 7, Item: "D"}})
			return err
		})
		want := []money.Minor{333, 2400, 2000, 667, -800, -400, 0}
		for i, c := range costs {
			if c.Value != want[i] || c.Line != i+1 {
				t.Errorf("line %d costs %d, want %d", c.Line, c.Value, want[i])
			}
		}
		write(t, d, func(tx *db.Tx) error {
			for item, want := range map[string]inventory.Level{"A": {UnitCost: 3_333_333}, "B": {UnitCost: 8_000_000},
				"C": {Qty: -qty.Of(2), Value: -2000}, "D": {}} {
				got, err := inventory.LevelOf(tx, "01", item)
				if err != nil || got != want {
					t.Errorf("%s: %+v, %v; want %+v", item, got, err, want)
				}
			}
			return nil
		})
		intact(t, d)
	})
}

// Numbers that cannot be kept are refused, and nothing is written.
func TestTakeRefusesOverflow(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, q := range []qty.Qty{-1 << 63, 1<<63 - 1} {
			err := d.Write(context.Background(), func(tx *db.Tx) error {
				_, err := inventory.Take(tx, 1, today, usd, []inventory.Issue{{Item: "A", Location: "01", Qty: q, Fallback: 1 << 60}})
				return err
			})
			if fault.CodeOf(err) != fixed.ErrOverflow.Code {
				t.Errorf("%d: %v", q, err)
			}
		}
		if n := count(t, d, countMoves); n != 0 {
			t.Errorf("%d moves were written", n)
		}
	})
}

// CostOf finds what a line was sold at, in the group that sold it and in every later one.
func TestCostOf(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		doc := id.New(dbtest.Now)
		ask := func(tx *db.Tx) {
			for line, want := range map[int]money.Price{1: 3_333_333, 2: 10_000_000, 3: 7_000_000, 4: 0} {
				got, ok, err := inventory.CostOf(tx, usd, doc, line)
				if err != nil || got != want || ok != (want != 0) {
					t.Errorf("line %d cost %s, %v, %v; want %s", line, got, ok, err, want)
				}
			}
		}
		write(t, d, func(tx *db.Tx) error {
			total := money.Minor(1000)
			if _, err := inventory.Receive(tx, 1, today, usd, "01", inventory.Received,
				[]inventory.ReceiveLine{{Line: 1, Item: "A", Qty: qty.Of(3), Total: &total}}); err != nil {
				return err
			}
			if _, err := inventory.Take(tx, 2, today, usd, []inventory.Issue{sale(doc, 1, "A", qty.Of(3)), sale(doc, 2, "B", qty.Of(2)),
				{Doc: doc, Line: 3, Item: "A", Location: "01", Kind: inventory.Damaged, Qty: -qty.One, UnitCost: 7_000_000, HasCost: true},
				{Doc: doc, Line: 4, Item: "A", Location: "01", Kind: inventory.Sale}}); err != nil {
				return err
			}
			ask(tx)
			other := id.New(dbtest.Now)
			_, err := tx.Exec(insertEntry, 2, other[:], doc[:])
			return err
		})
		write(t, d, func(tx *db.Tx) error { ask(tx); return nil })
	})
}

// A delivery with a quantity of nothing or a negative cost is refused.
func TestReceiveRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for want, l := range map[*fault.Error]inventory.ReceiveLine{inventory.ErrQty: {Item: "A"}, inventory.ErrCost: {Item: "A", Qty: 1, UnitCost: -1e6 * 1e6}} {
			err := d.Write(context.Background(), func(tx *db.Tx) error {
				_, err := inventory.Receive(tx, 1, today, usd, "01", inventory.Received, []inventory.ReceiveLine{l})
				return err
			})
			if fault.CodeOf(err) != want.Code {
				t.Errorf("%v, want %s", err, want.Code)
			}
		}
	})
}

// Preload reads lists of every length, and what is not there is nothing.
func TestPreload(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const items = 700
		write(t, d, func(tx *db.Tx) error {
			var lines []inventory.ReceiveLine
			for i := range items {
				lines = append(lines, inventory.ReceiveLine{Line: i + 1, Item: fmt.Sprint("I", i), Qty: qty.Of(int64(i + 1)), UnitCost: 1_000_000})
			}
			_, err := inventory.Receive(tx, 1, today, usd, "01", inventory.Received, lines)
			return err
		})
		for _, n := range []int{0, 1, 8, 9, 33, 129, 513, 650} {
			write(t, d, func(tx *db.Tx) error {
				var keys []inventory.Key
				for i := range n {
					keys = append(keys, inventory.Key{Location: fmt.Sprintf("%02d", 1+i%2), Item: fmt.Sprint("I", items-1-i)})
				}
				if err := inventory.Preload(tx, keys); err != nil {
					return err
				}
				for i, k := range keys {
					l, err := inventory.LevelOf(tx, k.Location, k.Item)
					want := qty.Of(int64(items - i))
					if k.Location == "02" {
						want = 0
					}
					if err != nil || l.Qty != want {
						t.Errorf("%d of %d: %+v, %v; want %s", i, n, l, err, want)
					}
				}
				return nil
			})
		}
	})
}

// Random documents in random groups on two stores: the levels are the sum of the moves, nothing has
// no value, and the costs that were answered are what the stock changed by.
func TestStockIsTheSumOfItsMoves(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		entry := int64(0)
		rapid.Check(t, func(rt *rapid.T) {
			transfers := []id.ID{id.New(dbtest.Now)}
			value := stockValue(t, d)
			for range rapid.IntRange(1, 4).Draw(rt, "groups") {
				var left money.Minor
				verbs := rapid.SliceOfN(rapid.IntRange(0, 6), 1, 8).Draw(rt, "verbs")
				seeds := rapid.SliceOfN(rapid.Int64Range(1, 5_000_000), 8, 8).Draw(rt, "numbers")
				write(t, d, func(tx *db.Tx) error {
					for i, verb := range verbs {
						costs, err := step(tx, entry+int64(i)+1, verb, seeds[i], transfers[0])
						if err != nil {
							return err
						}
						for _, c := range costs {
							if c.Kind != inventory.Damaged {
								left += c.Value
							}
						}
					}
					return nil
				})
				entry += int64(len(verbs))
				value -= left
				if got := stockValue(t, d); got != value {
					rt.Fatalf("the stock is worth %d, the costs say %d", got, value)
				}
			}
			intact(t, d)
		})
	})
}

// step does one thing to the stock; seed says to how much of what.
func step(tx *db.Tx, entry int64, verb int, seed int64, transfer id.ID) ([]inventory.Cost, error) {
	item, store := fmt.Sprint("I", seed%3), fmt.Sprintf("%02d", 1+seed%2)
	q, price := qty.Qty(seed), money.Price(seed%97*123_457)
	if seed%5 == 0 {
		q = qty.Of(1 + seed%7)
	}
	issue := inventory.Issue{Line: 1, Item: item, Location: store, Kind: inventory.Sale, Qty: q, UnitCost: price, HasCost: seed%2 == 0, Fallback: price}
	switch verb {
	case 0:
		return inventory.Receive(tx, entry, today, usd, store, inventory.Received, []inventory.ReceiveLine{{Line: 1, Item: item, Qty: q, UnitCost: price}})
	case 1:
		issue.Kind, issue.Qty = inventory.Return, -q
	case 2:
		issue.Kind, issue.Qty = inventory.Damaged, -q
	case 3:
		costs, _, err := inventory.Count(tx, entry, today, usd, inventory.Sheet{Location: store, Mark: max(0, entry-3), Complete: seed%3 == 0,
			Lines: []inventory.CountLine{{Line: 1, Item: item, Counted: q, Fallback: price}}})
		return costs, err
	case 4:
		return inventory.Move(tx, entry, today, usd, store, inventory.Transit(transfer), []inventory.MoveLine{{Line: 1, Item: item, Qty: q, Fallback: price}})
	case 5:
		rest, err := inventory.InTransit(tx, transfer)
		if err != nil || len(rest) == 0 {
			return nil, err
		}
		l := inventory.MoveLine{Line: 1, Item: rest[0].Item, Qty: min(q, rest[0].Qty)}
		return inventory.Move(tx, entry, today, usd, inventory.Transit(transfer), store, []inventory.MoveLine{l})
	}
	return inventory.Take(tx, entry, today, usd, []inventory.Issue{issue})
}

func count(t testing.TB, d *db.DB, q db.SQL) (n int64) {
	t.Helper()
	if err := d.Read(context.Background(), func(v *db.View) error { return v.QueryRow(q).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

const sumLevels db.SQL = `SELECT CAST(COALESCE(SUM(value), 0) AS BIGINT) FROM stock_levels`

func stockValue(t testing.TB, d *db.DB) money.Minor { return money.Minor(count(t, d, sumLevels)) }

// intact fails unless every level is the sum of its moves and nothing has no value.
func intact(t testing.TB, d *db.DB) {
	t.Helper()
	if n := count(t, d, countStray); n != 0 {
		t.Fatalf("%d moves have no level", n)
	}
	err := d.Read(context.Background(), func(v *db.View) error {
		rows, err := v.Query(selectAll)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var location, item string
			var q, value, movedQty, movedValue int64
			if err := rows.Scan(&location, &item, &q, &value, &movedQty, &movedValue); err != nil {
				return err
			}
			if q != movedQty || value != movedValue || q == 0 && value != 0 || (q > 0) != (value > 0) && q != 0 && value != 0 {
				return fmt.Errorf("%s %s: %d worth %d, moves %d worth %d", location, item, q, value, movedQty, movedValue)
			}
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
}
