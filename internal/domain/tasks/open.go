package tasks

import (
	"maps"
	"slices"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
)

var table = db.Table{Name: "tasks", Columns: []string{"id", "kind", "key", "store", "doc", "message", "count", "opened_ms"},
	Conflict: "ON CONFLICT (key) WHERE state = 'open' DO UPDATE SET count = tasks.count + excluded.count"}

// pending are the tasks met by the bodies of one group, folded by key.
type pending map[string]*Task

type groupKey struct{}

// Open opens a task, or counts it once more when one with its key is open. Count 0 means 1. The row
// is written when the group commits: thousands of documents with the same unknown cost one row.
func Open(tx *db.Tx, t Task) error {
	if t.Kind == "" || t.Key == "" || t.Message == "" {
		return ErrNoKey
	}
	p, err := group(tx)
	if err != nil {
		return err
	}
	if t.Count <= 0 {
		t.Count = 1
	}
	t.Key = cut(t.Key, keyMost)
	if old := p[t.Key]; old != nil {
		old.Count += t.Count
		return nil
	}
	t.Message = cut(t.Message, messageMost)
	t.ID = id.New(tx.Now)
	p[t.Key] = &t
	return nil
}

func group(tx *db.Tx) (pending, error) {
	return db.Shared(tx, groupKey{}, func() (pending, error) {
		p := pending{}
		tx.OnFlush(func() error {
			for _, key := range slices.Sorted(maps.Keys(p)) {
				t := p[key]
				tx.Insert(&table, t.ID[:], t.Kind, t.Key, t.Store, t.Doc, t.Message, t.Count, tx.Now.UnixMilli())
			}
			return nil
		})
		return p, nil
	})
}
