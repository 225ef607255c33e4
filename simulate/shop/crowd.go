package shop

import (
	"fmt"
	"sync"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/flow/checkout"
	"github.com/tillpost/tillpost/internal/flow/receive"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// crowd is a stretch in which all tills send at the same time, each receipt twice, while deliveries
// come. Nobody knows in which order the books take them, so the auditor follows the journal's order.
func (s *Sim) crowd(ops int) error {
	s.say("a crowd")
	if err := s.fill(ops); err != nil {
		return err
	}
	first, err := s.nextEntry()
	if err != nil {
		return err
	}
	apply := map[id.ID]func(){}
	var lanes [][]func() (bool, error)
	for _, st := range s.stores {
		for _, t := range st.tills {
			if t.offline {
				continue
			}
			lanes = append(lanes, s.lane(t.queue, apply), s.lane(t.queue, map[id.ID]func(){}))
			t.queue = nil
		}
		lanes = append(lanes, s.trucks(st, apply))
	}
	if err := race(lanes, len(apply)); err != nil {
		return err
	}
	return s.follow(first, apply)
}

// fill has the tills sell without sending.
func (s *Sim) fill(ops int) error {
	s.hold = true
	defer func() { s.hold = false }()
	for range ops {
		st := s.stores[s.r.IntN(len(s.stores))]
		t := st.tills[s.r.IntN(len(st.tills))]
		var err error
		switch n := s.r.IntN(20); {
		case n < 14:
			err = s.sell(t)
		case n < 16:
			err = s.refund(t)
		case n < 17:
			err = s.exchange(t)
		case n < 18:
			err = s.void(t)
		default:
			err = s.empty(t)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lane sends receipts one after the other, in an order of its own.
func (s *Sim) lane(queue []receipt.Receipt, apply map[id.ID]func()) []func() (bool, error) {
	var out []func() (bool, error)
	for i := range queue {
		r := queue[i]
		p := s.plain(&r)
		apply[r.ID] = func() { s.b.Receive(p) }
		out = append(out, func() (bool, error) {
			_, fresh, err := checkout.Complete(s.ctx, s.d, r)
			return fresh, err
		})
	}
	s.r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// trucks are deliveries to a store.
func (s *Sim) trucks(st *store, apply map[id.ID]func()) []func() (bool, error) {
	var out []func() (bool, error)
	for range 3 {
		d, lines := s.truck(st)
		apply[d.ID] = func() { s.delivered(d, lines) }
		out = append(out, func() (bool, error) {
			_, err := receive.Deliver(s.ctx, s.d, d)
			return true, err
		})
	}
	return out
}

// race runs the lanes side by side; each document must be new once.
func race(lanes [][]func() (bool, error), documents int) error {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var first error
	fresh := 0
	for _, lane := range lanes {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for _, send := range lane {
				ok, err := send()
				mu.Lock()
				if ok {
					fresh++
				}
				if err != nil && first == nil {
					first = err
				}
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
	if first == nil && fresh != documents {
		first = fmt.Errorf("%d documents were sent at once, %d were new", documents, fresh)
	}
	return first
}

const selectOrder db.SQL = `SELECT doc FROM entries WHERE seq >= $1 ORDER BY seq`

// follow applies what was sent in the order in which the journal has it. What has no entry moved
// nothing.
func (s *Sim) follow(first int64, apply map[id.ID]func()) error {
	err := s.d.Read(s.ctx, func(v *db.View) error {
		rows, err := v.Query(selectOrder, first)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var doc id.ID
			if err := rows.Scan(&doc); err != nil {
				return err
			}
			if fn := apply[doc]; fn != nil {
				fn()
				delete(apply, doc)
			}
		}
		return rows.Err()
	})
	for _, fn := range apply {
		fn()
	}
	return err
}
