package shift

import (
	"context"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Movement is the command that moves cash into or out of a shift's drawer without a receipt.
type Movement struct {
	ID     id.ID            `json:"id"`
	Shift  id.ID            `json:"shift"`
	Kind   posting.CashKind `json:"kind"`   // paid_in, paid_out, drop, tips_out
	Amount money.Amount     `json:"amount"` // positive; of tips_out the part from the drawer, which may be zero
	// Rate is what one major unit of a foreign currency is worth; without it the cash keeps the value at
	// which the books carry it.
	Rate     money.Rate          `json:"rate,omitempty"`
	Purpose  posting.CashPurpose `json:"purpose,omitempty"`  // of paid in and out
	Expense  string              `json:"expense,omitempty"`  // kind of expense: the key of its account
	Tax      money.Minor         `json:"tax,omitempty"`      // input tax that a voucher shows, part of Amount
	TaxCode  string              `json:"tax_code,omitempty"` //
	Payroll  money.Minor         `json:"payroll,omitempty"`  // tips that are paid with the wages
	Employee string              `json:"employee,omitempty"` // who gets the tips or wages
	Reason   string              `json:"reason,omitempty"`
}

// Move records a movement and books it. A shift that was counted takes no more movements.
func Move(ctx context.Context, d *db.DB, m Movement) (shifts.Movement, error) {
	return write(ctx, d, func(tx *db.Tx) (shifts.Movement, bool, error) { return MoveInTx(tx, m) })
}

// MoveInTx is Move inside a transaction; fresh is false for a movement that was recorded before.
func MoveInTx(tx *db.Tx, m Movement) (row shifts.Movement, fresh bool, err error) {
	t, err := open(tx)
	if err != nil {
		return shifts.Movement{}, false, err
	}
	if err := m.check(t.shop.Book); err != nil {
		return shifts.Movement{}, false, err
	}
	s, err := shifts.Get(tx, m.Shift)
	if err != nil {
		return shifts.Movement{}, false, err
	}
	row = m.row()
	if was, ok, err := shifts.FindMovement(tx, m.ID); err != nil || ok {
		if err == nil && !was.Same(row) {
			err = shifts.ErrOtherContent.At("id")
		}
		return was, false, err
	}
	if s.State != shifts.Open {
		return shifts.Movement{}, false, shifts.ErrNotOpen.Named("shift", s.ID.String())
	}
	carried := holdings{}
	if m.Amount.Currency != t.shop.Book {
		if carried, err = expected(tx, s); err != nil {
			return shifts.Movement{}, false, err
		}
	}
	book, err := value(row.Amount, carried[m.Amount.Currency], m.Rate, t.shop.Book)
	if err != nil {
		return shifts.Movement{}, false, err
	}
	row.Book = book
	if row, err = shifts.Move(tx, s.Store, row); err != nil {
		return shifts.Movement{}, false, err
	}
	if err := t.accounts(s.Store, s.Drawer, []money.Currency{m.Amount.Currency}); err != nil {
		return shifts.Movement{}, false, err
	}
	if _, err := EnsureSafeAccount(tx, s.Store, m.Amount.Currency); err != nil {
		return shifts.Movement{}, false, err
	}
	employee := m.Employee
	if employee == "" {
		employee = s.Employee
	}
	return row, true, t.post(posting.MoveCash(posting.CashMove{
		ID:     m.ID,
		Holder: posting.Holder{Shift: s.ID, Store: s.Store, Register: s.Register, Drawer: s.Drawer, Employee: employee, Day: s.Day},
		Kind:   m.Kind, Cash: posting.Cash{Amount: m.Amount, Book: book.Abs()}, Purpose: m.Purpose, Expense: m.Expense,
		Tax: m.Tax, TaxCode: m.TaxCode, Payroll: m.Payroll, Memo: m.Reason,
	}, t.books))
}

// row is the movement as it is stored: signed, without its value.
func (m Movement) row() shifts.Movement {
	a := m.Amount
	if m.Kind != posting.CashPaidIn {
		a.Minor = -a.Minor
	}
	return shifts.Movement{ID: m.ID, Shift: m.Shift, Kind: string(m.Kind), Amount: a, Purpose: string(m.Purpose), Expense: m.Expense,
		Tax: m.Tax, TaxCode: m.TaxCode, Payroll: m.Payroll, Employee: m.Employee, Reason: m.Reason}
}

// check completes the command and refuses what can never work.
func (m *Movement) check(book money.Currency) error {
	if m.ID.IsZero() {
		return shifts.ErrNoID
	}
	paid := m.Kind == posting.CashPaidIn || m.Kind == posting.CashPaidOut
	switch m.Kind {
	case posting.CashPaidIn, posting.CashPaidOut:
		if m.Purpose == "" {
			m.Purpose = posting.PurposeExpense
		}
	case posting.CashDrop:
	case posting.CashTipsOut:
		return m.checkTips(book)
	default:
		return ErrKind.At("kind")
	}
	if err := shifts.CheckAmount(m.Amount); err != nil {
		return err
	}
	expense := paid && m.Purpose == posting.PurposeExpense
	switch {
	case m.Payroll != 0, !paid && m.Purpose != "", !expense && (m.Expense != "" || m.TaxCode != ""), m.Rate < 0,
		m.Employee != "" && m.Purpose != posting.PurposeWages:
		return ErrDetail
	case m.Tax != 0 && (!expense || m.Amount.Currency != book || m.Tax < 0 || m.Tax > m.Amount.Minor):
		return ErrTax.At("tax")
	}
	return nil
}

func (m *Movement) checkTips(book money.Currency) error {
	if m.Amount.Currency == "" && m.Amount.Minor == 0 {
		m.Amount.Currency = book
	}
	switch {
	case m.Amount.Currency != book, m.Amount.Minor < 0, m.Payroll < 0, m.Amount.Minor == 0 && m.Payroll == 0,
		m.Amount.Minor.CheckRange() != nil, m.Payroll.CheckRange() != nil:
		return ErrTips
	case m.Purpose != "", m.Expense != "", m.TaxCode != "", m.Tax != 0, m.Rate != 0:
		return ErrDetail
	}
	return nil
}
