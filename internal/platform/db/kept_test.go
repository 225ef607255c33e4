package db_test

import (
	"context"
	"errors"
	"testing"

	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

type keptKey struct{}

const (
	putKept db.SQL = `INSERT INTO settings (name, value) VALUES ('kept', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value`
	getKept db.SQL = `SELECT COALESCE((SELECT value FROM settings WHERE name = 'kept'), '')`
)

// keep reads the setting, or what was kept of it, and changes it to next unless that is "".
func keep(d *db.DB, next string, fail error) (was string, err error) {
	err = d.Write(context.Background(), func(tx *db.Tx) error {
		kept, err := db.Kept(tx, keptKey{}, func() (*string, error) {
			var s string
			err := tx.QueryRow(getKept).Scan(&s)
			return &s, err
		})
		if err != nil {
			return err
		}
		if was = *kept; next == "" {
			return fail
		}
		*kept = next
		_, err = tx.Exec(putKept, next)
		return errors.Join(err, fail)
	})
	return was, err
}

// What is kept is what the database says: after a commit, after a group that was undone, and after
// another process has written.
func TestKept(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		d, other := dbtest.Open(t, dsn), dbtest.Open(t, dsn)
		no := errors.New("no")
		for i, step := range []struct {
			d     *db.DB
			want  string
			next  string
			fails error
		}{
			{d, "", "a", nil},
			{d, "a", "b", nil},
			{d, "b", "c", no},
			{d, "b", "", nil},
			{other, "b", "d", nil},
			{d, "d", "", nil},
			{d, "d", "e", nil},
			{other, "e", "f", no},
			{d, "e", "", nil},
			{other, "e", "", nil},
		} {
			if was, err := keep(step.d, step.next, step.fails); was != step.want || !errors.Is(err, step.fails) {
				t.Errorf("step %d: %q, %v; want %q", i+1, was, err, step.want)
			}
		}
	})
}

// What another body of the same group has changed is undone with it.
func TestKeptTried(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if _, err := keep(d, "a", nil); err != nil {
			t.Fatal(err)
		}
		err := d.Try(context.Background(), func(tx *db.Tx) error {
			kept, err := db.Kept(tx, keptKey{}, func() (*string, error) { s := "new"; return &s, nil })
			if err == nil {
				*kept = "tried"
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if was, err := keep(d, "", nil); err != nil || was != "a" {
			t.Errorf("%q, %v", was, err)
		}
	})
}
