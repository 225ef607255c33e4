package importer

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// The states of a run.
const (
	stateRunning = "running"
	stateDone    = "done"
)

const (
	selectRun db.SQL = `SELECT state, documents, rows_done, receipts, lines, adjustments, movements, controls, repeated, quarantined, unexplained,
		cured, total FROM import_runs WHERE id = $1`
	insertRun db.SQL = `INSERT INTO import_runs (id, source, file_name, file_hash, store, state, started_ms, changed_ms)
		VALUES ($1, $2, $3, $4, $5, 'running', $6, $6)`
	markRun db.SQL = `UPDATE import_runs SET documents = $2, rows_done = $3, receipts = $4, lines = $5, adjustments = $6, movements = $7,
		controls = $8, repeated = $9, quarantined = $10, unexplained = $11, cured = $12, total = $13, changed_ms = $14 WHERE id = $1`
	finishRun db.SQL = `UPDATE import_runs SET state = 'done', changed_ms = $2 WHERE id = $1 AND state <> 'done'`
)

// start finds the run of an earlier attempt, or begins one. It returns the run's state.
func (r *run) start(ctx context.Context, name string, hash []byte) (state string, err error) {
	err = r.d.Write(ctx, func(tx *db.Tx) error {
		var c Counts
		var total money.Minor
		err := tx.QueryRow(selectRun, r.id[:]).Scan(&state, &c.Documents, &c.Rows, &c.Receipts, &c.Lines, &c.Adjustments, &c.Movements,
			&c.Controls, &c.Repeated, &c.Quarantined, &c.Unexplained, &c.Cured, &total)
		if errors.Is(err, sql.ErrNoRows) {
			state = stateRunning
			if _, err = tx.Exec(insertRun, r.id[:], r.source, clean(name), hash, r.o.Store, tx.Now.UnixMilli()); err != nil {
				return err
			}
			err = outbox.Add(tx, outbox.ImportStarted, r.id.String(), r.o.Store)
		}
		if err != nil {
			return err
		}
		r.counts, r.total = c, total
		r.waits, err = waiting(tx, r.source, r.o.Store)
		return err
	})
	return state, err
}

// mark notes how far the run is, in the transaction of the documents that brought it there.
func (s *settling) mark() error {
	if s.o.DryRun {
		return nil
	}
	c := &s.counts
	_, err := s.tx.Exec(markRun, s.id[:], c.Documents, c.Rows, c.Receipts, c.Lines, c.Adjustments, c.Movements, c.Controls, c.Repeated,
		c.Quarantined, c.Unexplained, c.Cured, int64(s.total), s.tx.Now.UnixMilli())
	return err
}

func (r *run) finish(ctx context.Context) error {
	return r.d.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(finishRun, r.id[:], tx.Now.UnixMilli())
		if err != nil || n == 0 {
			return err
		}
		return outbox.Add(tx, outbox.ImportFinished, r.id.String(), r.o.Store)
	})
}

// RunRow is one import as it stands in the books.
type RunRow struct {
	ID          id.ID     `json:"id"`
	Source      string    `json:"source"`
	File        string    `json:"file"`
	Store       string    `json:"store"`
	State       string    `json:"state"`
	Documents   int64     `json:"documents"`
	Rows        int64     `json:"rows"`
	Receipts    int64     `json:"receipts"`
	Repeated    int64     `json:"repeated"`
	Quarantined int64     `json:"quarantined"`
	Started     time.Time `json:"started"`
}

const selectRuns db.SQL = `SELECT id, source, file_name, store, state, documents, rows_done, receipts, repeated, quarantined, started_ms
	FROM import_runs ORDER BY started_ms, id`

// Runs lists the imports, the oldest first.
func Runs(q db.Q) ([]RunRow, error) {
	rows, err := q.Query(selectRuns)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []RunRow
	for rows.Next() {
		var x RunRow
		var ms int64
		if err := rows.Scan(&x.ID, &x.Source, &x.File, &x.Store, &x.State, &x.Documents, &x.Rows, &x.Receipts, &x.Repeated,
			&x.Quarantined, &ms); err != nil {
			return nil, err
		}
		x.Started = time.UnixMilli(ms).UTC()
		out = append(out, x)
	}
	return out, rows.Err()
}
