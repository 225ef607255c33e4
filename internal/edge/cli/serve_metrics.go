package cli

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/tillpost/tillpost/internal/hub/webhooks"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/telemetry"
)

const (
	// lookEvery is how long a figure that is read from the database is good for, lookPatience how long
	// Prometheus waits for it.
	lookEvery    = 2 * time.Second
	lookPatience = 5 * time.Second
)

// lookout reads the figures of the webhooks, several of them at once.
type lookout struct {
	ctx context.Context
	d   *db.DB

	mu   sync.Mutex
	at   time.Time
	last webhooks.Backlog
	err  error
}

// backlog is what waits now, or waited a moment ago.
func (l *lookout) backlog() (webhooks.Backlog, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Since(l.at) < lookEvery {
		return l.last, l.err
	}
	ctx, done := context.WithTimeout(l.ctx, lookPatience)
	defer done()
	l.err = l.d.Read(ctx, func(v *db.View) (err error) {
		l.last, err = webhooks.Behind(v, l.d.Now())
		return err
	})
	l.at = time.Now()
	return l.last, l.err
}

// gauges adds the figures that are asked for whenever Prometheus asks. One that cannot be read is not a number.
func gauges(ctx context.Context, tele *telemetry.Telemetry, d *db.DB) {
	tele.Gauge("tillpost_db_writes_waiting", "Writes that wait for the writer.", func() float64 { return float64(d.Waiting()) })
	l := &lookout{ctx: ctx, d: d}
	figure := func(name, help string, of func(webhooks.Backlog) float64) {
		tele.Gauge(name, help, func() float64 {
			b, err := l.backlog()
			if err != nil {
				return math.NaN()
			}
			return of(b)
		})
	}
	figure("tillpost_webhook_deliveries_waiting", "Deliveries that wait for their turn or for their next attempt, of active webhooks.",
		func(b webhooks.Backlog) float64 { return float64(b.Waiting) })
	figure("tillpost_webhook_oldest_waiting_seconds", "How long the oldest of them has waited.",
		func(b webhooks.Backlog) float64 { return b.Oldest.Seconds() })
}
