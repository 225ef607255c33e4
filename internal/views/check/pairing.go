package check

import (
	"math"

	"github.com/tillpost/tillpost/internal/base/id"
)

// ahead is how many rows a stream is read ahead to find a partner. Receipts and what belongs to them
// are written by the same transaction in the same order, so that partners meet at once. A row that is
// missing has the other stream read so far ahead once, and then its neighbours meet again.
const ahead = 1000

// patience is for how many receipts a row waits for its partner before it is given up.
const patience = 2 * ahead

// pairing matches receipts with the rows of another stream that name them. It holds a bounded number of
// either in memory.
type pairing[L, R any] struct {
	next  func() (u id.ID, r R, ok bool, err error) // of the other stream; valid until the next call
	keep  func(R) R                                 // makes it last longer
	met   func(L, R)
	alone func(L) // a receipt without a partner
	extra func(R) // a row whose receipt is not there, or has a partner already

	left  waiting[L]
	right waiting[R]
	now   int64 // receipts so far
}

// meet finds the partner of the next receipt. One that perhaps has none is not searched for further
// than the next row.
func (p *pairing[L, R]) meet(u id.ID, l L, perhaps bool) error {
	p.now++
	if r, ok := p.right.take(u); ok {
		p.met(l, r)
		return nil
	}
	p.left.put(u, p.now, l)
	for p.left.has(u) && p.right.len() < ahead {
		more, err := p.read()
		if err != nil {
			return err
		}
		if !more || perhaps {
			break
		}
	}
	p.left.expire(p.now-patience, p.alone)
	p.right.expire(p.now-patience, p.extra)
	return nil
}

// read takes a row of the other stream; false at its end.
func (p *pairing[L, R]) read() (bool, error) {
	u, r, ok, err := p.next()
	if err != nil || !ok {
		return false, err
	}
	if l, ok := p.left.take(u); ok {
		p.met(l, r)
	} else if r = p.keep(r); !p.right.put(u, p.now, r) {
		p.extra(r)
	}
	return true, nil
}

// end reads the rest of the other stream and gives up what still waits.
func (p *pairing[L, R]) end() error {
	for {
		if more, err := p.read(); err != nil || !more {
			p.left.expire(math.MaxInt64, p.alone)
			p.right.expire(math.MaxInt64, p.extra)
			return err
		}
	}
}

// waiting holds what has not met its partner, in the order in which it came.
type waiting[T any] struct {
	at    map[id.ID]int // place in queue, counted from the first that there ever was
	queue []waiter[T]
	gone  int // how many were cut off the front of the queue
}

type waiter[T any] struct {
	id    id.ID
	since int64
	value T
	met   bool
}

// put adds one at the time now. It refuses a second one of the same id.
func (w *waiting[T]) put(u id.ID, now int64, value T) bool {
	if w.at == nil {
		w.at = map[id.ID]int{}
	}
	if w.has(u) {
		return false
	}
	w.at[u] = w.gone + len(w.queue)
	w.queue = append(w.queue, waiter[T]{id: u, since: now, value: value})
	return true
}

// take removes and returns the one with this id.
func (w *waiting[T]) take(u id.ID) (value T, ok bool) {
	i, ok := w.at[u]
	if !ok {
		return value, false
	}
	delete(w.at, u)
	x := &w.queue[i-w.gone]
	value = x.value
	*x = waiter[T]{met: true} // what it held can be freed
	return value, true
}

// has tells whether one waits.
func (w *waiting[T]) has(u id.ID) bool {
	_, ok := w.at[u]
	return ok
}

// len is how many wait.
func (w *waiting[T]) len() int { return len(w.at) }

// expire removes those that came before a time and gives them to fn, the oldest first.
func (w *waiting[T]) expire(before int64, fn func(T)) {
	n := 0
	for n < len(w.queue) && (w.queue[n].met || w.queue[n].since < before) {
		if x := &w.queue[n]; !x.met {
			delete(w.at, x.id)
			fn(x.value)
		}
		n++
	}
	w.queue, w.gone = w.queue[n:], w.gone+n
	if len(w.queue) == 0 {
		w.queue = nil // with the room before its front
	}
}
