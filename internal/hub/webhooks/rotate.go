package webhooks

import (
	"context"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// GraceMost is the longest time for which an old secret may go on signing.
const GraceMost = 30 * 24 * time.Hour

const rotateEndpoint db.SQL = `UPDATE webhook_endpoints SET old_secret = $2, old_until_ms = $3, secret = $4, version = version + 1, changed_ms = $5
	WHERE id = $1`

// Rotate gives an endpoint a new secret, which is in the answer and nowhere else. For the time of grace
// messages carry a signature of each, so that the receiver can change over when it likes; no grace is
// for a secret that others know.
func Rotate(ctx context.Context, d *db.DB, o Options, u id.ID, grace time.Duration) (Endpoint, string, error) {
	if grace < 0 || grace > GraceMost {
		return Endpoint{}, "", ErrGrace.At("grace")
	}
	secret := newSecret()
	sealed, err := o.Secrets.Seal(secret, sealedFor(u))
	if err != nil {
		return Endpoint{}, "", err
	}
	var e Endpoint
	err = d.Write(ctx, func(tx *db.Tx) (err error) {
		if e, err = Get(tx, u); err != nil {
			return err
		}
		old, until := e.secret, tx.Now.Add(grace).UnixMilli()
		if grace == 0 {
			old, until = "", 0
		}
		if _, err := tx.Exec(rotateEndpoint, u[:], old, until, sealed, tx.Now.UnixMilli()); err != nil {
			return err
		}
		if err := outbox.Add(tx, outbox.WebhookChanged, u.String(), ""); err != nil {
			return err
		}
		e, err = Get(tx, u)
		return err
	})
	if err != nil {
		return Endpoint{}, "", err
	}
	return e, secret, nil
}
