package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// The limit is the size that the file has now, which is what a full disk is; it holds for the writer's
// connection.
const (
	noRoom db.SQL = `PRAGMA max_page_count = 1`
	room   db.SQL = `PRAGMA max_page_count = 1000000`
	frozen db.SQL = `PRAGMA query_only = 1`
	thawed db.SQL = `PRAGMA query_only = 0`
)

func pragma(t *testing.T, d *db.DB, q db.SQL) {
	t.Helper()
	if err := d.Write(context.Background(), func(tx *db.Tx) error { _, err := tx.Exec(q); return err }); err != nil {
		t.Fatal(err)
	}
}

// On a full disk every write is refused or whole, and when there is room again writing goes on.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite(t))
	pragma(t, d, noRoom)
	var written, refused atomic.Int64
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 40 {
				err := d.Write(context.Background(), func(tx *db.Tx) error {
					for part := range 3 { // whole means all three
						if _, err := tx.Exec(putSetting, fmt.Sprintf("%d/%d/%d", w, i, part), strings.Repeat("x", 900)); err != nil {
							return err
						}
					}
					return link(tx, "x")
				})
				switch {
				case err == nil:
					written.Add(1)
				case errors.Is(err, db.ErrFull):
					refused.Add(1)
				default:
					t.Errorf("a full disk answered %v", err)
				}
			}
		})
	}
	wg.Wait()
	if refused.Load() == 0 {
		t.Fatal("the disk was not full")
	}
	if n := count(t, d); n != 3*written.Load() || checkChain(t, d) != written.Load() {
		t.Errorf("%d rows of %d writes", n, written.Load())
	}
	pragma(t, d, room)
	if err := put(d, "again"); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// A database that may only be read says so, and nothing is written.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite(t))
	pragma(t, d, frozen)
	if err := put(d, "a"); !errors.Is(err, db.ErrReadOnly) {
		t.Errorf("it answered %v", err)
	}
	if n := count(t, d); n != 0 {
		t.Errorf("%d rows", n)
	}
	pragma(t, d, thawed)
	if err := put(d, "a"); err != nil {
		t.Error(err)
	}
	file := dbtest.SQLite(t)
	r, err := db.OpenReadOnly(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	for range 2 {
		if err := put(r, "a"); !errors.Is(err, db.ErrReadOnly) {
			t.Errorf("a file that may not be written to: %v", err)
		}
	}
	if n := count(t, r); n != 0 {
		t.Errorf("%d rows", n)
	}
}
