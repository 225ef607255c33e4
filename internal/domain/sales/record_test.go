package sales_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// A receipt that comes again, in the same group or later, gets the stored answer and is not written
// again; the same id with anything else in it is a conflict.
func TestRepeats(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for name, r := range map[string]*receipt.Receipt{"import": simple(0), "till": numbered(1, "")[0]} {
			r.Store = name
			if r.Number > 0 {
				r.Seal(receipt.Hash{})
			}
			first, fresh, err := record(d, r)
			if err != nil || !fresh {
				t.Fatalf("%s: %t, %v", name, fresh, err)
			}
			for again, rs := range map[string][]*receipt.Receipt{"alone": {r}, "twice": {r, r}} {
				sale, fresh, err := record(d, rs...)
				if err != nil || fresh {
					t.Errorf("%s again %s: %t, %v", name, again, fresh, err)
				}
				same(t, sale, first)
			}
			other := *r
			other.Lines = append([]receipt.Line(nil), r.Lines...)
			other.Lines[0].Qty = qty.Of(2)
			if other.Number > 0 {
				other.Seal(receipt.Hash{})
			}
			if _, _, err := record(d, &other); !errors.Is(err, sales.ErrOtherContent) {
				t.Errorf("%s with other content: %v", name, err)
			}
		}
		in := simple(1)
		if _, fresh, err := record(d, in, in); err != nil || fresh {
			t.Errorf("the same twice in one body: %t, %v", fresh, err)
		}
		if in.Number != 0 || !in.Hash.IsZero() {
			t.Error("the caller's receipt was changed: the body may run twice")
		}
		if n := read(t, d, sales.Last); n != 3 {
			t.Errorf("%d receipts, want 3", n)
		}
	})
}

// same compares what a sale says of itself.
func same(t *testing.T, got, want sales.Sale) {
	t.Helper()
	if got.Seq != want.Seq || got.ServerMs != want.ServerMs || got.Hour != want.Hour || got.Unexplained != want.Unexplained ||
		got.Receipt.Number != want.Receipt.Number || got.Receipt.Hash != want.Receipt.Hash || got.Receipt.PrevHash != want.Receipt.PrevHash {
		t.Errorf("the answer is %+v, the first one was %+v", got, want)
	}
}

// The server numbers imports without gaps and chains them, each register by itself.
func TestServerNumbers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		for i := range 60 {
			wg.Go(func() {
				r := simple(i)
				r.Register = fmt.Sprint("R", i%2)
				if _, fresh, err := record(d, r); err != nil || !fresh {
					t.Errorf("%t, %v", fresh, err)
				}
			})
		}
		wg.Wait()
		heads := map[string]receipt.Hash{}
		numbers := map[string]int64{}
		all := read(t, d, func(q db.Q) (all []sales.Sale, err error) {
			return all, sales.Each(q, 0, func(s *sales.Sale) error { all = append(all, *s); return nil })
		})
		for i, s := range all {
			r := &s.Receipt
			numbers[r.Register]++
			if s.Seq != int64(i+1) || r.Number != numbers[r.Register] || r.PrevHash != heads[r.Register] || r.Hash != r.Sum(nil) {
				t.Fatalf("receipt %d of %s has number %d, sequence %d", i+1, r.Register, r.Number, s.Seq)
			}
			heads[r.Register] = r.Hash
		}
		if len(all) != 60 || numbers["R0"] != 30 {
			t.Errorf("%d receipts, %d of R0", len(all), numbers["R0"])
		}
	})
}

// arrivals are receipts of one till that come after others, and what becomes of them.
func arrivals(till []*receipt.Receipt) map[string]arrival {
	reseal := func(r *receipt.Receipt, change func(r *receipt.Receipt)) *receipt.Receipt {
		c := *r
		c.ID = id.New(dbtest.Now)
		change(&c)
		c.Hash = c.Sum(nil)
		return &c
	}
	after := func(prev receipt.Hash) func(*receipt.Receipt) { return func(r *receipt.Receipt) { r.PrevHash = prev } }
	noted := func(r *receipt.Receipt) { r.Note = "other" }
	some := func(numbers ...int) (out []*receipt.Receipt) {
		for _, n := range numbers {
			out = append(out, till[n-1])
		}
		return out
	}
	broken := *till[0]
	broken.Note = "changed after it was sealed"
	var none sales.Run
	return map[string]arrival{
		"the first":                     {nil, till[0], none, nil, ""},
		"the next":                      {some(1, 2, 3, 4), till[4], none, nil, ""},
		"after a gap":                   {some(1, 2), till[5], sales.Run{First: 3, Last: 5}, nil, ""},
		"the first one is the third":    {nil, till[2], sales.Run{First: 1, Last: 2}, nil, ""},
		"changed":                       {nil, &broken, none, sales.ErrBrokenSeal, "hash"},
		"first with a predecessor":      {nil, reseal(till[0], after(till[1].Hash)), none, sales.ErrBrokenSeal, "prev_hash"},
		"next after another":            {some(1, 2, 3), reseal(till[3], after(till[1].Hash)), none, sales.ErrBrokenSeal, "prev_hash"},
		"number taken":                  {some(1, 2, 3), reseal(till[1], noted), none, sales.ErrNumberTaken, "number"},
		"last number taken":             {some(1, 2, 3), reseal(till[2], noted), none, sales.ErrNumberTaken, "number"},
		"late":                          {some(1, 2, 5), till[2], none, nil, ""},
		"late, nothing beside it":       {some(1, 8), till[4], none, nil, ""},
		"late, the last missing":        {some(1, 2, 4), till[2], none, nil, ""},
		"late, the first":               {some(2, 3), till[0], none, nil, ""},
		"late, does not follow":         {some(1, 2, 5), reseal(till[2], after(till[0].Hash)), none, sales.ErrBrokenSeal, "prev_hash"},
		"late, not what is followed":    {some(1, 2, 4), reseal(till[2], noted), none, sales.ErrBrokenSeal, "hash"},
		"late, first with predecessor":  {some(5), reseal(till[0], after(till[1].Hash)), none, sales.ErrBrokenSeal, "prev_hash"},
		"late, before one that follows": {some(1, 5), reseal(till[3], noted), none, sales.ErrBrokenSeal, "hash"},
	}
}

type arrival struct {
	before []*receipt.Receipt
	comes  *receipt.Receipt
	gap    sales.Run
	want   error
	path   string
}

// What a till sends is kept when it fits the chain, in whatever order it comes, and refused otherwise.
func TestTillNumbers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for name := range arrivals(numbered(9, "")) {
			c := arrivals(numbered(9, name))[name]
			checkArrival(t, d, name, c)
		}
	})
}

// checkArrival has the receipt come once in the group of those before it and once in a group of its own.
func checkArrival(t *testing.T, d *db.DB, name string, c arrival) {
	t.Helper()
	var sale sales.Sale
	err := d.Try(context.Background(), func(tx *db.Tx) (err error) {
		for _, r := range append(append([]*receipt.Receipt(nil), c.before...), c.comes) {
			if sale, _, err = sales.Record(tx, sales.Arrival{Receipt: r, Rule: rule}); err != nil {
				return err
			}
		}
		return nil
	})
	if !errors.Is(err, c.want) || c.want == nil && sale.Gap != c.gap {
		t.Errorf("%s, in one group: %v, gap %v", name, err, sale.Gap)
	}
	for _, r := range c.before {
		if _, _, err := record(d, r); err != nil {
			t.Fatal(err)
		}
	}
	rows := read(t, d, sales.Last)
	sale, fresh, err := record(d, c.comes)
	switch {
	case !errors.Is(err, c.want):
		t.Errorf("%s: %v", name, err)
	case c.want != nil && pathOf(err) != c.path:
		t.Errorf("%s: it points at %q", name, pathOf(err))
	case c.want == nil && (!fresh || sale.Gap != c.gap):
		t.Errorf("%s: fresh %t, gap %v", name, fresh, sale.Gap)
	case c.want == nil && read(t, d, func(q db.Q) (sales.Sale, error) { return sales.Get(q, c.comes.ID) }).Receipt.Hash != c.comes.Hash:
		t.Errorf("%s: it was not kept as it was sealed", name)
	}
	if c.want == nil {
		rows++
	}
	if n := read(t, d, sales.Last); n != rows {
		t.Errorf("%s: %d receipts, want %d", name, n, rows)
	}
}

// Preload changes no answer.
func TestPreload(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		known, others := simple(0), make([]id.ID, 250)
		if _, _, err := record(d, known); err != nil {
			t.Fatal(err)
		}
		for i := range others {
			others[i] = simple(i).ID
		}
		others[101] = known.ID
		fresh := simple(300)
		others[7] = fresh.ID
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			if err := sales.Preload(tx, others); err != nil {
				return err
			}
			again, isNew, err := sales.Record(tx, sales.Arrival{Receipt: known, Rule: rule})
			if err != nil || isNew || again.Receipt.Number != 1 || again.ServerMs != dbtest.Now.UnixMilli() {
				t.Errorf("known: %t, %+v, %v", isNew, again, err)
			}
			_, isNew, err = sales.Record(tx, sales.Arrival{Receipt: fresh, Rule: rule})
			if err != nil || !isNew {
				t.Errorf("fresh: %t, %v", isNew, err)
			}
			return sales.Preload(tx, nil)
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := read(t, d, sales.Last); n != 2 {
			t.Errorf("%d receipts, want 2", n)
		}
	})
}

func TestNothingThere(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Read(context.Background(), func(v *db.View) error { _, err := sales.Get(v, simple(0).ID); return err })
		if !errors.Is(err, sales.ErrNotFound) {
			t.Errorf("Get answered %v", err)
		}
		if n := read(t, d, sales.Last); n != 0 {
			t.Errorf("Last is %d", n)
		}
		if page := read(t, d, func(q db.Q) ([]sales.Sale, error) { return sales.Page(q, 1, 100) }); len(page) != 0 {
			t.Errorf("%d receipts", len(page))
		}
	})
}
