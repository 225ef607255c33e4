package table

import (
	"bufio"
	"strings"
)

// csvEncoder writes RFC 4180 with "\n" line ends: a header with the columns' names, then the plain
// rows. Amounts are in major units; a money column without a currency of its own is followed by a
// column NAME_currency.
type csvEncoder struct {
	out *bufio.Writer
	t   *Table
	buf []byte
}

func (e *csvEncoder) begin() error {
	for i := range e.t.Columns {
		c := &e.t.Columns[i]
		e.field(i, c.Name)
		if c.mixed() {
			e.field(1, c.Name+"_currency")
		}
	}
	return e.line()
}

func (e *csvEncoder) row(r *Row) error {
	if r.Style != Plain {
		return nil
	}
	for i := range e.t.Columns {
		c := &e.t.Columns[i]
		if c.Kind == KindText {
			e.field(i, r.Cells[i].text)
			continue
		}
		if i > 0 {
			e.buf = append(e.buf, ',')
		}
		e.buf = append(e.buf, c.plainText(&r.Cells[i])...)
		if c.mixed() {
			e.field(1, string(r.Cells[i].currency))
		}
	}
	return e.line()
}

func (e *csvEncoder) end([]Cell) error { return nil }

func (e *csvEncoder) field(i int, s string) {
	if i > 0 {
		e.buf = append(e.buf, ',')
	}
	e.buf = AppendCSV(e.buf, s)
}

func (e *csvEncoder) line() error {
	_, err := e.out.Write(append(e.buf, '\n'))
	e.buf = e.buf[:0]
	return err
}

func (c *Column) mixed() bool { return c.Kind == KindMoney && c.Currency == "" }

// AppendCSV appends a text as one CSV field. A text that a spreadsheet would run as a formula (it
// begins with = + - @, or with a tab or carriage return) gets an apostrophe in front, unless it is a
// plain number.
func AppendCSV(dst []byte, s string) []byte {
	if s == "" {
		return dst
	}
	formula := strings.IndexByte("=+-@\t\r", s[0]) >= 0 && !numeric(s)
	if !formula && !strings.ContainsAny(s, "\",\r\n") && s[0] != ' ' {
		return append(dst, s...)
	}
	dst = append(dst, '"')
	if formula {
		dst = append(dst, '\'')
	}
	for i := 0; i < len(s); i++ {
		if s[i] == '"' {
			dst = append(dst, '"')
		}
		dst = append(dst, s[i])
	}
	return append(dst, '"')
}

// numeric tells whether s is a sign, digits and at most one point.
func numeric(s string) bool {
	digits, points := 0, 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] >= '0' && s[i] <= '9':
			digits++
		case s[i] == '.':
			points++
		case i > 0 || s[i] != '-' && s[i] != '+':
			return false
		}
	}
	return digits > 0 && points <= 1
}
