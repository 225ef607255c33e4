package shop

import (
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/tillpost/tillpost/internal/platform/db"
)

// write is something that somebody sends, and what the auditor books when it has worked.
type write struct {
	do   func() error
	then func()
}

// one sends a write by itself.
func (w write) one() error {
	if err := w.do(); err != nil {
		return err
	}
	if w.then != nil {
		w.then()
	}
	return nil
}

// together sends the writes from as many goroutines. They reach the database's queue in the order of
// the list, so that a seed always gives the same books, and wait there until the last has come: they
// share a group commit, or are run one by one when one of them is refused.
func (s *Sim) together(ws []write) error {
	gate, inside := make(chan struct{}), make(chan struct{})
	enter := sync.OnceFunc(func() { close(inside) })
	held := make(chan error, 1)
	go func() {
		held <- s.d.Write(s.ctx, func(*db.Tx) error { enter(); <-gate; return nil })
	}()
	select {
	case <-inside:
	case err := <-held:
		return err
	}
	errs := make([]error, len(ws))
	done := make([]chan struct{}, len(ws))
	for i, w := range ws {
		before := s.d.Queued()
		done[i] = make(chan struct{})
		go func() {
			defer close(done[i])
			errs[i] = w.do()
		}()
		for s.d.Queued() == before && !closed(done[i]) { // what is wrong by itself never reaches the queue
			runtime.Gosched()
		}
	}
	close(gate)
	for _, c := range done {
		<-c
	}
	if err := errors.Join(append(errs, <-held)...); err != nil {
		return fmt.Errorf("%d writes at once: %w", len(ws), err)
	}
	for _, w := range ws {
		if w.then != nil {
			w.then()
		}
	}
	s.note(Groups)
	s.tally[Grouped] += len(ws)
	return nil
}

func closed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
