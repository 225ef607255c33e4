package checkout_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/flow/checkout"
	"github.com/tillpost/tillpost/internal/flow/shoptest"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// scene makes the receipts of one story. They are filled in the order in which they are made, and come
// in the order in which they are returned.
type scene struct{ *shoptest.Shop }

func (s scene) sale(n int64) receipt.Receipt {
	return s.Fill(receipt.Receipt{Lines: []receipt.Line{shoptest.Line("01", receipt.Item, "A", n, 999), shoptest.Line("01", receipt.Item, "B", 1, 1_250)}})
}

// back brings n units of the first line back, as a till does that does not know what came back before.
func (s scene) back(of receipt.Receipt, n int64) receipt.Receipt {
	return s.backAs(receipt.Sale, of, n)
}

func (s scene) backAs(kind receipt.Kind, of receipt.Receipt, n int64) receipt.Receipt {
	sold := of
	sold.Lines = slices.Clone(of.Lines)
	if l := shoptest.Line("01", receipt.Item, "A", max(n, int64(of.Lines[0].Qty/qty.One)), 999); n > 0 {
		l.No = 1
		sold.Lines[0] = l
	}
	lines, err := receipt.Refund(&sold, nil, []receipt.Take{{Line: 1, Qty: qty.Of(n)}})
	if err != nil {
		s.T.Fatal(err)
	}
	return s.Fill(receipt.Receipt{Kind: kind, Register: "R2", Lines: lines})
}

func (s scene) void(of receipt.Receipt, change func(v *receipt.Receipt)) receipt.Receipt {
	v, err := receipt.Voiding(&of, receipt.Head{ID: s.ID(), Store: of.Store, Register: of.Register})
	if err != nil {
		s.T.Fatal(err)
	}
	if change != nil {
		change(&v)
	}
	return s.Fill(v)
}

// stories are receipts that come, and how often they open which tasks.
var stories = map[string]struct {
	receipts func(s scene) []receipt.Receipt
	want     map[string]int64
}{
	"a return in parts": {func(s scene) []receipt.Receipt {
		a := s.sale(3)
		return []receipt.Receipt{a, s.back(a, 1)}
	}, nil},
	"three units of one, three times": {func(s scene) []receipt.Receipt {
		a := s.sale(1)
		return []receipt.Receipt{a, s.back(a, 3), s.back(a, 3), s.back(a, 3)}
	}, map[string]int64{"over_return": 3}},
	"the same unit twice": {func(s scene) []receipt.Receipt {
		a := s.sale(1)
		return []receipt.Receipt{a, s.back(a, 1), s.back(a, 1)}
	}, map[string]int64{"over_return": 1}},
	"returned, undone, returned": {func(s scene) []receipt.Receipt {
		a := s.sale(1)
		b := s.back(a, 1)
		return []receipt.Receipt{a, b, s.void(b, nil), s.back(a, 1)}
	}, nil},
	"voided three times": {func(s scene) []receipt.Receipt {
		a := s.sale(1)
		return []receipt.Receipt{a, s.void(a, nil), s.void(a, nil), s.void(a, nil)}
	}, map[string]int64{"void_again": 2}},
	"returned, then voided": {func(s scene) []receipt.Receipt {
		a := s.sale(1)
		return []receipt.Receipt{a, s.back(a, 1), s.void(a, nil)}
	}, map[string]int64{"over_return": 1}},
	"voided, then returned": {func(s scene) []receipt.Receipt {
		a := s.sale(1)
		return []receipt.Receipt{a, s.void(a, nil), s.back(a, 1)}
	}, map[string]int64{"over_return": 1}},
	"a void of nothing that we know": {func(s scene) []receipt.Receipt {
		a := s.sale(1)
		return []receipt.Receipt{s.void(a, nil)}
	}, map[string]int64{"void_unknown": 1, "number_gap": 1}},
	"a return of nothing that we know": {func(s scene) []receipt.Receipt {
		a := s.sale(1)
		return []receipt.Receipt{s.back(a, 1)}
	}, map[string]int64{"return_unknown": 1}},
	"a void that takes another amount": {func(s scene) []receipt.Receipt {
		a := s.sale(2)
		return []receipt.Receipt{a, s.void(a, func(v *receipt.Receipt) {
			l := shoptest.Line("01", receipt.Item, "A", 1, 999)
			l.Qty, l.Extended, l.Net = -l.Qty, -l.Extended, -l.Net
			l.Taxes[0].Amount, l.Taxes[0].Base = -l.Taxes[0].Amount, -l.Taxes[0].Base
			v.Lines[0], v.Tenders = l, nil
		})}
	}, map[string]int64{"void_differs": 1}},
	"a void of a void": {func(s scene) []receipt.Receipt {
		a := s.sale(1)
		v := s.void(a, nil)
		w := s.void(a, func(w *receipt.Receipt) { w.Voids = v.ID })
		return []receipt.Receipt{a, v, w}
	}, map[string]int64{"void_differs": 1}},
	"a void in another drawer's currency": {func(s scene) []receipt.Receipt {
		a := s.sale(1)
		return []receipt.Receipt{a, s.void(a, func(v *receipt.Receipt) { v.Tenders[0].Type = "card" })}
	}, map[string]int64{"void_differs": 1}},
	"returned before it came": {func(s scene) []receipt.Receipt {
		a := s.sale(2)
		return []receipt.Receipt{s.back(a, 1), a, s.back(a, 1)}
	}, nil},
	"voided before it came": {func(s scene) []receipt.Receipt {
		a := s.sale(2)
		v := s.void(a, func(v *receipt.Receipt) { v.Register, v.Tenders[0].Drawer = "R2", "R1" })
		return []receipt.Receipt{v, a}
	}, nil},
	"too much returned before it came": {func(s scene) []receipt.Receipt {
		a := s.sale(1)
		return []receipt.Receipt{s.back(a, 1), s.back(a, 1), a, s.back(a, 1)}
	}, map[string]int64{"over_return": 2}},
	"a line that was never sold": {func(s scene) []receipt.Receipt {
		a := s.sale(1)
		b := shoptest.Line("01", receipt.Item, "A", -1, 999)
		b.Return = &receipt.Return{Receipt: a.ID, Line: 7}
		return []receipt.Receipt{a, s.Fill(receipt.Receipt{Lines: []receipt.Line{b}})}
	}, map[string]int64{"over_return": 1}},
	"another item than was sold": {func(s scene) []receipt.Receipt {
		a := s.sale(1)
		b := shoptest.Line("01", receipt.Item, "B", -1, 999)
		b.Return = &receipt.Return{Receipt: a.ID, Line: 1}
		return []receipt.Receipt{a, s.Fill(receipt.Receipt{Lines: []receipt.Line{b}})}
	}, map[string]int64{"over_return": 1}},
	"more money than was paid": {func(s scene) []receipt.Receipt {
		a := s.sale(1)
		b := shoptest.Free(receipt.Service, "", -1, 3_000)
		b.Return = &receipt.Return{Receipt: a.ID, Disposition: "none"}
		return []receipt.Receipt{a, s.Fill(receipt.Receipt{Lines: []receipt.Line{b}})}
	}, map[string]int64{"over_return": 1}},
	"training takes nothing back": {func(s scene) []receipt.Receipt {
		a := s.sale(1)
		return []receipt.Receipt{a, s.backAs(receipt.Training, a, 1)}
	}, nil},
	"a business day that the clock denies": {func(s scene) []receipt.Receipt {
		var all []receipt.Receipt
		for _, on := range []day.Day{"2026-03-12", "2026-03-16", "2026-03-11", "2026-03-11", "2025-03-14"} {
			all = append(all, s.Fill(receipt.Receipt{BusinessDay: on, Lines: []receipt.Line{shoptest.Line("01", receipt.Item, "A", 1, 999)}}))
		}
		return all
	}, map[string]int64{"clock_odd": 3}},
	"a shift that nobody opened": {func(s scene) []receipt.Receipt {
		shift := s.ID()
		var all []receipt.Receipt
		for range 2 {
			all = append(all, s.Fill(receipt.Receipt{Shift: shift, Lines: []receipt.Line{shoptest.Line("01", receipt.Item, "A", 1, 999)}}))
		}
		return all
	}, map[string]int64{"shift_unknown": 2}},
}

// What happened is recorded, and what is odd about it opens a task: whether the receipts share a commit
// or not, the same ones.
func TestClaims(t *testing.T) {
	t.Parallel()
	for how, send := range map[string]func(s scene, all []receipt.Receipt) error{"one by one": oneByOne, "in one commit": inOneCommit} {
		t.Run(strings.ReplaceAll(how, " ", "_"), func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				s := scene{shoptest.New(t, d)}
				for _, name := range slices.Sorted(maps.Keys(stories)) {
					before := open(t, d)
					if err := send(s, stories[name].receipts(s)); err != nil {
						t.Fatalf("%s: %v", name, err)
					}
					got := open(t, d)
					for kind, n := range before {
						if got[kind] -= n; got[kind] == 0 {
							delete(got, kind)
						}
					}
					compare(t, name+", "+how, got, stories[name].want)
				}
			})
		})
	}
}

func oneByOne(s scene, all []receipt.Receipt) error {
	for i := range all {
		if _, fresh, err := checkout.Complete(context.Background(), s.D, all[i]); err != nil || !fresh {
			return fmt.Errorf("receipt %d: %t, %w", i, fresh, err)
		}
	}
	return nil
}

func inOneCommit(s scene, all []receipt.Receipt) error {
	return s.D.Write(context.Background(), func(tx *db.Tx) error {
		for i := range all {
			for range 2 { // the second time is a repetition: it claims nothing
				if _, _, err := checkout.Record(tx, checkout.Arrival{Receipt: &all[i]}); err != nil {
					return fmt.Errorf("receipt %d: %w", i, err)
				}
			}
		}
		return nil
	})
}

// open counts the open tasks by kind, and wants each to name a receipt.
func open(t *testing.T, d *db.DB) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	err := d.Read(context.Background(), func(v *db.View) error {
		list, err := tasks.List(v, tasks.StateOpen)
		for _, task := range list {
			out[task.Kind] += task.Count
			if task.Doc == (id.ID{}) || !strings.Contains(task.Message, "01/R") || task.Store != "01" {
				t.Errorf("%+v", task)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func compare(t *testing.T, how string, got, want map[string]int64) {
	t.Helper()
	got = maps.Clone(got)
	delete(got, "number_gap")
	want = maps.Clone(want)
	delete(want, "number_gap")
	if len(got)+len(want) > 0 && !maps.Equal(got, want) {
		t.Errorf("%s: %v, want %v", how, got, want)
	}
}

// A shift may be opened here after its first receipts: the next one closes the task.
func TestShiftComesLate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := scene{shoptest.New(t, d)}
		shift := s.ID()
		sell := func() {
			s.Sell(receipt.Receipt{Shift: shift, Lines: []receipt.Line{shoptest.Line("01", receipt.Item, "A", 1, 999)}})
		}
		sell()
		compare(t, "before", open(t, d), map[string]int64{"shift_unknown": 1})
		s.Write(func(tx *db.Tx) error {
			_, _, err := shifts.Start(tx, shifts.Shift{ID: shift, Store: "01", Register: "R1", Drawer: "R1", Day: shoptest.Today})
			return err
		})
		sell()
		compare(t, "after", open(t, d), nil)
	})
}

// More receipts are awaited than a group keeps in memory: they are recognised all the same.
func TestManyAwaited(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := scene{shoptest.New(t, d)}
		a := s.sale(1)
		s.Send(s.back(a, 1))
		s.Write(func(tx *db.Tx) error {
			for i := range 1_100 {
				u := id.Derive(dbtest.Now, "awaited", fmt.Sprint(i))
				if err := tasks.Open(tx, tasks.Task{Kind: "return_unknown", Key: "return_unknown:" + u.String(), Store: "01", Doc: u, Message: "01/R2"}); err != nil {
					return err
				}
			}
			return nil
		})
		s.Send(a)
		err := d.Read(context.Background(), func(v *db.View) error {
			_, err := tasks.Find(v, "return_unknown:"+a.ID.String())
			if err == nil {
				t.Error("the task is still open")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
