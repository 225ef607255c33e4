package db_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

const putSetting db.SQL = `INSERT INTO settings (name, value) VALUES ($1, $2)`
const countSettings db.SQL = `SELECT count(*) FROM settings`

// A body that fails in a group undoes only itself, whatever else commits with it.
func TestWriteFailureUndoesOnlyItself(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		boom := errors.New("boom")
		var wg sync.WaitGroup
		for i := range 60 {
			wg.Go(func() {
				err := d.Write(context.Background(), func(tx *db.Tx) error {
					if _, err := tx.Exec(putSetting, string(rune('0'+i)), "x"); err != nil {
						return err
					}
					if _, err := tx.Next("n", 1); err != nil {
						return err
					}
					if i%3 == 0 {
						return boom
					}
					return nil
				})
				if (i%3 == 0) != errors.Is(err, boom) {
					t.Errorf("write %d answered %v", i, err)
				}
			})
		}
		wg.Wait()
		var n, last int64
		if err := d.Read(context.Background(), func(v *db.View) error { return v.QueryRow(countSettings).Scan(&n) }); err != nil {
			t.Fatal(err)
		}
		err := d.Write(context.Background(), func(tx *db.Tx) (err error) { last, err = tx.Next("n", 1); return err })
		if n != 40 || last != 41 || err != nil {
			t.Fatalf("%d rows, next number %d, %v; want 40, 41", n, last, err)
		}
	})
}

// What Write answered is still there after the database was closed and opened again.
func TestWriteIsDurable(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		d := dbtest.Open(t, dsn)
		err := d.Write(context.Background(), func(tx *db.Tx) error { _, err := tx.Exec(putSetting, "a", "b"); return err })
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		if err := d.Write(context.Background(), func(*db.Tx) error { return nil }); !errors.Is(err, db.ErrClosed) {
			t.Fatalf("write after close answered %v", err)
		}
		d = dbtest.Open(t, dsn)
		var n int64
		if err := d.Read(context.Background(), func(v *db.View) error { return v.QueryRow(countSettings).Scan(&n) }); err != nil || n != 1 {
			t.Fatalf("%d rows, %v", n, err)
		}
	})
}
