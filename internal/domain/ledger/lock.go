package ledger

import (
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// By says who changes a period, and why.
type By struct {
	Who    string `json:"who"`
	Reason string `json:"reason,omitempty"`
}

// whoMost bounds both texts of By.
const whoMost = 200

// Change is one locking or unlocking of a period. The list of changes is never changed itself.
type Change struct {
	Start     day.Day `json:"start"` // of the period
	No        int64   `json:"no"`    // from 1 for each period
	Locked    bool    `json:"locked"`
	By        By      `json:"by"`
	ChangedMs int64   `json:"changed_ms"`
}

const (
	setPeriod    db.SQL = `UPDATE periods SET state = $2, changed_ms = $3 WHERE start_day = $1`
	insertChange db.SQL = `INSERT INTO period_changes (start_day, change_no, state, who, reason, changed_ms)
		SELECT CAST($1 AS TEXT), COALESCE(MAX(change_no), 0) + 1, CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT) FROM period_changes WHERE start_day = $1`
	selectChanges db.SQL = `SELECT start_day, change_no, state, who, reason, changed_ms FROM period_changes
		WHERE start_day >= $1 AND start_day <= $2 ORDER BY start_day, change_no`
)

// Lock closes the periods from the first day of one to the last day of the same or a later one: what
// arrives for them later counts on the first open day after them. Locks need not be contiguous with
// earlier ones. Periods that are locked already stay as they are.
func Lock(tx *db.Tx, from, to day.Day, by By) ([]Period, error) {
	return setLock(tx, from, to, by, true)
}

// Unlock opens periods again. Entries that were pushed out of them stay where they are.
func Unlock(tx *db.Tx, from, to day.Day, by By) ([]Period, error) {
	return setLock(tx, from, to, by, false)
}

func setLock(tx *db.Tx, from, to day.Day, by By, locked bool) ([]Period, error) {
	if !oneLine(by.Who, whoMost) || utf8.RuneCountInString(by.Reason) > whoMost || !storable(by.Reason) {
		return nil, ErrWho
	}
	periods, err := Periods(tx, from, to)
	if err != nil {
		return nil, err
	}
	n := len(periods)
	if n == 0 || periods[0].Start != from || periods[n-1].End != to {
		return nil, ErrNotPeriods.At(string(from) + ".." + string(to))
	}
	state := "open"
	if locked {
		state = "locked"
	}
	now := tx.Now.UnixMilli()
	for i := range periods {
		p := &periods[i]
		if i > 0 && p.Start != periods[i-1].End.Add(1) {
			return nil, ErrNotPeriods.At(string(p.Start))
		}
		if p.Locked == locked {
			continue
		}
		if _, err := tx.Exec(setPeriod, string(p.Start), state, now); err != nil {
			return nil, err
		}
		if _, err := tx.Exec(insertChange, string(p.Start), state, by.Who, by.Reason, now); err != nil {
			return nil, err
		}
		p.Locked, p.ChangedMs = locked, now
	}
	g, err := open(tx)
	if err != nil {
		return nil, err
	}
	clear(g.opens)
	return periods, nil
}

// Changes lists who locked and unlocked the periods that begin from..to, in order.
func Changes(q db.Q, from, to day.Day) ([]Change, error) {
	if to == "" {
		to = "9999-12-31"
	}
	rows, err := q.Query(selectChanges, string(from), string(to))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Change
	for rows.Next() {
		var c Change
		var state string
		if err := rows.Scan(&c.Start, &c.No, &state, &c.By.Who, &c.By.Reason, &c.ChangedMs); err != nil {
			return nil, err
		}
		c.Locked = state == "locked"
		out = append(out, c)
	}
	return out, rows.Err()
}
