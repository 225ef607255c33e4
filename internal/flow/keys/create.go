package keys

import (
	"context"

	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// Order says what key to make.
type Order struct {
	auth.Order
	// Secret is drawn by the caller (auth.NewSecret), who alone can show its text.
	Secret auth.Secret
	// Asks is the key that asks for this one, nil when it is not asked for with a key. It gives nothing
	// that it does not have, and none that outlives it.
	Asks *auth.Principal
}

// Create makes a key, for stores that exist.
func Create(ctx context.Context, d *db.DB, o Order) (auth.Key, error) {
	var k auth.Key
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		k, err = CreateTx(tx, o)
		return err
	})
	return k, err
}

// CreateTx is Create inside a transaction.
func CreateTx(tx *db.Tx, o Order) (auth.Key, error) {
	if o.Asks != nil {
		if err := o.Asks.Covers(o.Scopes, o.Stores); err != nil {
			return auth.Key{}, err
		}
		if end := o.Asks.ExpiresMs; end != 0 && (o.Expires.IsZero() || o.Expires.UnixMilli() > end) {
			return auth.Key{}, ErrOutlives
		}
	}
	shop, err := org.LoadShared(tx)
	if err != nil {
		return auth.Key{}, err
	}
	for _, code := range o.Stores {
		if err := org.CheckCode(code); err != nil {
			return auth.Key{}, err
		}
		if _, err := shop.Store(code); err != nil {
			return auth.Key{}, err
		}
	}
	k, err := auth.Create(tx, o.Order, o.Secret)
	if err != nil {
		return auth.Key{}, err
	}
	return k, outbox.Add(tx, outbox.KeyCreated, k.Name, "")
}
