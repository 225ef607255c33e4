package tasks

import (
	"github.com/tillpost/tillpost/internal/platform/db"
)

const resolveTask db.SQL = `UPDATE tasks SET state = 'done', resolved_ms = $1, resolution = $2 WHERE key = $3 AND state = 'open'`

// Resolve closes the open task with a key and tells whether there was one. A document of the same
// group commit that met the key is not covered: it leaves a new open task.
func Resolve(tx *db.Tx, key, resolution string) (bool, error) {
	n, err := tx.Exec(resolveTask, tx.Now.UnixMilli(), cut(resolution, messageMost), cut(key, keyMost))
	return n > 0, err
}
