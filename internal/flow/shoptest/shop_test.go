package shoptest_test

import (
	"context"
	"testing"

	"github.com/tillpost/tillpost/internal/flow/shoptest"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/check"
)

// The scene itself is a sound shop.
func TestEverything(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		s.Everything()
		res, err := check.Run(context.Background(), d, shoptest.Currency, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range res.Findings {
			t.Errorf("%s: %s: %s (want %s, got %s)", f.Check, f.Where, f.Message, f.Want, f.Got)
		}
	})
}
