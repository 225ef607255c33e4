package cli_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/check"
)

// An import is killed this often, and reads so many lines of the year that it is not done before.
const (
	kills      = 10
	killLines  = 160_000
	shortKills = 3 // with -short
	shortLines = 60_000
)

// An import that is killed (-9) ten times at different places ends with the same books as one that is
// not, and after each kill the books hold every acknowledged receipt once and nothing by half.
//
// The books are compared as the hledger export, byte for byte: it has every entry with its id, its
// document, its days and its lines. When an entry was posted is not in it and differs, as it should.
func TestImportSurvivesKills(t *testing.T) {
	t.Parallel()
	times, lines := kills, killLines
	if testing.Short() {
		times, lines = shortKills, shortLines
	}
	file := partOfTheYear(t, lines)
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		want := uninterrupted(t, file)
		for k := range times {
			killed(t, dsn, file, k)
			sound(t, dsn)
		}
		if out, err := tillpost(dsn, "import", file).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if n := sound(t, dsn); n == 0 {
			t.Fatal("no receipts")
		}
		if got := export(t, dsn); !bytes.Equal(got, want) {
			t.Fatal("the books differ from those of an import that was not killed")
		}
		out, err := tillpost(dsn, "import", file).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "imported before") {
			t.Fatalf("the file again: %v\n%s", err, out)
		}
	})
}

// uninterrupted is the export of books that were imported in one go, on SQLite whatever the engine of
// the test.
func uninterrupted(t *testing.T, file string) []byte {
	t.Helper()
	whole := filepath.Join(t.TempDir(), "whole.db")
	if out, err := tillpost(whole, "import", file).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return export(t, whole)
}

func tillpost(dsn string, args ...string) *exec.Cmd {
	c := exec.Command("tillpost", args...)
	c.Env = append(os.Environ(), "TILLPOST_DB="+dsn)
	return c
}

// killed starts the import and kills it, each time at another place. Odd kills come as soon as one more
// batch is committed, while the next is being written. Even ones come after so many looks at the
// database, whatever the import does then: it sets up the shop, hashes the file, skips what is
// recorded, writes its first batch.
func killed(t *testing.T, dsn, file string, k int) {
	t.Helper()
	watch, err := db.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer watch.Close() // before the next start: that one has to recover alone
	before := documents(t, watch)
	c := tillpost(dsn, "import", file)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	tick := time.NewTicker(7 * time.Millisecond)
	defer tick.Stop()
	for looks := 0; ; looks++ {
		select {
		case err := <-ended:
			t.Fatalf("the import ended before kill %d (%v): the file is too short", k+1, err)
		case <-tick.C:
		}
		if k%2 == 0 && looks == 2+3*k || k%2 == 1 && documents(t, watch) > before {
			if err := c.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			<-ended
			return
		}
	}
}

const settledDocuments db.SQL = `SELECT CAST(COALESCE(SUM(documents), 0) AS BIGINT) FROM import_runs`

// documents is how many documents the database says are settled.
func documents(t *testing.T, d *db.DB) int64 {
	t.Helper()
	var n int64
	if err := d.Read(context.Background(), func(v *db.View) error { return v.QueryRow(settledDocuments).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

const countReceipts db.SQL = `SELECT (SELECT count(*) FROM receipts), (SELECT CAST(COALESCE(SUM(receipts), 0) AS BIGINT) FROM import_runs)`

// sound proves that nothing is half there and that exactly the acknowledged receipts are. It returns how
// many.
func sound(t *testing.T, dsn string) int64 {
	t.Helper()
	d, err := db.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var there, acknowledged int64
	err = d.Read(context.Background(), func(v *db.View) error { return v.QueryRow(countReceipts).Scan(&there, &acknowledged) })
	if err != nil || there != acknowledged {
		t.Fatalf("%d receipts are there, %d were acknowledged, %v", there, acknowledged, err)
	}
	res, err := check.Run(context.Background(), d, "GBP", nil, nil)
	if err != nil || !res.Sound() {
		t.Fatalf("%v %+v", err, res.Findings)
	}
	return there
}

func export(t *testing.T, dsn string) []byte {
	t.Helper()
	out, err := tillpost(dsn, "export", "hledger").Output()
	if err != nil || len(out) == 0 {
		t.Fatalf("export: %d bytes, %v", len(out), err)
	}
	return out
}

// partOfTheYear writes the first lines of the demo's data to a file.
func partOfTheYear(t *testing.T, lines int) string {
	t.Helper()
	in, err := os.Open("../../../examples/online-retail/online_retail.csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	z, err := gzip.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	end := 0
	for range lines {
		end += bytes.IndexByte(all[end:], '\n') + 1
	}
	name := filepath.Join(t.TempDir(), "part.csv")
	if err := os.WriteFile(name, all[:end], 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
