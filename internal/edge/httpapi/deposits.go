package httpapi

import (
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/flow/shift"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// ShiftClosing ends a counted shift: shift.Closing with its rates in a list, because field names of
// documents are fixed.
type ShiftClosing struct {
	Shift id.ID          `json:"shift,omitzero"`
	Keep  []money.Amount `json:"keep,omitempty" doc:"The float that stays in the drawer; of a currency that is not named, everything stays."`
	Rates []CashRate     `json:"rates,omitempty" doc:"Needed only for a currency that was found and not expected."`
}

// CashRate is what one major unit of a foreign currency is worth.
type CashRate struct {
	Currency money.Currency `json:"currency"`
	Rate     money.Rate     `json:"rate"`
}

func closeShift(c *Call, in *OneID, doc ShiftClosing) (out shift.Ended, fresh bool, err error) {
	if err := c.inShift(&doc.Shift, in.ID); err != nil {
		return out, false, err
	}
	order := shift.Closing{Shift: doc.Shift, Keep: doc.Keep, Rates: make(map[money.Currency]money.Rate, len(doc.Rates))}
	for _, r := range doc.Rates {
		order.Rates[r.Currency] = r.Rate
	}
	return commit(c, order, shift.CloseInTx)
}

// bankDeposits registers the operations on bags for the bank.
func (a *API) bankDeposits() {
	get(a, operation{ID: "listBankDeposits", Path: "/bank-deposits", Tag: tagShop, Scope: auth.ShiftsRead, Summary: "Bags on their way to the bank",
		Doc: "Those that no bank statement has shown yet, the oldest first."}, listDeposits)
	get(a, operation{ID: "getBankDeposit", Path: "/bank-deposits/{id}", Tag: tagShop, Scope: auth.ShiftsRead, Summary: "One bag for the bank"}, getDeposit)
	post(a, operation{ID: "sendBankDeposit", Path: "/bank-deposits", Tag: tagShop, Scope: auth.ShiftsWrite, Conflicts: true, Summary: "A bag of cash leaves the safe for the bank"}, sendDeposit)
	post(a, operation{ID: "matchBankDeposit", Path: "/bank-deposits/matches", Tag: tagShop, Scope: auth.ShiftsWrite, Conflicts: true, Summary: "A bank statement shows a bag",
		Doc: "What the bank counted more or less is over/short. A bag is matched once."}, matchDeposit)
}

// sentAt is a bag's place in the list.
type sentAt struct {
	Ms int64 `json:"t"`
	ID id.ID `json:"i"`
}

func listDeposits(c *Call, in *struct {
	OfStore
	Paged
}) (Page[shifts.Deposit], error) {
	var after sentAt
	err := in.after(&after)
	if err == nil {
		err = c.Who.NeedStore(in.Store)
	}
	if err != nil {
		return Page[shifts.Deposit]{}, err
	}
	var rows []shifts.Deposit
	err = c.Read(func(v *db.View) (err error) {
		rows, err = shifts.InTransitAfter(v, in.Store, shifts.Deposit{SentMs: after.Ms, ID: after.ID}, in.Limit+1)
		return err
	})
	return page(rows, in.Limit, func(p shifts.Deposit) any { return sentAt{p.SentMs, p.ID} }), err
}

// ownDeposit reads a bag, which must be of a store of the key.
func (c *Call) ownDeposit(u id.ID) (p shifts.Deposit, err error) {
	err = c.Read(func(v *db.View) error {
		if p, err = shifts.FindDeposit(v, u); err != nil {
			return err
		}
		return c.Who.NeedStore(p.Store)
	})
	return p, err
}

func getDeposit(c *Call, in *OneID) (shifts.Deposit, error) { return c.ownDeposit(in.ID) }

func sendDeposit(c *Call, _ *struct{}, doc shift.Bag) (out shifts.Deposit, fresh bool, err error) {
	if err := c.Who.NeedStore(doc.Store); err != nil {
		return out, false, err
	}
	return commit(c, doc, shift.BankDepositInTx)
}

func matchDeposit(c *Call, _ *struct{}, doc shift.Shown) (out shifts.Deposit, fresh bool, err error) {
	if _, err := c.ownDeposit(doc.Bag); err != nil {
		return out, false, err
	}
	return commit(c, doc, shift.MatchDepositInTx)
}
