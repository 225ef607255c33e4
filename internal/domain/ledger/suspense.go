package ledger

import (
	"cmp"
	"slices"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Suspended is what waits in suspense under one key until somebody maps it.
type Suspended struct {
	Key    string      `json:"key"` // "tender:PayLater-X"
	Amount money.Minor `json:"amount"`
}

const selectSuspense db.SQL = `SELECT l.unknown, CAST(SUM(l.amount) AS BIGINT) FROM entry_lines l JOIN entries e ON e.seq = l.entry_seq
	WHERE l.unknown <> '' AND e.effective_day <= $1 GROUP BY l.unknown HAVING SUM(l.amount) <> 0`

// Suspense lists what stands in suspense at the end of a day, by key. Keys that came to nothing, or
// were mapped and reclassed, are left out.
func Suspense(q db.Q, to day.Day) ([]Suspended, error) {
	rows, err := q.Query(selectSuspense, string(to))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Suspended
	for rows.Next() {
		var s Suspended
		if err := rows.Scan(&s.Key, &s.Amount); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b Suspended) int { return cmp.Compare(a.Key, b.Key) })
	return out, rows.Err()
}
