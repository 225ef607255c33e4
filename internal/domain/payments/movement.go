package payments

import (
	"time"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/pan"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// MovementKind says what a line of a processor's or bank's activity is.
type MovementKind string

// The kinds of movement.
const (
	Charge     MovementKind = "charge"     // a payment arrived; its sale is a receipt
	Refund     MovementKind = "refund"     // a payment went back; Gross negative
	FeeOnly    MovementKind = "fee"        // a fee that stands alone
	Payout     MovementKind = "payout"     // the processor pays the bank; Gross negative as in its statement
	Hold       MovementKind = "hold"       // withheld; Gross negative
	Release    MovementKind = "release"    // a hold released; Gross positive
	Dispute    MovementKind = "dispute"    // a chargeback taken (negative) or won back (positive)
	Adjust     MovementKind = "adjustment" // anything that the processor does not explain
	BadDebt    MovementKind = "bad_debt"   // a receivable written off (negative) or recovered (positive)
	ServiceFee MovementKind = "bank_fee"   // bank or marketplace charge that stands alone
)

// Movement is one line of a processor's or bank's account, as delivered.
type Movement struct {
	ID          id.ID          `json:"id"` // derived from the source and its own number: the idempotency key
	At          time.Time      `json:"at"`
	BusinessDay day.Day        `json:"business_day"`
	Kind        MovementKind   `json:"kind"`
	Processor   string         `json:"processor"` // "stripe", "paypal", "square"; empty when the shop's own records say it
	Currency    money.Currency `json:"currency"`
	Gross       money.Minor    `json:"gross"` // signed as in the processor's account: incoming positive
	Fee         money.Minor    `json:"fee"`   // positive: what the processor kept
	Net         money.Minor    `json:"net"`   // Gross - Fee
	Reference   string         `json:"reference,omitempty"`
	Payout      string         `json:"payout,omitempty"` // id of the payout that it is part of, when known
	External    string         `json:"external,omitempty"`
	Source      string         `json:"source,omitempty"`
	Note        string         `json:"note,omitempty"` // for the entry's memo; not stored with the movement
}

const (
	insertMovement db.SQL = `INSERT INTO movements (id, processor, kind, at_ms, business_day, currency, gross, fee, net, reference, payout, external, source)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (id) DO NOTHING`
	selectMovement db.SQL = `SELECT id, processor, kind, at_ms, business_day, currency, gross, fee, net, reference, payout, external, source
		FROM movements WHERE id = $1`
	selectMovements db.SQL = `SELECT id, processor, kind, at_ms, business_day, currency, gross, fee, net, reference, payout, external, source
		FROM movements WHERE processor = $1 AND business_day >= $2 AND business_day <= $3 ORDER BY at_ms, id`
)

// Record stores a movement. It tells whether the movement is new: the same one again changes
// nothing, the same id with other content is ErrMovementDiffers.
func Record(tx *db.Tx, m Movement) (fresh bool, err error) {
	if err := m.check(); err != nil {
		return false, err
	}
	n, err := tx.Exec(insertMovement, m.ID[:], m.Processor, string(m.Kind), m.At.UnixMilli(), string(m.BusinessDay), string(m.Currency),
		int64(m.Gross), int64(m.Fee), int64(m.Net), m.Reference, m.Payout, m.External, m.Source)
	if err != nil {
		return false, err
	}
	if n > 0 {
		return true, outbox.Add(tx, outbox.MovementRecorded, m.ID.String(), "")
	}
	old, err := scanMovement(tx.QueryRow(selectMovement, m.ID[:]))
	if err != nil {
		return false, err
	}
	m.At, m.Note = time.UnixMilli(m.At.UnixMilli()).UTC(), ""
	if old != m {
		return false, ErrMovementDiffers.At(m.External)
	}
	return false, nil
}

func (m *Movement) check() error {
	if m.ID.IsZero() {
		return ErrMovementID
	}
	switch m.Kind {
	case Charge, Refund, FeeOnly, Payout, Hold, Release, Dispute, Adjust, BadDebt, ServiceFee:
	default:
		return ErrMovementKind
	}
	if _, err := day.Parse(string(m.BusinessDay)); err != nil {
		return ErrMovementDay
	}
	if _, err := money.ParseCurrency(string(m.Currency)); err != nil {
		return err
	}
	for _, a := range [...]money.Minor{m.Gross, m.Fee, m.Net} {
		if a.CheckRange() != nil {
			return ErrMovementAmount
		}
	}
	if m.Gross-m.Fee != m.Net {
		return ErrMovementAmount
	}
	for _, s := range [...]string{m.Processor, m.Reference, m.Payout, m.External, m.Source} {
		if len(s) > textMost || !printable(s) {
			return ErrMovementText
		}
		if pan.Found(s) {
			return ErrMovementCard
		}
	}
	if len(m.Note) > noteMost || !utf8.ValidString(m.Note) {
		return ErrMovementText
	}
	if pan.Found(m.Note) {
		return ErrMovementCard
	}
	return nil
}

// ListMovements returns a processor's movements of the business days from first to last, oldest
// first.
func ListMovements(q db.Q, processor string, first, last day.Day) ([]Movement, error) {
	rows, err := q.Query(selectMovements, processor, string(first), string(last))
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

type scanner interface{ Scan(dest ...any) error }

func scanMovement(row scanner) (Movement, error) {
	var m Movement
	var ms int64
	err := row.Scan(&m.ID, &m.Processor, &m.Kind, &ms, &m.BusinessDay, &m.Currency, &m.Gross, &m.Fee, &m.Net,
		&m.Reference, &m.Payout, &m.External, &m.Source)
	m.At = time.UnixMilli(ms).UTC()
	return m, err
}
