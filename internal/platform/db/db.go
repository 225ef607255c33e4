// Package db is the one door to the database: SQLite by default, PostgreSQL when the shop outgrows
// one machine, with one SQL text for both.
//
// Reads run in snapshots (Read). Writes queue for the one writer of the process (Write): it takes
// what waits, runs the bodies in one SQL transaction, commits once and only then answers them all.
// An answer means that the change is on disk.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the "pgx" driver
	_ "modernc.org/sqlite"             // the "sqlite" driver
)

// Engine is one of the two database products.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// SQL is a statement. Statements are constants, so that a test can prepare each of them on both
// engines; parameters are $1, $2, ….
type SQL string

// Q is what reading functions need: a snapshot (View) or a transaction (Tx).
type Q interface {
	Query(q SQL, args ...any) (*sql.Rows, error)
	QueryRow(q SQL, args ...any) *sql.Row
	Context() context.Context
}

// DB is an open, migrated database.
type DB struct {
	engine Engine
	dsn    string
	write  *sql.DB
	read   *sql.DB
	now    func() time.Time
	queue  chan *job
	stop   chan struct{} // closed when no more writes are taken
	ended  chan struct{} // closed when the writer has answered everything it took
	once   sync.Once
	// patience is how long a group is tried again when the database says that this can help.
	patience time.Duration
	observe  func(Group)
	span     func(ctx context.Context, name string) (end func(error))
	wake     atomic.Pointer[chan struct{}] // closed by the next commit; nil when nobody listens
}

// Option changes how Open opens.
type Option func(*DB)

// WithClock sets the source of Tx.Now; tests use a fixed one.
func WithClock(now func() time.Time) Option { return func(d *DB) { d.now = now } }

// Open opens dsn, a file name or a postgres:// address, creates it when it is missing, and brings its
// schema up to date.
func Open(ctx context.Context, dsn string, opts ...Option) (*DB, error) {
	d := &DB{dsn: dsn, now: time.Now, queue: make(chan *job, queueLength), stop: make(chan struct{}), ended: make(chan struct{}),
		patience: retryFor}
	for _, o := range opts {
		o(d)
	}
	var err error
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		err = d.openPostgres()
	} else {
		err = d.openSQLite()
	}
	if err != nil {
		return nil, ErrOpen.Because(err)
	}
	if err := d.write.PingContext(ctx); err != nil {
		_ = d.closePools()
		return nil, ErrOpen.Because(err)
	}
	if err := d.migrate(ctx); err != nil {
		_ = d.closePools()
		return nil, err
	}
	go d.writer()
	return d, nil
}

// readers is how many snapshots may be read at the same time; more wait for their turn.
const readers = 8

// openSQLite opens the writer (one connection) and the readers. synchronous=FULL makes a commit
// durable; immediate transactions make waiting for a foreign writer happen at BEGIN.
func (d *DB) openSQLite() error {
	d.engine = SQLite
	if strings.TrimSpace(d.dsn) == "" {
		return errors.New("the database file name is empty")
	}
	if dir := filepath.Dir(d.dsn); dir != "." {
		if _, err := os.Stat(dir); err != nil {
			return fmt.Errorf("folder %s: %w", dir, err)
		}
	}
	var err error
	if d.write, err = sql.Open("sqlite", sqliteDSN(d.dsn, "journal_mode(wal)", "synchronous(full)", "busy_timeout(10000)",
		"foreign_keys(1)", "cache_size(-16384)", "wal_autocheckpoint(4000)", "temp_store(memory)")); err != nil {
		return err
	}
	d.write.SetMaxOpenConns(1)
	d.write.SetConnMaxIdleTime(0)
	d.read, err = sql.Open("sqlite", sqliteDSN(d.dsn, "busy_timeout(10000)", "query_only(1)", "cache_size(-16384)", "temp_store(memory)"))
	d.read.SetMaxOpenConns(readers)
	return err
}

func sqliteDSN(file string, pragmas ...string) string {
	v := url.Values{}
	for _, p := range pragmas {
		v.Add("_pragma", p)
	}
	return "file:" + (&url.URL{Path: file}).EscapedPath() + "?" + v.Encode()
}

func (d *DB) openPostgres() error {
	d.engine = Postgres
	var err error
	if d.write, err = sql.Open("pgx", d.dsn); err != nil {
		return err
	}
	d.write.SetMaxOpenConns(2)
	d.read, err = sql.Open("pgx", d.dsn)
	d.read.SetMaxOpenConns(readers)
	d.read.SetMaxIdleConns(readers)
	return err
}

// Engine tells which product answers.
func (d *DB) Engine() Engine { return d.engine }

// DSN is the address that the database was opened with. It may hold a password: never log it.
func (d *DB) DSN() string { return d.dsn }

// Now is the database's clock.
func (d *DB) Now() time.Time { return d.now().UTC().Truncate(time.Millisecond) }

// Close finishes what was accepted and closes the database.
func (d *DB) Close() error {
	d.once.Do(func() { close(d.stop) })
	<-d.ended
	return d.closePools()
}

func (d *DB) closePools() error {
	var errs []error
	for _, p := range []*sql.DB{d.write, d.read} {
		if p != nil {
			errs = append(errs, p.Close())
		}
	}
	return errors.Join(errs...)
}

// View is a read-only snapshot: everything read through it is of one moment.
type View struct {
	ctx context.Context
	tx  *sql.Tx
}

// Read runs fn on a snapshot.
func (d *DB) Read(ctx context.Context, fn func(v *View) error) (err error) {
	if d.span != nil {
		end := d.span(ctx, "db.read")
		defer func() { end(err) }()
	}
	tx, err := d.snapshot(ctx)
	if err != nil {
		return ErrUnavailable.Because(err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing to undo in a snapshot
	return classify(fn(&View{ctx: ctx, tx: tx}))
}

// snapshot begins a reading transaction. Connections that died while nobody used them show it only now;
// each of them is tried at most once.
func (d *DB) snapshot(ctx context.Context) (*sql.Tx, error) {
	opts := &sql.TxOptions{ReadOnly: d.engine == Postgres}
	if d.engine == Postgres {
		opts.Isolation = sql.LevelRepeatableRead
	}
	for n := 0; ; n++ {
		tx, err := d.read.BeginTx(ctx, opts)
		if err == nil || n == readers || !broken(err) || ctx.Err() != nil {
			return tx, err
		}
	}
}

// Query reads rows.
func (v *View) Query(q SQL, args ...any) (*sql.Rows, error) {
	return v.tx.QueryContext(v.ctx, string(q), args...)
}

// QueryRow reads at most one row.
func (v *View) QueryRow(q SQL, args ...any) *sql.Row {
	return v.tx.QueryRowContext(v.ctx, string(q), args...)
}

// Context is the reading's context.
func (v *View) Context() context.Context { return v.ctx }
