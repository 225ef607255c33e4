package db_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

var settings = db.Table{Name: "settings", Columns: []string{"name", "value"}}

const (
	getSetting   db.SQL = `SELECT value FROM settings WHERE name = $1`
	putReturning db.SQL = `INSERT INTO settings (name, value) VALUES ($1, $2) RETURNING value`
	listSettings db.SQL = `SELECT name, value FROM settings ORDER BY name`
)

func count(t *testing.T, d *db.DB) (n int64) {
	t.Helper()
	if err := d.Read(context.Background(), func(v *db.View) error { return v.QueryRow(countSettings).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

func put(d *db.DB, name string) error {
	return d.Write(context.Background(), func(tx *db.Tx) error { _, err := tx.Exec(putSetting, name, "x"); return err })
}

// hold lets the writer wait inside a body until release is called, so that what comes next queues.
func hold(t *testing.T, d *db.DB) (release func()) {
	t.Helper()
	gate, inside, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		first := sync.OnceFunc(func() { close(inside) })
		done <- d.Write(context.Background(), func(*db.Tx) error { first(); <-gate; return nil })
	}()
	<-inside
	return sync.OnceFunc(func() {
		close(gate)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func awaitQueued(d *db.DB, n int) {
	for db.Queued(d) < n {
		runtime.Gosched()
	}
}

type tally struct{ bodies int }

// What waits at the same time commits together and shares its state.
func TestWaitingWritesShareACommit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		release := hold(t, d)
		var wg sync.WaitGroup
		var most atomic.Int64
		for i := range 50 {
			wg.Go(func() {
				err := d.Write(context.Background(), func(tx *db.Tx) error {
					s, err := db.Shared(tx, tally{}, func() (*tally, error) {
						s := &tally{}
						tx.OnFlush(func() error {
							tx.Insert(&settings, "bodies", fmt.Sprint(s.bodies))
							most.Store(int64(s.bodies))
							return nil
						})
						return s, nil
					})
					if err != nil {
						return err
					}
					s.bodies++
					tx.Insert(&settings, fmt.Sprintf("n%02d", i), "x")
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		awaitQueued(d, 50)
		release()
		wg.Wait()
		if n := count(t, d); n != 51 || most.Load() != 50 {
			t.Fatalf("%d rows, %d bodies in the commit; want 51, 50", n, most.Load())
		}
	})
}

// A body that panics, forgets its rows, or hides the failure of a statement hurts nobody but itself.
func TestBadBodies(t *testing.T) {
	t.Parallel()
	twice := func(tx *db.Tx) error { _, err := tx.Exec(putSetting, "taken", "x"); return err }
	cases := map[string]struct {
		body func(tx *db.Tx) error
		code string // of the fault, "-" for an error that is none
	}{
		"panics":                 {func(*db.Tx) error { panic("our own mistake") }, "write_panicked"},
		"panics with open rows":  {func(tx *db.Tx) error { openRows(tx); panic("our own mistake") }, "write_panicked"},
		"inserts too few values": {func(tx *db.Tx) error { tx.Insert(&settings, "a"); return nil }, "write_panicked"},
		"panics while flushing":  {func(tx *db.Tx) error { tx.OnFlush(func() error { panic("late") }); return nil }, "write_panicked"},
		"fails with open rows":   {func(tx *db.Tx) error { openRows(tx); return errors.New("no") }, "-"},
		"forgets its rows":       {func(tx *db.Tx) error { openRows(tx); return nil }, ""},
		"hides a failed Exec":    {func(tx *db.Tx) error { _ = twice(tx); _, _ = tx.Exec(putSetting, "after", "x"); return nil }, "-"},
		"hides a failed Exec and asks on": {func(tx *db.Tx) error {
			_ = twice(tx)
			var s string
			return tx.QueryRow(getSetting, "taken").Scan(&s)
		}, "-"},
		"hides a failed QueryRow": {func(tx *db.Tx) error {
			var s string
			_ = tx.QueryRow(putReturning, "taken", "x").Scan(&s)
			_, _ = tx.Exec(putSetting, "after", "x")
			return nil
		}, "-"},
		"hides a failed flush": {func(tx *db.Tx) error { tx.OnFlush(func() error { _ = twice(tx); return nil }); return nil }, "-"},
		"asks for no table": {func(tx *db.Tx) error {
			var s string
			_ = tx.QueryRow("SELECT x FROM no_such_table").Scan(&s)
			return nil
		}, "-"},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := put(d, "taken"); err != nil {
			t.Fatal(err)
		}
		want := int64(1)
		for name, c := range cases {
			release := hold(t, d)
			var wg sync.WaitGroup
			for i := range 10 {
				wg.Go(func() {
					if err := put(d, fmt.Sprint(name, i)); err != nil {
						t.Errorf("%s: a good body answered %v", name, err)
					}
				})
			}
			var err error
			wg.Go(func() { err = d.Write(context.Background(), c.body) })
			awaitQueued(d, 11)
			release()
			wg.Wait()
			if (err != nil) != (c.code != "") || c.code != "-" && fault.CodeOf(err) != c.code {
				t.Errorf("%s: it answered %v", name, err)
			}
			if err != nil && strings.Contains(err.Error(), "before this one") {
				t.Errorf("%s: the cause is lost: %v", name, err)
			}
			if want += 10; count(t, d) != want {
				t.Errorf("%s: %d rows, want %d", name, count(t, d), want)
			}
		}
	})
}

func openRows(tx *db.Tx) {
	rows, err := tx.Query(listSettings) //nolint:rowserrcheck // left open on purpose
	if err != nil {
		panic(err)
	}
	rows.Next()
}

// Try checks everything and leaves nothing, and what waits beside it is written.
func TestTryLeavesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		if err := put(d, "taken"); err != nil {
			t.Fatal(err)
		}
		release := hold(t, d)
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := put(d, "beside"); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			err := d.Try(ctx, func(tx *db.Tx) error {
				tx.Insert(&settings, "tried", "x")
				_, err := tx.Next("tried", 5)
				return err
			})
			if err != nil {
				t.Errorf("Try of what works answered %v", err)
			}
		})
		awaitQueued(d, 2)
		release()
		wg.Wait()
		boom := errors.New("boom")
		if err := d.Try(ctx, func(*db.Tx) error { return boom }); !errors.Is(err, boom) {
			t.Errorf("Try answered %v, want the body's own error", err)
		}
		if err := d.Try(ctx, func(tx *db.Tx) error { tx.Insert(&settings, "taken", "x"); return nil }); err == nil {
			t.Error("Try did not notice a row that could not be written")
		}
		var first int64
		if err := d.Write(ctx, func(tx *db.Tx) (err error) { first, err = tx.Next("tried", 1); return err }); err != nil || first != 1 {
			t.Errorf("the next number is %d, %v; want 1", first, err)
		}
		if n := count(t, d); n != 2 {
			t.Errorf("%d rows, want 2", n)
		}
	})
}

// Numbers come in blocks without gaps, whoever fails in between, for each counter by itself.
func TestNextHasNoGaps(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var mu sync.Mutex
		taken := map[string]map[int64]bool{"a": {}, "b": {}}
		var wg sync.WaitGroup
		for i := range 80 {
			wg.Go(func() {
				counter, n := []string{"a", "b"}[i%2], int64(1+i%3)
				var first int64
				err := d.Write(context.Background(), func(tx *db.Tx) (err error) {
					if first, err = tx.Next(counter, n); err != nil {
						return err
					}
					second, err := tx.Next(counter, 1)
					if second != first+n {
						t.Errorf("after %d+%d comes %d", first, n, second)
					}
					if i%5 == 0 {
						return errors.New("no")
					}
					return err
				})
				if err != nil {
					return
				}
				mu.Lock()
				defer mu.Unlock()
				for k := range n + 1 {
					if taken[counter][first+k] {
						t.Errorf("%s %d twice", counter, first+k)
					}
					taken[counter][first+k] = true
				}
			})
		}
		wg.Wait()
		for counter, numbers := range taken {
			for k := range int64(len(numbers)) {
				if !numbers[k+1] {
					t.Errorf("%s: %d is missing of %d", counter, k+1, len(numbers))
				}
			}
		}
	})
}

// Any number of rows leaves, each once and in order, around every size of statement.
func TestInsertChunks(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		outbox := db.Table{Name: "outbox", Columns: []string{"seq", "topic", "subject", "at_ms"}}
		upsert := db.Table{Name: "counters", Columns: []string{"name", "value"},
			Conflict: "ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value"}
		sizes := []int{1, 2, 3, 257, 1021}
		want := int64(0)
		for _, n := range sizes {
			err := d.Write(context.Background(), func(tx *db.Tx) error {
				for i := range n {
					tx.Insert(&outbox, want+int64(i)+1, fmt.Sprint(n), "x", int64(i))
					tx.Insert(&upsert, fmt.Sprint("row", i), int64(1))
				}
				return nil
			})
			if err != nil {
				t.Fatalf("%d rows: %v", n, err)
			}
			want += int64(n)
		}
		const sums db.SQL = `SELECT count(*), CAST(SUM(seq) AS BIGINT), (SELECT CAST(SUM(value) AS BIGINT) FROM counters WHERE name <> 'group'), (SELECT value FROM counters WHERE name = 'row0') FROM outbox`
		var n, sum, upserts, first int64
		err := d.Read(context.Background(), func(v *db.View) error { return v.QueryRow(sums).Scan(&n, &sum, &upserts, &first) })
		if err != nil || n != want || sum != want*(want+1)/2 || upserts != want || first != int64(len(sizes)) {
			t.Fatalf("%d rows with the sum %d, upserts %d and %d, %v; want %d", n, sum, upserts, first, err, want)
		}
	})
}
