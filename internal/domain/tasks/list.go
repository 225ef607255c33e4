package tasks

import (
	"database/sql"
	"errors"

	"github.com/tillpost/tillpost/internal/platform/db"
)

const (
	selectTasks db.SQL = `SELECT id, kind, key, store, doc, message, count, state, opened_ms, COALESCE(resolved_ms, 0), resolution
		FROM tasks WHERE state = $1 ORDER BY opened_ms, key LIMIT $2`
	selectOpen db.SQL = `SELECT id, kind, key, store, doc, message, count, state, opened_ms, COALESCE(resolved_ms, 0), resolution
		FROM tasks WHERE key = $1 AND state = 'open'`
)

// ListMost bounds a list: a person settles the first ones before asking for more.
const ListMost = 1000

// List returns the tasks in a state, the oldest first, at most ListMost.
func List(q db.Q, state string) ([]Task, error) {
	if state != StateOpen && state != StateDone {
		return nil, ErrState
	}
	rows, err := q.Query(selectTasks, state, int64(ListMost))
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

// Find returns the open task with a key, or ErrNotFound.
func Find(q db.Q, key string) (Task, error) {
	t, err := scan(q.QueryRow(selectOpen, cut(key, keyMost)))
	if errors.Is(err, sql.ErrNoRows) {
		return Task{}, ErrNotFound.Named("task", key)
	}
	return t, err
}

type scanner interface{ Scan(dest ...any) error }

func scan(row scanner) (Task, error) {
	var t Task
	err := row.Scan(&t.ID, &t.Kind, &t.Key, &t.Store, &t.Doc, &t.Message, &t.Count, &t.State, &t.OpenedMs, &t.ResolvedMs, &t.Resolution)
	return t, err
}
