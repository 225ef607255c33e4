package stockdoc_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/stockdoc"
	"github.com/tillpost/tillpost/internal/flow/stockdoc/stocktest"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// found is a document of one piece of an item.
type found struct {
	inventory.Head
	Item string
	bad  error
	fail error // after everything has been done
}

func (f found) Validate(time.Time) error { return f.bad }

func record(tx *db.Tx, f found) (*inventory.Doc, error) {
	return stockdoc.Once(tx, inventory.DocAdjustment, f.Head, f, func(w *stockdoc.Work) error {
		if err := w.Store("location", f.Location); err != nil {
			return err
		}
		items, err := w.Goods(1, func(int) string { return f.Item })
		if err != nil {
			return err
		}
		costs, err := inventory.Take(tx, w.Seq, f.BusinessDay, w.Currency, []inventory.Issue{
			{Line: 1, Item: f.Item, Location: f.Location, Kind: inventory.Found, Qty: -1_000_000, Fallback: items[f.Item].Cost}})
		if err != nil {
			return err
		}
		return errors.Join(w.Move(posting.StockDoc{Costs: costs}), f.fail)
	})
}

func run(d *db.DB, f found) (*inventory.Doc, error) {
	return stockdoc.Run(context.Background(), d, f, record)
}

// A document happens once, and not at all when anything about it is wrong.
func TestOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stocktest.Shop(t, d)
		good := found{Head: stocktest.Head("01"), Item: "A"}
		stocktest.Once(t, d, func(note string) (*inventory.Doc, error) {
			good.Note = note
			return run(d, good)
		})
		with := func(change func(*found)) error {
			f := found{Head: stocktest.Head("01"), Item: "A"}
			change(&f)
			_, err := run(d, f)
			return err
		}
		stocktest.Refused(t, d, func(is stocktest.Refusal) {
			is("itself", with(func(f *found) { f.bad = inventory.ErrText.At("x") }), inventory.ErrText, "x")
			is("store", with(func(f *found) { f.Location = "77" }), org.ErrNoStore, "location")
			is("item", with(func(f *found) { f.Item = "Z" }), inventory.ErrUnknownItem, "lines[0]")
			is("service", with(func(f *found) { f.Item = "W" }), inventory.ErrUnknownItem, "lines[0]")
		})
		before := stocktest.Rows(t, d)
		if err := with(func(f *found) { f.fail = inventory.ErrOther }); fault.CodeOf(err) != inventory.ErrOther.Code {
			t.Error(err)
		}
		if n := stocktest.Rows(t, d); n != before {
			t.Errorf("a document that fails at its end leaves %d rows", n-before)
		}
	})
}

const forgetShrink db.SQL = `DELETE FROM account_roles WHERE role = 'shrink'`

// What the chart does not know opens a task; what is mapped is known to the next document, also in the
// same group.
func TestUnknownAccount(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stocktest.Shop(t, d)
		stocktest.Write(t, dbtest.Open(t, d.DSN()), func(tx *db.Tx) error { // as another process: who keeps the roles in memory must hear of it
			_, err := tx.Exec(forgetShrink)
			return err
		})
		var first, second *inventory.Doc
		stocktest.Write(t, d, func(tx *db.Tx) (err error) {
			if first, err = record(tx, found{Head: stocktest.Head("01"), Item: "B"}); err != nil {
				return err
			}
			if err := ledger.MapRole(tx, posting.RoleShrink, "", "5100"); err != nil {
				return err
			}
			second, err = record(tx, found{Head: stocktest.Head("01"), Item: "B"})
			return err
		})
		stocktest.Booked(t, d, first.EntrySeq, map[string]money.Minor{"1300@01": 800, "9999@01": -800})
		stocktest.Booked(t, d, second.EntrySeq, map[string]money.Minor{"1300@01": 800, "5100@01": -800})
		open := stocktest.Read(t, d, func(q db.Q) ([]tasks.Task, error) { return tasks.List(q, tasks.StateOpen) })
		if len(open) != 1 || open[0].Key != "account:shrink" || open[0].Doc != first.ID {
			t.Errorf("tasks %+v", open)
		}
		stocktest.Tied(t, d)
	})
}

// Without goods that moved there is nothing to book.
func TestNothingMoved(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stocktest.Shop(t, d)
		f := found{Head: stocktest.Head("02")}
		stocktest.Write(t, d, func(tx *db.Tx) error {
			doc, err := stockdoc.Once(tx, inventory.DocAdjustment, f.Head, f, func(w *stockdoc.Work) error { return w.Move(posting.StockDoc{}) })
			if err == nil && (doc.EntrySeq != 0 || doc.State != inventory.StateDone) {
				t.Errorf("%+v", doc)
			}
			return err
		})
	})
}
