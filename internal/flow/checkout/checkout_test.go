package checkout_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/flow/checkout"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/resolve"
	"github.com/tillpost/tillpost/internal/flow/shoptest"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/check"
)

var ctx = context.Background()

// one is a receipt of n units of A for cash.
func one(n int64) receipt.Receipt {
	return receipt.Receipt{Lines: []receipt.Line{shoptest.Line("01", receipt.Item, "A", n, 999)}}
}

// sound fails the test unless everything agrees with everything; missing numbers are allowed.
func sound(t *testing.T, d *db.DB) {
	t.Helper()
	res, err := check.Run(ctx, d, shoptest.Currency, nil, nil)
	if err != nil || !res.Sound() {
		t.Errorf("%v %+v", err, res.Findings)
	}
}

const (
	everything db.SQL = `SELECT (SELECT count(*) FROM receipts) + (SELECT count(*) FROM receipt_lines) + (SELECT count(*) FROM entries)
		+ (SELECT count(*) FROM entry_lines) + (SELECT count(*) FROM stock_moves) + (SELECT count(*) FROM tasks) + (SELECT count(*) FROM outbox)
		+ (SELECT count(*) FROM account_days) + (SELECT count(*) FROM totals_sales) + (SELECT CAST(SUM(value) AS BIGINT) FROM counters)
		+ (SELECT CAST(SUM(count) AS BIGINT) FROM totals_tenders) + (SELECT CAST(COALESCE(SUM(qty + value), 0) AS BIGINT) FROM stock_levels)`
	ledgerHead    db.SQL = `SELECT hash FROM chain_heads WHERE name = 'ledger'`
	countReceipts db.SQL = `SELECT count(*) FROM receipts`
	stockOf       db.SQL = `SELECT COALESCE(SUM(qty), 0), COALESCE(SUM(value), 0) FROM stock_levels WHERE item = $1 AND location = $2`
	costOfGoods   db.SQL = `SELECT CAST(COALESCE(SUM(debit - credit), 0) AS BIGINT) FROM account_days WHERE account = '5000'`
)

func ask(t *testing.T, d *db.DB, q db.SQL, into []any, args ...any) {
	t.Helper()
	if err := d.Read(ctx, func(v *db.View) error { return v.QueryRow(q, args...).Scan(into...) }); err != nil {
		t.Fatal(err)
	}
}

// state is what must not change: a count of all rows, and the head of the ledger.
func state(t *testing.T, d *db.DB) string {
	t.Helper()
	var n int64
	var hash []byte
	ask(t, d, everything, []any{&n})
	ask(t, d, ledgerHead, []any{&hash})
	return fmt.Sprintf("%d rows, %x", n, hash)
}

func openTasks(t *testing.T, d *db.DB) (keys []string) {
	t.Helper()
	err := d.Read(ctx, func(v *db.View) error {
		list, err := tasks.List(v, tasks.StateOpen)
		for _, x := range list {
			keys = append(keys, x.Key)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// A receipt is recorded once, whatever is sent again; the same id with other content is refused and
// changes nothing.
func TestOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		s.Deliveries()
		r := s.Fill(one(2))
		first, fresh, err := checkout.Complete(ctx, d, r)
		if err != nil || !fresh || first.Receipt.Hash != r.Hash {
			t.Fatalf("%t, %v", fresh, err)
		}
		before := state(t, d)
		again, fresh, err := checkout.Complete(ctx, d, r)
		if err != nil || fresh || again.Seq != first.Seq || again.Receipt.Hash != first.Receipt.Hash {
			t.Errorf("again: %t, %v, %+v", fresh, err, again)
		}
		other := r
		other.Note = "changed"
		other.Seal(r.PrevHash)
		if _, _, err := checkout.Complete(ctx, d, other); !errors.Is(err, sales.ErrOtherContent) {
			t.Errorf("other content: %v", err)
		}
		taken := other
		taken.ID = s.ID()
		taken.Seal(r.PrevHash)
		if _, _, err := checkout.Complete(ctx, d, taken); !errors.Is(err, sales.ErrNumberTaken) {
			t.Errorf("the number of another: %v", err)
		}
		if after := state(t, d); after != before {
			t.Errorf("%s became %s", before, after)
		}
		sound(t, d)
	})
}

// What is wrong by itself, or belongs to no place here, is refused whole.
func TestRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		s.Sales()
		before := state(t, d)
		for want, change := range map[*fault.Error]func(r *receipt.Receipt){
			org.ErrNoStore:          func(r *receipt.Receipt) { r.Store = "09" },
			org.ErrNoRegister:       func(r *receipt.Receipt) { r.Register = "R9" },
			posting.ErrCurrency:     func(r *receipt.Receipt) { r.Currency = "USD" },
			receipt.ErrTendersFoot:  func(r *receipt.Receipt) { r.Tenders[0].Amount++ },
			receipt.ErrCardNumber:   func(r *receipt.Receipt) { r.Note = "4111 1111 1111 1111" },
			receipt.ErrTextUTF8:     func(r *receipt.Receipt) { r.Customer = "\xff" },
			receipt.ErrTimeFuture:   func(r *receipt.Receipt) { r.DeviceTime = r.DeviceTime.AddDate(1, 0, 0) },
			receipt.ErrAmountRange:  func(r *receipt.Receipt) { r.Lines[0].Extended = money.MaxMinor + 1 },
			receipt.ErrTooManyLines: func(r *receipt.Receipt) { r.Lines = make([]receipt.Line, receipt.MaxLines+1) },
		} {
			r := s.Fill(receipt.Receipt{Register: "WEB", Lines: one(1).Lines})
			change(&r)
			if _, fresh, err := checkout.Complete(ctx, d, r); fault.CodeOf(err) != want.Code || fresh {
				t.Errorf("%v, want %s", err, want.Code)
			}
		}
		if after := state(t, d); after != before {
			t.Errorf("%s became %s", before, after)
		}
	})
}

// What is not known goes to suspense with a task, a sale is a sale all the same; mapping it cures it.
func TestSuspenseAndCure(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		odd := shoptest.Line("01", receipt.Item, "NEW", 3, 500)
		odd.Taxes[0].Code = "MOON"
		s.Sell(receipt.Receipt{Lines: []receipt.Line{odd}, Tenders: []receipt.Tender{{Type: "shells", Amount: 1_500}}})
		want := []string{"item:NEW", "tax:MOON", "tender:shells"}
		if keys := openTasks(t, d); !slices.Equal(sorted(keys), want) {
			t.Errorf("tasks %v", keys)
		}
		sound(t, d)
		for _, m := range []resolve.Mapping{{Key: "item:NEW", Cost: 2_000_000, Department: "toys"}, {Key: "tax:MOON", Account: "2100"}, {Key: "tender:shells", Kind: "card"}} {
			if _, err := resolve.Map(ctx, d, m); err != nil {
				t.Fatal(err)
			}
		}
		if keys := openTasks(t, d); len(keys) != 0 {
			t.Errorf("tasks %v", keys)
		}
		var q, v int64
		if ask(t, d, stockOf, []any{&q, &v}, "NEW", "01"); q != -3_000_000 || v != -600 {
			t.Errorf("stock %d, %d", q, v)
		}
		sound(t, d)
	})
}

func sorted(s []string) []string { slices.Sort(s); return s }

// An item is known whatever becomes of the goods: one that the customer keeps needs no task.
func TestKeptGoodsAreKnown(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		s.Refund(s.Sell(one(1)).Receipt.ID, 1, 1, "none")
		if keys := openTasks(t, d); len(keys) != 0 {
			t.Errorf("tasks %v", keys)
		}
		sound(t, d)
	})
}

// Returns come back at what they were sold at and voids at exactly what they took, whatever was
// delivered in between; damaged and kept goods leave the shelf alone.
func TestStockComesBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		s.Deliver("01", "A", 70_001, 1_333_333)
		stock := func() [3]int64 {
			var x [3]int64
			ask(t, d, stockOf, []any{&x[0], &x[1]}, "A", "01")
			ask(t, d, costOfGoods, []any{&x[2]})
			return x
		}
		for _, n := range []int64{1, 7, 30_000, 30_001} {
			before := stock()
			s.Void(s.Sell(one(n)).Receipt.ID)
			if after := stock(); after != before {
				t.Errorf("void of %d: %v became %v", n, before, after)
			}
			s.Refund(s.Sell(one(n)).Receipt.ID, 1, n, "")
			if after := stock(); after != before {
				t.Errorf("return of %d: %v became %v", n, before, after)
			}
		}
		sale := s.Sell(one(3)).Receipt.ID
		sold := stock()
		s.Deliver("01", "A", 10_000, 9_000_000)
		dear := stock()
		s.Refund(sale, 1, 3, "")
		if after := stock(); after[1]-dear[1] != 400 || after[2] != sold[2]-400 {
			t.Errorf("a return after a dear delivery brings %d", after[1]-dear[1])
		}
		for _, disposition := range []string{"damaged", "none"} {
			sale := s.Sell(one(2)).Receipt.ID
			before := stock()
			back := s.Refund(sale, 1, 2, disposition).Receipt.ID
			if after := stock(); after[0] != before[0] || after[1] != before[1] {
				t.Errorf("%s: %v became %v", disposition, before, after)
			}
			s.Void(back)
			if after := stock(); after != before {
				t.Errorf("%s and its void: %v became %v", disposition, before, after)
			}
		}
		sound(t, d)
	})
}

// Many sell at the same time at several registers, and every receipt is sent twice: each is there once,
// the chains are whole, and failing ones among them leave nothing behind.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		s.Deliveries()
		const sellers, each = 32, 8
		queues := make([][]receipt.Receipt, sellers)
		for i := range queues {
			for n := range each {
				r := receipt.Receipt{Store: []string{"01", "02"}[i%2], Register: []string{"WEB", "R1", "R2"}[i%3]}
				r.Lines = []receipt.Line{shoptest.Line(r.Store, receipt.Item, []string{"A", "B", "NEW"}[n%3], int64(1+n%4), 999)}
				r = s.Fill(r)
				queues[i] = append(queues[i], r)
			}
		}
		before := count(t, d)
		var wg sync.WaitGroup
		for _, queue := range queues {
			for range 2 {
				wg.Go(func() {
					for n, r := range queue {
						sent, _, err := send(d, r)
						if err != nil || sent.Receipt.ID != r.ID {
							t.Errorf("receipt %s: %v", r.ID, err)
						}
						bad := r
						bad.ID = id.Derive(dbtest.Now, "bad", r.ID.String())
						if bad.Register = "R9"; n%2 == 0 {
							bad.ID, bad.Register, bad.Note = r.ID, r.Register, "other"
							bad.Seal(r.PrevHash)
						}
						if bad.Number == 0 {
							bad.PrevHash, bad.Hash = receipt.Hash{}, receipt.Hash{}
						}
						if _, _, err := send(d, bad); err == nil {
							t.Error("a bad receipt was recorded")
						}
					}
				})
			}
		}
		wg.Wait()
		if n := count(t, d) - before; n != sellers*each {
			t.Errorf("%d receipts, want %d", n, sellers*each)
		}
		sound(t, d)
	})
}

// send records a receipt of a till, or one that is numbered here.
func send(d *db.DB, r receipt.Receipt) (sale sales.Sale, fresh bool, err error) {
	if r.Number > 0 {
		return checkout.Complete(ctx, d, r)
	}
	err = d.Write(ctx, func(tx *db.Tx) (err error) {
		sale, fresh, err = checkout.Record(tx, checkout.Arrival{Receipt: &r, Unexplained: r.Tendered() - r.Total() - r.Rounding})
		return err
	})
	return sale, fresh, err
}

func count(t *testing.T, d *db.DB) (n int64) {
	t.Helper()
	ask(t, d, countReceipts, []any{&n})
	return n
}

// Everything that ever arrived is sent again, five times in random orders: nothing changes.
func TestReplay(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		s.Everything()
		var all []receipt.Receipt
		err := d.Read(ctx, func(v *db.View) error {
			return sales.Each(v, 1, func(sale *sales.Sale) error {
				r := sale.Receipt
				if r.Register == "WEB" { // as it came: without a number
					r.Number, r.PrevHash, r.Hash = 0, receipt.Hash{}, receipt.Hash{}
				}
				all = append(all, r)
				return nil
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		before := state(t, d)
		random := rand.New(rand.NewPCG(1, 2))
		for range 5 {
			random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			for _, r := range all {
				if _, fresh, err := send(d, r); fresh || err != nil {
					t.Errorf("%s/%s #%d: %t, %v", r.Store, r.Register, r.Number, fresh, err)
				}
			}
		}
		if after := state(t, d); after != before {
			t.Errorf("%s became %s", before, after)
		}
		sound(t, d)
	})
}

// The entry of a sale, its moves and its announcement are one commit with it: when the group fails
// after the sale was recorded, nothing of it is left.
func TestAllOrNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		s.Sales()
		before := state(t, d)
		boom := errors.New("boom")
		r := s.Fill(receipt.Receipt{Register: "WEB", Lines: one(1).Lines})
		err := d.Write(ctx, func(tx *db.Tx) error {
			if _, _, err := checkout.Record(tx, checkout.Arrival{Receipt: &r}); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		if after := state(t, d); after != before || strings.HasPrefix(after, "0 rows") {
			t.Errorf("%s became %s", before, after)
		}
		sound(t, d)
	})
}

// What a repetition was going to read and did not is not taken for read by the next sale, also not by a
// process that has just begun.
func TestRepetitionFirst(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		s.Deliveries()
		r := s.Fill(one(2))
		next := s.Fill(one(1))
		if _, _, err := checkout.Complete(ctx, d, r); err != nil {
			t.Fatal(err)
		}
		begun := dbtest.Open(t, d.DSN())
		if _, fresh, err := checkout.Complete(ctx, begun, r); err != nil || fresh {
			t.Fatalf("%t, %v", fresh, err)
		}
		if sale, fresh, err := checkout.Complete(ctx, begun, next); err != nil || !fresh || sale.Gap != (sales.Run{}) {
			t.Errorf("%t, %v, %v", fresh, sale.Gap, err)
		}
		if keys := openTasks(t, d); len(keys) != 0 {
			t.Errorf("tasks %v", keys)
		}
		sound(t, d)
	})
}
