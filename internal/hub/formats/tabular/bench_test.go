package tabular

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/tillpost/tillpost/internal/hub/intake"
)

// BenchmarkOnlineRetail reads the whole year (541,909 lines) when it lies beside the repository, else
// the extract in examples; lines/s is the figure to look at.
func BenchmarkOnlineRetail(b *testing.B) {
	path := filepath.Join(shared(), "online-retail-uk", "online_retail.csv.gz")
	if _, err := os.Stat(path); err != nil {
		path = filepath.Join("..", "..", "..", "..", "examples", "sample-exports", "online-retail", "online_retail_extract.csv")
	}
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		r, _, err := Open(path, "online-retail", intake.Terms{})
		if err != nil {
			b.Fatal(err)
		}
		for {
			d, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			rows += d.Rows
		}
		r.Close()
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "lines/s")
}

// BenchmarkUnzip is the part of it that is not ours.
func BenchmarkUnzip(b *testing.B) {
	path := filepath.Join(shared(), "online-retail-uk", "online_retail.csv.gz")
	if _, err := os.Stat(path); err != nil {
		b.Log("only with the whole year")
		return
	}
	for b.Loop() {
		f, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		gz, err := gzip.NewReader(f)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, gz); err != nil {
			b.Fatal(err)
		}
		f.Close()
	}
}
