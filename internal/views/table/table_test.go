package table_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/views/table"
)

var update = flag.Bool("update", false, "write the golden files anew")

func sample() *table.Table {
	t := &table.Table{
		Title:    "Trial balance",
		Subtitle: []string{"2026-01-01 to 2026-03-31", "all stores", "GBP"},
		Columns: []table.Column{
			{Name: "section", Data: true},
			{Name: "account"},
			{Name: "name"},
			{Name: "receipts", Kind: table.KindCount, Total: true},
			{Name: "sold", Kind: table.KindQty, Total: true},
			{Name: "rate", Kind: table.KindPercent},
			{Name: "net_amount", Kind: table.KindMoney, Currency: "GBP", Total: true},
			{Name: "foreign", Kind: table.KindMoney},
		},
	}
	t.Heading("Assets")
	t.Add(table.Text("assets"), table.Text("1110-01"), table.Text("Drawer 1, \"front\""), table.Count(1234), table.Qty(2_500_000),
		table.Percent(875_000_000), table.Money(123_456_789), table.MoneyIn(money.Amount{Minor: 5000, Currency: "JPY"}))
	t.Add(table.Text("assets"), table.Text("1150"), table.Text("収銀 card\nclearing\x1b[31m"), table.Count(-7), table.Qty(-1_000_000),
		table.Blank(), table.Money(-5), table.MoneyIn(money.Amount{Minor: -1_234_567, Currency: "KWD"}))
	t.Subtotal(table.Blank(), table.Blank(), table.Text("Total assets"), table.Blank(), table.Blank(), table.Blank(), table.Money(123_456_784), table.Blank())
	t.Heading("Other")
	t.Add(table.Text("other"), table.Text("9999"), table.Text("=SUM(A1)"), table.Count(0), table.Qty(0), table.Percent(0), table.Money(0), table.Blank())
	t.Note("Late arrivals are listed apart.")
	return t
}

func TestWriteGolden(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]table.Options{
		"table": {}, "narrow": {Width: 70}, "color": {Color: true}, "csv": {Format: table.FormatCSV}, "json": {Format: table.FormatJSON},
	} {
		var b bytes.Buffer
		if err := table.Write(&b, sample(), o); err != nil {
			t.Fatal(err)
		}
		file := "testdata/" + name + ".golden"
		if *update {
			if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.Bytes(), want) {
			t.Errorf("%s differs from its golden file:\n%s", name, b.String())
		}
	}
}

// A table of many rows is written as it comes and adds up to the same.
func TestStreamed(t *testing.T) {
	t.Parallel()
	tb := &table.Table{Columns: []table.Column{{Name: "day"}, {Name: "amount", Kind: table.KindMoney, Currency: "JPY", Total: true}}}
	var b bytes.Buffer
	w := table.Begin(&b, tb, table.Options{})
	for range 5000 {
		if err := w.Add(table.Text("2026-03-14"), table.Money(3)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.End(); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(strings.TrimSpace(b.String()), "\n"); len(lines) != 5004 || !strings.HasSuffix(lines[5003], " 15,000") {
		t.Fatalf("%d lines, the last is %q", len(lines), lines[len(lines)-1])
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	if _, err := table.ParseFormat("xml"); !errors.Is(err, table.ErrFormat) {
		t.Errorf("ParseFormat(xml) answered %v", err)
	}
	tb := &table.Table{Columns: []table.Column{{Name: "a"}, {Name: "b", Kind: table.KindCount, Total: true}}}
	tb.Add(table.Text("one"))
	var f interface{ Unwrap() error }
	if err := table.Write(&bytes.Buffer{}, tb, table.Options{}); !errors.As(err, &f) {
		t.Errorf("a short row answered %v", err)
	}
	tb.Rows = nil
	tb.Add(table.Text("x"), table.Count(1<<62))
	tb.Add(table.Text("y"), table.Count(1<<62))
	if err := table.Write(&bytes.Buffer{}, tb, table.Options{}); err == nil {
		t.Error("a total that overflows was written")
	}
}

// Whatever stands in the cells, CSV and JSON can be read back, and text has one line per row.
func TestAnyText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		tb := &table.Table{Columns: []table.Column{{Name: "a"}, {Name: "b"}}}
		rows := rapid.SliceOfN(rapid.SliceOfN(rapid.String(), 2, 2), 1, 5).Draw(rt, "rows")
		for _, r := range rows {
			tb.Add(table.Text(r[0]), table.Text(r[1]))
		}
		var b bytes.Buffer
		if err := table.Write(&b, tb, table.Options{Format: table.FormatCSV}); err != nil {
			rt.Fatal(err)
		}
		reader := csv.NewReader(&b)
		reader.FieldsPerRecord = 2
		got, err := reader.ReadAll()
		if err != nil {
			rt.Fatalf("CSV: %v", err)
		}
		if len(got) != len(rows)+1 {
			rt.Fatalf("%d CSV rows of %d", len(got)-1, len(rows))
		}
		b.Reset()
		if err := table.Write(&b, tb, table.Options{Format: table.FormatJSON}); err != nil {
			rt.Fatal(err)
		}
		var doc struct{ Rows []map[string]string }
		if err := json.Unmarshal(b.Bytes(), &doc); err != nil || len(doc.Rows) != len(rows) {
			rt.Fatalf("JSON: %v, %d rows", err, len(doc.Rows))
		}
		b.Reset()
		if err := table.Write(&b, tb, table.Options{Width: 40}); err != nil {
			rt.Fatal(err)
		}
		if n := strings.Count(b.String(), "\n"); n != len(rows)+2 {
			rt.Fatalf("text has %d lines for %d rows:\n%q", n, len(rows), b.String())
		}
	})
}
