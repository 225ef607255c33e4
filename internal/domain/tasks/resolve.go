package tasks

import (
	"errors"

	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

const resolveTask db.SQL = `UPDATE tasks SET state = 'done', resolved_ms = $1, resolution = $2 WHERE key = $3 AND state = 'open'`

// Resolve closes the open task with a key and tells whether there was one. A document of the same
// group commit that met the key is not covered: it leaves a new open task.
func Resolve(tx *db.Tx, key, resolution string) (bool, error) {
	t, err := Find(tx, key)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if _, err := tx.Exec(resolveTask, tx.Now.UnixMilli(), cut(resolution, messageMost), t.Key); err != nil {
		return false, err
	}
	return true, outbox.Add(tx, outbox.TaskResolved, t.Key, t.Store)
}
