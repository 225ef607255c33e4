package tasks

import (
	"maps"
	"slices"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

var table = db.Table{Name: "tasks", Columns: []string{"id", "kind", "key", "store", "doc", "message", "count", "opened_ms"},
	Conflict: "ON CONFLICT (key) WHERE state = 'open' DO UPDATE SET count = tasks.count + excluded.count"}

// pending are the tasks met by the bodies of one group, folded by key.
type pending map[string]*met

// met is a task with whoever met it first.
type met struct {
	Task
	actor string
}

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
	t.ID, t.OpenedMs = id.New(tx.Now), tx.Now.UnixMilli()
	p[t.Key] = &met{t, tx.Actor}
	return nil
}

func group(tx *db.Tx) (pending, error) {
	return db.Shared(tx, groupKey{}, func() (pending, error) {
		p := pending{}
		tx.OnFlush(func() error { return p.write(tx) })
		return p, nil
	})
}

// write writes the tasks, and tells of those that were not open.
func (p pending) write(tx *db.Tx) error {
	keys := slices.Sorted(maps.Keys(p))
	open := map[string]bool{}
	for part := range slices.Chunk(keys, chunk) {
		if err := find(tx, part, open); err != nil {
			return err
		}
	}
	for _, key := range keys {
		t := p[key]
		tx.Insert(&table, t.ID[:], t.Kind, t.Key, t.Store, t.Doc, t.Message, t.Count, t.OpenedMs)
		if open[key] {
			continue
		}
		if err := outbox.AddBy(tx, t.actor, outbox.TaskOpened, t.Key, t.Store); err != nil {
			return err
		}
	}
	return nil
}

// chunk is how many keys one statement looks up.
const chunk = 20

const selectOpenOf db.SQL = `SELECT key FROM tasks WHERE state = 'open' AND
	key IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`

// find notes which of at most chunk keys have an open task.
func find(q db.Q, keys []string, open map[string]bool) error {
	args := make([]any, chunk)
	for i := range args {
		args[i] = keys[min(i, len(keys)-1)]
	}
	rows, err := q.Query(selectOpenOf, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	found, err := scanKeys(rows)
	for _, key := range found {
		open[key] = true
	}
	return err
}
