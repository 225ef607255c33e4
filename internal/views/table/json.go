package table

import (
	"bufio"
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// jsonEncoder writes one object: title, subtitle, columns, rows (objects by column name), totals,
// notes. Money is an integer of minor units, quantities and percentages are decimal strings, a blank
// cell is null.
type jsonEncoder struct {
	out  *bufio.Writer
	t    *Table
	buf  []byte
	rows int
}

func (e *jsonEncoder) begin() error {
	head, err := json.Marshal(struct {
		Title    string   `json:"title"`
		Subtitle []string `json:"subtitle"`
		Columns  []Column `json:"columns"`
	}{e.t.Title, orEmpty(e.t.Subtitle), e.t.Columns})
	if err != nil {
		return err
	}
	_, err = e.out.Write(append(head[:len(head)-1], `,"rows":[`...))
	return err
}

func (e *jsonEncoder) row(r *Row) error {
	if r.Style != Plain {
		return nil
	}
	e.buf = e.buf[:0]
	if e.rows > 0 {
		e.buf = append(e.buf, ',')
	}
	e.rows++
	e.buf = append(e.buf, '\n')
	e.object(r.Cells, false)
	_, err := e.out.Write(e.buf)
	return err
}

func (e *jsonEncoder) end(totals []Cell) error {
	e.buf = append(e.buf[:0], "\n]"...)
	if totals != nil {
		e.buf = append(e.buf, `,"totals":`...)
		e.object(totals, true)
	}
	notes, err := json.Marshal(orEmpty(e.t.Notes))
	if err != nil {
		return err
	}
	e.buf = append(append(append(e.buf, `,"notes":`...), notes...), "}\n"...)
	_, err = e.out.Write(e.buf)
	return err
}

// object writes the cells by name; of the totals only the sums.
func (e *jsonEncoder) object(cells []Cell, sums bool) {
	e.buf = append(e.buf, '{')
	first := true
	for i := range e.t.Columns {
		c := &e.t.Columns[i]
		if sums && (c.Kind == KindText || !cells[i].set) {
			continue
		}
		if !first {
			e.buf = append(e.buf, ',')
		}
		first = false
		e.buf = appendJSONString(e.buf, c.Name)
		e.buf = append(e.buf, ':')
		e.value(c, &cells[i])
	}
	e.buf = append(e.buf, '}')
}

func (e *jsonEncoder) value(c *Column, cell *Cell) {
	switch {
	case c.Kind == KindText:
		e.buf = appendJSONString(e.buf, cell.text)
	case !cell.set:
		e.buf = append(e.buf, "null"...)
	case c.mixed():
		e.buf = append(e.buf, `{"minor":`...)
		e.buf = strconv.AppendInt(e.buf, cell.n, 10)
		e.buf = append(e.buf, `,"currency":`...)
		e.buf = appendJSONString(e.buf, string(cell.currency))
		e.buf = append(e.buf, '}')
	case c.Kind == KindMoney || c.Kind == KindCount:
		e.buf = strconv.AppendInt(e.buf, cell.n, 10)
	default:
		e.buf = appendJSONString(e.buf, c.plainText(cell))
	}
}

// appendJSONString writes plain texts as they are and leaves the others to the standard library.
func appendJSONString(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf || c == '<' || c == '>' || c == '&' {
			q, err := json.Marshal(s)
			if err != nil {
				return append(dst, `""`...)
			}
			return append(dst, q...)
		}
	}
	return append(append(append(dst, '"'), s...), '"')
}

func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
