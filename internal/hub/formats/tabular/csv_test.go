package tabular

import (
	"bytes"
	"encoding/csv"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

type scanned struct {
	Fields []string
	Line   int
	Bad    string
}

func scanAll(t interface{ Fatalf(string, ...any) }, r io.Reader, comma byte) []scanned {
	s := newScanner(r, comma)
	var out []scanned
	for {
		f, err := s.next()
		if err == io.EOF {
			return out
		}
		row := scanned{Line: s.start}
		if b, ok := isBadRow(err); ok {
			row.Bad = b.code
		} else if err != nil {
			t.Fatalf("next: %v", err)
		}
		for _, c := range f {
			row.Fields = append(row.Fields, string(c))
		}
		out = append(out, row)
	}
}

func TestScanner(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   string
		want []scanned
	}{
		"plain, CRLF, no end of last line": {"a,b\r\n1,2\r\n\r\n3,", []scanned{
			{[]string{"a", "b"}, 1, ""}, {[]string{"1", "2"}, 2, ""}, {[]string{"3", ""}, 4, ""}}},
		"quoted newline and doubled quote": {"a,\"x\ny \"\"z\"\"\",c\nd,e,f\n", []scanned{
			{[]string{"a", "x\ny \"z\"", "c"}, 1, ""}, {[]string{"d", "e", "f"}, 3, ""}}},
		"quote inside a field": {"5\" disc,2\n\"\",\"\"\n", []scanned{
			{[]string{"5\" disc", "2"}, 1, ""}, {[]string{"", ""}, 2, ""}}},
		"quote that never closes": {"a,b\n1,\"oops\n2,3\n", []scanned{
			{[]string{"a", "b"}, 1, ""}, {nil, 2, "quote_open"}, {[]string{"2", "3"}, 3, ""}}},
		"quote that closes in another row": {"1,\"oops\n2,3\n4,\"five\"\n", []scanned{
			{nil, 1, "quote_text"}, {[]string{"2", "3"}, 2, ""}, {[]string{"4", "five"}, 3, ""}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := scanAll(t, strings.NewReader(c.in), ','); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v\nwant %+v", got, c.want)
			}
			if got := scanAll(t, iotest.OneByteReader(strings.NewReader(c.in)), ','); !reflect.DeepEqual(got, c.want) {
				t.Errorf("byte by byte: got %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestScannerLongRow(t *testing.T) {
	t.Parallel()
	in := "a,b\n" + strings.Repeat("x", 3*maxRowBytes) + "\n1,2\n\"" + strings.Repeat("y\n", maxRowBytes) + "3,4"
	got := scanAll(t, strings.NewReader(in), ',')
	if len(got) < 4 || got[1].Bad != "row_too_long" || !reflect.DeepEqual(got[2].Fields, []string{"1", "2"}) || got[3].Bad != "quote_open" {
		t.Fatalf("got %d rows: %+v", len(got), got[:min(4, len(got))])
	}
	if last := got[len(got)-1]; !reflect.DeepEqual(last.Fields, []string{"3", "4"}) {
		t.Errorf("last row %+v", last)
	}
}

// Whatever encoding/csv writes, the scanner reads back.
func TestScannerReadsWhatCSVWrites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(rapid.StringOf(rapid.SampledFrom([]rune("ab,;\"\n 5é"))), 2, 5), 1, 30).Draw(t, "rows")
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.UseCRLF = rapid.Bool().Draw(t, "crlf")
		w.Comma = rapid.SampledFrom([]rune(",;\t|")).Draw(t, "comma")
		if err := w.WriteAll(rows); err != nil {
			t.Fatalf("write: %v", err)
		}
		want := csv.NewReader(bytes.NewReader(b.Bytes()))
		want.Comma = w.Comma
		want.FieldsPerRecord = -1
		expect, err := want.ReadAll()
		if err != nil {
			t.Fatalf("encoding/csv: %v", err)
		}
		got := scanAll(t, iotest.HalfReader(&b), byte(w.Comma))
		if len(got) != len(expect) {
			t.Fatalf("%d rows, want %d", len(got), len(expect))
		}
		for i := range got {
			for j := range got[i].Fields { // encoding/csv turns \r\n inside a field into \n
				got[i].Fields[j] = strings.ReplaceAll(got[i].Fields[j], "\r\n", "\n")
			}
			if !reflect.DeepEqual(got[i].Fields, expect[i]) {
				t.Fatalf("row %d: %q, want %q", i, got[i].Fields, expect[i])
			}
		}
	})
}

func FuzzScanner(f *testing.F) {
	f.Add([]byte("a,b\n\"1\",2\n"), byte(','))
	f.Add([]byte("a;\"b\"\"\n;\r\n\";"), byte(';'))
	f.Fuzz(func(t *testing.T, in []byte, comma byte) {
		if comma == '"' || comma == '\n' || comma == '\r' {
			comma = ','
		}
		whole := scanAll(t, bytes.NewReader(in), comma)
		pieces := scanAll(t, iotest.OneByteReader(bytes.NewReader(in)), comma)
		if !reflect.DeepEqual(whole, pieces) {
			t.Fatalf("the way the input arrives changes the rows:\n%+v\n%+v", whole, pieces)
		}
		line := 0
		for _, r := range whole {
			if r.Line <= line && line > 0 || r.Line > bytes.Count(in, newline)+1 {
				t.Fatalf("line %d after %d", r.Line, line)
			}
			line = r.Line
		}
	})
}
