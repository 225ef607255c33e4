package table

import (
	"bufio"
	"fmt"
	"io"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
)

// Format is how a table is written.
type Format string

// The formats.
const (
	FormatTable Format = "table"
	FormatCSV   Format = "csv"
	FormatJSON  Format = "json"
)

// ParseFormat checks a format's name; "" is FormatTable.
func ParseFormat(s string) (Format, error) {
	switch f := Format(s); f {
	case "":
		return FormatTable, nil
	case FormatTable, FormatCSV, FormatJSON:
		return f, nil
	}
	return "", ErrFormat
}

// Options are how to write. The zero Options write text of any width without colours.
type Options struct {
	Format Format
	// Width is how many columns the terminal has; longer texts are cut so that a line fits. 0: no limit.
	Width int
	// Color marks headings and totals with ANSI codes.
	Color bool
}

// Write writes the whole table.
func Write(w io.Writer, t *Table, o Options) error { return Begin(w, t, o).End() }

// Text writes the table as aligned text without colours, for a program's standard output.
func (t *Table) Text(w io.Writer) error { return Write(w, t, Options{}) }

// Writer writes a table row by row.
type Writer struct {
	out    *bufio.Writer
	t      *Table
	enc    encoder
	totals []int64
	plain  int
	err    error
}

// encoder is one of the formats.
type encoder interface {
	begin() error
	row(r *Row) error
	end(totals []Cell) error
}

// Begin starts a table and writes the rows that t has. t must not change until End.
func Begin(w io.Writer, t *Table, o Options) *Writer {
	tw := &Writer{out: bufio.NewWriterSize(w, 1<<16), t: t, totals: make([]int64, len(t.Columns))}
	switch o.Format {
	case "", FormatTable:
		tw.enc = newText(tw.out, t, o)
	case FormatCSV:
		tw.enc = &csvEncoder{out: tw.out, t: t}
	case FormatJSON:
		tw.enc = &jsonEncoder{out: tw.out, t: t}
	default:
		tw.err = ErrFormat
		return tw
	}
	tw.err = tw.enc.begin()
	for i := range t.Rows {
		if tw.Row(t.Rows[i]) != nil {
			break
		}
	}
	return tw
}

// Add writes a plain row. An error stays: later calls return it too.
func (w *Writer) Add(cells ...Cell) error { return w.Row(Row{Plain, cells}) }

// Row writes a row of any style.
func (w *Writer) Row(r Row) error {
	if w.err != nil {
		return w.err
	}
	if r.Style == Heading && len(r.Cells) != 1 || r.Style != Heading && len(r.Cells) != len(w.t.Columns) {
		w.err = ErrShape.Because(fmt.Errorf("%s: %d cells, %d columns", w.t.Title, len(r.Cells), len(w.t.Columns)))
		return w.err
	}
	if r.Style == Plain {
		w.plain++
		if w.err = w.sum(r.Cells); w.err != nil {
			return w.err
		}
	}
	w.err = w.enc.row(&r)
	return w.err
}

func (w *Writer) sum(cells []Cell) (err error) {
	for i := range w.t.Columns {
		if w.t.Columns[i].Total {
			if w.totals[i], err = fixed.Add(w.totals[i], cells[i].n); err != nil {
				return err
			}
		}
	}
	return nil
}

// End writes the totals and what follows the rows, and flushes. It does not close the writer below.
func (w *Writer) End() error {
	if w.err != nil {
		return w.err
	}
	if w.err = w.enc.end(w.totalCells()); w.err == nil {
		w.err = w.out.Flush()
	}
	return w.err
}

// totalCells is the totals line, nil when no column asks for one or there is nothing to add up.
func (w *Writer) totalCells() []Cell {
	if w.plain == 0 {
		return nil
	}
	cells := make([]Cell, len(w.t.Columns))
	found := false
	for i := range w.t.Columns {
		if c := &w.t.Columns[i]; c.Total && c.Kind != KindText && (c.Kind != KindMoney || c.Currency != "") {
			cells[i] = Cell{n: w.totals[i], set: true}
			found = true
		}
	}
	if !found {
		return nil
	}
	for i := range w.t.Columns {
		if c := &w.t.Columns[i]; c.Kind == KindText && !c.Data {
			cells[i] = Text("Total")
			break
		}
	}
	return cells
}

// plainText is the cell as a program reads it: "1234.50", "0.25", "8.75".
func (c *Column) plainText(cell *Cell) string {
	if !cell.set {
		return ""
	}
	switch c.Kind {
	case KindMoney:
		return c.currencyOf(cell).Format(money.Minor(cell.n))
	case KindCount:
		return fixed.Format(cell.n, 0, 0)
	case KindQty:
		return fixed.Format(cell.n, 6, 0)
	case KindPercent:
		return money.Rate(cell.n).Percent()
	}
	return cell.text
}

func (c *Column) currencyOf(cell *Cell) money.Currency {
	if c.Currency != "" {
		return c.Currency
	}
	return cell.currency
}
