package ledger

import (
	"strings"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
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

// The states of a period's row.
const (
	stateOpen   = "open"
	stateLocked = "locked"
)

const (
	lockedTo db.SQL = `SELECT COALESCE(MAX(end_day), '') FROM periods WHERE state = 'locked'`
	lockedBy db.SQL = `SELECT COALESCE((SELECT who FROM period_changes WHERE start_day =
		(SELECT MAX(start_day) FROM periods WHERE state = 'locked') ORDER BY change_no DESC LIMIT 1), '')`
	setPeriod    db.SQL = `UPDATE periods SET state = $2, changed_ms = $3 WHERE start_day = $1`
	insertChange db.SQL = `INSERT INTO period_changes (start_day, change_no, state, who, reason, changed_ms)
		SELECT CAST($1 AS TEXT), COALESCE(MAX(change_no), 0) + 1, CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT) FROM period_changes WHERE start_day = $1`
	selectChanges db.SQL = `SELECT start_day, change_no, state, who, reason, changed_ms FROM period_changes
		WHERE start_day >= $1 AND start_day <= $2 ORDER BY start_day, change_no`
)

// LockedTo is the last day that is closed, "" when nothing is locked. Everything up to it is closed:
// also earlier years, and days before the first period. What arrives for them counts on the next day.
func LockedTo(q db.Q) (day.Day, error) {
	var d string
	err := q.QueryRow(lockedTo).Scan(&d)
	return day.Day(d), err
}

// Lock closes the periods from the first day of one to the last day of the same or a later one, and
// with them everything before: the opening balances of a locked period would move otherwise. Earlier
// periods that are still open are locked too. Periods that are locked already stay as they are. The
// periods from..to are returned.
func Lock(tx *db.Tx, from, to day.Day, by By) ([]Period, error) {
	periods, err := span(tx, from, to, by)
	if err != nil {
		return nil, err
	}
	earlier, err := Periods(tx, "", from.Add(-1))
	if err != nil {
		return nil, err
	}
	with := By{Who: by.Who, Reason: strings.TrimSuffix("with "+string(from)+": "+by.Reason, ": ")}
	if err := set(tx, earlier, true, with); err != nil {
		return nil, err
	}
	return periods, set(tx, periods, true, by)
}

// Unlock opens periods again, from the last one backwards: while a later one is locked the answer is
// ErrLaterLocked. Entries that were pushed out of them stay where they are.
func Unlock(tx *db.Tx, from, to day.Day, by By) ([]Period, error) {
	periods, err := span(tx, from, to, by)
	if err != nil {
		return nil, err
	}
	locked, err := LockedTo(tx)
	if err != nil {
		return nil, err
	}
	if locked > to {
		return nil, ErrLaterLocked.Named("to", string(locked))
	}
	return periods, set(tx, periods, false, by)
}

// span reads the periods of an order to lock or unlock.
func span(tx *db.Tx, from, to day.Day, by By) ([]Period, error) {
	if !oneLine(by.Who, whoMost) || utf8.RuneCountInString(by.Reason) > whoMost || !storable(by.Reason) {
		return nil, ErrWho
	}
	periods, err := Periods(tx, from, to)
	if err != nil {
		return nil, err
	}
	n := len(periods)
	if n == 0 || periods[0].Start != from || periods[n-1].End != to {
		return nil, ErrNotPeriods.Named("from", string(from)+".."+string(to))
	}
	for i := 1; i < n; i++ {
		if periods[i].Start != periods[i-1].End.Add(1) {
			return nil, ErrNotPeriods.Named("from", string(periods[i].Start))
		}
	}
	return periods, nil
}

// set writes the state of the periods that have another, and who changed it.
func set(tx *db.Tx, periods []Period, locked bool, by By) error {
	now := tx.Now.UnixMilli()
	for i := range periods {
		p := &periods[i]
		if p.Locked == locked {
			continue
		}
		p.Locked, p.ChangedMs = locked, now
		if _, err := tx.Exec(setPeriod, string(p.Start), p.state(), now); err != nil {
			return err
		}
		if _, err := tx.Exec(insertChange, string(p.Start), p.state(), by.Who, by.Reason, now); err != nil {
			return err
		}
		topic := outbox.PeriodUnlocked
		if locked {
			topic = outbox.PeriodLocked
		}
		if err := outbox.Add(tx, topic, string(p.Start), ""); err != nil {
			return err
		}
	}
	g, err := open(tx)
	if err == nil {
		g.lockRead = false
	}
	return err
}

// state is how the period's row says it.
func (p *Period) state() string {
	if p.Locked {
		return stateLocked
	}
	return stateOpen
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
		c.Locked = state == stateLocked
		out = append(out, c)
	}
	return out, rows.Err()
}
