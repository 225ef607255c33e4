package shoptest_test

import (
	"context"
	"testing"

	"github.com/tillpost/tillpost/internal/flow/shoptest"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/check"
)

// The scene itself is a sound shop: what a test finds in it, the test has put there.
func TestEverything(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		shoptest.New(t, d).Everything()
		res, err := check.Run(context.Background(), d, shoptest.Currency, nil, nil)
		if err != nil || !res.Sound() || res.Receipts < 60 {
			t.Errorf("%d receipts, %+v, %v", res.Receipts, res.Findings, err)
		}
	})
}
