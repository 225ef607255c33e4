package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
)

// conn is the writer's connection with its prepared statements.
type conn struct {
	db      *DB
	c       *sql.Conn
	stmts   map[SQL]*sql.Stmt
	bulk    map[*Table]*bulkStmt // SQLite's inserts
	arrays  map[*Table]*unnest   // PostgreSQL's inserts
	lookups map[*Lookup]*lookupStmt
	// incoming are the rows that SQLite's inserts read now, wanted the keys of a Lookup.
	incoming, wanted *memory
	// kept is what Kept keeps, and version what the database said when it was true.
	kept    map[any]any
	version int64
	// buffers is room for the rows of a group.
	buffers map[*Table][]any
}

// close gives the connection back.
func (w *conn) close() {
	for _, s := range w.stmts {
		_ = s.Close()
	}
	for _, s := range w.bulk {
		_ = s.stmt.Close()
	}
	for _, s := range w.lookups {
		_ = s.stmt.Close()
	}
	w.stmts, w.bulk, w.arrays, w.lookups = nil, nil, nil, nil
	w.incoming.close()
	w.wanted.close()
	w.incoming, w.wanted = nil, nil
	if w.c != nil {
		_ = w.c.Close()
		w.c = nil
	}
}

// discard closes the connection for good: nobody knows what it was in the middle of.
func (w *conn) discard() {
	if w.c == nil {
		return
	}
	c := w.c
	w.c = nil
	w.close() // the statements go first
	_ = c.Raw(func(any) error { return driver.ErrBadConn })
	_ = c.Close()
}

// errConnect marks that there was no connection to begin with, errLost that it broke before anything
// was committed.
var (
	errConnect = errors.New("connect")
	errLost    = errors.New("connection lost")
)

func (w *conn) open() error {
	if w.c != nil {
		return nil
	}
	c, err := w.db.write.Conn(context.Background())
	if err != nil {
		return fmt.Errorf("%w: %w", errConnect, err)
	}
	w.kept, w.version, w.lookups = map[any]any{}, 0, map[*Lookup]*lookupStmt{}
	w.c, w.stmts, w.bulk, w.arrays = c, map[SQL]*sql.Stmt{}, map[*Table]*bulkStmt{}, map[*Table]*unnest{}
	if w.db.engine == SQLite {
		if w.incoming, err = w.openMemory(context.Background(), incomingTable); err == nil {
			w.wanted, err = w.openMemory(context.Background(), wantedTable)
		}
		if err != nil {
			w.discard()
			return fmt.Errorf("%w: %w", errConnect, err)
		}
	}
	return nil
}

func (w *conn) stmt(q SQL) (*sql.Stmt, error) {
	if s := w.stmts[q]; s != nil {
		return s, nil
	}
	text := string(q)
	if w.db.engine == SQLite {
		text = positional(q)
	}
	s, err := w.c.PrepareContext(context.Background(), text)
	if err != nil {
		return nil, fmt.Errorf("prepare %.80q: %w", string(q), err)
	}
	w.stmts[q] = s
	return s, nil
}
