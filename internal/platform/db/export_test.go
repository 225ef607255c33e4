package db

import (
	"database/sql"
	"time"
)

// QueueLength is how many writes may wait.
const QueueLength = queueLength

// Queued is how many writes wait.
func Queued(d *DB) int { return d.Queued() }

// WithPatience sets how long a group is tried again.
func WithPatience(p time.Duration) Option { return func(d *DB) { d.patience = p } }

// OpenReadOnly opens a migrated SQLite file as if the disk did not let us write to it.
func OpenReadOnly(file string) (*DB, error) {
	d := &DB{engine: SQLite, dsn: file, now: time.Now, queue: make(chan *job, queueLength), stop: make(chan struct{}), ended: make(chan struct{})}
	var err error
	if d.write, err = sql.Open("sqlite", sqliteDSN(file)+"&mode=ro"); err != nil {
		return nil, err
	}
	if d.read, err = sql.Open("sqlite", sqliteDSN(file)+"&mode=ro"); err != nil {
		return nil, err
	}
	go d.writer()
	return d, nil
}
