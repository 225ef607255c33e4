package shift

import (
	"context"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Bag is the command that sends cash of a store's safe to the bank.
type Bag struct {
	ID        id.ID       `json:"id"`
	Store     string      `json:"store"`
	Amount    money.Minor `json:"amount"`              // in the book currency, as written on the slip
	Reference string      `json:"reference,omitempty"` // the bag's number
}

// BankDeposit records a bag that leaves the safe. It is in transit until MatchDeposit.
func BankDeposit(ctx context.Context, d *db.DB, b Bag) (shifts.Deposit, error) {
	return write(ctx, d, func(tx *db.Tx) (shifts.Deposit, bool, error) { return BankDepositInTx(tx, b) })
}

// BankDepositInTx is BankDeposit inside a transaction; fresh is false for a bag that was recorded before.
func BankDepositInTx(tx *db.Tx, b Bag) (p shifts.Deposit, fresh bool, err error) {
	t, err := open(tx)
	if err != nil {
		return shifts.Deposit{}, false, err
	}
	store, err := t.shop.Store(b.Store)
	if err != nil {
		return shifts.Deposit{}, false, err
	}
	p, fresh, err = shifts.Send(tx, shifts.Deposit{ID: b.ID, Store: b.Store, Day: store.Rule().Of(tx.Now), Amount: b.Amount, Reference: b.Reference})
	if err != nil || !fresh {
		return p, false, err
	}
	return p, true, t.post(posting.SendDeposit(posting.Deposit{ID: p.ID, Store: p.Store, Day: p.Day, Amount: p.Amount, Memo: bagMemo(p)}, t.books))
}

// Shown is the command that matches a bag with the line of a bank statement that shows it.
type Shown struct {
	ID        id.ID       `json:"id"`
	Bag       id.ID       `json:"bag"`
	Statement string      `json:"statement"`          // the line's reference
	Credited  money.Minor `json:"credited,omitempty"` // what the bank counted; 0 is the bag's amount
}

// MatchDeposit books a bag that a statement shows. What the bank counted more or less is over/short.
func MatchDeposit(ctx context.Context, d *db.DB, m Shown) (shifts.Deposit, error) {
	return write(ctx, d, func(tx *db.Tx) (shifts.Deposit, bool, error) { return MatchDepositInTx(tx, m) })
}

// MatchDepositInTx is MatchDeposit inside a transaction; fresh is false for a match that was recorded before.
func MatchDepositInTx(tx *db.Tx, m Shown) (p shifts.Deposit, fresh bool, err error) {
	t, err := open(tx)
	if err != nil {
		return shifts.Deposit{}, false, err
	}
	if m.Credited == 0 {
		p, err := shifts.FindDeposit(tx, m.Bag)
		if err != nil {
			return shifts.Deposit{}, false, err
		}
		m.Credited = p.Amount
	}
	p, fresh, err = shifts.Match(tx, m.Bag, m.ID, m.Statement, m.Credited)
	if err != nil || !fresh {
		return p, false, err
	}
	store, err := t.shop.Store(p.Store)
	if err != nil {
		return shifts.Deposit{}, false, err
	}
	bag := posting.Deposit{ID: p.ID, Store: p.Store, Day: store.Rule().Of(tx.Now), Amount: p.Amount, Memo: bagMemo(p)}
	return p, true, t.post(posting.MatchDeposit(m.ID, bag, m.Credited, t.books))
}

func bagMemo(p shifts.Deposit) string {
	if p.Reference == "" {
		return "bag to the bank"
	}
	return "bag " + p.Reference
}
