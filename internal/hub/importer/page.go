package importer

import (
	"database/sql"
	"errors"
	"math"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Stored is an import as it stands in the books, with all that it has settled.
type Stored struct {
	ID      id.ID
	Source  string
	File    string
	Store   string
	Done    bool // else it was stopped, or somebody works on it
	Counts  Counts
	Total   money.Minor
	Started time.Time
	Changed time.Time
}

// Place is where the import stands in a list.
func (s *Stored) Place() Place { return Place{s.Started.UnixMilli(), s.ID} }

// Place is where an import stands in a list.
type Place struct {
	StartedMs int64 `json:"s"`
	ID        id.ID `json:"i"`
}

const (
	storedColumns = `SELECT id, source, file_name, store, state, documents, rows_done, receipts, lines, adjustments, movements, controls, repeated,
		quarantined, unexplained, cured, total, started_ms, changed_ms FROM import_runs`
	selectStored db.SQL = storedColumns + ` WHERE id = $1`
	selectPage   db.SQL = storedColumns + ` WHERE started_ms < $1 OR started_ms = $1 AND id < $2 ORDER BY started_ms DESC, id DESC LIMIT $3`
)

// Find returns an import, or ErrNoRun.
func Find(q db.Q, u id.ID) (Stored, error) {
	s, err := scanStored(q.QueryRow(selectStored, u[:]))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNoRun.At(u.String())
	}
	return s, err
}

// Page is the next most imports behind a place, the latest first; the zero Place is before it.
func Page(q db.Q, after Place, most int) ([]Stored, error) {
	if after == (Place{}) {
		after.StartedMs = math.MaxInt64
	}
	rows, err := q.Query(selectPage, after.StartedMs, after.ID[:], int64(most))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Stored
	for rows.Next() {
		s, err := scanStored(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

type scanner interface{ Scan(dest ...any) error }

func scanStored(row scanner) (s Stored, err error) {
	var state string
	var started, changed int64
	c := &s.Counts
	err = row.Scan(&s.ID, &s.Source, &s.File, &s.Store, &state, &c.Documents, &c.Rows, &c.Receipts, &c.Lines, &c.Adjustments, &c.Movements,
		&c.Controls, &c.Repeated, &c.Quarantined, &c.Unexplained, &c.Cured, &s.Total, &started, &changed)
	s.Done, s.Started, s.Changed = state == stateDone, time.UnixMilli(started).UTC(), time.UnixMilli(changed).UTC()
	return s, err
}

// RowPlace is where a row stands among those in quarantine of its import.
type RowPlace struct {
	Row      int64  `json:"r"`
	External string `json:"e"`
}

// Place is where the row stands.
func (q *QuarantineRow) Place() RowPlace { return RowPlace{q.Row, q.External} }

const selectRows db.SQL = `SELECT q.run, r.file_name, q.row_no, q.external, q.code, q.reason, q.raw FROM import_quarantine q
	JOIN import_runs r ON r.id = q.run WHERE q.run = $1 AND q.state = 'open' AND (q.row_no > $2 OR q.row_no = $2 AND q.external > $3)
	ORDER BY q.row_no, q.external LIMIT $4`

// QuarantineOf is the next most open rows of an import behind a place, in the order of the file; the zero
// place is before the first.
func QuarantineOf(q db.Q, run id.ID, after RowPlace, most int) ([]QuarantineRow, error) {
	rows, err := q.Query(selectRows, run[:], after.Row, after.External, int64(most))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []QuarantineRow
	for rows.Next() {
		var x QuarantineRow
		if err := rows.Scan(&x.Run, &x.File, &x.Row, &x.External, &x.Code, &x.Reason, &x.Raw); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, rows.Err()
}
