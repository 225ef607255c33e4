package check

import (
	"fmt"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

const (
	pageReceipts  db.SQL = `SELECT seq, id, store, register, number FROM receipts WHERE seq > $1 ORDER BY seq LIMIT $2`
	pageOutbox    db.SQL = `SELECT seq, topic, subject FROM outbox WHERE seq > $1 ORDER BY seq LIMIT $2`
	countDead     db.SQL = `SELECT endpoint, COUNT(*) FROM webhook_deliveries WHERE state = 'dead' GROUP BY endpoint`
	outboxCounter db.SQL = `SELECT CAST(COALESCE(MAX(value), 0) AS BIGINT) FROM counters WHERE name = 'outbox'`
)

// pageOutboxMost is how many rows are read at once.
const pageOutboxMost = 2_000

// named is a receipt as the findings call it.
type named struct {
	store, register string
	number          int64
}

// messages reads the log in its order. What tells of receipts it hands over, the rest it counts.
type messages struct {
	c     *checker
	batch []message
	at    int
	last  int64
	told  map[notice]int64
}

type message struct {
	seq     int64
	topic   outbox.Topic
	subject string
}

// notice is what messages may say more than once.
type notice struct {
	topic   outbox.Topic
	subject string
}

// outbox checks that the log has no holes, and that it tells of every receipt, document, shift … as often
// as it should, and only of those that are there. Receipts and their messages are in the same order.
func (c *checker) outbox() error {
	if !c.wants(Outbox) {
		return nil
	}
	c.tell("outbox", 0, 1)
	m := &messages{c: c, told: map[notice]int64{}}
	p := &pairing[named, message]{next: m.next, keep: func(m message) message { return m }, met: func(named, message) {},
		alone: func(r named) {
			c.report(Finding{Check: Outbox, Where: fmt.Sprintf("receipt %s/%s #%d", r.store, r.register, r.number),
				Message: "the receipt was not announced to the outside systems"})
		},
		extra: func(m message) {
			c.report(Finding{Check: Outbox, Where: fmt.Sprintf("message %d", m.seq), Message: "it announces a receipt that is not there, or was announced before"})
		}}
	for last, n := int64(0), 1; n > 0; {
		var ids []id.ID
		var receipts []named
		err := c.rows(pageReceipts, func(scan scanner) error {
			var u id.ID
			var r named
			err := scan(&last, &u, &r.store, &r.register, &r.number)
			ids, receipts = append(ids, u), append(receipts, r)
			return err
		}, last, int64(pageOutboxMost))
		if err != nil {
			return err
		}
		for i := range receipts {
			if err := p.meet(ids[i], receipts[i], false); err != nil {
				return err
			}
		}
		n = len(receipts)
	}
	if err := p.end(); err != nil {
		return err
	}
	var counter int64
	if err := c.q.QueryRow(outboxCounter).Scan(&counter); err != nil {
		return err
	}
	m.holes(counter + 1)
	if counter < m.last {
		c.report(Finding{Check: Outbox, Where: fmt.Sprintf("message %d", m.last), Message: fmt.Sprintf("it is behind the end of the log, which has counted to %d", counter)})
	}
	if err := c.toldAsOften(m.told); err != nil {
		return err
	}
	return c.givenUp()
}

// givenUp warns of messages that no webhook has taken.
func (c *checker) givenUp() error {
	return c.rows(countDead, func(scan scanner) error {
		var u id.ID
		var n int64
		err := scan(&u, &n)
		c.report(Finding{Check: Outbox, Where: "webhook " + u.String(), Message: fmt.Sprintf("%d messages could not be delivered", n), Warning: true})
		return err
	})
}

// next is the next message about a receipt.
func (m *messages) next() (u id.ID, x message, ok bool, err error) {
	for {
		if m.at == len(m.batch) {
			if err := m.page(); err != nil || len(m.batch) == 0 {
				return u, x, false, err
			}
		}
		x = m.batch[m.at]
		m.at++
		m.holes(x.seq)
		m.last = x.seq
		if x.topic != outbox.SaleCompleted {
			if rebuilt[x.topic] {
				m.told[notice{x.topic, x.subject}]++
			}
			continue
		}
		if u, err = id.Parse(x.subject); err == nil {
			return u, x, true, nil
		}
		m.c.report(Finding{Check: Outbox, Where: fmt.Sprintf("message %d", x.seq), Message: "it names no receipt"})
	}
}

func (m *messages) page() error {
	m.batch, m.at = m.batch[:0], 0
	return m.c.rows(pageOutbox, func(scan scanner) error {
		var x message
		err := scan(&x.seq, &x.topic, &x.subject)
		m.batch = append(m.batch, x)
		return err
	}, m.last, int64(pageOutboxMost))
}

// holes reports what is missing before a seq.
func (m *messages) holes(seq int64) {
	if first, last := m.last+1, seq-1; first == last {
		m.c.report(Finding{Check: Outbox, Where: fmt.Sprintf("message %d", first), Message: "it is missing"})
	} else if first < last {
		m.c.report(Finding{Check: Outbox, Where: fmt.Sprintf("messages %d to %d", first, last), Message: "they are missing"})
	}
}
