package webhooks

import (
	"context"
	"errors"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// ready is a delivery whose turn it is.
type ready struct {
	id       id.ID
	attempts int64
	change   outbox.Change
}

// selectReady finds what is due and not held back: of each subject only the earliest message that waits,
// so that nobody hears of a refund before its sale.
const selectReady db.SQL = `SELECT d.id, d.attempts, o.seq, o.topic, o.subject, o.store, o.actor, o.at_ms
	FROM webhook_deliveries d JOIN outbox o ON o.seq = d.seq WHERE d.endpoint = $1 AND d.state = 'waiting' AND d.due_ms <= $2
	AND NOT EXISTS (SELECT 1 FROM webhook_deliveries e WHERE e.endpoint = d.endpoint AND e.subject = d.subject AND e.state = 'waiting'
	AND e.seq < d.seq) ORDER BY d.seq LIMIT $3`

// begin begins to send what is due for an endpoint, as much as there is room for.
func (p *dispatcher) begin(e *Endpoint) error {
	now := p.d.Now()
	if p.roomFor(e.ID, now) == 0 || !p.lasts(now) {
		return nil
	}
	secrets, ok := p.secretsOf(e, now)
	if !ok {
		return nil
	}
	var list []ready
	err := p.d.Read(p.ctx, func(v *db.View) (err error) {
		list, err = due(v, e.ID, now)
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range list {
		if !p.take(e.ID, r.id, now) {
			continue
		}
		p.flying.Go(func() {
			defer p.give(e.ID, r.id)
			p.deliver(*e, r, secrets)
		})
	}
	return nil
}

// due reads what may be sent. What is being sent stands among it, as it still waits for its answer.
func due(q db.Q, endpoint id.ID, now time.Time) ([]ready, error) {
	rows, err := q.Query(selectReady, endpoint[:], now.UnixMilli(), int64(2*perEndpoint))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []ready
	for rows.Next() {
		var r ready
		var at int64
		c := &r.change
		if err := rows.Scan(&r.id, &r.attempts, &c.Seq, &c.Topic, &c.Subject, &c.Store, &c.Actor, &at); err != nil {
			return nil, err
		}
		c.At = time.UnixMilli(at).UTC()
		out = append(out, r)
	}
	return out, rows.Err()
}

// roomFor is how many more requests an endpoint may have.
func (p *dispatcher) roomFor(endpoint id.ID, now time.Time) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Before(p.hold[endpoint]) {
		return 0
	}
	return max(0, min(perEndpoint-len(p.busy[endpoint]), overall-p.count))
}

// take notes that a delivery is being sent, if it is not and there is room.
func (p *dispatcher) take(endpoint, delivery id.ID, now time.Time) bool {
	if p.roomFor(endpoint, now) == 0 {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.busy[endpoint][delivery] {
		return false
	}
	if p.busy[endpoint] == nil {
		p.busy[endpoint] = map[id.ID]bool{}
	}
	p.busy[endpoint][delivery] = true
	p.count++
	return true
}

// give makes the room of a delivery free.
func (p *dispatcher) give(endpoint, delivery id.ID) {
	p.mu.Lock()
	delete(p.busy[endpoint], delivery)
	if len(p.busy[endpoint]) == 0 {
		delete(p.busy, endpoint)
	}
	p.count--
	p.mu.Unlock()
	select {
	case p.room <- struct{}{}:
	default:
	}
}

// secretsOf opens the secrets that sign for an endpoint now. Without its secret nothing is sent to it:
// it waits, and the log of the program says why.
func (p *dispatcher) secretsOf(e *Endpoint, now time.Time) ([]string, bool) {
	secret, err := p.o.Secrets.Open(e.secret, sealedFor(e.ID))
	if err != nil {
		if !p.warned[e.ID] {
			p.o.Log.Error("webhooks: an endpoint's secret cannot be opened; nothing is sent to it", "webhook", e.ID, "error", err)
			p.warned[e.ID] = true
		}
		return nil, false
	}
	delete(p.warned, e.ID)
	out := []string{secret}
	if now.UnixMilli() < e.OldSecretUntilMs {
		if old, err := p.o.Secrets.Open(e.oldSecret, sealedFor(e.ID)); err == nil {
			out = append(out, old)
		}
	}
	return out, true
}

// deliver sends one message and records what became of it.
func (p *dispatcher) deliver(e Endpoint, r ready, secrets []string) {
	ctx, cancel := context.WithTimeout(p.cut, requestTimeout)
	defer cancel()
	var a attempted
	body, err := bodyOf(r.change)
	if err == nil {
		a = send(ctx, p.client, p.d.Now, e.URL, signed{r.id.String(), body, secrets})
	} else {
		a = attempted{at: p.d.Now(), problem: reason(err)}
	}
	if p.o.answered != nil {
		p.o.answered(r.id, &a)
	}
	if a.status == 0 && p.cut.Err() != nil {
		return // the program ends: this was no attempt
	}
	if a.retryAfter > 0 {
		p.mu.Lock()
		p.hold[e.ID] = p.d.Now().Add(a.retryAfter)
		p.mu.Unlock()
	}
	err = p.d.Write(p.ctx, func(tx *db.Tx) error { return p.record(tx, &e, r, &a) })
	if err != nil && !errors.Is(err, db.ErrClosed) {
		p.o.Log.Warn("webhooks: an attempt was not recorded; the message is sent again", "delivery", r.id, "error", err)
	}
}

const (
	markDelivered db.SQL = `UPDATE webhook_deliveries SET state = 'delivered', attempts = attempts + 1, done_ms = $2 WHERE id = $1 AND state = 'waiting'`
	markDead      db.SQL = `UPDATE webhook_deliveries SET state = 'dead', attempts = attempts + 1, done_ms = $2
		WHERE id = $1 AND state = 'waiting' AND attempts = $3`
	markLater db.SQL = `UPDATE webhook_deliveries SET attempts = attempts + 1, due_ms = $2 WHERE id = $1 AND state = 'waiting' AND attempts = $3`
	disable   db.SQL = `UPDATE webhook_endpoints SET state = 'disabled', reason = $2, version = version + 1, changed_ms = $3
		WHERE id = $1 AND state <> 'disabled' AND url = $4`
)

var attemptsTable = db.Table{Name: "webhook_attempts", Columns: []string{"seq", "delivery", "at_ms", "duration_ms", "status", "error", "excerpt"}}

// record writes an attempt and what it makes of its delivery. One that was made to wait anew meanwhile
// (Replay) stays so, unless it was delivered.
func (p *dispatcher) record(tx *db.Tx, e *Endpoint, r ready, a *attempted) error {
	seq, err := tx.Next("webhook_attempts", 1)
	if err != nil {
		return err
	}
	tx.Insert(&attemptsTable, seq, r.id[:], a.at.UnixMilli(), a.duration.Milliseconds(), int64(a.status), a.problem, a.excerpt)
	now := tx.Now
	if a.fine() {
		_, err := tx.Exec(markDelivered, r.id[:], now.UnixMilli())
		return err
	}
	if a.gone() {
		n, err := tx.Exec(disable, e.ID[:], "it answered 410 Gone", now.UnixMilli(), e.URL)
		if err != nil {
			return err
		}
		if n > 0 {
			if err := outbox.Add(tx, outbox.WebhookChanged, e.ID.String(), ""); err != nil {
				return err
			}
		}
	}
	pause, again := wait(r.attempts+1, a.retryAfter, p.o.jitter)
	if !again {
		_, err = tx.Exec(markDead, r.id[:], now.UnixMilli(), r.attempts)
	} else {
		_, err = tx.Exec(markLater, r.id[:], now.Add(pause).UnixMilli(), r.attempts)
	}
	return err
}
