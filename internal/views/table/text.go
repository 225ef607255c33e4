package table

import (
	"bufio"
	"strings"
)

// sample is how many rows are looked at to find the columns' widths. Later rows that are wider push
// their line out rather than lose a digit.
const sample = 2000

// narrowest is how far a column of words may be cut to fit the terminal.
const narrowest = 12

const (
	bold  = "\x1b[1m"
	faint = "\x1b[2m"
	reset = "\x1b[0m"
)

// textEncoder writes an aligned table.
type textEncoder struct {
	out     *bufio.Writer
	t       *Table
	o       Options
	shown   []int // indexes of the columns that text shows
	widths  []int // of the shown columns
	waiting []Row // rows kept until the widths are known
	ready   bool
	begun   bool  // a line of the body was written
	last    Style // of the row before
}

func newText(out *bufio.Writer, t *Table, o Options) *textEncoder {
	e := &textEncoder{out: out, t: t, o: o}
	for i := range t.Columns {
		if !t.Columns[i].Data {
			e.shown = append(e.shown, i)
		}
	}
	return e
}

func (e *textEncoder) begin() error {
	if e.t.Title != "" {
		e.styled(bold, clean(e.t.Title))
		e.out.WriteByte('\n')
	}
	if len(e.t.Subtitle) > 0 {
		e.styled(faint, clean(strings.Join(e.t.Subtitle, " · ")))
		e.out.WriteByte('\n')
	}
	if e.t.Title != "" || len(e.t.Subtitle) > 0 {
		e.out.WriteByte('\n')
	}
	return nil
}

func (e *textEncoder) row(r *Row) error {
	if e.ready {
		e.write(r)
		return nil
	}
	e.waiting = append(e.waiting, Row{r.Style, append([]Cell(nil), r.Cells...)})
	if len(e.waiting) >= sample {
		e.release(nil)
	}
	return nil
}

// release measures the rows that wait and writes them.
func (e *textEncoder) release(totals []Cell) {
	e.ready = true
	e.measure(totals)
	e.header()
	for i := range e.waiting {
		e.write(&e.waiting[i])
	}
	e.waiting = nil
}

func (e *textEncoder) end(totals []Cell) error {
	if !e.ready {
		e.release(totals)
	}
	if !e.begun {
		e.styled(faint, "nothing to show")
		e.out.WriteByte('\n')
	}
	if totals != nil {
		e.rule("═")
		e.cells(totals, bold)
	}
	if len(e.t.Notes) > 0 {
		e.out.WriteByte('\n')
	}
	for _, n := range e.t.Notes {
		e.styled(faint, clean(n))
		e.out.WriteByte('\n')
	}
	return nil
}

// measure finds the widths and narrows the columns of words when the line is too long.
func (e *textEncoder) measure(totals []Cell) {
	e.widths = make([]int, len(e.shown))
	for k, i := range e.shown {
		e.widths[k] = width(e.t.Columns[i].heading())
		if totals != nil {
			e.widths[k] = max(e.widths[k], width(e.show(i, &totals[i])))
		}
		for r := range e.waiting {
			if e.waiting[r].Style != Heading {
				e.widths[k] = max(e.widths[k], width(e.show(i, &e.waiting[r].Cells[i])))
			}
		}
	}
	if e.o.Width <= 0 {
		return
	}
	for line := e.line(); line > e.o.Width; line-- {
		widest := -1
		for k, i := range e.shown {
			if e.t.Columns[i].Kind == KindText && e.widths[k] > narrowest && (widest < 0 || e.widths[k] > e.widths[widest]) {
				widest = k
			}
		}
		if widest < 0 {
			return
		}
		e.widths[widest]--
	}
}

// line is the width of a whole line.
func (e *textEncoder) line() int {
	n := 2 * (len(e.widths) - 1)
	for _, w := range e.widths {
		n += w
	}
	return n
}

func (e *textEncoder) header() {
	names := make([]string, len(e.shown))
	for k, i := range e.shown {
		names[k] = e.t.Columns[i].heading()
	}
	e.texts(names, bold)
	e.rule("─")
}

func (e *textEncoder) write(r *Row) {
	switch r.Style {
	case Heading:
		if e.begun {
			e.out.WriteByte('\n')
		}
		e.styled(bold, clean(r.Cells[0].text))
		e.out.WriteByte('\n')
	case Subtotal:
		e.ruleUnder(r.Cells, "─")
		e.cells(r.Cells, "")
	case Total:
		if e.begun && e.last != Total {
			e.rule("═")
		}
		e.cells(r.Cells, bold)
	default:
		e.cells(r.Cells, "")
	}
	e.begun, e.last = true, r.Style
}

func (e *textEncoder) cells(cells []Cell, style string) {
	texts := make([]string, len(e.shown))
	for k, i := range e.shown {
		texts[k] = e.show(i, &cells[i])
	}
	e.texts(texts, style)
}

// texts writes one line. The last column is not padded.
func (e *textEncoder) texts(texts []string, style string) {
	var b strings.Builder
	for k, i := range e.shown {
		if k > 0 {
			b.WriteString("  ")
		}
		s := texts[k]
		if e.t.Columns[i].Kind == KindText {
			s = cut(s, e.widths[k])
		}
		pad := strings.Repeat(" ", max(0, e.widths[k]-width(s)))
		if e.t.Columns[i].Kind == KindText {
			b.WriteString(s + pad)
		} else {
			b.WriteString(pad + s)
		}
	}
	e.styled(style, strings.TrimRight(b.String(), " "))
	e.out.WriteByte('\n')
}

func (e *textEncoder) rule(with string) {
	parts := make([]string, len(e.widths))
	for k, w := range e.widths {
		parts[k] = strings.Repeat(with, w)
	}
	e.styled(faint, strings.Join(parts, "  "))
	e.out.WriteByte('\n')
}

// ruleUnder draws a rule under the columns in which the row below has a number.
func (e *textEncoder) ruleUnder(cells []Cell, with string) {
	parts := make([]string, len(e.widths))
	for k, i := range e.shown {
		mark := " "
		if e.t.Columns[i].Kind != KindText && cells[i].set {
			mark = with
		}
		parts[k] = strings.Repeat(mark, e.widths[k])
	}
	e.styled(faint, strings.TrimRight(strings.Join(parts, "  "), " "))
	e.out.WriteByte('\n')
}

func (e *textEncoder) styled(style, s string) {
	if !e.o.Color || style == "" || s == "" {
		e.out.WriteString(s)
		return
	}
	e.out.WriteString(style + s + reset)
}

// show is the cell as a person reads it: "1,234.50", "8.75 %".
func (e *textEncoder) show(i int, cell *Cell) string {
	c := &e.t.Columns[i]
	if !cell.set {
		return ""
	}
	s := c.plainText(cell)
	switch c.Kind {
	case KindText:
		return clean(s)
	case KindPercent:
		return s + " %"
	case KindMoney:
		if c.Currency == "" && cell.currency != "" {
			return group(s) + " " + string(cell.currency)
		}
	}
	return group(s)
}

// group puts a comma between the thousands.
func group(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, rest := s, ""
	if i := strings.IndexByte(s, '.'); i >= 0 {
		whole, rest = s[:i], s[i:]
	}
	if len(whole) <= 3 {
		return sign + s
	}
	var b strings.Builder
	b.WriteString(sign)
	first := len(whole) % 3
	b.WriteString(whole[:first])
	for i := first; i < len(whole); i += 3 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(whole[i : i+3])
	}
	return b.String() + rest
}
