package webhooks

import (
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// Limits of turning the log into deliveries.
const (
	// fanOutMost is how many messages one endpoint gets in one transaction.
	fanOutMost = 500
	// waitingMost bounds the deliveries of an endpoint that wait: the rest waits in the log, where it costs nothing.
	waitingMost = 10_000
	// lazyMost and lazyFor are how far and how long a cursor may lie behind when nothing on the way
	// concerned its endpoint: it need not be written for every sale.
	lazyMost = 1000
	lazyFor  = 10 * time.Second
)

// place is how far an endpoint's log was read. It may be ahead of the cursor on disk.
type place struct {
	version int64
	seq     int64
	since   time.Time // when it began to be ahead
}

// part is what one endpoint gets out of the log.
type part struct {
	endpoint *Endpoint
	changes  []outbox.Change
	to       int64
}

const (
	countWaiting db.SQL = `SELECT COUNT(*) FROM webhook_deliveries WHERE endpoint = $1 AND state = 'waiting'`
	moveCursor   db.SQL = `UPDATE webhook_endpoints SET cursor_seq = $3 WHERE id = $1 AND version = $2 AND cursor_seq = $4 AND state = 'active'`
)

var deliveriesTable = db.Table{Name: "webhook_deliveries", Columns: []string{"id", "endpoint", "seq", "subject", "due_ms", "created_ms"},
	Conflict: `ON CONFLICT (id) DO UPDATE SET state = 'waiting', attempts = 0, due_ms = excluded.due_ms, done_ms = 0`}

// fanOut turns what is new in the log into deliveries of the endpoints that want it.
func (p *dispatcher) fanOut(list []Endpoint) error {
	for again := true; again; {
		parts, err := p.news(list)
		if err != nil || len(parts) == 0 {
			return err
		}
		if err := p.d.Write(p.ctx, func(tx *db.Tx) error { return write(tx, parts) }); err != nil {
			return err
		}
		again = false
		for _, x := range parts {
			x.endpoint.Cursor = x.to
			delete(p.places, x.endpoint.ID)
			again = again || len(x.changes) == fanOutMost
		}
	}
	return nil
}

// news reads what the log has for each active endpoint, and returns what must be written.
func (p *dispatcher) news(list []Endpoint) (out []part, err error) {
	err = p.d.Read(p.ctx, func(v *db.View) error {
		out = nil
		last, err := outbox.Last(v)
		if err != nil {
			return err
		}
		for i := range list {
			e := &list[i]
			at, lazy := p.place(e)
			if e.State != Active || at >= last && !lazy {
				continue
			}
			var waiting int64
			if err := v.QueryRow(countWaiting, e.ID[:]).Scan(&waiting); err != nil {
				return err
			}
			if waiting >= waitingMost {
				continue
			}
			x := part{endpoint: e, to: at}
			if x.changes, x.to, err = outbox.Since(v, at, fanOutMost, e.filter()); err != nil {
				return err
			}
			if len(x.changes) > 0 || lazy || x.to-e.Cursor >= lazyMost {
				out = append(out, x) // the place is that on disk when it is written
			} else {
				p.ahead(e, x.to)
			}
		}
		return nil
	})
	return out, err
}

// place is how far the endpoint's log was read: what is on disk, or further; and whether the disk has
// been behind for long enough.
func (p *dispatcher) place(e *Endpoint) (seq int64, lazy bool) {
	at, ok := p.places[e.ID]
	if !ok || at.version != e.Version || at.seq <= e.Cursor {
		return e.Cursor, false
	}
	return at.seq, p.d.Now().Sub(at.since) >= lazyFor
}

// ahead remembers that there was nothing for the endpoint up to a seq.
func (p *dispatcher) ahead(e *Endpoint, seq int64) {
	if seq == e.Cursor {
		return
	}
	since := p.d.Now()
	if was := p.places[e.ID]; was.version == e.Version && was.seq > e.Cursor {
		since = was.since
	}
	p.places[e.ID] = place{e.Version, seq, since}
}

// write makes the deliveries and moves the cursors. An endpoint that was changed meanwhile is passed
// over: the next step reads it as it is.
func write(tx *db.Tx, parts []part) error {
	now := tx.Now.UnixMilli()
	for _, x := range parts {
		u := x.endpoint.ID
		n, err := tx.Exec(moveCursor, u[:], x.endpoint.Version, x.to, x.endpoint.Cursor)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		for _, c := range x.changes {
			message := deliveryID(u, c)
			tx.Insert(&deliveriesTable, message[:], u[:], c.Seq, c.Subject, now, now)
		}
	}
	return nil
}

// forget drops what is remembered of endpoints that are gone.
func (p *dispatcher) forget(list []Endpoint) {
	there := map[id.ID]bool{}
	for i := range list {
		there[list[i].ID] = true
	}
	for u := range p.places {
		if !there[u] {
			delete(p.places, u)
		}
	}
	now := p.d.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	for u, until := range p.hold {
		if now.After(until) {
			delete(p.hold, u)
		}
	}
}
