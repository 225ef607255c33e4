//go:build !race

// The race detector keeps notes of every access, which take several times the memory of the program.

package importer_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/tillpost/tillpost/internal/platform/db"
)

// longRows is how many rows the memory test imports: several times what fits one batch.
const longRows = 150_000

// rssMost bounds the memory of an import, whatever the file's length.
const rssMost = 200 << 20

const longEnv = "TILLPOST_LONG_IMPORT"

// Memory stays bounded on a long file with few repetitions. The import runs in a process of its own,
// so that its peak is its own.
func TestMemory(t *testing.T) {
	t.Parallel()
	if file := os.Getenv(longEnv); file != "" {
		importLong(t, file)
		return
	}
	file := long(t, longRows)
	c := exec.Command(os.Args[0], "-test.run", "^TestMemory$")
	c.Env = append(os.Environ(), longEnv+"="+file)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		t.Fatal("no resource usage")
	}
	if peak := usage.Maxrss << 10; peak > rssMost {
		t.Errorf("the import took %d MB", peak>>20)
	}
}

// long writes a compressed file of so many rows, a new item and customer every few of them.
func long(t *testing.T, rows int) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "long.csv.gz")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	w := bufio.NewWriter(z)
	fmt.Fprint(w, header)
	for i := range rows {
		fmt.Fprintf(w, "%d,SKU%d,A QUITE ORDINARY ARTICLE NUMBER %d,%d,2011-%02d-%02d 10:00:00,2.55,%d,United Kingdom\n",
			540000+i/20, i%40_000, i%40_000, 1+i%5, 1+i*12/rows, 1+i%28, 10000+i%5000)
	}
	for _, end := range []func() error{w.Flush, z.Close, f.Close} {
		if err := end(); err != nil {
			t.Fatal(err)
		}
	}
	return name
}

func importLong(t *testing.T, file string) {
	d, err := db.Open(context.Background(), filepath.Join(t.TempDir(), "long.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	s := newShop(t, d, "GBP")
	if c := s.run(file, s.options()).Counts; c.Rows != longRows || c.Lines != longRows {
		t.Error(strconv.FormatInt(c.Rows, 10), " rows")
	}
}
