// Package outbox holds what the outside world must hear of. A row is written in the transaction that
// it tells about, so that nothing is announced that did not happen and nothing that happened is
// forgotten.
package outbox

import (
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
)

var table = db.Table{Name: "outbox", Columns: []string{"seq", "topic", "subject", "created_ms", "state", "attempts", "due_ms"}}

// Add announces that topic ("sale.completed") happened to subject.
func Add(tx *db.Tx, topic string, subject id.ID) error {
	seq, err := tx.Next("outbox", 1)
	if err != nil {
		return err
	}
	now := tx.Now.UnixMilli()
	tx.Insert(&table, seq, topic, subject[:], now, "ready", int64(0), now)
	return nil
}
