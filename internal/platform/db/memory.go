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

// SQLite reads rows that lie in memory through virtual tables of the writer's connection: the rows that a
// group has collected (incoming), so that one INSERT … SELECT takes all rows of a table, and the keys of a
// Lookup (wanted). Binding them as parameters costs a third more: each value passes two locks and a
// look-up of its name.
const (
	incomingTable = "temp.incoming"
	wantedTable   = "temp.wanted"
	memoryModule  = "tillpost_memory"
	// memoryColumns is the most columns that a Table can have.
	memoryColumns = 40
)

// memory are the rows that a virtual table has now.
type memory struct {
	key    string
	values []any
	cols   int
}

func (m *memory) show(values []any, cols int) { m.values, m.cols = values, cols }

// memories finds the rows of a virtual table by the number that it was created with. SQLite may connect
// to the table again, so they stay until the connection is closed.
var (
	memories     sync.Map // string -> *memory
	memoryNumber atomic.Int64
)

func init() {
	if err := vtab.RegisterModule(nil, memoryModule, module{}); err != nil {
		panic("db: " + err.Error()) // the name is taken: only our own mistake
	}
}

// openMemory creates a virtual table on the writer's connection.
func (w *conn) openMemory(ctx context.Context, name string) (*memory, error) {
	m := &memory{key: strconv.FormatInt(memoryNumber.Add(1), 10)}
	memories.Store(m.key, m)
	_, err := w.c.ExecContext(ctx, "CREATE VIRTUAL TABLE "+name+" USING "+memoryModule+"("+m.key+")")
	return m, err
}

func (m *memory) close() {
	if m != nil {
		memories.Delete(m.key)
	}
}

// module makes SQLite's side of rows in memory.
type module struct{}

// Create is called by CREATE VIRTUAL TABLE.
func (m module) Create(ctx vtab.Context, args []string) (vtab.Table, error) {
	return m.Connect(ctx, args)
}

// Connect is called when SQLite reads its schema again.
func (module) Connect(ctx vtab.Context, args []string) (vtab.Table, error) {
	m, _ := memories.Load(args[len(args)-1])
	rows, ok := m.(*memory)
	if !ok {
		rows = &memory{}
	}
	names := make([]string, memoryColumns)
	for i := range names {
		names[i] = memoryColumn(i)
	}
	return table{rows}, ctx.Declare("CREATE TABLE memory (" + strings.Join(names, ", ") + ")")
}

// table is such a table to SQLite: it can only be read from the first to the last row.
type table struct{ rows *memory }

// BestIndex has nothing to offer: there is one way to read.
func (table) BestIndex(*vtab.IndexInfo) error { return nil }

// Open begins a reading.
func (t table) Open() (vtab.Cursor, error) { return &cursor{rows: t.rows}, nil }

// Disconnect has nothing to give back.
func (table) Disconnect() error { return nil }

// Destroy has nothing to give back.
func (table) Destroy() error { return nil }

// cursor is a reading of such a table.
type cursor struct {
	rows *memory
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

func memoryColumn(i int) string { return "c" + strconv.Itoa(i) }
