package webhooks

import (
	"database/sql"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// The states of a delivery.
const (
	Waiting   = "waiting"   // for its turn, or for its next attempt
	Delivered = "delivered" // taken by the receiver
	Dead      = "dead"      // given up
)

// Delivery is a message for an endpoint.
type Delivery struct {
	ID       id.ID        `json:"id"` // the webhook-id that the receiver sees
	Endpoint id.ID        `json:"endpoint"`
	Seq      int64        `json:"seq"` // of the log
	Topic    outbox.Topic `json:"topic"`
	Subject  string       `json:"subject"`
	Store    string       `json:"store,omitempty"`
	State    string       `json:"state"`
	// Attempts counts those since it was last made to wait (by the log, or by Replay).
	Attempts  int64 `json:"attempts"`
	DueMs     int64 `json:"due_ms"` // of the next attempt, while it waits
	CreatedMs int64 `json:"created_ms"`
	DoneMs    int64 `json:"done_ms,omitempty"`
	// Status and Error are of the last attempt; 0 and "" before the first.
	Status int64  `json:"status,omitempty"`
	Error  string `json:"error,omitempty"`
}

// Attempt is one try to deliver.
type Attempt struct {
	AtMs       int64  `json:"at_ms"`
	DurationMs int64  `json:"duration_ms"`
	Status     int64  `json:"status"` // of HTTP; 0 when there was no answer
	Error      string `json:"error,omitempty"`
	Excerpt    string `json:"excerpt,omitempty"` // the beginning of an answer that was not fine
}

// Which chooses deliveries.
type Which struct {
	State  string // "" for all
	Before int64  // only those of a lower seq; 0 for the newest
	Limit  int    // at most DeliveriesMost
}

// DeliveriesMost bounds a list of deliveries.
const DeliveriesMost = 500

const (
	deliveryColumns = `d.id, d.endpoint, d.seq, o.topic, d.subject, o.store, d.state, d.attempts, d.due_ms, d.created_ms, d.done_ms,
		COALESCE(a.status, 0), COALESCE(a.error, '') FROM webhook_deliveries d JOIN outbox o ON o.seq = d.seq
		LEFT JOIN webhook_attempts a ON a.seq = (SELECT MAX(x.seq) FROM webhook_attempts x WHERE x.delivery = d.id)`

	selectDelivery   db.SQL = `SELECT ` + deliveryColumns + ` WHERE d.endpoint = $1 AND d.id = $2`
	selectDeliveries db.SQL = `SELECT ` + deliveryColumns + ` WHERE d.endpoint = $1 AND (CAST($2 AS TEXT) = '' OR d.state = $2)
		AND (CAST($3 AS BIGINT) = 0 OR d.seq < $3) ORDER BY d.seq DESC LIMIT $4`
	selectAttempts db.SQL = `SELECT at_ms, duration_ms, status, error, excerpt FROM webhook_attempts WHERE delivery = $1 ORDER BY seq`
)

// Deliveries lists an endpoint's deliveries, the newest first. Those that are done are kept for 30 days.
func Deliveries(q db.Q, endpoint id.ID, w Which) ([]Delivery, error) {
	switch w.State {
	case "", Waiting, Delivered, Dead:
	default:
		return nil, ErrDelivery.At("state")
	}
	if w.Limit <= 0 || w.Limit > DeliveriesMost {
		w.Limit = DeliveriesMost
	}
	if _, err := Get(q, endpoint); err != nil {
		return nil, err
	}
	rows, err := q.Query(selectDeliveries, endpoint[:], w.State, w.Before, int64(w.Limit))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []Delivery{}
	for rows.Next() {
		x, err := scanDelivery(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, rows.Err()
}

// GetDelivery returns one delivery of an endpoint with its attempts, or ErrNoDelivery.
func GetDelivery(q db.Q, endpoint, u id.ID) (Delivery, []Attempt, error) {
	x, err := scanDelivery(q.QueryRow(selectDelivery, endpoint[:], u[:]))
	if err == sql.ErrNoRows {
		err = ErrNoDelivery.At(u.String())
	}
	if err != nil {
		return Delivery{}, nil, err
	}
	rows, err := q.Query(selectAttempts, u[:])
	if err != nil {
		return Delivery{}, nil, err
	}
	defer rows.Close()
	out := []Attempt{}
	for rows.Next() {
		var a Attempt
		if err := rows.Scan(&a.AtMs, &a.DurationMs, &a.Status, &a.Error, &a.Excerpt); err != nil {
			return Delivery{}, nil, err
		}
		out = append(out, a)
	}
	return x, out, rows.Err()
}

func scanDelivery(row scanner) (Delivery, error) {
	var x Delivery
	err := row.Scan(&x.ID, &x.Endpoint, &x.Seq, &x.Topic, &x.Subject, &x.Store, &x.State, &x.Attempts, &x.DueMs, &x.CreatedMs, &x.DoneMs,
		&x.Status, &x.Error)
	return x, err
}
