package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// A caller that has gone before its turn gets nothing written; one that goes during its turn gets the
// truth.
func TestEndedContexts(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ended, end := context.WithCancel(context.Background())
		end()
		write := func(ctx context.Context, name string) error {
			return d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(putSetting, name, "x"); return err })
		}
		if err := write(ended, "before"); !errors.Is(err, context.Canceled) {
			t.Errorf("before: %v", err)
		}
		release := hold(t, d)
		waiting, stop := context.WithCancel(context.Background())
		answer := make(chan error, 1)
		go func() { answer <- write(waiting, "waiting") }()
		awaitQueued(d, 1)
		stop()
		release()
		if err := <-answer; !errors.Is(err, context.Canceled) {
			t.Errorf("while it waits: %v", err)
		}
		running, cut := context.WithCancel(context.Background())
		err := d.Write(running, func(tx *db.Tx) error {
			cut()
			_, err := tx.Exec(putSetting, "running", "x")
			return err
		})
		if err != nil {
			t.Errorf("while it runs: %v", err)
		}
		if n := count(t, d); n != 1 {
			t.Errorf("%d rows, want 1", n)
		}
	})
}

// A full queue makes callers wait, and those that do not want to wait any longer go.
func TestFullQueue(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite(t))
	release := hold(t, d)
	var wg sync.WaitGroup
	for i := range db.QueueLength {
		wg.Go(func() {
			err := d.Write(context.Background(), func(tx *db.Tx) error { tx.Insert(&settings, fmt.Sprint(i), "x"); return nil })
			if err != nil {
				t.Error(err)
			}
		})
	}
	awaitQueued(d, db.QueueLength)
	ctx, stop := context.WithCancel(context.Background())
	answer := make(chan error, 1)
	go func() { answer <- d.Write(ctx, func(*db.Tx) error { t.Error("it ran"); return nil }) }()
	stop()
	if err := <-answer; !errors.Is(err, context.Canceled) {
		t.Errorf("a write that found no room answered %v", err)
	}
	release()
	wg.Wait()
	if n := count(t, d); n != db.QueueLength {
		t.Errorf("%d rows, want %d", n, db.QueueLength)
	}
}

// Closing in the middle of writes: what was answered is there, what was refused is not.
func TestCloseWhileWriting(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		d := dbtest.Open(t, dsn)
		var done atomic.Int64
		enough := make(chan struct{})
		once := sync.OnceFunc(func() { close(enough) })
		var wg sync.WaitGroup
		for w := range 16 {
			wg.Go(func() {
				for i := 0; ; i++ {
					err := put(d, fmt.Sprintf("%d-%d", w, i))
					if errors.Is(err, db.ErrClosed) {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					if done.Add(1) > 100 {
						once()
					}
				}
			})
		}
		<-enough
		var closers sync.WaitGroup
		for range 3 {
			closers.Go(func() {
				if err := d.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		closers.Wait()
		wg.Wait()
		if n := count(t, dbtest.Open(t, dsn)); n != done.Load() {
			t.Errorf("%d rows, %d answers", n, done.Load())
		}
	})
}
