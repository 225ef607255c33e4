package checkout_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/flow/checkout"
	"github.com/tillpost/tillpost/internal/flow/shoptest"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/check"
)

// A number that a till leaves out is a task at once, which names what is missing until all has come; what
// comes late finds its place in the chain.
func TestGap(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		var rs []receipt.Receipt
		for range 6 {
			rs = append(rs, s.Fill(one(1)))
		}
		for _, step := range []struct {
			number int
			open   string
		}{{1, ""}, {5, "gap:01/R1:2-4"}, {3, "gap:01/R1:2-2 gap:01/R1:4-4"}, {6, "gap:01/R1:2-2 gap:01/R1:4-4"}, {2, "gap:01/R1:4-4"}, {2, "gap:01/R1:4-4"}, {4, ""}} {
			s.Send(rs[step.number-1])
			if keys := strings.Join(openTasks(t, d), " "); keys != step.open {
				t.Errorf("after number %d: tasks %s", step.number, keys)
			}
			sound(t, d)
		}
		wrong := s.Fill(one(1))
		wrong.PrevHash = rs[0].Hash
		wrong.Hash = wrong.Sum(nil)
		if _, _, err := checkout.Complete(ctx, d, wrong); !errors.Is(err, sales.ErrBrokenSeal) {
			t.Errorf("a receipt that follows another: %v", err)
		}
	})
}

// Numbers may come in any order, some of them together in one group commit or twice, and a person may
// decide about some that are missing: the open tasks name exactly the others, and in the end none is open.
func TestGapInAnyOrder(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		var tills atomic.Int64
		rapid.Check(t, func(rt *rapid.T) {
			x := numbers{t: rt, d: d, register: fmt.Sprint("T", tills.Add(1)), arrived: map[int64]bool{}, decided: map[int64]bool{}}
			s.Write(func(tx *db.Tx) error {
				return org.AddRegister(tx, org.Register{Store: "01", Code: x.register, Name: x.register, Kind: org.Till})
			})
			rs := make([]receipt.Receipt, rapid.IntRange(1, 9).Draw(rt, "receipts"))
			for i := range rs {
				rs[i] = s.Fill(receipt.Receipt{Register: x.register, Kind: receipt.Aborted})
			}
			order := rapid.Permutation(rs).Draw(rt, "order")
			for len(order) > 0 {
				n := rapid.IntRange(1, len(order)).Draw(rt, "together")
				x.arrive(order[:n])
				x.compare()
				order = order[n:]
			}
			x.arrive(rs)
			if open := x.open(); len(open) != 0 {
				rt.Fatalf("all have arrived, open: %v", open)
			}
		})
		res, err := check.Run(ctx, d, shoptest.Currency, []string{check.Gaps}, nil)
		if err != nil || len(res.Findings) != 0 {
			t.Errorf("%v %+v", err, res.Findings)
		}
	})
}

// numbers is what a till's numbers and the tasks about them must be.
type numbers struct {
	t                *rapid.T
	d                *db.DB
	register         string
	arrived, decided map[int64]bool
}

// arrive records receipts in one transaction, in which somebody may decide about what is missing.
func (x *numbers) arrive(rs []receipt.Receipt) {
	decides := -1
	if open := x.open(); len(open) > 0 && rapid.IntRange(0, 3).Draw(x.t, "decides") == 0 {
		decides = rapid.IntRange(0, len(rs)-1).Draw(x.t, "when")
	}
	var decided sales.Run
	err := x.d.Write(ctx, func(tx *db.Tx) error {
		decided = sales.Run{}
		for i := range rs {
			if i == decides {
				key := x.open()[0]
				ok, err := tasks.Resolve(tx, key, "the till was broken")
				if err != nil {
					return err
				}
				if ok {
					_, _, decided, _ = sales.ParseGapKey(key)
				}
			}
			if _, _, err := checkout.Record(tx, checkout.Arrival{Receipt: &rs[i]}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		x.t.Fatal(err)
	}
	for n := decided.First; n > 0 && n <= decided.Last; n++ {
		x.decided[n] = true
	}
	for i := range rs {
		x.arrived[rs[i].Number] = true
	}
}

// open are the keys of the till's open tasks, in their order.
func (x *numbers) open() (keys []string) {
	err := x.d.Read(ctx, func(v *db.View) error {
		list, err := tasks.List(v, tasks.StateOpen)
		for _, task := range list {
			if strings.HasPrefix(task.Key, "gap:01/"+x.register+":") {
				keys = append(keys, task.Key)
			}
		}
		return err
	})
	if err != nil {
		x.t.Fatal(err)
	}
	return sorted(keys)
}

func (x *numbers) compare() {
	var want []string
	before := int64(0)
	for n := int64(1); n <= 9; n++ {
		if !x.arrived[n] {
			continue
		}
		if run := (sales.Run{First: before + 1, Last: n - 1}); run.First <= run.Last && !x.decided[run.First] {
			want = append(want, sales.GapKey("01", x.register, run))
		}
		before = n
	}
	if got := x.open(); !slices.Equal(got, sorted(want)) {
		x.t.Fatalf("open %v, missing %v", got, want)
	}
}
