package importer_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/tillpost/tillpost/internal/hub/importer"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// The same files give the same journal on both engines, byte for byte, however they are cut into
// batches.
func TestEnginesAgree(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	books := map[string]map[string]string{} // sample -> engine and batches -> journal
	t.Run("books", func(t *testing.T) {
		for name, c := range sampleExports {
			for _, batch := range []int{1000, 7} {
				each(t, func(t *testing.T, d *db.DB) {
					s := newShop(t, d, c.currency)
					o := importer.SmallBatches(s.options(), batch)
					o.Settle = c.settle
					for _, p := range c.paths {
						s.run(filepath.Join(samples, p), o)
					}
					journal := s.journal()
					mu.Lock()
					defer mu.Unlock()
					if books[name] == nil {
						books[name] = map[string]string{}
					}
					books[name][fmt.Sprint(d.Engine(), batch)] = journal
				})
			}
		}
	})
	for name, journals := range books {
		var first, text string
		for engine, journal := range journals {
			if first == "" {
				first, text = engine, journal
			}
			if journal != text {
				t.Errorf("%s: %s and %s export different journals", name, first, engine)
			}
		}
		if len(text) < 1000 {
			t.Errorf("%s: the journal is %q", name, text)
		}
	}
}
