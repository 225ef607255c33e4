package webhooks

import (
	"context"
	"strconv"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// Again says what to send again: exactly one of its parts.
type Again struct {
	Delivery id.ID  `json:"delivery,omitzero"`
	Dead     bool   `json:"dead,omitempty"`  // all that were given up
	Since    *int64 `json:"since,omitempty"` // everything in the log behind a seq that the endpoint wants
}

const (
	againOne  db.SQL = `UPDATE webhook_deliveries SET state = 'waiting', attempts = 0, due_ms = $3, done_ms = 0 WHERE endpoint = $1 AND id = $2`
	againDead db.SQL = `UPDATE webhook_deliveries SET state = 'waiting', attempts = 0, due_ms = $2, done_ms = 0 WHERE endpoint = $1 AND state = 'dead'`
	dropLater db.SQL = `DELETE FROM webhook_deliveries WHERE endpoint = $1 AND state = 'waiting' AND seq > $2`
	setBack   db.SQL = `UPDATE webhook_endpoints SET cursor_seq = $2, version = version + 1, changed_ms = $3 WHERE id = $1`
)

// Replay sends messages again, with the ids that they had. It returns how many of them wait now; those
// of Since are counted by nobody before they are read from the log, and it returns 0.
func Replay(ctx context.Context, d *db.DB, endpoint id.ID, a Again) (n int64, err error) {
	parts := 0
	for _, asked := range [...]bool{!a.Delivery.IsZero(), a.Dead, a.Since != nil} {
		if asked {
			parts++
		}
	}
	if parts != 1 {
		return 0, ErrReplay
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		e, err := Get(tx, endpoint)
		if err != nil {
			return err
		}
		switch now := tx.Now.UnixMilli(); {
		case a.Dead:
			n, err = tx.Exec(againDead, endpoint[:], now)
		case a.Since != nil:
			n, err = 0, since(tx, &e, *a.Since)
		default:
			if n, err = tx.Exec(againOne, endpoint[:], a.Delivery[:], now); err == nil && n == 0 {
				err = ErrNoDelivery.At(a.Delivery.String())
			}
		}
		if err != nil || n == 0 && a.Since == nil {
			return err
		}
		return outbox.Add(tx, outbox.WebhookChanged, endpoint.String(), "")
	})
	return n, err
}

// since sets an endpoint back in the log. What waits behind that place is forgotten: it comes again, in
// order.
func since(tx *db.Tx, e *Endpoint, seq int64) error {
	last, err := outbox.LastIn(tx)
	if err != nil {
		return err
	}
	if seq < 0 || seq > last {
		return ErrSince.At("since")
	}
	seq = min(seq, e.Cursor) // never forward: nothing is passed over
	if _, err := tx.Exec(dropLater, e.ID[:], seq); err != nil {
		return err
	}
	_, err = tx.Exec(setBack, e.ID[:], seq, tx.Now.UnixMilli())
	return err
}

// deliveryID is the id of the message about a change for an endpoint: always the same, so that whoever
// gets it twice knows.
func deliveryID(endpoint id.ID, c outbox.Change) id.ID {
	return id.Derive(c.At.Truncate(time.Millisecond), "webhook", string(endpoint[:])+strconv.FormatInt(c.Seq, 10))
}
