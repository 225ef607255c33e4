package db

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// unnestRows bounds the rows of one PostgreSQL insert, so that its arrays stay a few megabytes.
const unnestRows = 20_000

const selectTypes = `SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1`

// unnest is the prepared insert of any number of rows into a PostgreSQL table: an array a column. A
// list of VALUES is planned anew for each length; arrays are not, and one statement takes them all.
type unnest struct {
	name  string // of the prepared statement
	types []string
}

// queueArrays adds the rows of a table to a pipeline.
func (w *conn) queueArrays(ctx context.Context, c *pgx.Conn, p *pipeline, t *Table, values []any) error {
	u, err := w.unnestOf(ctx, c, t)
	if err != nil {
		return err
	}
	for cols := len(t.Columns); len(values) > 0; {
		n := min(len(values)/cols, unnestRows)
		args, err := arrays(u.types, t.Columns, values, n)
		if err != nil {
			return err
		}
		p.queue("insert into "+t.Name, u.name, args...)
		values = values[n*cols:]
	}
	return nil
}

func (w *conn) unnestOf(ctx context.Context, c *pgx.Conn, t *Table) (*unnest, error) {
	if u := w.arrays[t]; u != nil {
		return u, nil
	}
	types, err := columnTypes(ctx, c, t.Name, t.Columns)
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
	u := &unnest{"insert_" + strconv.Itoa(len(w.arrays)+1), types}
	if _, err := c.Prepare(ctx, u.name, text); err != nil {
		return nil, err
	}
	w.arrays[t] = u
	return u, nil
}

// columnTypes asks the database for the types of a table's columns, in the order of columns.
func columnTypes(ctx context.Context, c *pgx.Conn, table string, columns []string) ([]string, error) {
	rows, err := c.Query(ctx, selectTypes, table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	byName := map[string]string{}
	for rows.Next() {
		var name, typ string
		if err := rows.Scan(&name, &typ); err != nil {
			return nil, err
		}
		byName[name] = typ
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	types := make([]string, len(columns))
	for i, name := range columns {
		if types[i] = byName[name]; types[i] == "" {
			return nil, fmt.Errorf("table %s has no column %s", table, name)
		}
	}
	return types, nil
}

// arrays gathers the columns of n rows.
func arrays(types, names []string, values []any, n int) ([]any, error) {
	out := make([]any, len(types))
	for c, typ := range types {
		var err error
		if out[c], err = array(typ, values, c, len(types), n); err != nil {
			return nil, fmt.Errorf("column %s: %w", names[c], err)
		}
	}
	return out, nil
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
