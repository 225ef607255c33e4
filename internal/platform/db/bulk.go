package db

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"
)

// bulkStmt is a prepared insert of any number of rows, below database/sql: the hot path has no use for
// its checks and conversions.
type bulkStmt struct {
	stmt driver.Stmt
	exec driver.StmtExecContext
}

// insertAll writes the collected rows of a table into SQLite with one statement.
func (tx *Tx) insertAll(t *Table, values []any) error {
	if len(values) == 0 {
		return nil
	}
	return tx.w.c.Raw(func(dc any) error {
		s, err := tx.w.bulkStmt(dc, t)
		if err != nil {
			return err
		}
		tx.w.incoming.show(values, len(t.Columns))
		defer tx.w.incoming.show(nil, 0)
		_, err = s.exec.ExecContext(tx.ctx, nil)
		return err
	})
}

func (w *conn) bulkStmt(dc any, t *Table) (*bulkStmt, error) {
	if s := w.bulk[t]; s != nil {
		return s, nil
	}
	stmt, exec, err := prepare(dc, t.statement())
	if err != nil {
		return nil, err
	}
	s := &bulkStmt{stmt, exec}
	w.bulk[t] = s
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

// statement is SQLite's insert of the rows that stand in the incoming table.
func (t *Table) statement() string {
	columns, fixed := t.lists()
	values := make([]string, len(t.Columns))
	for i := range values {
		values[i] = memoryColumn(i)
	}
	text := "INSERT INTO " + t.Name + " (" + columns + ") SELECT " + strings.Join(values, ", ") + fixed + " FROM " + incomingTable
	if t.Conflict != "" {
		text += " WHERE TRUE " + t.Conflict // without WHERE the ON would be read as that of a join
	}
	return text
}
