package payments

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

const planOfPage db.SQL = "EXPLAIN QUERY PLAN " + selectMovementPage

// A page is read in the order of an index: sorting everything for each page would cost the square of the list.
func TestPageIsNotSorted(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite(t))
	err := d.Read(t.Context(), func(v *db.View) error {
		rows, err := v.Query(planOfPage, "2026-01-01", "9999-12-31", "", "", "", make([]byte, 16), int64(100))
		if err != nil {
			return err
		}
		defer rows.Close()
		var plan []string
		for rows.Next() {
			var n, parent, unused int64
			var step string
			if err := rows.Scan(&n, &parent, &unused, &step); err != nil {
				return err
			}
			plan = append(plan, step)
		}
		if text := strings.Join(plan, "; "); strings.Contains(text, "TEMP B-TREE") || !strings.Contains(text, "movements_day") {
			t.Error(text)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
}

// BenchmarkRecord is what a movement costs with the indexes of its table.
func BenchmarkRecord(b *testing.B) {
	d := dbtest.Open(b, dbtest.SQLite(b))
	n := 0
	for b.Loop() {
		err := d.Write(b.Context(), func(tx *db.Tx) error {
			for range 500 {
				n++
				at := dbtest.Now.Add(time.Duration(n) * time.Minute)
				m := Movement{ID: id.Derive(at, "bench", fmt.Sprint(n)), At: at, BusinessDay: day.Of(at), Kind: Charge, Processor: "stripe", Currency: "EUR", Gross: 100, Net: 100, Reference: fmt.Sprint(n)}
				if _, err := Record(tx, m); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
