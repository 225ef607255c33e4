package check

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// What the log must tell beside the receipts, by the rows that are there. Changes of master data are not
// among it: their rows show what is, not how often it was changed.
const (
	entriesByHand db.SQL = `SELECT id FROM entries WHERE kind IN ('manual', 'reversal', 'correction', 'reclass', 'reclass_turned')`
	everyStockDoc db.SQL = `SELECT id, kind FROM stock_docs`
	everyMovement db.SQL = `SELECT id FROM movements`
	everyShift    db.SQL = `SELECT id, state, (SELECT COUNT(DISTINCT stage) FROM shift_counts c WHERE c.shift = s.id AND c.stage = 'recount'),
		(SELECT COUNT(*) FROM shift_cash m WHERE m.shift = s.id) FROM shifts s`
	everyDay     db.SQL = `SELECT store, business_day FROM day_closes WHERE register = ''`
	everyDeposit db.SQL = `SELECT id, CASE WHEN match_id IS NULL THEN 0 ELSE 1 END FROM cash_deposits`
	everyTask    db.SQL = `SELECT key, COUNT(*), CAST(SUM(CASE WHEN state = 'done' THEN 1 ELSE 0 END) AS BIGINT) FROM tasks GROUP BY key`
	everyImport  db.SQL = `SELECT id, CASE WHEN state = 'done' THEN 1 ELSE 0 END FROM import_runs`
)

// ofStockDoc are the topics of the kinds of stock document.
var ofStockDoc = map[string]outbox.Topic{inventory.DocDelivery: outbox.DeliveryRecorded, inventory.DocReturn: outbox.SupplierReturnRecorded,
	inventory.DocBill: outbox.BillRecorded, inventory.DocCount: outbox.CountRecorded, inventory.DocTransfer: outbox.ShipmentRecorded,
	inventory.DocArrival: outbox.ArrivalRecorded, inventory.DocAdjustment: outbox.AdjustmentRecorded}

// rebuilt are the topics whose messages can be counted from other rows.
var rebuilt = setOf(append(slices.Collect(maps.Values(ofStockDoc)), outbox.EntryPosted, outbox.MovementRecorded, outbox.ShiftOpened,
	outbox.ShiftMoved, outbox.ShiftCounted, outbox.ShiftClosed, outbox.DayClosed, outbox.BankDepositSent, outbox.BankDepositMatched,
	outbox.TaskOpened, outbox.TaskResolved, outbox.ImportStarted, outbox.ImportFinished))

func setOf(list []outbox.Topic) map[outbox.Topic]bool {
	set := map[outbox.Topic]bool{}
	for _, t := range list {
		set[t] = true
	}
	return set
}

// due is how often the log must have told what.
type due map[notice]int64

func (d due) add(topic outbox.Topic, subject string, times int64) {
	if times != 0 {
		d[notice{topic, subject}] += times
	}
}

// toldAsOften compares what the log told with what the rows say.
func (c *checker) toldAsOften(told map[notice]int64) error {
	want := due{}
	for _, part := range []func(due) error{c.dueDocuments, c.dueShifts, c.dueRest} {
		if err := part(want); err != nil {
			return err
		}
	}
	for n := range told {
		want[n] += 0 // what nothing stands behind is looked at too
	}
	for _, n := range slices.SortedFunc(maps.Keys(want), func(a, b notice) int {
		return cmp.Or(cmp.Compare(a.topic, b.topic), cmp.Compare(a.subject, b.subject))
	}) {
		if want[n] != told[n] {
			c.report(Finding{Check: Outbox, Where: string(n.topic) + " " + n.subject, Message: "the log does not tell it as often as it happened",
				Want: fmt.Sprint(want[n]), Got: fmt.Sprint(told[n])})
		}
	}
	return nil
}

func (c *checker) dueDocuments(want due) error {
	var u id.ID
	var kind string
	err := c.rows(entriesByHand, func(scan scanner) error {
		err := scan(&u)
		want.add(outbox.EntryPosted, u.String(), 1)
		return err
	})
	if err != nil {
		return err
	}
	err = c.rows(everyStockDoc, func(scan scanner) error {
		err := scan(&u, &kind)
		want.add(ofStockDoc[kind], u.String(), 1)
		return err
	})
	if err != nil {
		return err
	}
	return c.rows(everyMovement, func(scan scanner) error {
		err := scan(&u)
		want.add(outbox.MovementRecorded, u.String(), 1)
		return err
	})
}

func (c *checker) dueShifts(want due) error {
	var u id.ID
	var store, state string
	var recounts, moves, matched int64
	err := c.rows(everyShift, func(scan scanner) error {
		err := scan(&u, &state, &recounts, &moves)
		want.add(outbox.ShiftOpened, u.String(), 1)
		want.add(outbox.ShiftMoved, u.String(), moves)
		if state != "open" {
			want.add(outbox.ShiftCounted, u.String(), 1+recounts)
		}
		if state == "closed" {
			want.add(outbox.ShiftClosed, u.String(), 1)
		}
		return err
	})
	if err != nil {
		return err
	}
	err = c.rows(everyDay, func(scan scanner) error {
		var day string
		err := scan(&store, &day)
		want.add(outbox.DayClosed, store+"/"+day, 1)
		return err
	})
	if err != nil {
		return err
	}
	return c.rows(everyDeposit, func(scan scanner) error {
		err := scan(&u, &matched)
		want.add(outbox.BankDepositSent, u.String(), 1)
		want.add(outbox.BankDepositMatched, u.String(), matched)
		return err
	})
}

func (c *checker) dueRest(want due) error {
	var key string
	var opened, done int64
	err := c.rows(everyTask, func(scan scanner) error {
		err := scan(&key, &opened, &done)
		want.add(outbox.TaskOpened, key, opened)
		want.add(outbox.TaskResolved, key, done)
		return err
	})
	if err != nil {
		return err
	}
	return c.rows(everyImport, func(scan scanner) error {
		var u id.ID
		err := scan(&u, &done)
		want.add(outbox.ImportStarted, u.String(), 1)
		want.add(outbox.ImportFinished, u.String(), done)
		return err
	})
}
