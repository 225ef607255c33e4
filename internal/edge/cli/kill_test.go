package cli_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/check"
)

// killLines is how much of the year the killed import reads: enough batches for ten kills.
const killLines = 90_000

// An import that is killed ten times in the middle ends with the same books as one that is not, and at
// every moment in between the books hold each receipt once and nothing by half.
func TestImportSurvivesKills(t *testing.T) {
	t.Parallel()
	file := partOfTheYear(t, killLines)
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		whole := filepath.Join(t.TempDir(), "whole.db")
		if out, err := tillpost(whole, "import", file).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		want := export(t, whole)
		kills := 0
		for ; kills < 10; kills++ {
			if !killAfter(t, dsn, file, documents(t, dsn)) {
				break
			}
			sound(t, dsn)
		}
		if kills < 10 {
			t.Fatalf("the import ended after %d kills: the file is too short", kills)
		}
		if out, err := tillpost(dsn, "import", file).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		sound(t, dsn)
		if got := export(t, dsn); !bytes.Equal(got, want) {
			t.Fatal("the books differ from those of an import that was not killed")
		}
	})
}

func tillpost(dsn string, args ...string) *exec.Cmd {
	c := exec.Command("tillpost", args...)
	c.Env = append(os.Environ(), "TILLPOST_DB="+dsn)
	return c
}

// killAfter starts the import and kills it as soon as more documents than before are settled. It
// returns false when the import ended by itself.
func killAfter(t *testing.T, dsn, file string, before int64) bool {
	t.Helper()
	c := tillpost(dsn, "import", file)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = c.Wait(); close(ended) }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return false
		case <-tick.C:
			if documents(t, dsn) > before {
				_ = c.Process.Kill()
				<-ended
				return true
			}
		}
	}
}

const settledDocuments db.SQL = `SELECT CAST(COALESCE(SUM(documents), 0) AS BIGINT) FROM import_runs`

// documents is how many documents the database says are settled. A database that is not there yet, or
// is being made, has none.
func documents(t *testing.T, dsn string) int64 {
	t.Helper()
	d, err := db.Open(context.Background(), dsn)
	if err != nil {
		return 0
	}
	defer d.Close()
	var n int64
	_ = d.Read(context.Background(), func(v *db.View) error { return v.QueryRow(settledDocuments).Scan(&n) })
	return n
}

const countReceipts db.SQL = `SELECT (SELECT count(*) FROM receipts), (SELECT CAST(COALESCE(SUM(receipts), 0) AS BIGINT) FROM import_runs)`

// sound proves that nothing is half there and that exactly the acknowledged receipts are.
func sound(t *testing.T, dsn string) {
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
