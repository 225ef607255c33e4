package shifts

import (
	"database/sql"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Filter says which shifts are listed; what is empty does not restrict.
type Filter struct {
	Store string
	Day   day.Day
	State State
}

// Listed is a shift with its place in the order of opening.
type Listed struct {
	Shift
	Number int64 `json:"number"` // counts all shifts
}

const (
	pageShifts db.SQL = `SELECT ` + shiftColumns + `, number FROM shifts WHERE ($1 = '' OR store = $1) AND ($2 = '' OR business_day = $2)
		AND ($3 = '' OR state = $3) AND number > $4 ORDER BY number LIMIT $5`
	pageTransit db.SQL = `SELECT ` + depositColumns + ` FROM cash_deposits WHERE match_id IS NULL AND ($1 = '' OR store = $1)
		AND (sent_ms > $2 OR sent_ms = $2 AND id > $3) ORDER BY sent_ms, id LIMIT $4`
	pageSeals db.SQL = `SELECT ` + sealColumns + ` FROM day_closes WHERE ($1 = '' OR store = $1) AND ($2 = '' OR business_day = $2)
		AND (business_day, store, register) > ($3, $4, $5) ORDER BY business_day, store, register LIMIT $6`
)

// Page reads the next most shifts behind a number (0 for the first page), in the order of opening.
func Page(q db.Q, f Filter, after int64, most int) ([]Listed, error) {
	return page(q, func(rows *sql.Rows) (l Listed, err error) {
		l.Shift, err = scan(behind{rows, &l.Number})
		return l, err
	}, pageShifts, f.Store, string(f.Day), string(f.State), after, int64(most))
}

// behind scans a column more than asked for.
type behind struct {
	row  scanner
	into any
}

// Scan reads the columns and the one behind them.
func (b behind) Scan(dest ...any) error { return b.row.Scan(append(dest, b.into)...) }

// InTransitAfter reads the next most bags that no statement has shown yet behind one of them (the zero
// Deposit for the first page), of a store or of all, the oldest first.
func InTransitAfter(q db.Q, store string, after Deposit, most int) ([]Deposit, error) {
	return page(q, func(rows *sql.Rows) (Deposit, error) { return scanDeposit(rows) }, pageTransit, store, after.SentMs, after.ID[:], int64(most))
}

// SealsAfter reads the next most seals behind one of them (the zero Seal for the first page) by day, store
// and register; an empty store or day does not restrict.
func SealsAfter(q db.Q, store string, on day.Day, after Seal, most int) ([]Seal, error) {
	return page(q, func(rows *sql.Rows) (Seal, error) { return scanSeal(rows) }, pageSeals, store, string(on), string(after.Day), after.Store,
		after.Register, int64(most))
}

func page[T any](q db.Q, scan func(*sql.Rows) (T, error), query db.SQL, args ...any) ([]T, error) {
	rows, err := q.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		row, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, rows.Err()
}
