package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

var ctx = context.Background()

// since reads with Since.
func since(t *testing.T, d *db.DB, after int64, limit int, f outbox.Filter) (out []outbox.Change, last int64) {
	t.Helper()
	err := d.Read(ctx, func(v *db.View) (err error) {
		out, last, err = outbox.Since(v, after, limit, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out, last
}

// What happened is told once and in order, with who did it; what did not happen is not told, and
// leaves no gap.
func TestAdd(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		add := func(actor string, fail error, subjects ...string) {
			err := d.Write(db.As(ctx, actor), func(tx *db.Tx) error {
				for _, s := range subjects {
					if err := outbox.Add(tx, outbox.ItemChanged, s, "01"); err != nil {
						return err
					}
				}
				return fail
			})
			if !errors.Is(err, fail) {
				t.Fatal(err)
			}
		}
		add("cli", nil, "A")
		add("cli", errors.New("no"), "C")
		add("key:till", nil, "B", "A")
		if err := d.Write(ctx, func(tx *db.Tx) error { return outbox.AddBy(tx, "system", outbox.DayClosed, "01/2026-03-14", "") }); err != nil {
			t.Fatal(err)
		}
		got, last := since(t, d, 0, 0, outbox.Filter{})
		want := []outbox.Change{{1, outbox.ItemChanged, "A", "01", "cli", dbtest.Now}, {2, outbox.ItemChanged, "B", "01", "key:till", dbtest.Now},
			{3, outbox.ItemChanged, "A", "01", "key:till", dbtest.Now}, {4, outbox.DayClosed, "01/2026-03-14", "", "system", dbtest.Now}}
		if !reflect.DeepEqual(got, want) || last != 4 {
			t.Errorf("%+v, last %d", got, last)
		}
	})
}

// Bodies of several callers that share a commit keep their actors, and nobody's is nobody's.
func TestActorsOfAGroup(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const callers = 60
		var wg sync.WaitGroup
		for i := range callers {
			wg.Go(func() {
				as, name := ctx, ""
				if i%3 > 0 {
					name = fmt.Sprint("key:", i)
					as = db.As(ctx, name)
				}
				err := d.Write(as, func(tx *db.Tx) error { return outbox.Add(tx, outbox.ItemChanged, name, "") })
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		got, _ := since(t, d, 0, 0, outbox.Filter{})
		for i, c := range got {
			if c.Seq != int64(i+1) || c.Actor != c.Subject {
				t.Errorf("%+v", c)
			}
		}
		if len(got) != callers {
			t.Errorf("%d changes", len(got))
		}
	})
}

// A filter that passes little gets all of it by going on from the seq that each reading ends with.
func TestSinceFilters(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const n = 24_001
		stores, kinds := []string{"", "01", "02"}, []outbox.Topic{outbox.SaleCompleted, outbox.ItemChanged}
		err := d.Write(ctx, func(tx *db.Tx) error {
			for i := range n {
				store, topic := stores[i%3], kinds[i%2]
				if i == n-1 {
					topic = outbox.DayClosed
				}
				if err := outbox.Add(tx, topic, fmt.Sprint(i), store); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			filter outbox.Filter
			want   int
		}{
			{outbox.Filter{}, n},
			{outbox.Filter{Stores: []string{"01"}}, 8000},
			{outbox.Filter{Stores: []string{"", "02"}}, 16_001},
			{outbox.Filter{Topics: []outbox.Topic{outbox.DayClosed}}, 1},
			{outbox.Filter{Topics: []outbox.Topic{outbox.KeyCreated}}, 0},
			{outbox.Filter{Topics: []outbox.Topic{outbox.ItemChanged}, Stores: []string{"02"}}, 4000},
		} {
			var all []string
			for after := int64(0); ; {
				got, last := since(t, d, after, 700, c.filter)
				for _, x := range got {
					if !c.filter.Wants(x) || x.Seq <= after || x.Seq > last || len(got) > 700 {
						t.Fatalf("%+v behind %d, last %d", x, after, last)
					}
					all = append(all, x.Subject)
				}
				if last == after {
					break
				}
				after = last
			}
			if len(all) != c.want || len(slices.Compact(all)) != c.want {
				t.Errorf("%+v: %d changes, want %d", c.filter, len(all), c.want)
			}
		}
	})
}

// A listener that took the channel before it read is woken by what it could not see.
func TestCommitted(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const most = 200
		done := make(chan []outbox.Change)
		for range 3 {
			go func() {
				var all []outbox.Change
				for after := int64(0); after < most; {
					wake := d.Committed()
					got, last := since(t, d, after, 0, outbox.Filter{})
					all = append(all, got...)
					if last == after {
						<-wake
					}
					after = last
				}
				done <- all
			}()
		}
		for i := range most {
			err := d.Write(ctx, func(tx *db.Tx) error { return outbox.Add(tx, outbox.ItemChanged, fmt.Sprint(i), "") })
			if err != nil {
				t.Fatal(err)
			}
		}
		for range 3 {
			if all := <-done; len(all) != most || all[most-1].Subject != fmt.Sprint(most-1) {
				t.Errorf("a listener heard of %d", len(all))
			}
		}
	})
}
