package sales_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

func pathOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Path
	}
	return ""
}

// What is read is what was sealed, field by field and hash by hash, however the receipts were spread
// over groups and whichever way they are read.
func TestReadsWhatWasSealed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var stores atomic.Int64
		rapid.Check(t, func(rt *rapid.T) {
			store := fmt.Sprint("S", stores.Add(1))
			want := make([]*receipt.Receipt, rapid.IntRange(1, 6).Draw(rt, "receipts"))
			unexplained := make([]money.Minor, len(want))
			for i := range want {
				want[i] = drawReceipt(rt, store)
				unexplained[i] = amounts().Draw(rt, "unexplained")
			}
			got := recordAll(rt, d, want, unexplained)
			var head receipt.Hash
			for i, s := range got {
				want[i].Number = int64(i + 1)
				want[i].Seal(head)
				head = want[i].Hash
				stored := getSale(rt, d, want[i])
				if stored.Seq != s.Seq || stored.Unexplained != unexplained[i] || stored.Hour != want[i].DeviceTime.In(rule.Zone).Hour() {
					rt.Fatalf("stored as %+v, answered as %+v", stored, s)
				}
				if !reflect.DeepEqual(&stored.Receipt, want[i]) {
					rt.Fatalf("stored %+v\nsealed %+v", stored.Receipt, *want[i])
				}
				if stored.Receipt.Sum(nil) != want[i].Hash {
					rt.Fatal("the hash does not recompute")
				}
			}
			page := readPage(rt, d, got[0].Seq, got[len(got)-1].Seq)
			if len(page) != len(got) {
				rt.Fatalf("a page of %d, want %d", len(page), len(got))
			}
			for i := range page {
				if !reflect.DeepEqual(&page[i].Receipt, want[i]) {
					rt.Fatalf("on the page: %+v\nsealed: %+v", page[i].Receipt, *want[i])
				}
			}
		})
	})
}

// recordAll records the receipts in order, some bodies taking several.
func recordAll(rt *rapid.T, d *db.DB, rs []*receipt.Receipt, unexplained []money.Minor) []sales.Sale {
	out := make([]sales.Sale, len(rs))
	for i := 0; i < len(rs); {
		end := i + rapid.IntRange(1, len(rs)-i).Draw(rt, "body")
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			for k := i; k < end; k++ {
				sale, fresh, err := sales.Record(tx, sales.Arrival{Receipt: rs[k], Rule: rule, Unexplained: unexplained[k]})
				if err != nil || !fresh {
					return fmt.Errorf("receipt %d: fresh %t: %w", k, fresh, err)
				}
				out[k] = sale
			}
			return nil
		})
		if err != nil {
			rt.Fatal(err)
		}
		i = end
	}
	return out
}

func getSale(rt *rapid.T, d *db.DB, r *receipt.Receipt) (s sales.Sale) {
	err := d.Read(context.Background(), func(v *db.View) (err error) { s, err = sales.Get(v, r.ID); return err })
	if err != nil {
		rt.Fatal(err)
	}
	return s
}

func readPage(rt *rapid.T, d *db.DB, first, last int64) (page []sales.Sale) {
	err := d.Read(context.Background(), func(v *db.View) (err error) { page, err = sales.Page(v, first, last); return err })
	if err != nil {
		rt.Fatal(err)
	}
	return page
}

// A till's receipts may arrive in any order, some of them twice: the chain is whole at the end.
func TestAnyOrder(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var stores atomic.Int64
		rapid.Check(t, func(rt *rapid.T) {
			till := numbered(rapid.IntRange(1, 8).Draw(rt, "receipts"), fmt.Sprint("S", stores.Add(1)))
			order := rapid.Permutation(till).Draw(rt, "order")
			order = append(order, rapid.SliceOf(rapid.SampledFrom(till)).Draw(rt, "again")...)
			fresh := 0
			for _, r := range order {
				_, isNew, err := record(d, r)
				if err != nil {
					rt.Fatal(err)
				}
				if isNew {
					fresh++
				}
			}
			if fresh != len(till) {
				rt.Fatalf("%d fresh of %d", fresh, len(till))
			}
			for _, r := range till {
				if s := getSale(rt, d, r); s.Receipt.Hash != r.Hash || s.Receipt.Number != r.Number {
					rt.Fatalf("number %d was kept as %d", r.Number, s.Receipt.Number)
				}
			}
		})
	})
}

// Each reads everything once and in order, whatever its pages.
func TestEach(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const many = 1203
		rs := make([]*receipt.Receipt, many)
		for i := range rs {
			rs[i] = simple(i)
		}
		if _, _, err := record(d, rs...); err != nil {
			t.Fatal(err)
		}
		for _, from := range []int64{0, 1, 500, 501, 1000, many, many + 1} {
			next := max(from, 1)
			err := d.Read(context.Background(), func(v *db.View) error {
				return sales.Each(v, from, func(s *sales.Sale) error {
					if s.Seq != next || len(s.Receipt.Lines) != 1 || len(s.Receipt.Tenders) != 1 || s.Receipt.ID != rs[next-1].ID {
						return fmt.Errorf("%d comes where %d should", s.Seq, next)
					}
					next++
					return nil
				})
			})
			if err != nil || next != many+1 && from <= many {
				t.Errorf("from %d: %d, %v", from, next, err)
			}
		}
		stop := errors.New("enough")
		err := d.Read(context.Background(), func(v *db.View) error {
			return sales.Each(v, 1, func(*sales.Sale) error { return stop })
		})
		if !errors.Is(err, stop) {
			t.Errorf("it went on after %v", err)
		}
	})
}

func TestShortName(t *testing.T) {
	t.Parallel()
	r := simple(0)
	r.Number = 42
	if got := sales.ShortName(r); got != "S1/R1 #42" {
		t.Error(got)
	}
	r.External = "536365"
	if got := sales.ShortName(r); got != "536365" {
		t.Error(got)
	}
	if r.Source = "online-retail"; sales.ShortName(r) != "online-retail 536365" {
		t.Error(sales.ShortName(r))
	}
}
