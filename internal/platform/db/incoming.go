package db

import (
	"context"
	"database/sql/driver"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"modernc.org/sqlite/vtab"
)

// incomingTable shows SQLite the rows that a group has collected as a virtual table of the writer's
// connection, so that one INSERT … SELECT takes all rows of a table. Binding them as parameters costs
// a third more: each value passes two locks and a look-up of its name.
const (
	incomingTable  = "temp.incoming"
	incomingModule = "tillpost_incoming"
	// incomingColumns is the most columns that a Table can have.
	incomingColumns = 40
)

// incoming are the rows that its connection's virtual table has now.
type incoming struct {
	values []any
	cols   int
}

func (in *incoming) show(values []any, cols int) { in.values, in.cols = values, cols }

// incomings finds a connection's rows by the number that its virtual table was created with. SQLite may
// connect to the table again, so it stays until the connection is closed.
var (
	incomings      sync.Map // string -> *incoming
	incomingNumber atomic.Int64
)

func init() {
	if err := vtab.RegisterModule(nil, incomingModule, module{}); err != nil {
		panic("db: " + err.Error()) // the name is taken: only our own mistake
	}
}

// openIncoming creates the virtual table on the writer's connection.
func (w *conn) openIncoming(ctx context.Context) error {
	w.incomingKey = strconv.FormatInt(incomingNumber.Add(1), 10)
	w.incoming = &incoming{}
	incomings.Store(w.incomingKey, w.incoming)
	_, err := w.c.ExecContext(ctx, "CREATE VIRTUAL TABLE "+incomingTable+" USING "+incomingModule+"("+w.incomingKey+")")
	return err
}

func (w *conn) closeIncoming() {
	incomings.Delete(w.incomingKey)
	w.incoming = nil
}

// module makes SQLite's side of an incoming table.
type module struct{}

// Create is called by CREATE VIRTUAL TABLE.
func (m module) Create(ctx vtab.Context, args []string) (vtab.Table, error) {
	return m.Connect(ctx, args)
}

// Connect is called when SQLite reads its schema again.
func (module) Connect(ctx vtab.Context, args []string) (vtab.Table, error) {
	in, _ := incomings.Load(args[len(args)-1])
	rows, ok := in.(*incoming)
	if !ok {
		rows = &incoming{}
	}
	names := make([]string, incomingColumns)
	for i := range names {
		names[i] = incomingColumn(i)
	}
	return table{rows}, ctx.Declare("CREATE TABLE incoming (" + strings.Join(names, ", ") + ")")
}

// table is an incoming table to SQLite: it can only be read from the first to the last row.
type table struct{ rows *incoming }

// BestIndex has nothing to offer: there is one way to read.
func (table) BestIndex(*vtab.IndexInfo) error { return nil }

// Open begins a reading.
func (t table) Open() (vtab.Cursor, error) { return &cursor{rows: t.rows}, nil }

// Disconnect has nothing to give back.
func (table) Disconnect() error { return nil }

// Destroy has nothing to give back.
func (table) Destroy() error { return nil }

// cursor is a reading of an incoming table.
type cursor struct {
	rows *incoming
	at   int
}

// Filter goes to the first row.
func (c *cursor) Filter(int, string, []vtab.Value) error { c.at = 0; return nil }

// Next goes to the next row.
func (c *cursor) Next() error { c.at += c.rows.cols; return nil }

// Eof tells whether there are no more rows.
func (c *cursor) Eof() bool { return c.at >= len(c.rows.values) }

// Column gives a value of the row to SQLite.
func (c *cursor) Column(i int) (vtab.Value, error) {
	switch v := c.rows.values[c.at+i].(type) {
	case driver.Valuer:
		return v.Value()
	case []byte:
		if v == nil {
			return nil, nil // the driver would make it an empty blob
		}
		return v, nil
	default:
		return v, nil
	}
}

// Rowid numbers the rows.
func (c *cursor) Rowid() (int64, error) { return int64(c.at), nil }

// Close has nothing to give back.
func (c *cursor) Close() error { return nil }
