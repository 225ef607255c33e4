package inventory_test

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// What the goods cost does not depend on which documents happened to be committed together: an import
// that was interrupted and goes on ends with the same books.
func TestGroupsDoNotMatter(t *testing.T) {
	t.Parallel()
	one, many := dbtest.Open(t, dbtest.SQLite(t)), dbtest.Open(t, dbtest.SQLite(t))
	entry := int64(0)
	rapid.Check(t, func(rt *rapid.T) {
		verbs := rapid.SliceOfN(rapid.IntRange(0, 6), 1, 12).Draw(rt, "verbs")
		seeds := rapid.SliceOfN(rapid.Int64Range(1, 5_000_000), len(verbs), len(verbs)).Draw(rt, "numbers")
		transfer := id.New(dbtest.Now)
		run := func(tx *db.Tx, i int) ([]inventory.Cost, error) {
			return step(tx, entry+int64(i)+1, verbs[i], seeds[i], transfer)
		}
		var together, apart [][]inventory.Cost
		write(t, one, func(tx *db.Tx) error {
			for i := range verbs {
				costs, err := run(tx, i)
				if err != nil {
					return err
				}
				together = append(together, costs)
			}
			return nil
		})
		for i := range verbs {
			write(t, many, func(tx *db.Tx) error {
				costs, err := run(tx, i)
				apart = append(apart, costs)
				return err
			})
		}
		entry += int64(len(verbs))
		if !reflect.DeepEqual(together, apart) {
			rt.Fatalf("together %+v\napart %+v", together, apart)
		}
	})
	intact(t, one)
	intact(t, many)
}
