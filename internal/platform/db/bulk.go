package db

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strconv"
	"strings"
)

// chunks are the numbers of rows in one statement, so that few texts are prepared and kept.
var chunks = [...]int{256, 64, 16, 4, 1}

// parameterMost is what both engines accept in one statement (SQLite 32,766, PostgreSQL 65,535).
const parameterMost = 32_000

// bulk names the multi-row insert of so many rows into a table.
type bulk struct {
	table *Table
	rows  int
}

// bulkStmt is a prepared multi-row insert below database/sql: the hot path has no use for its checks
// and conversions, which cost a sixth of an import.
type bulkStmt struct {
	stmt driver.Stmt
	exec driver.StmtExecContext
	args []driver.NamedValue
}

func (tx *Tx) insertAll(t *Table, values []any) error {
	cols := len(t.Columns)
	return tx.w.c.Raw(func(dc any) error {
		for len(values) > 0 {
			for _, n := range chunks {
				if n*cols > len(values) || n*cols > parameterMost {
					continue
				}
				s, err := tx.w.bulkStmt(dc, bulk{t, n})
				if err == nil {
					err = s.run(tx.ctx, values[:n*cols])
				}
				if err != nil {
					return err
				}
				values = values[n*cols:]
				break
			}
		}
		return nil
	})
}

func (w *conn) bulkStmt(dc any, key bulk) (*bulkStmt, error) {
	if s := w.bulk[key]; s != nil {
		return s, nil
	}
	c, ok := dc.(driver.ConnPrepareContext)
	if !ok {
		return nil, fmt.Errorf("the driver %T cannot prepare", dc)
	}
	stmt, err := c.PrepareContext(context.Background(), key.table.statement(key.rows, w.db.engine))
	if err != nil {
		return nil, err
	}
	exec, ok := stmt.(driver.StmtExecContext)
	if !ok {
		_ = stmt.Close()
		return nil, fmt.Errorf("the driver's statement %T cannot be run", stmt)
	}
	s := &bulkStmt{stmt, exec, make([]driver.NamedValue, key.rows*len(key.table.Columns))}
	for i := range s.args {
		s.args[i].Ordinal = i + 1
	}
	w.bulk[key] = s
	return s, nil
}

// run executes the insert. Values are what drivers take as they are (int64, string, bool, []byte, nil)
// or know how to become that.
func (s *bulkStmt) run(ctx context.Context, values []any) error {
	for i, v := range values {
		if valuer, ok := v.(driver.Valuer); ok {
			var err error
			if v, err = valuer.Value(); err != nil {
				return err
			}
		}
		s.args[i].Value = v
	}
	_, err := s.exec.ExecContext(ctx, s.args)
	return err
}

// statement is the insert of n rows. The SQLite driver asks for every parameter's name, which takes
// longer the more of them have one: there they stand without.
func (t *Table) statement(n int, e Engine) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + t.Name + " (" + strings.Join(t.Columns, ", ") + ") VALUES ")
	p := 1
	for r := range n {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for c := range t.Columns {
			if c > 0 {
				b.WriteByte(',')
			}
			if e == SQLite {
				b.WriteByte('?')
				continue
			}
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(p))
			p++
		}
		b.WriteByte(')')
	}
	if t.Conflict != "" {
		b.WriteString(" " + t.Conflict)
	}
	return b.String()
}
