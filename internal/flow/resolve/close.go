package resolve

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/pan"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// noteMost bounds what a person says about a task, in characters.
const noteMost = 400

// Close closes a task by hand: what it says was looked into, and there is nothing to map. While money
// stands in suspense for it, or goods wait, it is ErrWaits. It tells whether the task was open; one that
// was closed before stays as it is.
func Close(ctx context.Context, d *db.DB, key, note string) (closed bool, err error) {
	switch {
	case strings.TrimSpace(note) == "" || utf8.RuneCountInString(note) > noteMost || !utf8.ValidString(note) || strings.ContainsFunc(note, unicode.IsControl):
		return false, ErrNote
	case pan.Found(note):
		return false, ErrCard
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		if _, err := tasks.Latest(tx, key); err != nil {
			return err
		}
		waiting, err := waits(tx, key, false)
		if err != nil {
			return err
		}
		if waiting {
			return ErrWaits.Named("task", key)
		}
		closed, err = tasks.Resolve(tx, key, note)
		return err
	})
	return closed, err
}
