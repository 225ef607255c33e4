package db

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tillpost/tillpost/internal/base/fault"
)

const (
	// queueLength bounds how many writes may wait; beyond it Write blocks until there is room.
	queueLength = 4096
	// groupMost bounds a group commit: more would make the first of the group wait longer than the
	// disk saves.
	groupMost = 200
	// retryFor is how long a group is tried again after a serialization failure or a deadlock.
	retryFor = 10 * time.Second
)

// job is one body that waits for the writer.
type job struct {
	ctx    context.Context
	plan   func(tx *Tx) error // nil for none
	body   func(tx *Tx) error
	answer chan error
}

// Write runs body in a transaction and returns when its changes are on disk, or undone. Bodies that
// wait at the same time share one commit; a body that fails undoes only itself. The body may run
// twice: it must touch nothing but tx.
func (d *DB) Write(ctx context.Context, body func(tx *Tx) error) error {
	return d.WritePlanned(ctx, nil, body)
}

// WritePlanned is Write for a body that can say beforehand what it will read. The plans of a group run
// before its bodies: they note what is wanted, and the first body that needs it reads it for all. A plan
// reads nothing itself, and a body that runs without it only reads alone.
func (d *DB) WritePlanned(ctx context.Context, plan, body func(tx *Tx) error) (err error) {
	if d.span != nil {
		end := d.span(ctx, "db.write")
		defer func() { end(err) }()
	}
	j, err := d.enqueue(ctx, plan, body)
	if err != nil {
		return err
	}
	return d.await(j)
}

// WriteEach runs bodies in their order, each as Write would, and returns the error of each. They wait for
// the same few commits, not each for its own.
func (d *DB) WriteEach(ctx context.Context, bodies []func(tx *Tx) error) []error {
	errs := make([]error, len(bodies))
	jobs := make([]*job, len(bodies))
	for i, body := range bodies {
		jobs[i], errs[i] = d.enqueue(ctx, nil, body)
	}
	for i, j := range jobs {
		if errs[i] == nil {
			errs[i] = d.await(j)
		}
	}
	return errs
}

// enqueue gives a body to the writer.
func (d *DB) enqueue(ctx context.Context, plan, body func(tx *Tx) error) (*job, error) {
	j := &job{ctx: ctx, plan: plan, body: body, answer: make(chan error, 1)}
	select {
	case <-d.stop:
		return nil, ErrClosed
	default:
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case d.queue <- j:
		return j, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-d.stop:
		return nil, ErrClosed
	}
}

// await returns the outcome of a queued body, also when its caller has gone away: the question whether
// its sale was recorded must not stay open.
func (d *DB) await(j *job) error {
	select {
	case err := <-j.answer:
		return err
	case <-d.ended:
		select {
		case err := <-j.answer:
			return err
		default:
			return ErrClosed
		}
	}
}

// Queued is how many writes wait for the writer. They are served in the order in which they came.
func (d *DB) Queued() int { return len(d.queue) }

// errTried undoes what Try has shown to work.
var errTried = errors.New("tried")

// Try runs body like Write, with everything that the database would check, and undoes it.
func (d *DB) Try(ctx context.Context, body func(tx *Tx) error) error {
	err := d.Write(ctx, func(tx *Tx) error {
		if err := body(tx); err != nil {
			return err
		}
		if err := tx.flush(); err != nil {
			return err
		}
		if err := tx.w.sendRows(tx); err != nil {
			return err
		}
		return errTried
	})
	if errors.Is(err, errTried) {
		return nil
	}
	return err
}

// writer is the one goroutine that writes.
func (d *DB) writer() {
	defer close(d.ended)
	w := &conn{db: d, buffers: map[*Table][]any{}}
	defer w.close()
	for {
		var first *job
		select {
		case first = <-d.queue:
		case <-d.stop:
			for { // finish what was accepted
				select {
				case j := <-d.queue:
					w.commit([]*job{j})
				default:
					return
				}
			}
		}
		w.commit(d.gather(first))
	}
}

// gather takes what is queued right now.
func (d *DB) gather(first *job) []*job {
	group := []*job{first}
	for len(group) < groupMost {
		select {
		case j := <-d.queue:
			group = append(group, j)
		default:
			return group
		}
	}
	return group
}

// commit runs a group as one transaction. When a body fails, the group is undone and each body runs
// again in a transaction of its own, so that a failure undoes only itself.
func (w *conn) commit(group []*job) {
	alive := group[:0]
	for _, j := range group {
		if err := j.ctx.Err(); err != nil {
			j.answer <- err
			continue
		}
		alive = append(alive, j)
	}
	if len(alive) == 0 {
		return
	}
	began := time.Now()
	err := w.try(alive)
	if w.db.observe != nil {
		w.db.observe(Group{Bodies: len(alive), Took: time.Since(began), Err: err})
	}
	if err == nil {
		for _, j := range alive {
			j.answer <- nil
		}
		return
	}
	if unknown := errors.Is(err, ErrUnknown); unknown || len(alive) == 1 {
		for _, j := range alive { // what may have been saved is not run again
			j.answer <- err
		}
		return
	}
	for _, j := range alive {
		j.answer <- w.try([]*job{j})
	}
}

// try runs the bodies in one transaction, again and again while that can help: after a serialization
// failure or a deadlock, and when the connection broke before anything was committed. A server that
// was not there to begin with is not waited for.
func (w *conn) try(group []*job) error {
	deadline := time.Now().Add(w.db.patience)
	had := false // there was a connection, so that the server may be restarting
	for pause := 2 * time.Millisecond; ; pause *= 2 {
		err := w.once(group)
		if err == nil {
			return nil
		}
		gone := errors.Is(err, errLost)
		if gone {
			w.discard()
			had = true
		}
		again := retryable(err) || gone || had && errors.Is(err, errConnect)
		if !again || time.Now().After(deadline) {
			return classify(err)
		}
		wait(pause)
	}
}

// wait lets the database come back, or the other one finish.
func wait(pause time.Duration) { time.Sleep(min(pause, 500*time.Millisecond)) }

func (w *conn) once(group []*job) (err error) {
	ctx := context.Background()
	if err := w.open(); err != nil {
		return err
	}
	number, err := w.begin(ctx)
	if err != nil {
		return err
	}
	tx := newTx(w, ctx)
	tx.number = number
	defer func() {
		tx.closeRows()
		if err == nil {
			return
		}
		_ = tx.waitEarly()
		w.kept = map[any]any{}
		if w.c == nil {
			return
		}
		// SQLite has undone the transaction itself when the disk was full, and then fails here.
		if _, e := w.c.ExecContext(ctx, "ROLLBACK"); e != nil && w.db.engine == Postgres {
			w.discard()
		}
	}()
	for _, j := range group {
		if j.plan != nil {
			if err := tx.run(j.plan); err != nil {
				return w.asLost(err)
			}
		}
	}
	for _, j := range group {
		tx.Actor = actorOf(j.ctx)
		if err := tx.run(j.body); err != nil {
			return w.asLost(err)
		}
	}
	tx.Actor = ""
	if err := tx.run((*Tx).flush); err != nil {
		return w.asLost(err)
	}
	if err = w.end(ctx, tx); err == nil {
		w.db.committed()
	}
	return err
}

// run runs a body. One that panics fails like one that returns an error: it must not take the other
// writers of the process with it.
func (tx *Tx) run(body func(tx *Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = ErrPanic.Because(fmt.Errorf("%v\n%s", p, debug.Stack()))
		}
	}()
	err = body(tx)
	tx.closeRows() // rows that a body forgot would block the connection
	var known *fault.Error
	if tx.failed != nil && !errors.Is(err, tx.failed) && !errors.As(err, &known) {
		return tx.failed // the first failure is the cause of all others
	}
	return err
}

// retryable tells whether the same transaction may succeed when it is run again: PostgreSQL's
// serialization failure and deadlock.
func retryable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}
