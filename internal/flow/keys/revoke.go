package keys

import (
	"context"

	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// Revocation says which key is to work no longer.
type Revocation struct {
	Key  string // its name or its id
	By   string
	Asks *auth.Principal // the key that asks, nil when none does: it revokes only what it could make
}

// Revoke ends a key for ever. A key that is named by its id and revoked already stays as it is.
func Revoke(ctx context.Context, d *db.DB, r Revocation) (auth.Key, error) {
	var k auth.Key
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		k, err = RevokeTx(tx, r)
		return err
	})
	return k, err
}

// RevokeTx is Revoke inside a transaction.
func RevokeTx(tx *db.Tx, r Revocation) (auth.Key, error) {
	k, err := auth.Named(tx, r.Key)
	if err != nil {
		return auth.Key{}, err
	}
	if r.Asks != nil {
		if err := r.Asks.Covers(k.Scopes, k.Stores); err != nil {
			return auth.Key{}, err
		}
	}
	fresh, err := auth.Revoke(tx, k.ID, r.By)
	if err != nil || !fresh {
		return k, err
	}
	k.RevokedMs, k.RevokedBy = tx.Now.UnixMilli(), r.By
	return k, outbox.Add(tx, outbox.KeyRevoked, k.Name, "")
}
