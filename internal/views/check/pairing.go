package check

import "github.com/tillpost/tillpost/internal/base/id"

// ahead is how far two streams are read apart to find a partner. Receipts and what belongs to them are
// written by the same transaction in the same order, so that partners meet at once; a row that is
// missing or in another place keeps its neighbours from meeting only for so many documents.
const ahead = 1000

// waiting holds what has not met its partner, in the order in which it came.
type waiting[T any] struct {
	at    map[id.ID]int // place in queue, from first on
	queue []waiter[T]
	first int
}

type waiter[T any] struct {
	id    id.ID
	since int64
	value T
	met   bool
}

// put adds one at the time now. A second one of the same id is told from the first.
func (w *waiting[T]) put(u id.ID, now int64, value T) bool {
	if w.at == nil {
		w.at = map[id.ID]int{}
	}
	if _, twice := w.at[u]; twice {
		return false
	}
	w.at[u] = w.first + len(w.queue)
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
	x := &w.queue[i-w.first]
	x.met = true
	value = x.value
	return value, true
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
	if n > 0 {
		w.queue = w.queue[n:]
		w.first += n
	}
	if len(w.queue) == 0 {
		w.queue = nil // what was cut off its front is freed
	}
}
