package outbox_test

import (
	"context"
	"errors"
	"testing"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

const ready db.SQL = `SELECT seq, topic, subject, created_ms, due_ms, state, attempts FROM outbox ORDER BY seq`

type row struct {
	seq          int64
	topic        string
	subject      id.ID
	created, due int64
	state        string
	attempts     int64
}

func rows(t *testing.T, d *db.DB) (out []row) {
	t.Helper()
	err := d.Read(context.Background(), func(v *db.View) error {
		rs, err := v.Query(ready)
		if err != nil {
			return err
		}
		defer rs.Close()
		for rs.Next() {
			var r row
			if err := rs.Scan(&r.seq, &r.topic, &r.subject, &r.created, &r.due, &r.state, &r.attempts); err != nil {
				return err
			}
			out = append(out, r)
		}
		return rs.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What happened is announced once and in order; what did not happen is not announced, and leaves no gap.
func TestAdd(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		a, b, c := id.New(dbtest.Now), id.New(dbtest.Now), id.New(dbtest.Now)
		add := func(fail error, subjects ...id.ID) {
			err := d.Write(context.Background(), func(tx *db.Tx) error {
				for _, s := range subjects {
					if err := outbox.Add(tx, "sale.completed", s); err != nil {
						return err
					}
				}
				return fail
			})
			if !errors.Is(err, fail) {
				t.Fatal(err)
			}
		}
		add(nil, a)
		add(errors.New("no"), c)
		add(nil, b, a)
		got := rows(t, d)
		want := []id.ID{a, b, a}
		if len(got) != len(want) {
			t.Fatalf("%d rows, want %d", len(got), len(want))
		}
		now := dbtest.Now.UnixMilli()
		for i := range want {
			if got[i] != (row{int64(i + 1), "sale.completed", want[i], now, now, "ready", 0}) {
				t.Errorf("row %d is %+v", i, got[i])
			}
		}
	})
}
