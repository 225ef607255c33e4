package tasks

import (
	"errors"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Narrow closes the open task with a key, and opens for it what is still to be decided: the keys and
// messages of the tasks in left count, the rest is the old one's, also since when it waits. It covers what
// this group commit has opened, which leaves no trace then. False when there is no such task: somebody has
// decided it, and nothing is opened.
func Narrow(tx *db.Tx, key string, left []Task, resolution string) (bool, error) {
	p, err := group(tx)
	if err != nil {
		return false, err
	}
	key = cut(key, keyMost)
	fresh := p[key]
	delete(p, key)
	old, err := Find(tx, key)
	switch {
	case errors.Is(err, ErrNotFound) && fresh == nil:
		return false, nil
	case errors.Is(err, ErrNotFound):
		old = fresh.Task
	case err != nil:
		return false, err
	default:
		if _, err := Resolve(tx, key, resolution); err != nil {
			return false, err
		}
	}
	for i := range left {
		part := old
		part.ID, part.Key, part.Message = id.New(tx.Now), cut(left[i].Key, keyMost), cut(left[i].Message, messageMost)
		p[part.Key] = &met{part, tx.Actor}
	}
	return true, nil
}
