package auth

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
)

const (
	// pollEvery is how often the keys are read again: a key that another process revokes stops working
	// within a second.
	pollEvery = 500 * time.Millisecond
	// missEvery is how far readings for unknown keys lie apart: whoever tries keys makes no more of them.
	missEvery = 100 * time.Millisecond
	// staleMost is how old a reading may be before a request waits for the next one: while the database
	// does not answer, nobody knows which keys were revoked.
	staleMost = 10 * time.Second
	// readWithin bounds a reading.
	readWithin = 5 * time.Second
	// missedMost bounds how many unknown keys are remembered between two polls.
	missedMost = 10_000
)

// Keeper answers a server's requests from memory: a request costs one SHA-256 and one look-up, and no
// query. It holds all keys that are not revoked (at most KeysMost) and looks again and again, beside the
// requests, whether keys came or went. Only a key that it does not know makes a request wait for the next
// reading, because another process may just have made it; the same wrong key again is refused at once.
type Keeper struct {
	d       *db.DB
	trouble func(error)
	shelf   atomic.Pointer[shelf]
	asked   chan struct{} // somebody waits for a reading
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu     sync.Mutex
	next   *reading            // what those who wait have joined, nil when nobody waits
	last   time.Time           // when the last reading began, also one that failed
	missed map[digest]struct{} // keys that the last readings did not find
	uses   map[id.ID]*use
}

// shelf is what one reading found. It is never changed.
type shelf struct {
	keys  map[digest]*kept
	state state
	began time.Time
}

// state tells whether keys came or went: keys are only ever added, and only ever revoked, so that the two
// numbers are never the same again.
type state struct{ all, active int64 }

const selectState db.SQL = `SELECT (SELECT COUNT(*) FROM api_keys), (SELECT COUNT(*) FROM api_keys WHERE revoked_ms = 0)`

// kept is a key in memory.
type kept struct {
	hash      digest
	principal Principal
	use       *use
}

// reading is one that has not begun yet.
type reading struct {
	done chan struct{}
	err  error
}

// Keep reads the keys and goes on reading them until Close. What goes wrong beside the requests, and will
// be tried again, is told to trouble.
func Keep(ctx context.Context, d *db.DB, trouble func(error)) (*Keeper, error) {
	k := &Keeper{d: d, trouble: trouble, asked: make(chan struct{}, 1), missed: map[digest]struct{}{}, uses: map[id.ID]*use{}}
	k.ctx, k.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if err := k.load(ctx); err != nil {
		k.cancel()
		return nil, err
	}
	k.running.Go(k.watch)
	k.running.Go(k.record)
	return k, nil
}

// Close stops the readings and writes the last uses. Close it before the database.
func (k *Keeper) Close() error {
	k.cancel()
	k.running.Wait()
	ctx, done := context.WithTimeout(context.Background(), readWithin)
	defer done()
	return k.flush(ctx)
}

// Find tells who has a key, or ErrMissing, ErrMalformed or ErrUnknown, and remembers that it was used. may,
// unless it is nil, is asked before a key that is not known is looked for: its error is the answer, and
// then nothing was looked for. A key that is known is never asked about.
func (k *Keeper) Find(ctx context.Context, text string, may func() error) (Principal, error) {
	secret, err := Parse(text)
	if err != nil {
		return Principal{}, err
	}
	s := k.shelf.Load()
	if time.Since(s.began) > staleMost {
		if err := k.wait(ctx, false); err != nil {
			return Principal{}, err
		}
		s = k.shelf.Load()
	}
	hash := secret.digest()
	key := s.keys[hash]
	now := k.d.Now().UnixMilli()
	if may != nil && (key == nil || expired(key.principal.ExpiresMs, now)) {
		if err := may(); err != nil {
			return Principal{}, err
		}
	}
	if key == nil {
		if key, err = k.search(ctx, hash); err != nil {
			return Principal{}, err
		}
	}
	if !same(key.hash, hash) || expired(key.principal.ExpiresMs, now) {
		return Principal{}, ErrUnknown
	}
	key.use.touch(now)
	return key.principal, nil
}

// Refresh reads the keys now. Who makes or revokes a key in this process calls it before answering:
// when it returns, the change is in force.
func (k *Keeper) Refresh(ctx context.Context) error { return k.wait(ctx, true) }

// Any tells whether there is a key at all: a server without one says how to make it.
func (k *Keeper) Any() bool { return len(k.shelf.Load().keys) > 0 }

// search looks for a key that is not on the shelf in a reading that begins after it was asked for.
func (k *Keeper) search(ctx context.Context, hash digest) (*kept, error) {
	k.mu.Lock()
	_, missed := k.missed[hash]
	k.mu.Unlock()
	if missed {
		return nil, ErrUnknown
	}
	if err := k.wait(ctx, false); err != nil {
		return nil, err
	}
	if key := k.shelf.Load().keys[hash]; key != nil {
		return key, nil
	}
	k.mu.Lock()
	if len(k.missed) < missedMost {
		k.missed[hash] = struct{}{}
	}
	k.mu.Unlock()
	return nil, ErrUnknown
}

// wait returns when a reading that began after the call has ended. All who wait share one; unless it is
// wanted at once it keeps its distance from the last.
func (k *Keeper) wait(ctx context.Context, atOnce bool) error {
	k.mu.Lock()
	r := k.next
	first := r == nil
	if first {
		r = &reading{done: make(chan struct{})}
		k.next = r
	}
	distance := missEvery - time.Since(k.last)
	k.mu.Unlock()
	switch {
	case atOnce || first && distance <= 0:
		k.ask()
	case first:
		time.AfterFunc(distance, k.ask)
	}
	select {
	case <-r.done:
		return r.err
	case <-ctx.Done():
		return ctx.Err()
	case <-k.ctx.Done():
		return db.ErrClosed
	}
}

// ask has the watch read; that it was asked already is as good.
func (k *Keeper) ask() {
	select {
	case k.asked <- struct{}{}:
	default:
	}
}

// watch reads the keys from time to time and when somebody waits. Nobody else does: a later reading is
// never overtaken by an earlier one.
func (k *Keeper) watch() {
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	failing := false
	for {
		polled := false
		select {
		case <-k.ctx.Done():
			return
		case <-poll.C:
			polled = true
		case <-k.asked:
		}
		err := k.serve(polled)
		if err != nil && !failing && k.ctx.Err() == nil {
			k.trouble(err) // once, not twice a second for as long as it lasts
		}
		failing = err != nil
	}
}

// serve reads the keys for those who wait; a poll also when nobody does, and it forgets which keys were
// missed.
func (k *Keeper) serve(polled bool) error {
	k.mu.Lock()
	r := k.next
	if r == nil && !polled { // an earlier reading has served them
		k.mu.Unlock()
		return nil
	}
	if polled {
		clear(k.missed)
	}
	k.next, k.last = nil, time.Now()
	k.mu.Unlock()
	err := k.load(k.ctx)
	if r != nil {
		r.err = err
		close(r.done)
	}
	return err
}

// load reads the keys, unless they are still the same, and puts them on the shelf.
func (k *Keeper) load(ctx context.Context) error {
	ctx, done := context.WithTimeout(ctx, readWithin)
	defer done()
	before := k.shelf.Load()
	s := &shelf{began: time.Now()}
	err := k.d.Read(ctx, func(v *db.View) error {
		if err := v.QueryRow(selectState).Scan(&s.state.all, &s.state.active); err != nil {
			return err
		}
		if before != nil && before.state == s.state {
			s.keys = before.keys
			return nil
		}
		s.keys = map[digest]*kept{}
		return each(v, selectActive, func(key Key, hash digest) {
			s.keys[hash] = &kept{hash: hash, principal: key.principal(), use: k.useOf(key.ID)}
		})
	})
	if err != nil {
		return err
	}
	k.shelf.Store(s)
	if before == nil || before.state != s.state {
		k.forget(s)
	}
	return nil
}
