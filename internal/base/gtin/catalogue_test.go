package gtin_test

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/gtin"
)

// TestCatalogue judges codes that stood in real catalogues: a few of our own here, and the shared
// collection (60,000 good ones, 1,000 bad ones) when it is beside the project.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	good := []string{"4006381333931", "036000291452", "96385074", "10614141000415", "5901234123457"}
	bad := []string{"4006381333930", "036000291453", "9638507", "106141410004150", "5901234123475", "n/a"}
	root := os.Getenv("TILLPOST_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared")
	}
	dir := filepath.Join(root, "data", "product-catalogue")
	good = append(good, codes(t, filepath.Join(dir, "products_60k.csv.gz"))...)
	bad = append(bad, codes(t, filepath.Join(dir, "invalid_barcodes.csv"))...)
	for _, c := range good {
		if err := gtin.Check(c); err != nil {
			t.Errorf("%s: %v", c, err)
		}
	}
	for _, c := range bad {
		if gtin.Valid(c) {
			t.Errorf("%q passes", c)
		}
	}
	t.Logf("%d good and %d bad codes", len(good), len(bad))
}

// codes reads the first column of a table, nothing when there is no such file.
func codes(t *testing.T, file string) []string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(file, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range rows[1:] {
		out = append(out, r[0])
	}
	return out
}
