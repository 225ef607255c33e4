package webhooks

import (
	"context"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// Change is what is to be different about an endpoint; nil leaves it as it is.
type Change struct {
	URL    *string         `json:"url,omitempty"`
	Topics *[]outbox.Topic `json:"topics,omitempty"`
	Stores *[]string       `json:"stores,omitempty"`
	State  *State          `json:"state,omitempty"` // Active or Paused
}

const updateEndpoint db.SQL = `UPDATE webhook_endpoints SET url = $2, topics = $3, stores = $4, state = $5, reason = $6, version = version + 1,
	changed_ms = $7 WHERE id = $1`

// Update changes an endpoint. version is the one that the caller has seen; another in the meantime is
// ErrVersion, 0 does not ask. What changes nothing leaves the version as it is.
func Update(ctx context.Context, d *db.DB, o Options, u id.ID, version int64, c Change) (Endpoint, error) {
	if c.URL != nil {
		if err := o.Allow.checkURL(*c.URL); err != nil {
			return Endpoint{}, err
		}
	}
	if c.State != nil && *c.State != Active && *c.State != Paused {
		return Endpoint{}, ErrState.At("state")
	}
	var e Endpoint
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		if e, err = seen(tx, u, version); err != nil {
			return err
		}
		was, err := e.texts()
		if err != nil {
			return err
		}
		c.apply(&e)
		topics, stores, err := checkFilter(tx, e.Topics, e.Stores)
		if err != nil {
			return err
		}
		is := [...]string{e.URL, topics, stores, string(e.State), e.Reason}
		if is == was {
			return nil
		}
		if _, err := tx.Exec(updateEndpoint, u[:], e.URL, topics, stores, string(e.State), e.Reason, tx.Now.UnixMilli()); err != nil {
			return err
		}
		if err := outbox.Add(tx, outbox.WebhookChanged, u.String(), ""); err != nil {
			return err
		}
		e, err = Get(tx, u)
		return err
	})
	if err != nil {
		return Endpoint{}, err
	}
	return e, nil
}

// seen reads an endpoint that a caller wants to change, if it is as he has seen it.
func seen(tx *db.Tx, u id.ID, version int64) (Endpoint, error) {
	e, err := Get(tx, u)
	if err == nil && version != 0 && version != e.Version {
		err = ErrVersion.At(u.String())
	}
	return e, err
}

func (c Change) apply(e *Endpoint) {
	if c.URL != nil {
		e.URL = *c.URL
	}
	if c.Topics != nil {
		e.Topics = *c.Topics
	}
	if c.Stores != nil {
		e.Stores = *c.Stores
	}
	if c.State != nil && *c.State != e.State {
		e.State, e.Reason = *c.State, ""
	}
}

// texts is what Update can change, as it is stored.
func (e *Endpoint) texts() (out [5]string, err error) {
	out[0], out[3], out[4] = e.URL, string(e.State), e.Reason
	if out[1], err = writeList(e.Topics); err == nil {
		out[2], err = writeList(e.Stores)
	}
	return out, err
}

const removeEndpoint db.SQL = `UPDATE webhook_endpoints SET state = 'removed', secret = '', old_secret = '', version = version + 1, changed_ms = $2
	WHERE id = $1`

// Remove takes an endpoint away. Its deliveries follow when old ones are cleared away: they may be many.
// version as in Update.
func Remove(ctx context.Context, d *db.DB, u id.ID, version int64) error {
	return d.Write(ctx, func(tx *db.Tx) error {
		if _, err := seen(tx, u, version); err != nil {
			return err
		}
		if _, err := tx.Exec(removeEndpoint, u[:], tx.Now.UnixMilli()); err != nil {
			return err
		}
		return outbox.Add(tx, outbox.WebhookChanged, u.String(), "")
	})
}
