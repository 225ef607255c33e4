package db

import (
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Lookup names rows that are read by their keys, any number of them with one statement. Declare it once
// as a package variable of the package that owns the table.
type Lookup struct {
	Table   string
	Keys    []string // columns with an index
	Columns []string // what is read
	Where   string   // a condition that all rows fulfil, as a partial index wants it; the table's columns have t. in front
}

// lookupStmt is a prepared Lookup.
type lookupStmt struct {
	stmt  *sql.Stmt
	types []string // of the keys on PostgreSQL
}

// Lookup reads the rows with the given keys, which hold the values of l.Keys one after the other. A key
// stands there once. Rows that Insert has collected are not seen.
func (tx *Tx) Lookup(l *Lookup, keys []any, scan func(rows *sql.Rows) error) error {
	if len(keys) == 0 {
		return nil
	}
	if tx.failed != nil {
		return tx.failed
	}
	s, err := tx.w.lookup(tx, l)
	if err != nil {
		return tx.fail(err)
	}
	var args []any
	if tx.Engine() == SQLite {
		tx.w.wanted.show(keys, len(l.Keys))
		defer tx.w.wanted.show(nil, 0)
	} else if args, err = arrays(s.types, l.Keys, keys, len(keys)/len(l.Keys)); err != nil {
		return err
	}
	rows, err := s.stmt.QueryContext(tx.ctx, args...)
	if err != nil {
		return tx.fail(fmt.Errorf("look up in %s: %w", l.Table, err))
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return tx.fail(rows.Err())
}

func (w *conn) lookup(tx *Tx, l *Lookup) (*lookupStmt, error) {
	if s := w.lookups[l]; s != nil {
		return s, nil
	}
	s := &lookupStmt{}
	text := l.sqlite()
	if w.db.engine == Postgres {
		err := w.raw(func(c *pgx.Conn) (err error) {
			s.types, err = columnTypes(tx.ctx, c, l.Table, l.Keys)
			return err
		})
		if err != nil {
			return nil, err
		}
		text = l.postgres(s.types)
	}
	var err error
	if s.stmt, err = w.c.PrepareContext(tx.ctx, text); err != nil {
		return nil, fmt.Errorf("prepare %.80q: %w", text, err)
	}
	w.lookups[l] = s
	return s, nil
}

// sqlite reads the keys from memory. The CROSS JOIN makes it begin with them.
func (l *Lookup) sqlite() string {
	return l.selects() + wantedTable + " AS k CROSS JOIN " + l.Table + " AS t ON " + l.on()
}

// postgres reads the keys from arrays.
func (l *Lookup) postgres(types []string) string {
	arrays, names := make([]string, len(types)), make([]string, len(types))
	for i, typ := range types {
		arrays[i], names[i] = "$"+strconv.Itoa(i+1)+"::"+typ+"[]", memoryColumn(i)
	}
	return l.selects() + "unnest(" + strings.Join(arrays, ", ") + ") AS k (" + strings.Join(names, ", ") + ") JOIN " + l.Table + " AS t ON " + l.on()
}

func (l *Lookup) selects() string { return "SELECT t." + strings.Join(l.Columns, ", t.") + " FROM " }

func (l *Lookup) on() string {
	terms := make([]string, len(l.Keys))
	for i, k := range l.Keys {
		terms[i] = "t." + k + " = k." + memoryColumn(i)
	}
	if l.Where != "" {
		terms = append(terms, l.Where)
	}
	return strings.Join(terms, " AND ")
}
