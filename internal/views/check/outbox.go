package check

import (
	"fmt"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
)

const (
	pageReceipts db.SQL = `SELECT seq, id, store, register, number FROM receipts WHERE seq > $1 ORDER BY seq LIMIT $2`
	pageOutbox   db.SQL = `SELECT seq, subject FROM outbox WHERE seq > $1 AND topic = 'sale.completed' ORDER BY seq LIMIT $2`
	countDead    db.SQL = `SELECT count(*) FROM outbox WHERE state = 'dead'`
)

// pageOutboxMost is how many rows are read at once.
const pageOutboxMost = 2_000

// named is a receipt as the findings call it.
type named struct {
	store, register string
	number          int64
}

// messages reads the announcements in their order.
type messages struct {
	c     *checker
	batch []message
	at    int
	last  int64
}

type message struct {
	seq     int64
	subject id.ID
}

// outbox checks that every receipt was announced to the outside, and only those that are there. Both
// tables are in the same order.
func (c *checker) outbox() error {
	if !c.wants(Outbox) {
		return nil
	}
	c.tell("outbox", 0, 1)
	m := &messages{c: c}
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
	return c.deadLetters()
}

func (c *checker) deadLetters() error {
	var dead int64
	if err := c.q.QueryRow(countDead).Scan(&dead); err != nil {
		return err
	}
	if dead > 0 {
		c.report(Finding{Check: Outbox, Where: "outbox", Message: fmt.Sprintf("%d messages could not be delivered", dead), Warning: true})
	}
	return nil
}

func (m *messages) next() (u id.ID, x message, ok bool, err error) {
	if m.at == len(m.batch) {
		m.batch, m.at = m.batch[:0], 0
		err := m.c.rows(pageOutbox, func(scan scanner) error {
			var x message
			err := scan(&x.seq, &x.subject)
			m.batch, m.last = append(m.batch, x), x.seq
			return err
		}, m.last, int64(pageOutboxMost))
		if err != nil || len(m.batch) == 0 {
			return u, x, false, err
		}
	}
	m.at++
	x = m.batch[m.at-1]
	return x.subject, x, true, nil
}
