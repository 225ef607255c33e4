package inventory

import (
	"context"
	"maps"
	"testing"

	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// TestWait: what waits is told by location until an entry has taken it, or it turns out to be no goods.
func TestWait(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		waits := func(item string, want map[string]qty.Qty) {
			t.Helper()
			err := d.Read(context.Background(), func(v *db.View) error {
				got, err := WaitingOf(v, item)
				if !maps.Equal(got, want) {
					t.Errorf("%s: %v, want %v", item, got, want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		write := func(body func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Write(context.Background(), body); err != nil {
				t.Fatal(err)
			}
		}
		write(func(tx *db.Tx) error {
			Wait(tx, 1, []Waiting{{1, "new", "S01", qty.Of(3)}, {2, "new", "S01", -qty.One}, {4, "odd", "S01", qty.One}})
			Wait(tx, 2, []Waiting{{1, "new", "S02", -qty.Of(2)}})
			Wait(tx, 3, []Waiting{{1, "new", "S03", qty.One}, {2, "new", "S03", -qty.One}})
			Wait(tx, 4, nil)
			return nil
		})
		waits("new", map[string]qty.Qty{"S01": qty.Of(2), "S02": -qty.Of(2)})
		write(func(tx *db.Tx) error { return Moved(tx, "new", "S01", 5) })
		waits("new", map[string]qty.Qty{"S02": -qty.Of(2)})
		waits("odd", map[string]qty.Qty{"S01": qty.One})
		write(func(tx *db.Tx) error { return NotGoods(tx, "odd") })
		waits("odd", map[string]qty.Qty{})
		waits("none", map[string]qty.Qty{})
	})
}
