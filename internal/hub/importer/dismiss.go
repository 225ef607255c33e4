package importer

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

const (
	selectStore db.SQL = `SELECT store FROM import_runs WHERE id = $1`
	selectAt    db.SQL = `SELECT DISTINCT q.run FROM import_quarantine q JOIN import_runs r ON r.id = q.run
		WHERE q.state = 'open' AND r.file_name = $1 AND q.row_no = $2 ORDER BY q.run`
	dismissRows db.SQL = `UPDATE import_quarantine SET state = 'done' WHERE run = $1 AND row_no = $2 AND state = 'open'`
)

// Dismiss takes what waits at a line of an import out of the quarantine without it ever coming into the
// books: a footer, a copy, a row that was entered by hand. It returns how many documents waited there;
// none is ErrNotWaiting. Who did it is in the log, under the import and the line.
func Dismiss(tx *db.Tx, run id.ID, row int64) (int64, error) {
	var store string
	err := tx.QueryRow(selectStore, run[:]).Scan(&store)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrNoRun
	}
	if err != nil {
		return 0, err
	}
	n, err := tx.Exec(dismissRows, run[:], row)
	if err == nil && n == 0 {
		err = ErrNotWaiting
	}
	if err != nil {
		return 0, err
	}
	return n, outbox.Add(tx, outbox.QuarantineRowDismissed, fmt.Sprintf("%s/%d", run, row), store)
}

// DismissOf is Dismiss for all imports of files of this name.
func DismissOf(tx *db.Tx, file string, row int64) (n int64, err error) {
	runs, err := waitingAt(tx, file, row)
	if err == nil && len(runs) == 0 {
		err = ErrNotWaiting.At(fmt.Sprintf("%s line %d", file, row))
	}
	for _, run := range runs {
		if err != nil {
			break
		}
		var of int64
		of, err = Dismiss(tx, run, row)
		n += of
	}
	return n, err
}

func waitingAt(q db.Q, file string, row int64) (runs []id.ID, err error) {
	rows, err := q.Query(selectAt, file, row)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var run id.ID
		if err := rows.Scan(&run); err != nil {
			return nil, err
		}
		runs = append(runs, run)
	}
	return runs, rows.Err()
}
