// Package payout books what card processors, marketplaces and banks say about the shop's account
// with them: fees, payouts, holds, disputes, debts written off (J5, J6). After it, the balance of a
// processor's clearing account is what the processor still owes.
package payout

import (
	"context"

	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// batchMost bounds the movements of one transaction, so that nobody waits long behind it.
const batchMost = 5000

// Result counts what Record did.
type Result struct {
	Fresh    int // movements that were not known
	Repeated int
	Entries  int // entries posted; a charge without a fee that only explains its receipt posts none
}

// Record stores movements and books the new ones, all in one transaction. A movement that is known
// changes nothing; the same id with other content fails the whole.
func Record(ctx context.Context, d *db.DB, policy posting.ChargePolicy, movements []payments.Movement) (Result, error) {
	if len(movements) > batchMost {
		return Result{}, ErrMany
	}
	var r Result
	err := d.Write(ctx, func(tx *db.Tx) error {
		r = Result{}
		for i := range movements {
			fresh, posted, err := InTx(tx, policy, movements[i])
			if err != nil {
				return err
			}
			r.count(fresh, posted)
		}
		return nil
	})
	return r, err
}

func (r *Result) count(fresh, posted bool) {
	if fresh {
		r.Fresh++
	} else {
		r.Repeated++
	}
	if posted {
		r.Entries++
	}
}

// InTx is Record of one movement inside a transaction. It tells whether the movement is new and
// whether it posted an entry.
func InTx(tx *db.Tx, policy posting.ChargePolicy, m payments.Movement) (fresh, posted bool, err error) {
	switch policy {
	case posting.ChargesExplain, posting.ChargesSettle:
	case "":
		policy = posting.ChargesExplain
	default:
		return false, false, ErrPolicy
	}
	shop, err := org.LoadShared(tx)
	if err != nil {
		return false, false, err
	}
	if m.Currency != shop.Book { // before the movement is stored: it would count as known
		return false, false, posting.ErrCurrency.At("currency")
	}
	if fresh, err = payments.Record(tx, m); err != nil || !fresh {
		return false, false, err
	}
	roles, err := ledger.RolesIn(tx)
	if err != nil {
		return false, false, err
	}
	e, unknown, err := posting.Movement(&m, policy, posting.Books{Roles: roles, Book: shop.Book})
	if err != nil {
		return false, false, err
	}
	for _, u := range unknown {
		if err := tasks.Open(tx, tasks.Task{Kind: u.Kind, Key: u.Key, Doc: m.ID, Message: u.Message}); err != nil {
			return false, false, err
		}
	}
	if len(e.Lines) == 0 {
		return true, false, nil
	}
	return true, true, ledger.Post(tx, &e)
}
