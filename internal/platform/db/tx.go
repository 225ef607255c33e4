package db

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Tx is the transaction of a group of writes. Only Write makes one, and it cannot be committed from
// outside. State that the bodies of one group share (a level read once, a total being summed) lives
// in Shared and is written once, by the functions given to OnFlush.
type Tx struct {
	// Now is the one instant of the group, in UTC with whole milliseconds.
	Now time.Time
	// Actor is who asked for the body that runs (As), "" when nobody said. Functions given to OnFlush run
	// for all bodies of the group and have none.
	Actor    string
	ctx      context.Context
	w        *conn
	shared   map[any]any
	flushers []func() error
	rows     map[*Table][]any
	tables   []*Table
	counted  map[string]bool // counters that numbers were taken from
	early    *early
	number   int64       // of the transaction on PostgreSQL
	wrote    bool        // a statement that may change something was run
	leaving  *pipeline   // rows that leave with the COMMIT
	opened   []*sql.Rows // what Query gave out
	failed   error       // of the first statement that failed: nothing more runs, nothing is committed
}

func newTx(w *conn, ctx context.Context) *Tx {
	return &Tx{Now: w.db.Now(), ctx: ctx, w: w, shared: map[any]any{}, rows: map[*Table][]any{}, counted: map[string]bool{}}
}

// Context is the group's context. It does not end with any one caller's.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Engine tells which product answers.
func (tx *Tx) Engine() Engine { return tx.w.db.engine }

// Exec runs a statement now and returns how many rows it changed.
func (tx *Tx) Exec(q SQL, args ...any) (int64, error) {
	s, err := tx.stmt(q)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(tx.ctx, args...)
	if err != nil {
		return 0, tx.fail(fmt.Errorf("%.80q: %w", string(q), err))
	}
	return r.RowsAffected()
}

// stmt prepares a statement, unless one has failed: the engines differ in what they would do then
// (PostgreSQL nothing more, SQLite perhaps write outside the transaction), so no statement runs.
func (tx *Tx) stmt(q SQL) (*sql.Stmt, error) {
	if tx.failed != nil {
		return nil, tx.failed
	}
	if !strings.HasPrefix(strings.TrimSpace(string(q)), "SELECT ") {
		tx.wrote = true
	}
	s, err := tx.w.stmt(q)
	return s, tx.fail(err)
}

// fail remembers the first failure and passes err on.
func (tx *Tx) fail(err error) error {
	if tx.failed == nil {
		tx.failed = err
	}
	return err
}

// closeRows closes what Query gave out.
func (tx *Tx) closeRows() {
	for _, r := range tx.opened {
		_ = r.Close()
	}
	clear(tx.opened)
	tx.opened = tx.opened[:0]
}

// Query reads rows; it does not see rows that Insert has collected and not yet written.
func (tx *Tx) Query(q SQL, args ...any) (*sql.Rows, error) {
	s, err := tx.stmt(q)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(tx.ctx, args...)
	if err != nil {
		return nil, tx.fail(fmt.Errorf("%.80q: %w", string(q), err))
	}
	tx.opened = append(tx.opened, rows)
	return rows, nil
}

// QueryRow reads at most one row; it does not see rows that Insert has collected.
func (tx *Tx) QueryRow(q SQL, args ...any) *sql.Row {
	s, err := tx.stmt(q)
	if err != nil {
		return tx.w.c.QueryRowContext(tx.ctx, "a statement before this one has failed") // a row that holds an error: no SQL
	}
	row := s.QueryRowContext(tx.ctx, args...)
	_ = tx.fail(row.Err())
	return row
}

// Shared returns the group's value under key, made on first use. Keys are values of a type private
// to the calling package.
func Shared[T any](tx *Tx, key any, first func() (T, error)) (T, error) {
	if v, ok := tx.shared[key]; ok {
		return v.(T), nil
	}
	v, err := first()
	if err != nil {
		return v, err
	}
	tx.shared[key] = v
	return v, nil
}

// Kept is Shared for what outlives the group: what the database says, for as long as nobody else writes
// to it. The package that keeps it changes it together with its tables, and bounds it. All of it is
// forgotten when a group is undone, when another process has written, and with the connection.
func Kept[T any](tx *Tx, key any, first func() (T, error)) (T, error) {
	if v, ok := tx.w.kept[key]; ok {
		return v.(T), nil
	}
	v, err := first()
	if err != nil {
		return v, err
	}
	tx.w.kept[key] = v
	return v, nil
}

// OnFlush has fn run once, before the group commits and before collected rows are written.
func (tx *Tx) OnFlush(fn func() error) { tx.flushers = append(tx.flushers, fn) }

// Table names where Insert writes. Declare it once as a package variable of the package that owns
// the table.
type Table struct {
	Name    string
	Columns []string
	// Fixed are columns that are the same in every row of this Table: they are written as they stand and
	// cost nothing to bind. Rows that differ there go through another Table of the same name.
	Fixed []Fixed
	// Early says that the rows are found only through a row of another table, which leaves at the end of the
	// group: a receipt's lines through the receipt. A long group then writes them while its bodies run.
	// Statements that such a group may run must look at them through that other table.
	Early bool
	// Conflict is the ON CONFLICT clause, "" for plain inserts.
	Conflict string
}

// Fixed is a column and its value in SQL, as 0 or FALSE.
type Fixed struct{ Column, Value string }

// lists are the names of all columns, and the values of the fixed ones, as they follow others in a list.
func (t *Table) lists() (columns, fixed string) {
	columns = strings.Join(t.Columns, ", ")
	for _, f := range t.Fixed {
		columns += ", " + f.Column
		fixed += ", " + f.Value
	}
	return columns, fixed
}

// Insert collects a row; the group's rows leave as multi-row statements when it commits, in the order
// in which they were collected. The values must stand in the order of the table's columns.
func (tx *Tx) Insert(t *Table, values ...any) {
	if len(values) != len(t.Columns) {
		panic("db: " + t.Name + ": wrong number of values")
	}
	rows, ok := tx.rows[t]
	if !ok {
		tx.tables = append(tx.tables, t)
		rows = tx.w.buffers[t][:0] // the last group's room, so that a long import does not allocate it again
	}
	rows = append(rows, values...)
	tx.rows[t] = rows
	if t.Early && len(rows) >= earlyRows*len(t.Columns) && tx.Engine() == SQLite {
		tx.leave(t, rows)
	}
}

// Next takes n numbers from a named counter and returns the first of them. Counters start at 1 and
// have no gaps: a group that is undone gives its numbers back.
func (tx *Tx) Next(counter string, n int64) (int64, error) {
	counters, err := Kept(tx, countersKey{}, func() (map[string]int64, error) { return map[string]int64{}, nil })
	if err != nil {
		return 0, err
	}
	last, ok := counters[counter]
	if !ok {
		err := tx.QueryRow(selectCounter, counter).Scan(&last)
		if err != nil && err != sql.ErrNoRows {
			return 0, err
		}
	}
	counters[counter] = last + n
	if n != 0 {
		tx.counted[counter] = true
	}
	return last + 1, nil
}

type countersKey struct{}

const selectCounter SQL = `SELECT value FROM counters WHERE name = $1`

var countersTable = Table{Name: "counters", Columns: []string{"name", "value"}, Conflict: "ON CONFLICT (name) DO UPDATE SET value = excluded.value"}

// groupCounter holds the number of the last transaction that wrote on PostgreSQL: who finds there what he
// has put there knows that nobody has written since.
const groupCounter = "group"

// countGroup puts the group's number there when the group writes anything.
func (tx *Tx) countGroup() {
	if tx.Engine() == Postgres && (tx.tables != nil || tx.wrote || len(tx.counted) > 0) {
		tx.Insert(&countersTable, groupCounter, tx.number)
		tx.wrote = true
	}
}

// saveCounters writes the counters that numbers were taken from, in key order.
func (tx *Tx) saveCounters() {
	counters, _ := tx.w.kept[countersKey{}].(map[string]int64)
	for _, n := range slices.Sorted(maps.Keys(tx.counted)) {
		tx.Insert(&countersTable, n, counters[n])
	}
	clear(tx.counted)
}

// flush writes what the bodies left in memory.
func (tx *Tx) flush() error {
	for i := 0; i < len(tx.flushers); i++ { // a flusher may add another
		if err := tx.flushers[i](); err != nil {
			return err
		}
	}
	tx.countGroup()
	tx.saveCounters()
	if err := tx.waitEarly(); err != nil {
		return err
	}
	if err := tx.writeRows(); err != nil {
		return err
	}
	for _, t := range tx.tables {
		rows := tx.rows[t]
		if cap(rows) > bufferMost {
			rows = nil
		}
		clear(rows)
		tx.w.buffers[t] = rows[:0]
		delete(tx.rows, t)
	}
	tx.tables = nil
	return nil
}

// writeRows writes the collected rows. On PostgreSQL they leave with the COMMIT.
func (tx *Tx) writeRows() error {
	if tx.Engine() == Postgres {
		if tx.tables == nil {
			return nil
		}
		tx.leaving = &pipeline{}
		return tx.w.raw(func(c *pgx.Conn) error {
			for _, t := range tx.tables {
				if err := tx.w.queueArrays(tx.ctx, c, tx.leaving, t, tx.rows[t]); err != nil {
					return fmt.Errorf("insert into %s: %w", t.Name, err)
				}
			}
			return nil
		})
	}
	for _, t := range tx.tables {
		if err := tx.insertAll(t, tx.rows[t]); err != nil {
			return fmt.Errorf("insert into %s: %w", t.Name, err)
		}
	}
	return nil
}

// bufferMost bounds the room for a table's rows that is kept from group to group, in values.
const bufferMost = 1 << 20
