// Package closeperiod closes the months of the books: it looks at what an accountant asks for first,
// locks the period, and says what came late. It posts nothing: every sale was posted when it arrived.
package closeperiod

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Order says what to close or to open again. From and To may be any day of the first and of the last
// period. Whole calendar months, as in 2026-02-01 to 2026-02-28, mean the periods that begin in these
// months: where the fiscal year begins on 6 April that is 6 February to 5 March.
type Order struct {
	From, To day.Day
	By       ledger.By
	// DespiteSuspense closes although something still waits in suspense: its reclass will count in a
	// later period.
	DespiteSuspense bool
}

// Close locks the periods, and with them everything before (ledger.Lock). The periods of their fiscal
// years are created when they are missing. A period that is not over yet in every store is ErrNotOver;
// money in suspense is ErrSuspense unless the order says otherwise. The papers are returned also with
// ErrSuspense.
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
	shop, err := org.LoadShared(tx)
	if err != nil {
		return Papers{}, err
	}
	if err := over(shop, o.To, tx.Now); err != nil { // before years of a far future are made
		return Papers{}, err
	}
	if err := ensureYears(tx, shop, o.From, o.To); err != nil {
		return Papers{}, err
	}
	p, err := Review(tx, o.From, o.To)
	if err != nil {
		return p, err
	}
	if err := over(shop, p.To, tx.Now); err != nil {
		return p, err
	}
	if len(p.Suspense) > 0 && !o.DespiteSuspense {
		return p, ErrSuspense.Because(fmt.Errorf("%d keys, the first is %s", len(p.Suspense), p.Suspense[0].Key))
	}
	if p.Earlier, err = openBefore(tx, p.From); err != nil {
		return p, err
	}
	p.Changed = p.other(true) + len(p.Earlier)
	p.Periods, err = ledger.Lock(tx, p.From, p.To, o.By)
	return p, err
}

// over refuses days that some store still sells on, by its own clock and cut-over hour.
func over(shop org.Shop, to day.Day, now time.Time) error {
	for _, code := range slices.Sorted(maps.Keys(shop.Stores)) {
		if today := shop.Stores[code].Rule().Of(now); to >= today {
			return ErrNotOver.At("to").Because(fmt.Errorf("it is %s in store %s", today, code))
		}
	}
	if len(shop.Stores) == 0 && to >= day.Of(now) {
		return ErrNotOver.Named("to", string(to))
	}
	return nil
}

// openBefore lists the periods before a day that are not locked.
func openBefore(q db.Q, from day.Day) ([]ledger.Period, error) {
	all, err := ledger.Periods(q, "", from.Add(-1))
	return slices.DeleteFunc(all, func(p ledger.Period) bool { return p.Locked }), err
}

// Reopen unlocks the periods, which must be the last locked ones (ledger.Unlock). Entries that were
// posted to later days meanwhile stay there.
func Reopen(ctx context.Context, d *db.DB, o Order) (Papers, error) {
	var p Papers
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		if p, err = Review(tx, o.From, o.To); err == nil {
			p.Changed = p.other(false)
			p.Periods, err = ledger.Unlock(tx, p.From, p.To, o.By)
		}
		return err
	})
	return p, err
}

// yearsMost bounds how many fiscal years one order may close.
const yearsMost = 50

// ensureYears creates the fiscal years of the days by the shop's setting.
func ensureYears(tx *db.Tx, shop org.Shop, from, to day.Day) error {
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
