package shifts

import (
	"database/sql"
	"errors"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// Deposit is a bag of cash that left a safe for the bank. It is in transit until it is matched with a
// line of a statement.
type Deposit struct {
	ID        id.ID       `json:"id"`
	Store     string      `json:"store"`
	Day       day.Day     `json:"business_day"` // on which it left
	Amount    money.Minor `json:"amount"`       // in the book currency, as written on the slip
	Reference string      `json:"reference,omitempty"`
	SentMs    int64       `json:"sent_ms"`
	MatchID   id.ID       `json:"match,omitzero"`
	Statement string      `json:"statement,omitempty"` // the statement's line
	Credited  money.Minor `json:"credited,omitempty"`  // what the bank counted
	MatchedMs int64       `json:"matched_ms,omitempty"`
}

const depositColumns = `id, store, business_day, amount, reference, sent_ms, match_id, statement, credited, matched_ms`

const (
	selectDeposit db.SQL = `SELECT ` + depositColumns + ` FROM cash_deposits WHERE id = $1`
	selectTransit db.SQL = `SELECT ` + depositColumns + ` FROM cash_deposits WHERE match_id IS NULL AND store = $1 ORDER BY sent_ms, id`
	insertDeposit db.SQL = `INSERT INTO cash_deposits (id, store, business_day, amount, reference, sent_ms) VALUES ($1, $2, $3, $4, $5, $6)`
	matchDeposit  db.SQL = `UPDATE cash_deposits SET match_id = $2, statement = $3, credited = $4, matched_ms = $5 WHERE id = $1 AND match_id IS NULL`
)

func scanDeposit(row scanner) (Deposit, error) {
	var p Deposit
	err := row.Scan(&p.ID, &p.Store, &p.Day, &p.Amount, &p.Reference, &p.SentMs, &p.MatchID, &p.Statement, &p.Credited, &p.MatchedMs)
	return p, err
}

// FindDeposit reads a bag, or ErrNoDeposit.
func FindDeposit(q db.Q, u id.ID) (Deposit, error) {
	p, err := scanDeposit(q.QueryRow(selectDeposit, u[:]))
	if errors.Is(err, sql.ErrNoRows) {
		return Deposit{}, ErrNoDeposit.Named("bag", u.String())
	}
	return p, err
}

// InTransit lists a store's bags that no statement has shown yet, the oldest first.
func InTransit(q db.Q, store string) ([]Deposit, error) {
	rows, err := q.Query(selectTransit, store)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Deposit
	for rows.Next() {
		p, err := scanDeposit(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// Send records a bag. It returns false when the same bag was recorded before.
func Send(tx *db.Tx, p Deposit) (Deposit, bool, error) {
	if p.ID.IsZero() {
		return Deposit{}, false, ErrNoID
	}
	if err := checkText(p.Reference); err != nil {
		return Deposit{}, false, err
	}
	if p.Amount <= 0 || p.Amount.CheckRange() != nil {
		return Deposit{}, false, ErrAmount
	}
	was, err := scanDeposit(tx.QueryRow(selectDeposit, p.ID[:]))
	if err == nil {
		if was.Store != p.Store || was.Amount != p.Amount || was.Reference != p.Reference {
			return Deposit{}, false, ErrOtherContent.At("id")
		}
		return was, false, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return Deposit{}, false, err
	}
	p.SentMs = tx.Now.UnixMilli()
	_, err = tx.Exec(insertDeposit, p.ID[:], p.Store, string(p.Day), int64(p.Amount), p.Reference, p.SentMs)
	if err != nil {
		return p, false, err
	}
	return p, true, outbox.Add(tx, outbox.BankDepositSent, p.ID.String(), p.Store)
}

// Match records that a statement line shows the bag. It returns false when the same match was
// recorded before; a bag is matched once.
func Match(tx *db.Tx, bag, match id.ID, statement string, credited money.Minor) (Deposit, bool, error) {
	if match.IsZero() {
		return Deposit{}, false, ErrNoID
	}
	if err := checkText(statement); err != nil {
		return Deposit{}, false, err
	}
	if credited <= 0 || credited.CheckRange() != nil {
		return Deposit{}, false, ErrAmount
	}
	p, err := FindDeposit(tx, bag)
	if err != nil {
		return Deposit{}, false, err
	}
	if !p.MatchID.IsZero() {
		if p.MatchID != match || p.Statement != statement || p.Credited != credited {
			return Deposit{}, false, ErrMatched.Named("bag", bag.String())
		}
		return p, false, nil
	}
	p.MatchID, p.Statement, p.Credited, p.MatchedMs = match, statement, credited, tx.Now.UnixMilli()
	_, err = tx.Exec(matchDeposit, bag[:], match[:], statement, int64(credited), p.MatchedMs)
	if err != nil {
		return p, false, err
	}
	return p, true, outbox.Add(tx, outbox.BankDepositMatched, p.ID.String(), p.Store)
}
