// Package closeperiod closes the months of the books: it looks at what an accountant asks for first,
// locks the period, and says what came late. It posts nothing: every sale was posted when it arrived.
package closeperiod

import (
	"context"
	"fmt"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Order says what to close.
type Order struct {
	From, To day.Day // the first day of a period and the last day of the same or a later one
	By       ledger.By
	// DespiteSuspense closes although something still waits in suspense: its reclass will count in a
	// later period.
	DespiteSuspense bool
}

// Papers are what belongs to a closed period beside its reports.
type Papers struct {
	Periods  []ledger.Period    `json:"periods"`
	Suspense []ledger.Suspended `json:"suspense"` // at the end of the last day
	// Late are the entries that happened in the period and count later, or the other way round.
	Late     []ledger.Late `json:"late"`
	LateMore int64         `json:"late_more,omitempty"` // beyond LateMost
}

// LateMost bounds the list of late arrivals.
const LateMost = 1000

// Close locks the periods. The periods of their fiscal years are created when they are missing. A
// period that is not over yet is ErrNotOver; money in suspense is ErrSuspense unless the order says
// otherwise. The papers are returned also with ErrSuspense.
func Close(ctx context.Context, d *db.DB, o Order) (Papers, error) {
	var p Papers
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		p, err = CloseTx(tx, o)
		return err
	})
	return p, err
}

// CloseTx is Close inside a transaction.
func CloseTx(tx *db.Tx, o Order) (Papers, error) {
	if today := day.Of(tx.Now); o.To >= today {
		return Papers{}, ErrNotOver.At(string(o.To))
	}
	if err := ensureYears(tx, o.From, o.To); err != nil {
		return Papers{}, err
	}
	p, err := Review(tx, o.From, o.To)
	if err != nil {
		return p, err
	}
	if len(p.Suspense) > 0 && !o.DespiteSuspense {
		return p, ErrSuspense.Because(fmt.Errorf("%d keys, the first is %s", len(p.Suspense), p.Suspense[0].Key))
	}
	p.Periods, err = ledger.Lock(tx, o.From, o.To, o.By)
	return p, err
}

// Reopen unlocks the periods. Entries that were posted to later days meanwhile stay there.
func Reopen(ctx context.Context, d *db.DB, o Order) (Papers, error) {
	var p Papers
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		if p, err = Review(tx, o.From, o.To); err == nil {
			p.Periods, err = ledger.Unlock(tx, o.From, o.To, o.By)
		}
		return err
	})
	return p, err
}

// Review reads the papers of a period without changing anything: before a close to see what is in
// its way, after it to print them.
func Review(q db.Q, from, to day.Day) (Papers, error) {
	p := Papers{Suspense: []ledger.Suspended{}, Late: []ledger.Late{}}
	var err error
	if p.Periods, err = ledger.Periods(q, from, to); err != nil {
		return p, err
	}
	suspense, err := ledger.Suspense(q, to)
	if err != nil {
		return p, err
	}
	p.Suspense = append(p.Suspense, suspense...)
	err = ledger.LateArrivals(q, from, to, func(l ledger.Late) error {
		if len(p.Late) < LateMost {
			p.Late = append(p.Late, l)
		} else {
			p.LateMore++
		}
		return nil
	})
	return p, err
}

// yearsMost bounds how many fiscal years one order may close.
const yearsMost = 50

// ensureYears creates the fiscal years of the days by the shop's setting.
func ensureYears(tx *db.Tx, from, to day.Day) error {
	shop, err := org.LoadShared(tx)
	if err != nil {
		return err
	}
	start, err := ledger.ParseFiscalStart(shop.FiscalYearStart)
	if err != nil {
		return err
	}
	for range yearsMost {
		year, err := ledger.EnsureYear(tx, from, start)
		if err != nil {
			return err
		}
		if from = year[len(year)-1].End.Add(1); from > to {
			return nil
		}
	}
	return ErrTooLong
}
