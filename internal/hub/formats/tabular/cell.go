package tabular

import (
	"bytes"
	"strings"
	"time"
)

// row is one row of the main file with what is looked up beside it. Its cells are valid until the
// next row is read.
type row struct {
	line  int
	cells [][]byte
	slots []int // of the main file: physical column, -1 when it is not there
	sides []*sideTable
	comma bool
	words *interner
	zones zones
	home  *time.Location // for times that name no zone
	keys  [][]string     // names of the columns, for messages
	err   error          // the first fault of a cell; the row is then rejected
	where ref            // the column it stands in
}

// set moves to another row.
func (x *row) set(line int, cells [][]byte) {
	x.line, x.cells, x.err = line, cells, nil
	for _, s := range x.sides {
		s.forget()
	}
}

// cell returns a column's text without surrounding spaces and spreadsheet armour. Nil when the column
// is not there.
func (x *row) cell(r ref) []byte {
	if r.table > 0 {
		found := x.sides[r.table-1].row(x)
		if found == nil {
			return nil
		}
		return found[r.slot]
	}
	i := x.slots[r.slot]
	if i < 0 || i >= len(x.cells) {
		return nil
	}
	return clean(x.cells[i])
}

// clean trims spaces, and what Excel users put around a number so that it stays a text: '0123, ="0123".
func clean(b []byte) []byte {
	if len(b) == 0 {
		return b
	}
	if b[0] <= ' ' || b[len(b)-1] <= ' ' || b[0] == 0xC2 {
		b = bytes.TrimSpace(b)
		if len(b) == 0 {
			return b
		}
	}
	if b[0] == '\'' && len(b) > 1 && (isDigit(b[1]) || b[1] == '=' || b[1] == '+' || b[1] == '-' || b[1] == '@') {
		return b[1:]
	}
	if b[0] == '=' && len(b) > 3 && b[1] == '"' && b[len(b)-1] == '"' {
		return b[2 : len(b)-1]
	}
	return b
}

// fail notes the first fault and the column where it lies.
func (x *row) fail(r ref, err error) {
	if x.err == nil {
		x.err, x.where = err, r
	}
}

// text evaluates a value; nil is the empty text.
func (x *row) text(v *value) string {
	if v == nil {
		return ""
	}
	s, known := x.raw(v)
	if v.cut != nil {
		for _, p := range v.cut {
			if len(s) > len(p) && strings.EqualFold(s[:len(p)], p) {
				s = s[len(p):]
				break
			}
		}
	}
	if v.mapping != nil || v.find != nil {
		s, known = v.translate(s)
	}
	if !known && v.other != nil {
		return *v.other
	}
	switch v.fold {
	case "lower":
		return strings.ToLower(s)
	case "upper":
		return strings.ToUpper(s)
	}
	return s
}

// raw is the value before it is translated; known is false when it is blank.
func (x *row) raw(v *value) (s string, known bool) {
	if v.is != nil {
		return *v.is, true
	}
	if v.join == nil {
		for _, r := range v.refs {
			if b := x.cell(r); len(b) > 0 {
				return x.words.get(b), true
			}
		}
		return "", false
	}
	var b []byte
	for _, r := range v.refs {
		if c := x.cell(r); len(c) > 0 {
			if b != nil {
				b = append(b, *v.join...)
			}
			b = append(b, c...)
		}
	}
	return x.words.get(b), len(b) > 0
}

func (v *value) translate(s string) (string, bool) {
	low := strings.ToLower(s)
	if to, ok := v.mapping[low]; ok {
		return to, true
	}
	for _, f := range v.find {
		for _, w := range f.Words {
			if strings.Contains(low, w) {
				return f.Is, true
			}
		}
	}
	return s, false
}

// number reads the sum of an amount's columns; a nil amount and blank cells are zero.
func (x *row) number(a *amount) decimal {
	if a == nil {
		return decimal{}
	}
	var sum decimal
	for i, r := range a.refs {
		d, err := parseDecimal(x.cell(r), x.comma)
		if err != nil {
			x.fail(r, err)
			return decimal{}
		}
		if i == 0 {
			sum = d
			continue
		}
		if sum, err = sum.add(d); err != nil {
			x.fail(r, err)
			return decimal{}
		}
	}
	if a.negate {
		sum.n = -sum.n
	}
	return sum
}

// need reads a number that must be there.
func (x *row) need(a *amount) decimal {
	for _, r := range a.refs {
		if len(x.cell(r)) > 0 {
			return x.number(a)
		}
	}
	x.fail(a.refs[0], errBlank)
	return decimal{}
}

// add keeps the larger number of decimals.
func (d decimal) add(e decimal) (decimal, error) {
	places := max(d.places, e.places)
	a, err := d.scale(places)
	if err != nil {
		return decimal{}, err
	}
	b, err := e.scale(places)
	if err != nil || a > 0 && b > 1<<62-a || a < 0 && b < -1<<62-a {
		return decimal{}, errTooLarge
	}
	sum := decimal{n: a + b, places: places, cut: d.cut || e.cut, mark: d.mark}
	if e.mark != (mark{}) {
		sum.mark = e.mark
	}
	return sum, nil
}

// time reads an instant. A zone that the file states goes before the store's.
func (x *row) time(c *clock) time.Time {
	zone := x.home
	if c.zone != nil {
		if name := x.text(c.zone); name != "" {
			z, err := x.zones.load(name)
			if err != nil {
				x.fail(c.refs[0], err)
				return time.Time{}
			}
			zone = z
		}
	}
	text := x.clockText(c)
	if text == c.lastText && zone == c.lastZone && text != "" {
		return c.last
	}
	t, err := parseClock(text, c.layouts[c.use], zone)
	if err != nil {
		x.fail(c.refs[0], err)
		return t
	}
	c.lastText, c.lastZone, c.last = text, zone, t
	return t
}

func (x *row) clockText(c *clock) string {
	if len(c.refs) == 1 {
		return x.words.get(x.cell(c.refs[0]))
	}
	var b []byte
	for _, r := range c.refs {
		if len(b) > 0 {
			b = append(b, ' ')
		}
		b = append(b, x.cell(r)...)
	}
	return string(b)
}

// holds tells whether all tests hold.
func (x *row) holds(tests []test) bool {
	for i := range tests {
		if x.test(&tests[i]) == tests[i].not {
			return false
		}
	}
	return true
}

func (x *row) test(t *test) bool {
	b := x.cell(t.ref)
	if t.blank != nil && (len(b) == 0) != *t.blank {
		return false
	}
	if t.equals != nil && (t.lens>>min(len(b), 63)&1 == 0 || !t.equals[lowered(b)]) {
		return false
	}
	if t.prefix != nil && !anyPrefix(b, t.prefix) {
		return false
	}
	if t.contains != nil && !anyWord(b, t.contains) {
		return false
	}
	if t.number == "" {
		return true
	}
	d, err := parseDecimal(b, x.comma)
	if err != nil {
		return false // the rule that reads the column will say so
	}
	switch t.number {
	case "negative":
		return d.n < 0
	case "positive":
		return d.n > 0
	case "zero":
		return d.n == 0
	default:
		return d.n != 0
	}
}

// lowered is b in small letters; a text that already is takes no memory.
func lowered(b []byte) string {
	return strings.ToLower(string(b))
}

func anyPrefix(b []byte, prefixes []string) bool {
	for _, p := range prefixes {
		if len(b) >= len(p) && strings.EqualFold(string(b[:len(p)]), p) {
			return true
		}
	}
	return false
}

func anyWord(b []byte, words []string) bool {
	s := strings.ToLower(string(b))
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
