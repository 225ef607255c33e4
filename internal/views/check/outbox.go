package check

import (
	"fmt"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
)

const (
	pageReceipts db.SQL = `SELECT seq, id, store, register, number FROM receipts WHERE seq > $1 ORDER BY seq LIMIT $2`
	pageOutbox   db.SQL = `SELECT seq, subject FROM outbox WHERE seq > $1 AND topic = 'sale.completed' ORDER BY seq LIMIT $2`
	deadLetters  db.SQL = `SELECT count(*) FROM outbox WHERE state = 'dead'`
)

// pageOutboxMost is how many rows are read at once.
const pageOutboxMost = 2_000

// outbox checks that every receipt was announced to the outside, and only those that are there. Both
// tables are in the same order.
func (c *checker) outbox() error {
	if !c.wants(Outbox) {
		return nil
	}
	c.tell("outbox", 0, 1)
	o := &announced{checker: c}
	for last, more := int64(0), true; more; {
		more = false
		err := c.rows(pageReceipts, func(scan scanner) error {
			var u id.ID
			var store, register string
			var number int64
			if err := scan(&last, &u, &store, &register, &number); err != nil {
				return err
			}
			more = true
			o.receipts = append(o.receipts, named{u, store, register, number})
			return nil
		}, last, int64(pageOutboxMost))
		if err != nil {
			return err
		}
		if err := o.meet(); err != nil {
			return err
		}
	}
	if err := o.rest(); err != nil {
		return err
	}
	var dead int64
	if err := c.q.QueryRow(deadLetters).Scan(&dead); err != nil {
		return err
	}
	if dead > 0 {
		c.report(Finding{Check: Outbox, Where: "outbox", Message: fmt.Sprintf("%d messages could not be delivered", dead), Warning: true})
	}
	return nil
}

// announced matches receipts with their messages.
type announced struct {
	*checker
	receipts []named // of one page
	messages []message
	at       int
	last     int64
	end      bool
	silent   waiting[named]   // receipts without a message so far
	early    waiting[message] // messages whose receipt has not come yet
	now      int64
}

type named struct {
	id              id.ID
	store, register string
	number          int64
}

type message struct {
	seq     int64
	subject id.ID
}

func (o *announced) meet() error {
	for _, r := range o.receipts {
		o.now++
		if _, ok := o.early.take(r.id); !ok {
			o.silent.put(r.id, o.now, r)
		}
		for o.silent.len() > 0 && o.early.len() < ahead {
			m, ok, err := o.next()
			if err != nil {
				return err
			}
			if !ok {
				break
			}
			o.found(m)
		}
		o.silent.expire(o.now-ahead, o.unannounced)
		o.early.expire(o.now-ahead, o.unknown)
	}
	o.receipts = o.receipts[:0]
	return nil
}

func (o *announced) found(m message) {
	if _, ok := o.silent.take(m.subject); !ok && !o.early.put(m.subject, o.now, m) {
		o.unknown(m)
	}
}

func (o *announced) next() (message, bool, error) {
	if o.at == len(o.messages) && !o.end {
		o.messages, o.at = o.messages[:0], 0
		err := o.rows(pageOutbox, func(scan scanner) error {
			var m message
			err := scan(&m.seq, &m.subject)
			o.messages, o.last = append(o.messages, m), m.seq
			return err
		}, o.last, int64(pageOutboxMost))
		if err != nil {
			return message{}, false, err
		}
		o.end = len(o.messages) == 0
	}
	if o.end {
		return message{}, false, nil
	}
	o.at++
	return o.messages[o.at-1], true, nil
}

func (o *announced) rest() error {
	for {
		m, ok, err := o.next()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		o.found(m)
	}
	o.silent.expire(o.now+1, o.unannounced)
	o.early.expire(o.now+1, o.unknown)
	return nil
}

func (o *announced) unannounced(r named) {
	o.report(Finding{Check: Outbox, Where: fmt.Sprintf("receipt %s/%s #%d", r.store, r.register, r.number), Message: "the receipt was not announced to the outside systems"})
}

func (o *announced) unknown(m message) {
	o.report(Finding{Check: Outbox, Where: fmt.Sprintf("message %d", m.seq), Message: "it announces a receipt that is not there, or was announced before"})
}
