package db

import "fmt"

// earlyRows is how many rows of a table wait before they leave early: more than an ordinary group has, so
// that only an import's do.
const earlyRows = 1024

// early writes rows while the bodies of the group still run, on the other processor. Only rows of tables
// that are Early leave so.
type early struct {
	parts chan part
	room  chan []any // of parts that are written, to be used again
	done  chan struct{}
	err   error // of the first part that failed; read it when done is closed
}

type part struct {
	table *Table
	rows  []any
}

// leave hands the collected rows of a table over.
func (tx *Tx) leave(t *Table, rows []any) {
	e := tx.early
	if e == nil {
		e = &early{parts: make(chan part, 2), room: make(chan []any, 4), done: make(chan struct{})}
		tx.early = e
		go tx.writeEarly(e)
	}
	e.parts <- part{t, rows}
	select {
	case rows = <-e.room:
	default:
		rows = make([]any, 0, cap(rows))
	}
	tx.rows[t] = rows
}

func (tx *Tx) writeEarly(e *early) {
	defer close(e.done)
	for p := range e.parts {
		if e.err == nil {
			if err := tx.insertAll(p.table, p.rows); err != nil {
				e.err = fmt.Errorf("insert into %s: %w", p.table.Name, err)
			}
		}
		clear(p.rows)
		select {
		case e.room <- p.rows[:0]:
		default:
		}
	}
}

// waitEarly waits until what has left is written, or failed.
func (tx *Tx) waitEarly() error {
	if tx.early == nil {
		return nil
	}
	close(tx.early.parts)
	<-tx.early.done
	err := tx.early.err
	tx.early = nil
	return err
}
