package db

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"
)

// chunks are the numbers of rows in one statement, so that few texts are prepared and kept.
var chunks = [...]int{256, 64, 16, 4, 1}

// parameterMost is what SQLite accepts in one statement, 32,766, with room to spare.
const parameterMost = 32_000

// bulk names SQLite's insert of so many rows into a table.
type bulk struct {
	table *Table
	rows  int
}

// bulkStmt is a prepared insert of many rows, below database/sql: the hot path has no use for its checks
// and conversions, which cost a sixth of an import.
type bulkStmt struct {
	stmt driver.Stmt
	exec driver.StmtExecContext
	args []driver.NamedValue
}

func (tx *Tx) insertAll(t *Table, values []any) error {
	cols := len(t.Columns)
	return tx.w.c.Raw(func(dc any) error {
		if tx.Engine() == Postgres {
			return tx.w.insertArrays(tx.ctx, dc, t, values)
		}
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
	stmt, exec, err := prepare(dc, key.table.statement(key.rows))
	if err != nil {
		return nil, err
	}
	s := &bulkStmt{stmt, exec, make([]driver.NamedValue, key.rows*len(key.table.Columns))}
	for i := range s.args {
		s.args[i].Ordinal = i + 1
	}
	w.bulk[key] = s
	return s, nil
}

// prepare prepares below database/sql.
func prepare(dc any, text string) (driver.Stmt, driver.StmtExecContext, error) {
	c, ok := dc.(driver.ConnPrepareContext)
	if !ok {
		return nil, nil, fmt.Errorf("the driver %T cannot prepare", dc)
	}
	stmt, err := c.PrepareContext(context.Background(), text)
	if err != nil {
		return nil, nil, err
	}
	exec, ok := stmt.(driver.StmtExecContext)
	if !ok {
		_ = stmt.Close()
		return nil, nil, fmt.Errorf("the driver's statement %T cannot be run", stmt)
	}
	return stmt, exec, nil
}

// plain is what a driver takes as it is: int64, string, bool, []byte or nil.
func plain(v any) (any, error) {
	if valuer, ok := v.(driver.Valuer); ok {
		return valuer.Value()
	}
	return v, nil
}

// run executes the insert. Values are what drivers take as they are (int64, string, bool, []byte, nil)
// or know how to become that.
func (s *bulkStmt) run(ctx context.Context, values []any) error {
	for i, v := range values {
		v, err := plain(v)
		if err != nil {
			return err
		}
		s.args[i].Value = v
	}
	_, err := s.exec.ExecContext(ctx, s.args)
	return err
}

// statement is SQLite's insert of n rows. Its driver asks for every parameter's name, which takes
// longer the more of them have one: there they stand without.
func (t *Table) statement(n int) string {
	columns, fixed := t.lists()
	row := "(" + strings.TrimSuffix(strings.Repeat("?,", len(t.Columns)), ",") + fixed + ")"
	text := "INSERT INTO " + t.Name + " (" + columns + ") VALUES " + strings.TrimSuffix(strings.Repeat(row+",", n), ",")
	if t.Conflict != "" {
		text += " " + t.Conflict
	}
	return text
}
