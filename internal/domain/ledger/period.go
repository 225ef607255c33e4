package ledger

import (
	"cmp"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// Period is a month of a fiscal year. Days without a period are open, unless they lie before a lock.
type Period struct {
	Start      day.Day `json:"start"`
	End        day.Day `json:"end"`
	FiscalYear string  `json:"fiscal_year"` // "2026", or "2025/26" when the year does not begin in January
	Locked     bool    `json:"locked"`
	ChangedMs  int64   `json:"changed_ms"`
}

// FiscalStart is the day of the calendar year on which fiscal years begin. The zero FiscalStart
// means: as the periods that exist, or else 1 January.
type FiscalStart struct {
	Month time.Month
	Day   int
}

// ParseFiscalStart reads "MM-DD"; "" is the zero FiscalStart.
func ParseFiscalStart(s string) (FiscalStart, error) {
	if s == "" {
		return FiscalStart{}, nil
	}
	t, err := time.Parse("2006-01-02", "2001-"+s) // 2001 has no 29 February
	if err != nil || t.Year() != 2001 {
		return FiscalStart{}, ErrFiscalStart
	}
	return FiscalStart{t.Month(), t.Day()}, nil
}

// month is the first day of the year's month i (from 0) when the year begins in calendar year y. A
// start on the 31st falls on the last day of shorter months.
func (f FiscalStart) month(y, i int) day.Day {
	first := time.Date(y, f.Month+time.Month(i), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return day.Of(first.AddDate(0, 0, min(f.Day, last)-1))
}

// Year returns the twelve periods of the fiscal year that d lies in.
func (f FiscalStart) Year(d day.Day) []Period {
	if f.Month == 0 {
		f = FiscalStart{time.January, 1}
	}
	y := d.Time().Year()
	if d < f.month(y, 0) {
		y--
	}
	label := strconv.Itoa(y)
	if f.Month != time.January || f.Day != 1 {
		label += "/" + strconv.Itoa(y + 1)[2:]
	}
	out := make([]Period, 12)
	for i := range out {
		out[i] = Period{Start: f.month(y, i), End: f.month(y, i+1).Add(-1), FiscalYear: label}
	}
	return out
}

const (
	insertPeriod db.SQL = `INSERT INTO periods (start_day, end_day, fiscal_year, state, changed_ms) VALUES ($1, $2, $3, $4, $5)`
	selectPeriod db.SQL = `SELECT start_day, end_day, fiscal_year, state, changed_ms FROM periods WHERE start_day <= $2 AND end_day >= $1`
	yearOfDay    db.SQL = `SELECT fiscal_year FROM periods WHERE start_day <= $1 AND end_day >= $1`
	startOfYear  db.SQL = `SELECT MIN(start_day) FROM periods WHERE fiscal_year = $1`
	firstPeriod  db.SQL = `SELECT MIN(start_day) FROM periods`
)

// Periods lists the periods that touch the days from and to, in order; "" is no bound.
func Periods(q db.Q, from, to day.Day) ([]Period, error) {
	if to == "" {
		to = "9999-12-31"
	}
	rows, err := q.Query(selectPeriod, string(from), string(to))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Period
	for rows.Next() {
		var p Period
		var state string
		if err := rows.Scan(&p.Start, &p.End, &p.FiscalYear, &state, &p.ChangedMs); err != nil {
			return nil, err
		}
		p.Locked = state == stateLocked
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b Period) int { return cmp.Compare(a.Start, b.Start) })
	return out, rows.Err()
}

// EnsureYear creates the twelve periods of the fiscal year that d lies in, unless they exist, and
// returns them. Periods before a lock are made locked. Periods with other bounds in that time are ErrPeriodsOverlap.
func EnsureYear(tx *db.Tx, d day.Day, start FiscalStart) ([]Period, error) {
	if _, err := day.Parse(string(d)); err != nil {
		return nil, err
	}
	if start.Month == 0 {
		var err error
		if start, err = existingStart(tx, start); err != nil {
			return nil, err
		}
	}
	year := start.Year(d)
	exist, err := Periods(tx, year[0].Start, year[11].End)
	if err != nil {
		return nil, err
	}
	have := make(map[day.Day]Period, len(exist))
	for _, p := range exist {
		have[p.Start] = p
	}
	var missing []*Period
	for i := range year {
		p := &year[i]
		if was, ok := have[p.Start]; ok && was.End == p.End {
			*p = was
			delete(have, p.Start)
			continue
		}
		p.ChangedMs = tx.Now.UnixMilli()
		missing = append(missing, p)
	}
	if len(have) > 0 {
		return nil, ErrPeriodsOverlap.At(string(year[0].Start))
	}
	return year, add(tx, missing)
}

// add writes new periods. Those that end before a lock are locked from the start: their days are
// closed already.
func add(tx *db.Tx, missing []*Period) error {
	if len(missing) == 0 {
		return nil
	}
	locked, err := LockedTo(tx)
	if err != nil {
		return err
	}
	for _, p := range missing {
		p.Locked = p.End <= locked
		if _, err := tx.Exec(insertPeriod, string(p.Start), string(p.End), p.FiscalYear, p.state(), p.ChangedMs); err != nil {
			return err
		}
		if !p.Locked {
			continue
		}
		var who string
		if err := tx.QueryRow(lockedBy).Scan(&who); err != nil {
			return err
		}
		if _, err := tx.Exec(insertChange, string(p.Start), p.state(), who, "made when everything to "+string(locked)+" was locked", p.ChangedMs); err != nil {
			return err
		}
		if err := outbox.Add(tx, outbox.PeriodLocked, string(p.Start), ""); err != nil {
			return err
		}
	}
	return outbox.Add(tx, outbox.YearOpened, missing[0].FiscalYear, "")
}

// YearStart is the first day of the fiscal year that d lies in: by its period, or else as otherwise
// says (whose zero means: as the periods that exist, or else 1 January).
func YearStart(q db.Q, d day.Day, otherwise FiscalStart) (day.Day, error) {
	var label string
	err := q.QueryRow(yearOfDay, string(d)).Scan(&label)
	if err == nil {
		var start day.Day
		return start, q.QueryRow(startOfYear, label).Scan(&start)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return "", err
	}
	f, err := existingStart(q, otherwise)
	if err != nil {
		return "", err
	}
	return f.Year(d)[0].Start, nil
}

// existingStart reads the fiscal year's start off the first period there is.
func existingStart(q db.Q, f FiscalStart) (FiscalStart, error) {
	if f.Month != 0 {
		return f, nil
	}
	var first sql.NullString
	if err := q.QueryRow(firstPeriod).Scan(&first); err != nil || !first.Valid {
		return FiscalStart{time.January, 1}, err
	}
	t := day.Day(first.String).Time()
	return FiscalStart{t.Month(), t.Day()}, nil
}
