package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
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
	body   func(tx *Tx) error
	answer chan error
}

// Write runs body in a transaction and returns when its changes are on disk, or undone. Bodies that
// wait at the same time share one commit; a body that fails undoes only itself. The body may run
// twice: it must touch nothing but tx.
func (d *DB) Write(ctx context.Context, body func(tx *Tx) error) error {
	j := &job{ctx: ctx, body: body, answer: make(chan error, 1)}
	select {
	case <-d.stop:
		return ErrClosed
	default:
	}
	select {
	case d.queue <- j:
	case <-ctx.Done():
		return ctx.Err()
	case <-d.stop:
		return ErrClosed
	}
	// Once queued, the outcome is awaited even when ctx ends: a caller that went away must not leave
	// the question open whether its sale was recorded.
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
	w := &conn{db: d}
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

// conn is the writer's connection with its prepared statements.
type conn struct {
	db    *DB
	c     *sql.Conn
	stmts map[SQL]*sql.Stmt
	bulk  map[bulk]*sql.Stmt
}

// bulk names the multi-row insert of so many rows into a table.
type bulk struct {
	table *Table
	rows  int
}

func (w *conn) close() {
	for _, s := range w.stmts {
		_ = s.Close()
	}
	for _, s := range w.bulk {
		_ = s.Close()
	}
	w.stmts, w.bulk = nil, nil
	if w.c != nil {
		_ = w.c.Close()
		w.c = nil
	}
}

func (w *conn) open() error {
	if w.c != nil {
		return nil
	}
	c, err := w.db.write.Conn(context.Background())
	if err != nil {
		return err
	}
	w.c, w.stmts, w.bulk = c, map[SQL]*sql.Stmt{}, map[bulk]*sql.Stmt{}
	return nil
}

func (w *conn) stmt(q SQL) (*sql.Stmt, error) {
	if s := w.stmts[q]; s != nil {
		return s, nil
	}
	s, err := w.c.PrepareContext(context.Background(), string(q))
	if err != nil {
		return nil, fmt.Errorf("prepare %.80q: %w", string(q), err)
	}
	w.stmts[q] = s
	return s, nil
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
	err := w.try(alive)
	if err == nil {
		for _, j := range alive {
			j.answer <- nil
		}
		return
	}
	if len(alive) == 1 {
		alive[0].answer <- err
		return
	}
	for _, j := range alive {
		j.answer <- w.try([]*job{j})
	}
}

// try runs the bodies in one transaction, again and again while the database says that trying again
// can help.
func (w *conn) try(group []*job) error {
	deadline := time.Now().Add(retryFor)
	for pause := 2 * time.Millisecond; ; pause *= 2 {
		err := w.once(group)
		if err == nil || !retryable(err) || time.Now().After(deadline) {
			return classify(err)
		}
		if lost(err) {
			w.close()
		}
		time.Sleep(min(pause, 500*time.Millisecond))
	}
}

func (w *conn) once(group []*job) (err error) {
	if err := w.open(); err != nil {
		return ErrUnavailable.Because(err)
	}
	ctx := context.Background()
	if _, err := w.c.ExecContext(ctx, w.begin()); err != nil {
		w.close()
		return ErrUnavailable.Because(err)
	}
	defer func() {
		if err != nil {
			if _, e := w.c.ExecContext(ctx, "ROLLBACK"); e != nil {
				w.close()
			}
		}
	}()
	if w.db.engine == Postgres {
		// One group at a time per database, also with several nodes: the ledger is one hash chain, so its
		// writers would wait for each other anyway, only later and in a worse order.
		if _, err := w.c.ExecContext(ctx, "SELECT pg_advisory_xact_lock(7177002651)"); err != nil {
			return err
		}
	}
	tx := newTx(w, ctx)
	for _, j := range group {
		if err := j.body(tx); err != nil {
			return err
		}
	}
	if err := tx.flush(); err != nil {
		return err
	}
	if _, err := w.c.ExecContext(ctx, "COMMIT"); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

func (w *conn) begin() string {
	if w.db.engine == SQLite {
		return "BEGIN IMMEDIATE"
	}
	return "BEGIN"
}

// retryable tells whether the same transaction may succeed when it is run again: PostgreSQL's
// serialization failure and deadlock.
func retryable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// lost tells whether the connection is gone.
func lost(err error) bool {
	return errors.Is(err, sql.ErrConnDone)
}
