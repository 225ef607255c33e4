package shifts

import (
	"database/sql"
	"errors"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// Movement is cash that went into or out of a drawer for another reason than a receipt.
type Movement struct {
	ID       id.ID        `json:"id"`
	Shift    id.ID        `json:"shift"`
	Kind     string       `json:"kind"`   // "float", "paid_in", "paid_out", "drop", "skim", "tips_out"
	Amount   money.Amount `json:"amount"` // signed: into the drawer positive
	Book     money.Minor  `json:"book"`   // its value in the book currency, with the same sign
	Purpose  string       `json:"purpose,omitempty"`
	Expense  string       `json:"expense,omitempty"`
	Tax      money.Minor  `json:"tax,omitempty"` // input tax in it
	TaxCode  string       `json:"tax_code,omitempty"`
	Payroll  money.Minor  `json:"payroll,omitempty"`  // tips that are paid with the wages
	Employee string       `json:"employee,omitempty"` // who got the tips or wages
	Reason   string       `json:"reason,omitempty"`
	AtMs     int64        `json:"at_ms"`
}

const movementColumns = `id, shift, kind, currency, amount, book, purpose, expense, tax, tax_code, payroll, employee, reason, at_ms`

const (
	selectMovement  db.SQL = `SELECT ` + movementColumns + ` FROM shift_cash WHERE id = $1`
	selectMovements db.SQL = `SELECT ` + movementColumns + ` FROM shift_cash WHERE shift = $1 ORDER BY at_ms, id`
	insertMovement  db.SQL = `INSERT INTO shift_cash (` + movementColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
)

func scanMovement(row scanner) (Movement, error) {
	var m Movement
	err := row.Scan(&m.ID, &m.Shift, &m.Kind, &m.Amount.Currency, &m.Amount.Minor, &m.Book, &m.Purpose, &m.Expense, &m.Tax, &m.TaxCode,
		&m.Payroll, &m.Employee, &m.Reason, &m.AtMs)
	return m, err
}

// FindMovement reads a movement; ok is false when there is none with this id.
func FindMovement(q db.Q, u id.ID) (m Movement, ok bool, err error) {
	m, err = scanMovement(q.QueryRow(selectMovement, u[:]))
	if errors.Is(err, sql.ErrNoRows) {
		return Movement{}, false, nil
	}
	return m, err == nil, err
}

// Movements lists a shift's movements in the order in which they were recorded.
func Movements(q db.Q, shift id.ID) ([]Movement, error) {
	rows, err := q.Query(selectMovements, shift[:])
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Movement
	for rows.Next() {
		m, err := scanMovement(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, rows.Err()
}

// Same tells whether two commands with one id say the same. What the server adds (value, time) does
// not count.
func (m Movement) Same(n Movement) bool {
	m.Book, m.AtMs, n.Book, n.AtMs = 0, 0, 0, 0
	return m == n
}

// Move records a movement of a shift of a store. The caller has looked for its id before, and checked
// the shift's state.
func Move(tx *db.Tx, store string, m Movement) (Movement, error) {
	if m.ID.IsZero() {
		return Movement{}, ErrNoID
	}
	if err := checkText(m.Expense, m.TaxCode, m.Employee, m.Reason); err != nil {
		return Movement{}, err
	}
	m.AtMs = tx.Now.UnixMilli()
	_, err := tx.Exec(insertMovement, m.ID[:], m.Shift[:], m.Kind, string(m.Amount.Currency), int64(m.Amount.Minor), int64(m.Book),
		m.Purpose, m.Expense, int64(m.Tax), m.TaxCode, int64(m.Payroll), m.Employee, m.Reason, m.AtMs)
	if err != nil {
		return m, err
	}
	return m, outbox.Add(tx, outbox.ShiftMoved, m.Shift.String(), store)
}
