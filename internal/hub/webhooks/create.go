// Package webhooks tells outside programs what happened: it follows the log of changes (platform/outbox)
// and sends each change to the endpoints that want it, signed, in order, until it is answered. See
// README.md for what it promises.
package webhooks

import (
	"context"
	"log/slog"
	"net"
	"slices"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
	"github.com/tillpost/tillpost/internal/platform/secrets"
)

// Options are what the functions of this package need beside the database.
type Options struct {
	Secrets *secrets.Box // seals the endpoints' secrets
	Allow   Allow        // hosts inside that may be sent to
	Log     *slog.Logger // of Run; nil is slog.Default

	stopMost time.Duration                            // tests are not patient
	resolver *net.Resolver                            // tests have their own
	jitter   func(time.Duration) time.Duration        // tests have none
	answered func(delivery id.ID, outcome *attempted) // tests stop here, between the answer and its record
}

// endpointsMost bounds the endpoints: each costs a reading of the log.
const endpointsMost = 100

// New is an endpoint to be added.
type New struct {
	URL    string         `json:"url"`
	Topics []outbox.Topic `json:"topics,omitempty"`
	Stores []string       `json:"stores,omitempty"`
	// Since is the seq of the log behind which it begins; without it, it hears of what comes from now on.
	Since *int64 `json:"since,omitempty"`
}

const (
	countEndpoints db.SQL = `SELECT COUNT(*) FROM webhook_endpoints WHERE state <> 'removed'`
	insertEndpoint db.SQL = `INSERT INTO webhook_endpoints (id, url, topics, stores, secret, cursor_seq, created_ms, changed_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`
)

// Create adds an endpoint. The secret with which its messages are signed is in the answer and nowhere
// else.
func Create(ctx context.Context, d *db.DB, o Options, n New) (Endpoint, string, error) {
	if err := o.Allow.checkURL(n.URL); err != nil {
		return Endpoint{}, "", err
	}
	u, secret := id.New(d.Now()), newSecret()
	sealed, err := o.Secrets.Seal(secret, sealedFor(u))
	if err != nil {
		return Endpoint{}, "", err
	}
	var e Endpoint
	err = d.Write(ctx, func(tx *db.Tx) error {
		var there int64
		if err := tx.QueryRow(countEndpoints).Scan(&there); err != nil {
			return err
		}
		if there >= endpointsMost {
			return ErrMany
		}
		topics, stores, err := checkFilter(tx, n.Topics, n.Stores)
		if err != nil {
			return err
		}
		cursor, err := outbox.LastIn(tx)
		if err != nil {
			return err
		}
		if n.Since != nil {
			if *n.Since < 0 || *n.Since > cursor {
				return ErrSince.At("since")
			}
			cursor = *n.Since
		}
		if _, err := tx.Exec(insertEndpoint, u[:], n.URL, topics, stores, sealed, cursor, tx.Now.UnixMilli()); err != nil {
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

// checkFilter refuses topics and stores that do not exist, and writes the others as they are stored.
func checkFilter(tx *db.Tx, topics []outbox.Topic, stores []string) (topicsText, storesText string, err error) {
	shop, err := org.LoadShared(tx)
	if err != nil {
		return "", "", err
	}
	for _, t := range topics {
		if _, err := outbox.ParseTopic(string(t)); err != nil {
			return "", "", err
		}
	}
	for _, s := range stores {
		if _, err := shop.Store(s); s != "" && err != nil {
			return "", "", err
		}
	}
	if topicsText, err = writeList(distinct(topics)); err != nil {
		return "", "", err
	}
	storesText, err = writeList(distinct(stores))
	return topicsText, storesText, err
}

func distinct[T ~string](list []T) []T {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}
