package db_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

var (
	levelsTable  = db.Table{Name: "stock_levels", Columns: []string{"location", "item", "qty", "value"}}
	levelsLookup = db.Lookup{Table: "stock_levels", Keys: []string{"location", "item"}, Columns: []string{"item", "qty"}, Where: "t.qty <> 7"}
)

// Any number of keys is looked up at once: what is there is found once, what is not there or does not
// fulfil the condition is left out.
func TestLookup(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write := func(body func(tx *db.Tx) error) {
			if err := d.Write(context.Background(), body); err != nil {
				t.Fatal(err)
			}
		}
		write(func(tx *db.Tx) error {
			for i := range int64(300) {
				tx.Insert(&levelsTable, "S01", fmt.Sprint(i), i, i)
				tx.Insert(&levelsTable, "S02", fmt.Sprint(i), -i, -i)
			}
			return nil
		})
		for _, n := range []int64{0, 1, 8, 300} {
			found := map[string]int64{}
			write(func(tx *db.Tx) error {
				clear(found)
				var keys []any
				for i := range n {
					keys = append(keys, "S01", fmt.Sprint(i), "S03", fmt.Sprint(i))
				}
				return tx.Lookup(&levelsLookup, keys, func(rows *sql.Rows) error {
					var item string
					var qty int64
					err := rows.Scan(&item, &qty)
					if _, twice := found[item]; twice {
						t.Errorf("%s was found twice", item)
					}
					found[item] = qty
					return err
				})
			})
			want := n
			if n > 7 {
				want--
			}
			if int64(len(found)) != want {
				t.Errorf("%d keys: %d found", n, len(found))
			}
			for item, qty := range found {
				if fmt.Sprint(qty) != item || qty == 7 {
					t.Errorf("%s: %d", item, qty)
				}
			}
		}
	})
}

// The plans of a group run before its bodies.
func TestWritePlanned(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var order string
		err := d.WritePlanned(context.Background(), func(*db.Tx) error { order += "plan "; return nil },
			func(*db.Tx) error { order += "body"; return nil })
		if err != nil || order != "plan body" {
			t.Errorf("%q, %v", order, err)
		}
	})
}
