package closeday

import (
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// gapsMost bounds the runs of missing numbers that a seal lists; Missing counts them all.
const gapsMost = 1000

const (
	countNumbers db.SQL = `SELECT COUNT(*) FROM receipts WHERE store = $1 AND register = $2 AND number > $3 AND number <= $4`
	selectGaps   db.SQL = `SELECT before, number FROM (
		SELECT LAG(number, 1, CAST($3 AS BIGINT)) OVER (ORDER BY number) AS before, number FROM receipts
		WHERE store = $1 AND register = $2 AND number > $3 AND number <= $4) x
		WHERE number > before + 1 ORDER BY number LIMIT $5`
)

// findGaps fills in the numbers that are missing since the register's last sealed day. They are
// counted in the index of numbers; only when some are missing are they looked for.
func findGaps(q db.Q, s *shifts.Seal) error {
	from, err := shifts.SealedTo(q, s.Store, s.Register, s.Day)
	if err != nil || from >= s.Last {
		return err
	}
	var there int64
	if err := q.QueryRow(countNumbers, s.Store, s.Register, from, s.Last).Scan(&there); err != nil {
		return err
	}
	s.Missing = s.Last - from - there
	if s.Missing > 0 {
		s.Gaps, err = gaps(q, s.Store, s.Register, from, s.Last)
	}
	return err
}

// gaps lists the runs of missing numbers above after, up to a number that is there.
func gaps(q db.Q, store, register string, after, to int64) ([]shifts.Gap, error) {
	rows, err := q.Query(selectGaps, store, register, after, to, int64(gapsMost))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []shifts.Gap
	for rows.Next() {
		var before, number int64
		if err := rows.Scan(&before, &number); err != nil {
			return nil, err
		}
		out = append(out, shifts.Gap{First: before + 1, Last: number - 1})
	}
	return out, rows.Err()
}
