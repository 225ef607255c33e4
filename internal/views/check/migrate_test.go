package check_test

import (
	"context"
	"testing"

	"github.com/tillpost/tillpost/internal/flow/shoptest"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// What the schema was before it had the totals of months and of days for all stores.
var withoutSums = []db.SQL{
	`DROP TABLE account_months`,
	`DROP TABLE totals_days`,
	`DELETE FROM goose_db_version WHERE version_id = 4`,
}

// Books of an older program get the totals that they did not have, and all of them agree.
func TestOlderBooks(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		shoptest.New(t, d).Everything()
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			for _, statement := range withoutSums {
				if _, err := tx.Exec(statement); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		newer := dbtest.Open(t, d.DSN())
		if res := run(t, newer); !res.Sound() {
			t.Errorf("%+v", res.Findings)
		}
	})
}
