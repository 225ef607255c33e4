package db

import (
	"context"
	"time"
)

// Group is what became of one group of writes.
type Group struct {
	Bodies int           // how many writes shared the commit
	Took   time.Duration // from its beginning until it was on disk
	Err    error         // why it was undone; its bodies then ran again one by one
}

// WithObserver has fn told about every group of writes. The writer waits for it.
func WithObserver(fn func(Group)) Option { return func(d *DB) { d.observe = fn } }

// WithSpans has begin told whenever a caller begins to wait for the database ("db.write", "db.read"), and
// what it returns when the waiting is over.
func WithSpans(begin func(ctx context.Context, name string) (end func(error))) Option {
	return func(d *DB) { d.span = begin }
}

// Waiting is how many writes wait for the writer.
func (d *DB) Waiting() int { return len(d.queue) }
