package assess

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tillpost/tillpost/internal/hub/formats"
)

// BenchmarkAssess reviews a real year (541,909 lines) when it lies beside the repository, else the
// extract.
func BenchmarkAssess(b *testing.B) {
	path := filepath.Join(examples, "online-retail", "online_retail_extract.csv")
	for _, up := range []string{os.Getenv("TILLPOST_SHARED"), filepath.Join("..", "..", "..", "..", "shared")} {
		if year := filepath.Join(up, "data", "online-retail-uk", "online_retail.csv.gz"); up != "" {
			if _, err := os.Stat(year); err == nil {
				path = year
			}
		}
	}
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		r, info, err := formats.Open(path, formats.Options{})
		if err != nil {
			b.Fatal(err)
		}
		rep, err := Assess(r, Options{Info: info, Now: now})
		if err != nil {
			b.Fatal(err)
		}
		rows += rep.Counts.Rows
		r.Close()
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "lines/s")
}
