package stockreport

import (
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// place is where a level stands.
type place struct{ location, item string }

const (
	selectMoves db.SQL = `SELECT location, item, qty, value FROM stock_moves`
	// The entries of later days begin at a sequence number, and no entry counts before its business
	// day: the moves before it are not read. The number that no entry reaches means that there are none.
	selectLater db.SQL = `SELECT location, item, qty, value FROM stock_moves
	WHERE entry_seq >= (SELECT COALESCE(MIN(seq), 9223372036854775807) FROM entries WHERE effective_day > $1) AND business_day > $1
	AND (CAST($2 AS TEXT) = '' OR location = $2) AND (CAST($3 AS TEXT) = '' OR item = $3)`
)

// eachMove reads moves in one pass. They are added up by the caller: SQLite groups by sorting, and to
// sort a year of sales takes three times as long as to read them.
func eachMove(q db.Q, text db.SQL, args []any, add func(at place, n qty.Qty, v money.Minor)) error {
	rows, err := q.Query(text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var at place
		var n qty.Qty
		var v money.Minor
		if err := rows.Scan(&at.location, &at.item, &n, &v); err != nil {
			return err
		}
		add(at, n, v)
	}
	return rows.Err()
}
