package tasks

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

func write(t *testing.T, d *db.DB, body func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(context.Background(), body); err != nil {
		t.Fatal(err)
	}
}

func list(t *testing.T, d *db.DB, state string) []Task {
	t.Helper()
	var out []Task
	err := d.Read(context.Background(), func(v *db.View) (err error) {
		out, err = List(v, state)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func unknown(doc string) Task {
	return Task{Kind: "unknown_tender", Key: "tender:X", Store: "S01", Doc: id.Derive(dbtest.Now, "t", doc), Message: "what is X?"}
}

// TestOpen: whatever meets the same thing, in one group commit or later, is one row with a count.
func TestOpen(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			return errors.Join(Open(tx, unknown("1")), Open(tx, unknown("2")), Open(tx, Task{Kind: "number_gap", Key: "gap:S01/R1/7", Message: "7 is missing"}))
		})
		more := unknown("3")
		more.Count = 40
		write(t, d, func(tx *db.Tx) error { return Open(tx, more) })
		got := list(t, d, StateOpen)
		if len(got) != 2 || got[0].Key != "gap:S01/R1/7" || got[0].Count != 1 || !got[0].Doc.IsZero() {
			t.Fatalf("%+v", got)
		}
		if x := got[1]; x.Count != 42 || x.Doc != unknown("1").Doc || x.Store != "S01" || x.Message != "what is X?" || x.OpenedMs != dbtest.Now.UnixMilli() {
			t.Errorf("%+v", x)
		}
	})
}

func TestResolve(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error { return Open(tx, unknown("1")) })
		var closed, again bool
		write(t, d, func(tx *db.Tx) (err error) {
			if closed, err = Resolve(tx, "tender:X", "card"); err != nil {
				return err
			}
			again, err = Resolve(tx, "tender:X", "card")
			return err
		})
		if !closed || again {
			t.Error(closed, again)
		}
		done := list(t, d, StateDone)
		if len(done) != 1 || done[0].Resolution != "card" || done[0].ResolvedMs != dbtest.Now.UnixMilli() || len(list(t, d, StateOpen)) != 0 {
			t.Errorf("%+v", done)
		}
		err := d.Read(context.Background(), func(v *db.View) error { _, err := Find(v, "tender:X"); return err })
		if fault.CodeOf(err) != ErrNotFound.Code {
			t.Errorf("a closed task is found: %v", err)
		}
		write(t, d, func(tx *db.Tx) error { return Open(tx, unknown("2")) }) // met again: a new task
		if open := list(t, d, StateOpen); len(open) != 1 || open[0].Count != 1 || open[0].Doc != unknown("2").Doc {
			t.Errorf("%+v", open)
		}
	})
}

// TestResolveWithOpen: what is met in the same group as the answer stays open.
func TestResolveWithOpen(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error { return Open(tx, unknown("1")) })
		write(t, d, func(tx *db.Tx) error {
			if err := Open(tx, unknown("2")); err != nil {
				return err
			}
			_, err := Resolve(tx, "tender:X", "card")
			return err
		})
		if open, done := list(t, d, StateOpen), list(t, d, StateDone); len(open) != 1 || len(done) != 1 || open[0].Doc != unknown("2").Doc {
			t.Errorf("open %+v, done %+v", open, done)
		}
	})
}

func TestLimits(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, bad := range []Task{{}, {Kind: "k", Key: "x"}, {Kind: "k", Message: "m"}, {Key: "x", Message: "m"}} {
			err := d.Write(context.Background(), func(tx *db.Tx) error { return Open(tx, bad) })
			if fault.CodeOf(err) != ErrNoKey.Code {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		long := unknown("1")
		long.Key, long.Message = "item:"+strings.Repeat("é", 300), strings.Repeat("ü", 600)
		write(t, d, func(tx *db.Tx) error { return Open(tx, long) })
		got := list(t, d, StateOpen)
		if len(got) != 1 || len(got[0].Key) > keyMost || len(got[0].Message) > messageMost || !strings.HasPrefix(long.Key, got[0].Key) {
			t.Fatalf("%+v", got)
		}
		write(t, d, func(tx *db.Tx) error {
			closed, err := Resolve(tx, long.Key, "done")
			if !closed {
				t.Error("a long key is not found again")
			}
			return err
		})
		err := d.Read(context.Background(), func(v *db.View) error { _, err := List(v, "lost"); return err })
		if fault.CodeOf(err) != ErrState.Code {
			t.Error(err)
		}
	})
}

// BenchmarkOpen: the thousandth sale with the same unknown costs next to nothing.
func BenchmarkOpen(b *testing.B) {
	d := dbtest.Open(b, dbtest.SQLite(b))
	task := unknown("1")
	for b.Loop() {
		if err := d.Write(context.Background(), func(tx *db.Tx) error {
			for range 1000 {
				if err := Open(tx, task); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
}
