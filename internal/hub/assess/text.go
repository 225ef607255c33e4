package assess

import (
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
)

// WriteText writes the report for a terminal of 100 columns, in plain text.
func (r Report) WriteText(w io.Writer) error {
	var b strings.Builder
	r.writeHead(&b)
	r.writeCounts(&b)
	for _, t := range r.Totals {
		t.write(&b)
	}
	r.writeSeries(&b)
	r.writeFindings(&b)
	fmt.Fprintf(&b, "\nScore %d of 100: %s.\n", r.Score, r.Verdict)
	_, err := io.WriteString(w, b.String())
	return err
}

func (r Report) writeHead(b *strings.Builder) {
	name := "the source"
	if len(r.Files) > 0 {
		name = filepath.Base(r.Files[0])
	}
	fmt.Fprintf(b, "Review of %s\n", name)
	fmt.Fprintf(b, "layout %s", r.Layout)
	if r.Title != "" {
		fmt.Fprintf(b, " (%s)", r.Title)
	}
	switch {
	case r.Stated && r.Zone != "":
		fmt.Fprintf(b, "\ntimes in %s, as the file states", r.Zone)
	case r.Stated:
		b.WriteString("\ntimes as the file states them")
	case r.Zone != "":
		fmt.Fprintf(b, "\ntimes in %s", r.Zone)
	}
	b.WriteByte('\n')
	if len(r.Files) > 1 {
		var more []string
		for _, f := range r.Files[1:] {
			more = append(more, filepath.Base(f))
		}
		fmt.Fprintf(b, "with %s\n", strings.Join(more, ", "))
	}
	for _, n := range r.Notes {
		wrap(b, "note: ", n)
	}
}

func (r Report) writeCounts(b *strings.Builder) {
	c := r.Counts
	b.WriteByte('\n')
	var left [][2]string
	for _, p := range []struct {
		name   string
		n      int
		always bool
	}{{"rows", c.Rows, true}, {"documents", c.Documents, true}, {"receipts", c.Receipts, true}, {"lines", c.Lines, false},
		{"with returns", c.Returns, false}, {"stock adjustments", c.Adjustments, false}, {"movements", c.Movements, false},
		{"posting nothing", c.Controls, false}, {"not understood", c.Rejected, true}} {
		if p.always || p.n > 0 {
			left = append(left, [2]string{p.name, group(int64(p.n))})
		}
	}
	var right [][2]string
	if !r.Span.First.IsZero() {
		right = append(right, [2]string{"from", r.Span.First.Format("Mon 2006-01-02 15:04")}, [2]string{"to", r.Span.Last.Format("Mon 2006-01-02 15:04")})
	}
	if r.Span.Days > 0 {
		right = append(right, [2]string{"business days", group(int64(r.Span.Days))})
	}
	if r.Span.Longest > 0 {
		right = append(right, [2]string{"longest gap", fmt.Sprintf("%d days from %s", r.Span.Longest, r.Span.Since)})
	}
	for _, p := range []struct {
		name string
		n    int
	}{{"items", c.Items}, {"customers", c.Customers}, {"stores", c.Stores}, {"registers", c.Registers}} {
		if p.n > 0 {
			right = append(right, [2]string{p.name, group(int64(p.n))})
		}
	}
	for i := range max(len(left), len(right)) {
		var l, rt [2]string
		if i < len(left) {
			l = left[i]
		}
		if i < len(right) {
			rt = right[i]
		}
		line := fmt.Sprintf("  %-18s %14s      %-14s %s", l[0], l[1], rt[0], rt[1])
		b.WriteString(strings.TrimRight(line, " "))
		b.WriteByte('\n')
	}
}

func (t Totals) write(b *strings.Builder) {
	type row struct {
		name string
		a    money.Minor
	}
	rows := []row{{"sales before discounts", t.Sales}, {"discounts", -t.Discounts}, {"returns", -t.Returns}, {"tax", t.Tax}, {"no revenue (tips, fees, vouchers)", t.Other}}
	if t.Total != 0 || t.Collected != 0 || t.Sales != 0 {
		fmt.Fprintf(b, "\nReceipts, %s\n", t.Currency)
		for _, r := range rows {
			if r.a != 0 {
				t.row(b, r.name, r.a, "")
			}
		}
		t.row(b, "total", t.Total, "")
		if t.Unexplained != 0 {
			t.row(b, "collected", t.Collected, "")
			t.row(b, "not explained by the lines", t.Unexplained, "")
		}
	}
	t.section(b, "Tenders", t.Tenders, "payments")
	t.section(b, "Taxes", t.Taxes, "lines")
	if len(t.Movements) > 0 {
		t.section(b, "Movements", t.Movements, "")
		if t.Fees != 0 {
			t.row(b, "fees", -t.Fees, "")
		}
	}
}

// maxListed is how many tenders or taxes the text shows; the JSON has them all.
const maxListed = 15

func (t Totals) section(b *strings.Builder, title string, list []Sum, unit string) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s, %s\n", title, t.Currency)
	for i, s := range list {
		if i == maxListed {
			fmt.Fprintf(b, "  and %d more\n", len(list)-i)
			break
		}
		t.row(b, s.Name, s.Amount, group(int64(s.Count))+" "+unit)
	}
}

func (t Totals) row(b *strings.Builder, name string, a money.Minor, note string) {
	line := fmt.Sprintf("  %-34s %18s   %14s", name, groupText(t.Currency.Format(a)), note)
	b.WriteString(strings.TrimRight(line, " "))
	b.WriteByte('\n')
}

func (r Report) writeSeries(b *strings.Builder) {
	if len(r.Series) == 0 {
		return
	}
	b.WriteString("\nNumbers\n")
	for i, s := range r.Series {
		if i == maxListed {
			fmt.Fprintf(b, "  and %d more series\n", len(r.Series)-i)
			break
		}
		name := s.Name
		if name == "" {
			name = "all"
		}
		fmt.Fprintf(b, "  %-20s %d to %d, %s there, %s missing", name, s.First, s.Last, group(s.Count), group(s.Missing))
		if len(s.Gaps) > 0 && s.Missing <= 1000 {
			var gaps []string
			for _, g := range s.Gaps {
				gaps = append(gaps, g.String())
			}
			fmt.Fprintf(b, ": %s", strings.Join(gaps, ", "))
		}
		b.WriteByte('\n')
	}
}

func (r Report) writeFindings(b *strings.Builder) {
	if len(r.Findings) == 0 {
		b.WriteString("\nNothing odd was found.\n")
		return
	}
	b.WriteString("\nFindings\n")
	for _, f := range r.Findings {
		of := ""
		if f.Of > f.Count {
			of = " of " + group(int64(f.Of))
		}
		fmt.Fprintf(b, "\n  %-8s %s%s  %s  [%s]\n", strings.ToUpper(string(f.Severity)), group(int64(f.Count)), of, f.Title, f.Code)
		wrap(b, "           -> ", f.Effect)
		for i, e := range f.Examples {
			if i == 3 {
				break
			}
			at := ""
			if e.Row > 0 {
				at = "row " + strconv.Itoa(e.Row)
			}
			if e.Document != "" && !strings.Contains(e.Message, e.Document) {
				at += ", " + e.Document
			}
			if at = strings.TrimPrefix(at, ", "); at != "" {
				at += ": "
			}
			wrap(b, "           ", at+e.Message)
		}
	}
	for _, l := range r.Limits {
		fmt.Fprintf(b, "\n  note: %s\n", l)
	}
}

// wide is how many columns the text takes.
const wide = 100

// wrap writes a sentence over several lines, indented like the first.
func wrap(b *strings.Builder, indent, s string) {
	room := wide - len(indent)
	pad := strings.Repeat(" ", len(indent))
	line := indent
	n := 0
	for _, word := range strings.Fields(s) {
		size := len([]rune(word))
		if n > 0 && n+1+size > room {
			b.WriteString(line + "\n")
			line, n = pad, 0
		}
		if n > 0 {
			line += " "
			n++
		}
		line += word
		n += size
	}
	b.WriteString(line + "\n")
}

// group writes a number with a comma at each thousand.
func group(n int64) string { return groupText(strconv.FormatInt(n, 10)) }

func groupText(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, rest := s, ""
	if i := strings.IndexByte(s, '.'); i >= 0 {
		whole, rest = s[:i], s[i:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return sign + whole + rest
}
