package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// unnestRows bounds the rows of one PostgreSQL insert, so that its arrays stay a few megabytes.
const unnestRows = 20_000

const selectTypes = `SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1`

// unnest is the prepared insert of any number of rows into a PostgreSQL table: an array a column. A
// list of VALUES is planned anew for each length; arrays are not, and one round trip takes them all.
type unnest struct {
	exec  driver.StmtExecContext
	types []string
}

// insertArrays writes the rows of a table as arrays.
func (w *conn) insertArrays(ctx context.Context, dc any, t *Table, values []any) error {
	u, err := w.unnestOf(ctx, dc, t)
	if err != nil {
		return err
	}
	cols := len(t.Columns)
	for len(values) > 0 {
		n := min(len(values)/cols, unnestRows)
		args := make([]driver.NamedValue, cols)
		for c := range args {
			a, err := array(u.types[c], values, c, cols, n)
			if err != nil {
				return fmt.Errorf("column %s: %w", t.Columns[c], err)
			}
			args[c] = driver.NamedValue{Ordinal: c + 1, Value: a}
		}
		if _, err := u.exec.ExecContext(ctx, args); err != nil {
			return err
		}
		values = values[n*cols:]
	}
	return nil
}

func (w *conn) unnestOf(ctx context.Context, dc any, t *Table) (*unnest, error) {
	if u := w.arrays[t]; u != nil {
		return u, nil
	}
	types, err := columnTypes(ctx, dc, t)
	if err != nil {
		return nil, err
	}
	var list strings.Builder
	for i, typ := range types {
		if i > 0 {
			list.WriteString(", ")
		}
		list.WriteString("$" + strconv.Itoa(i+1) + "::" + typ + "[]")
	}
	columns, fixed := t.lists()
	text := "INSERT INTO " + t.Name + " (" + columns + ") SELECT *" + fixed + " FROM unnest(" + list.String() + ")"
	if t.Conflict != "" {
		text += " " + t.Conflict
	}
	_, exec, err := prepare(dc, text)
	if err != nil {
		return nil, err
	}
	u := &unnest{exec, types}
	w.arrays[t] = u
	return u, nil
}

// columnTypes asks the database for the types of the table's columns, in the order of Columns.
func columnTypes(ctx context.Context, dc any, t *Table) ([]string, error) {
	q, ok := dc.(driver.QueryerContext)
	if !ok {
		return nil, fmt.Errorf("the driver %T cannot query", dc)
	}
	rows, err := q.QueryContext(ctx, selectTypes, []driver.NamedValue{{Ordinal: 1, Value: t.Name}})
	if err != nil {
		return nil, err
	}
	byName := map[string]string{}
	row := make([]driver.Value, 2)
	for err == nil {
		if err = rows.Next(row); err == nil {
			byName[fmt.Sprint(row[0])] = fmt.Sprint(row[1])
		}
	}
	if err := errors.Join(rows.Close(), notEOF(err)); err != nil {
		return nil, err
	}
	types := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		if types[i] = byName[c]; types[i] == "" {
			return nil, fmt.Errorf("table %s has no column %s", t.Name, c)
		}
	}
	return types, nil
}

// notEOF is err unless it only says that there are no more rows.
func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// array gathers column c of n rows as a slice that the driver sends as an array.
func array(typ string, values []any, c, cols, n int) (any, error) {
	switch typ {
	case "bigint":
		return column[int64](values, c, cols, n)
	case "text":
		return column[string](values, c, cols, n)
	case "boolean":
		return column[bool](values, c, cols, n)
	case "bytea":
		out := make([][]byte, n) // a nil slice is NULL
		for i := range out {
			v, err := plain(values[i*cols+c])
			if err != nil {
				return nil, err
			}
			if b, ok := v.([]byte); ok {
				out[i] = b
			} else if v != nil {
				return nil, fmt.Errorf("a %T does not fit bytea", v)
			}
		}
		return out, nil
	}
	return nil, fmt.Errorf("type %s is not used in this schema", typ)
}

func column[T any](values []any, c, cols, n int) (any, error) {
	out := make([]T, n)
	for i := range out {
		v, err := plain(values[i*cols+c])
		if err != nil {
			return nil, err
		}
		x, ok := v.(T)
		if !ok {
			if v == nil {
				return nullable[T](values, c, cols, n)
			}
			return nil, fmt.Errorf("a %T does not fit", v)
		}
		out[i] = x
	}
	return out, nil
}

// nullable is column for one that has NULLs.
func nullable[T any](values []any, c, cols, n int) (any, error) {
	out := make([]*T, n)
	for i := range out {
		v, err := plain(values[i*cols+c])
		if err != nil {
			return nil, err
		}
		if x, ok := v.(T); ok {
			out[i] = &x
		} else if v != nil {
			return nil, fmt.Errorf("a %T does not fit", v)
		}
	}
	return out, nil
}
