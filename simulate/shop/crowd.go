package shop

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/flow/checkout"
	"github.com/tillpost/tillpost/internal/flow/receive"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// send is one sending in a crowd; it tells whether the document was new.
type send func() (bool, error)

// crowd is the last day, after the export: all tills send at the same time, each receipt twice, while
// deliveries come and somebody reads. Nobody decides in which order the books take them, so the auditor
// follows the log of changes, and the numbers are not those of the seed.
func (s *Sim) crowd(ops int) error {
	s.say("a crowd")
	if err := s.fill(ops); err != nil {
		return err
	}
	var last int64
	if err := s.d.Read(s.ctx, func(v *db.View) error { return v.QueryRow(lastTold).Scan(&last) }); err != nil {
		return err
	}
	apply := map[string]func(){}
	var lanes [][]send
	for _, st := range s.stores {
		for _, t := range st.tills {
			lanes = append(lanes, s.racing(t.queue, apply), s.racing(t.queue, apply))
			t.queue = nil
		}
		lanes = append(lanes, s.trucks(st, apply))
	}
	s.tally[Crowd] += len(apply)
	if err := s.race(lanes, len(apply)); err != nil {
		return err
	}
	return s.follow(last, apply)
}

// racing sends receipts one after the other, in an order of its own.
func (s *Sim) racing(queue []receipt.Receipt, apply map[string]func()) []send {
	var out []send
	for i := range queue {
		r := queue[i]
		apply[r.ID.String()] = func() { s.arrived(&r) }
		out = append(out, func() (bool, error) {
			_, fresh, err := checkout.Complete(s.ctx, s.d, r)
			return fresh, err
		})
	}
	s.r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// trucks are deliveries to a store.
func (s *Sim) trucks(st *store, apply map[string]func()) []send {
	var out []send
	for range 3 {
		d, lines := s.truck(st)
		apply[d.ID.String()] = func() { s.delivered(d, lines) }
		out = append(out, func() (bool, error) {
			_, err := receive.Deliver(s.ctx, s.d, d)
			return true, err
		})
	}
	return out
}

// race runs the lanes side by side; each document must be new once, and whoever reads meanwhile must
// see books that agree with themselves.
func (s *Sim) race(lanes [][]send, documents int) error {
	var wg sync.WaitGroup
	var fresh atomic.Int64
	errs := make(chan error, len(lanes)+1)
	for _, lane := range lanes {
		wg.Go(func() {
			for _, send := range lane {
				is, err := send()
				if err != nil {
					errs <- err
					return
				}
				if is {
					fresh.Add(1)
				}
			}
		})
	}
	wg.Go(func() {
		if err := s.look(); err != nil {
			errs <- err
		}
	})
	wg.Wait()
	close(errs)
	if err := <-errs; err != nil {
		return err
	}
	if n := fresh.Load(); n != int64(documents) {
		return fmt.Errorf("%d documents were sent at once, %d were new", documents, n)
	}
	return nil
}

// look proves what is there at this moment.
func (s *Sim) look() error {
	return s.d.Read(s.ctx, func(v *db.View) error {
		var d []string
		if err := s.prove(v, s.whole(), &d); err != nil || len(d) == 0 {
			return err
		}
		return fmt.Errorf("while others write: %s", d[0])
	})
}

const (
	lastTold   db.SQL = `SELECT COALESCE(MAX(seq), 0) FROM outbox`
	selectTold db.SQL = `SELECT subject FROM outbox WHERE seq > $1 AND topic IN ('sale.completed', 'delivery.recorded') ORDER BY seq`
)

// follow applies what was sent in the order in which the log of changes has it. The auditor sees then
// whether receipts and entries have the same.
func (s *Sim) follow(last int64, apply map[string]func()) error {
	return s.d.Read(s.ctx, func(v *db.View) error {
		rows, err := v.Query(selectTold, last)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var subject string
			if err := rows.Scan(&subject); err != nil {
				return err
			}
			fn := apply[subject]
			if fn == nil {
				return fmt.Errorf("%s was announced, and not sent", subject)
			}
			fn()
		}
		return rows.Err()
	})
}
