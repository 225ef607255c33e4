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

// On both engines the auditor agrees after every day, and the journals are the same to the byte.
func TestSeeds(t *testing.T) {
	t.Parallel()
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var results []shop.Result
			t.Run("engines", func(t *testing.T) {
				dbtest.EachDSN(t, func(t *testing.T, dsn string) {
					res, err := shop.Run(context.Background(), dsn, shop.Options{Seed: seed, Days: 8, Ops: 25})
					if err != nil {
						t.Fatal(err)
					}
					mu.Lock()
					defer mu.Unlock()
					results = append(results, res)
				})
			})
			for _, r := range results[min(1, len(results)):] {
				if !shop.SameJournal(results[0], r) {
					t.Error("the engines export different journals")
				}
			}
		})
	}
}
