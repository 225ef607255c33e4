package webhooks

import (
	"database/sql"
	"encoding/json"
	"errors"
	"slices"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// State says whether an endpoint is sent to.
type State string

// The states. A paused or disabled endpoint keeps its place in the log and goes on there.
const (
	Active   State = "active"
	Paused   State = "paused"   // by a person
	Disabled State = "disabled" // by its own answer: it is gone

	// removed endpoints are seen by nobody; their rows go when their deliveries have gone.
	removed State = "removed"
)

// Endpoint is somebody who wants to hear of changes.
type Endpoint struct {
	ID     id.ID          `json:"id"`
	URL    string         `json:"url"`
	Topics []outbox.Topic `json:"topics"` // none: all
	Stores []string       `json:"stores"` // none: all; "" is what belongs to the whole business
	State  State          `json:"state"`
	Reason string         `json:"reason,omitempty"` // why it is disabled
	// Version grows with every change of the endpoint: who changes one says which he has seen.
	Version int64 `json:"version"`
	// Cursor is the seq of the log up to which everything has become a delivery, or does not concern it.
	Cursor int64 `json:"cursor"`
	// OldSecretUntilMs is until when the secret before this one signs too; 0 when there is none.
	OldSecretUntilMs int64 `json:"old_secret_until_ms,omitempty"`
	CreatedMs        int64 `json:"created_ms"`
	ChangedMs        int64 `json:"changed_ms"`

	secret, oldSecret string // sealed
}

// filter chooses what the endpoint hears of.
func (e *Endpoint) filter() outbox.Filter { return outbox.Filter{Topics: e.Topics, Stores: e.Stores} }

// sealedFor names whose secret it is, for secrets.Box.
func sealedFor(u id.ID) string { return "webhook " + u.String() }

const endpointColumns = `id, url, topics, stores, secret, old_secret, old_until_ms, state, reason, version, cursor_seq, created_ms, changed_ms`

const (
	selectEndpoint db.SQL = `SELECT ` + endpointColumns + ` FROM webhook_endpoints WHERE id = $1 AND state <> 'removed'`
	// selectEndpoints also has those that are removed, for the dispatcher.
	selectEndpoints db.SQL = `SELECT ` + endpointColumns + ` FROM webhook_endpoints ORDER BY created_ms, id`
)

// List returns all endpoints, the oldest first.
func List(q db.Q) ([]Endpoint, error) {
	list, err := everyEndpoint(q)
	return slices.DeleteFunc(list, func(e Endpoint) bool { return e.State == removed }), err
}

func everyEndpoint(q db.Q) ([]Endpoint, error) {
	rows, err := q.Query(selectEndpoints)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []Endpoint{}
	for rows.Next() {
		e, err := scanEndpoint(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// Get returns an endpoint, or ErrNotFound.
func Get(q db.Q, u id.ID) (Endpoint, error) {
	e, err := scanEndpoint(q.QueryRow(selectEndpoint, u[:]))
	if errors.Is(err, sql.ErrNoRows) {
		return Endpoint{}, ErrNotFound.At(u.String())
	}
	return e, err
}

type scanner interface{ Scan(into ...any) error }

func scanEndpoint(row scanner) (Endpoint, error) {
	var e Endpoint
	var topics, stores string
	err := row.Scan(&e.ID, &e.URL, &topics, &stores, &e.secret, &e.oldSecret, &e.OldSecretUntilMs, &e.State, &e.Reason, &e.Version, &e.Cursor,
		&e.CreatedMs, &e.ChangedMs)
	if err != nil {
		return e, err
	}
	e.Topics, e.Stores = []outbox.Topic{}, []string{}
	return e, errors.Join(readList(topics, &e.Topics), readList(stores, &e.Stores))
}

// writeList is how a list is stored: as JSON, "" for an empty one.
func writeList[T any](list []T) (string, error) {
	if len(list) == 0 {
		return "", nil
	}
	b, err := json.Marshal(list)
	return string(b), err
}

func readList[T any](text string, into *[]T) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), into)
}
