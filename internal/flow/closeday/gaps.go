package closeday

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/domain/tasks"
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

// gapKind and gapKey are also those of the task that a receipt opens when it arrives after a gap: one
// gap is one task, whoever meets it.
const gapKind = "number_gap"

func gapKey(store, register string, g shifts.Gap) string {
	return fmt.Sprintf("gap:%s/%s:%d-%d", store, register, g.First, g.Last)
}

func gapTask(store, register string, g shifts.Gap) tasks.Task {
	return tasks.Task{Kind: gapKind, Key: gapKey(store, register, g), Store: store,
		Message: fmt.Sprintf("register %s/%s has not sent its numbers %d to %d", store, register, g.First, g.Last)}
}

// settleGaps looks at the store's open gap tasks again: numbers that have arrived are settled, what is
// left of a run that arrived in part becomes a task of its own.
func settleGaps(tx *db.Tx, store string) error {
	list, err := tasks.List(tx, tasks.StateOpen)
	if err != nil {
		return err
	}
	for _, t := range list {
		register, g, ok := parseGap(t.Key)
		if t.Kind != gapKind || t.Store != store || !ok {
			continue
		}
		var there int64
		if err := tx.QueryRow(countNumbers, store, register, g.First-1, g.Last).Scan(&there); err != nil {
			return err
		}
		if there == 0 {
			continue
		}
		if _, err := tasks.Resolve(tx, t.Key, fmt.Sprintf("%d of the numbers arrived", there)); err != nil {
			return err
		}
		// The number after the run is there, so the runs end at it.
		left, err := gaps(tx, store, register, g.First-1, g.Last+1)
		if err != nil {
			return err
		}
		for _, l := range left {
			if err := tasks.Open(tx, gapTask(store, register, l)); err != nil {
				return err
			}
		}
	}
	return nil
}

// parseGap reads "gap:S01/R1:5-7".
func parseGap(key string) (register string, g shifts.Gap, ok bool) {
	text, ok := strings.CutPrefix(key, "gap:")
	if !ok {
		return "", g, false
	}
	place, numbers, ok1 := strings.Cut(text, ":")
	_, register, ok2 := strings.Cut(place, "/")
	first, last, ok3 := strings.Cut(numbers, "-")
	var err1, err2 error
	g.First, err1 = strconv.ParseInt(first, 10, 64)
	g.Last, err2 = strconv.ParseInt(last, 10, 64)
	return register, g, ok1 && ok2 && ok3 && err1 == nil && err2 == nil && g.First > 0 && g.Last >= g.First
}
