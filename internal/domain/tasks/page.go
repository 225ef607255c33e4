package tasks

import (
	"database/sql"
	"errors"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Wanted says which tasks a list has. An empty Store or Kind does not narrow it.
type Wanted struct {
	State string // StateOpen or StateDone
	Store string
	Kind  string
}

// Place is where the task stands in a list.
func (t *Task) Place() Place { return Place{t.OpenedMs, t.ID} }

// Place is where a task stands in a list.
type Place struct {
	OpenedMs int64 `json:"o"`
	ID       id.ID `json:"i"`
}

const (
	selectPage db.SQL = `SELECT id, kind, key, store, doc, message, count, state, opened_ms, COALESCE(resolved_ms, 0), resolution
		FROM tasks WHERE state = $1 AND (opened_ms > $2 OR opened_ms = $2 AND id > $3) AND ($4 = '' OR store = $4) AND ($5 = '' OR kind = $5)
		ORDER BY opened_ms, id LIMIT $6`
	selectLatest db.SQL = `SELECT id, kind, key, store, doc, message, count, state, opened_ms, COALESCE(resolved_ms, 0), resolution
		FROM tasks WHERE key = $1 ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, opened_ms DESC, id DESC LIMIT 1`
)

// Page is the next most tasks behind a place, the oldest first; the zero Place is before the first.
func Page(q db.Q, w Wanted, after Place, most int) ([]Task, error) {
	if w.State != StateOpen && w.State != StateDone {
		return nil, ErrState
	}
	rows, err := q.Query(selectPage, w.State, after.OpenedMs, after.ID[:], w.Store, w.Kind, int64(most))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Task
	for rows.Next() {
		t, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// Latest returns the open task with a key, or else the last one that is done, or ErrNeverMet.
func Latest(q db.Q, key string) (Task, error) {
	t, err := scan(q.QueryRow(selectLatest, cut(key, keyMost)))
	if errors.Is(err, sql.ErrNoRows) {
		return Task{}, ErrNeverMet.Named("task", key)
	}
	return t, err
}
