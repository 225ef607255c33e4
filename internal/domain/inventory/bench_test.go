package inventory_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// The size of the group that an import commits, and the catalogue it sells from.
const (
	receipts = 500
	lines    = 21
	skus     = 4000
)

// BenchmarkTake is a group of 500 receipts with 21 lines each, with its commit to the disk.
func BenchmarkTake(b *testing.B) {
	d, err := db.Open(context.Background(), dbtest.SQLite(b))
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	random := rand.New(rand.NewPCG(1, 2))
	var names [skus]string
	for i := range names {
		names[i] = fmt.Sprintf("SKU%05d", i*7919%100_000)
	}
	group := make([][]inventory.Issue, receipts)
	entry := int64(0)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		for r := range group {
			doc := id.New(dbtest.Now)
			group[r] = group[r][:0]
			for l := range lines {
				sku := int(random.ExpFloat64()*skus/6) % skus // a few articles sell often
				group[r] = append(group[r], sale(doc, l+1, names[sku], qty.Of(1+int64(random.IntN(12)))))
			}
		}
		b.StartTimer()
		write(b, d, func(tx *db.Tx) error {
			for _, issues := range group {
				entry++
				if _, err := inventory.Take(tx, entry, today, usd, issues); err != nil {
					return err
				}
			}
			return nil
		})
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*receipts*lines), "µs/line")
}
