package db

import "time"

// QueueLength is how many writes may wait.
const QueueLength = queueLength

// ChunkMost is the most rows that one statement inserts.
var ChunkMost = chunks[0]

// Queued is how many writes wait.
func Queued(d *DB) int { return len(d.queue) }

// WithPatience sets how long a group is tried again.
func WithPatience(p time.Duration) Option { return func(d *DB) { d.patience = p } }
