package webhooks

import (
	"time"

	"github.com/tillpost/tillpost/internal/platform/db"
)

// How long deliveries that are done are kept, with their attempts, and how they are cleared away.
const (
	keepFor    = 30 * 24 * time.Hour
	pruneEvery = 10 * time.Minute
	pruneMost  = 500 // in one transaction, so that sales need not wait
)

const (
	oldOnes = `(SELECT id FROM webhook_deliveries WHERE state <> 'waiting' AND done_ms < $1 ORDER BY done_ms, id LIMIT $2)`
	left    = `(SELECT id FROM webhook_deliveries WHERE endpoint IN (SELECT id FROM webhook_endpoints WHERE state = 'removed') ORDER BY endpoint, seq LIMIT $1)`

	pruneAttempts   db.SQL = `DELETE FROM webhook_attempts WHERE delivery IN ` + oldOnes
	pruneDeliveries db.SQL = `DELETE FROM webhook_deliveries WHERE id IN ` + oldOnes
	leftAttempts    db.SQL = `DELETE FROM webhook_attempts WHERE delivery IN ` + left
	leftDeliveries  db.SQL = `DELETE FROM webhook_deliveries WHERE id IN ` + left
	leftEndpoints   db.SQL = `DELETE FROM webhook_endpoints WHERE state = 'removed' AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.endpoint = webhook_endpoints.id)`
	oldSecrets      db.SQL = `UPDATE webhook_endpoints SET old_secret = '', old_until_ms = 0 WHERE old_until_ms > 0 AND old_until_ms <= $1`
)

// prune clears away deliveries that were done long ago, those of endpoints that are gone, and secrets that
// sign no more. When there is more of it than fits, it goes on with the next step.
func (p *dispatcher) prune(now time.Time) error {
	if now.Before(p.pruned.Add(pruneEvery)) {
		return nil
	}
	var n int64
	err := p.d.Write(p.ctx, func(tx *db.Tx) error {
		before := now.Add(-keepFor).UnixMilli()
		if _, err := tx.Exec(pruneAttempts, before, int64(pruneMost)); err != nil {
			return err
		}
		old, err := tx.Exec(pruneDeliveries, before, int64(pruneMost))
		if err != nil {
			return err
		}
		if _, err := tx.Exec(leftAttempts, int64(pruneMost)); err != nil {
			return err
		}
		if n, err = tx.Exec(leftDeliveries, int64(pruneMost)); err != nil {
			return err
		}
		n = max(n, old)
		if _, err = tx.Exec(leftEndpoints); err != nil {
			return err
		}
		_, err = tx.Exec(oldSecrets, now.UnixMilli())
		return err
	})
	if err == nil && n < pruneMost {
		p.pruned = now
	}
	return err
}
