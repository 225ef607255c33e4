package webhooks

import (
	"time"

	"github.com/tillpost/tillpost/internal/platform/db"
)

// Backlog is what waits to be delivered.
type Backlog struct {
	Waiting int64
	Oldest  time.Duration // how long the oldest has waited, 0 when none waits
}

const selectBacklog db.SQL = `SELECT COUNT(*), COALESCE(MIN(d.created_ms), 0) FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint
	WHERE d.state = 'waiting' AND e.state = 'active'`

// Behind tells what waits for the active endpoints: who paused one knows that it waits. It reads what waits
// and nothing else, of each endpoint at most waitingMost deliveries.
func Behind(q db.Q, now time.Time) (b Backlog, err error) {
	var oldest int64
	if err = q.QueryRow(selectBacklog).Scan(&b.Waiting, &oldest); err == nil && b.Waiting > 0 {
		b.Oldest = max(0, now.Sub(time.UnixMilli(oldest)))
	}
	return b, err
}
