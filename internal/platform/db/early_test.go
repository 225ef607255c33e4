package db_test

import (
	"context"
	"errors"
	"testing"

	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

var earlyTable = db.Table{Name: "stock_moves", Early: true, Columns: []string{"entry_seq", "line_no", "item", "business_day", "qty", "value", "doc_line"},
	Fixed: []db.Fixed{{Column: "kind", Value: "'sale'"}, {Column: "location", Value: "'S01'"}}}

const sumMoves db.SQL = `SELECT COUNT(*), CAST(COALESCE(SUM(line_no), 0) AS BIGINT) FROM stock_moves`

func sumOf(t *testing.T, d *db.DB) (n, sum int64) {
	t.Helper()
	if err := d.Read(context.Background(), func(v *db.View) error { return v.QueryRow(sumMoves).Scan(&n, &sum) }); err != nil {
		t.Fatal(err)
	}
	return n, sum
}

// Rows that leave while their body runs are there when the group commits, once each, and gone when it is
// undone: whether the body fails, or a row that has left is refused.
func TestEarly(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const rows = 10_000
		write := func(entry int64, twice bool, fail error) error {
			return d.Write(context.Background(), func(tx *db.Tx) error {
				for i := range int64(rows) {
					line := i
					if twice && i == 100 {
						line = 99
					}
					tx.Insert(&earlyTable, entry, line, "A", "2026-03-14", int64(-1), int64(-1), int64(0))
					if i%1000 == 0 { // a question in between disturbs nothing
						if err := tx.QueryRow(getKept).Scan(new(string)); err != nil {
							return err
						}
					}
				}
				return fail
			})
		}
		no := errors.New("no")
		if err := write(1, false, no); !errors.Is(err, no) {
			t.Errorf("a body that fails: %v", err)
		}
		if err := write(1, true, nil); err == nil {
			t.Error("the same row twice was taken")
		}
		if n, _ := sumOf(t, d); n != 0 {
			t.Fatalf("%d rows of undone groups", n)
		}
		for entry := range int64(2) {
			if err := write(entry+1, false, nil); err != nil {
				t.Fatal(err)
			}
		}
		if n, sum := sumOf(t, d); n != 2*rows || sum != rows*(rows-1) {
			t.Errorf("%d rows with the sum %d", n, sum)
		}
	})
}

// Every kind of value arrives as what it is.
func TestInsertValues(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		items := db.Table{Name: "tasks", Columns: []string{"id", "kind", "key", "doc", "message", "count", "opened_ms"}}
		places := db.Table{Name: "promotions", Columns: []string{"code", "body", "active"}}
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			tx.Insert(&items, []byte{}, "", "a", nil, "ä", int64(-1), int64(1)<<62)
			tx.Insert(&items, []byte{0, 255}, "k", "b", []byte(nil), "", int64(0), int64(-1)<<62)
			tx.Insert(&items, []byte{1}, "k", "c", []byte{}, "", int64(0), int64(0))
			tx.Insert(&places, "p", "", true)
			tx.Insert(&places, "q", "", false)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		const odd db.SQL = `SELECT COUNT(*) FROM tasks WHERE key = 'a' AND LENGTH(id) = 0 AND kind = '' AND doc IS NULL AND message = 'ä' AND count = -1 AND opened_ms = 4611686018427387904
			OR key = 'b' AND LENGTH(id) = 2 AND doc IS NULL AND message = '' AND opened_ms = -4611686018427387904
			OR key = 'c' AND LENGTH(id) = 1 AND LENGTH(doc) = 0`
		const yes db.SQL = `SELECT COUNT(*) FROM promotions WHERE code = 'p' AND active OR code = 'q' AND NOT active`
		var n, m int64
		err = d.Read(context.Background(), func(v *db.View) error {
			return errors.Join(v.QueryRow(odd).Scan(&n), v.QueryRow(yes).Scan(&m))
		})
		if err != nil || n != 3 || m != 2 {
			t.Errorf("%d tasks and %d promotions, %v", n, m, err)
		}
	})
}
