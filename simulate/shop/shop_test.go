package shop_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/simulate/shop"
)

// seeds are the fixed ones: a seed that failed once and is repaired joins them.
var seeds = []uint64{0, 1, 2, 34}

// On both engines, and twice on one, the auditor agrees after every day, and what is exported is the
// same to the byte: numbers, order and hashes. Together the seeds have everything happen.
func TestSeeds(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var sum shop.Tally
	ran := 0
	t.Run("seeds", func(t *testing.T) {
		for i, seed := range seeds {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				results := everywhere(t, shop.Options{Seed: seed, Days: 8, Ops: 25}, i == 0)
				mu.Lock()
				defer mu.Unlock()
				ran++
				for e, n := range results[0].Tally {
					sum[e] += n
				}
			})
		}
	})
	for e, n := range sum {
		if n == 0 && ran == len(seeds) {
			t.Errorf("the seeds have no %s", shop.Event(e))
		}
	}
}

// everywhere runs a seed on each engine, and on SQLite again when twice is set.
func everywhere(t *testing.T, o shop.Options, twice bool) (results []shop.Result) {
	var mu sync.Mutex
	run := func(t *testing.T, dsn string) {
		res, err := shop.Run(context.Background(), dsn, o)
		if err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		defer mu.Unlock()
		results = append(results, res)
	}
	t.Run("engines", func(t *testing.T) {
		dbtest.EachDSN(t, run)
		if twice {
			t.Run("again", func(t *testing.T) {
				t.Parallel()
				run(t, dbtest.SQLite(t))
			})
		}
	})
	if t.Failed() {
		t.FailNow()
	}
	for _, r := range results[1:] {
		if d := shop.Differ(results[0], r); d != "" {
			t.Error(shop.Apart(o, d))
		}
	}
	return results
}
