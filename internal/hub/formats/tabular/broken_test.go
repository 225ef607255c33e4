package tabular

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/hub/intake"
)

// A receipt is never booked without one of its rows: where a row cannot be read, every document that it
// may belong to waits as a whole, under its own number, and no other does.
func TestBrokenRows(t *testing.T) {
	t.Parallel()
	const a1, a2, b1, b2 = "17,2026-03-29 12:30,A1,1,1.00", "17,2026-03-29 12:30,A2,1,2.00", "18,2026-03-29 12:31,B1,1,3.00", "18,2026-03-29 12:31,B2,1,4.00"
	for name, c := range map[string]struct {
		rows  []string
		holds map[string]string // document -> code
		books string
	}{
		"between, named":          {[]string{a1, "17,2026-03-29 12:30", a2, b1}, map[string]string{"17": "row_short"}, "18"},
		"between, not named":      {[]string{a1, "\"17,2026-03-29 12:30,A9", a2, b1}, map[string]string{"17": "quote_open"}, "18"},
		"two between, not named":  {[]string{a1, "\"17,2026", "\"17,2026", a2, b1}, map[string]string{"17": "quote_text"}, "18"}, // the second quote closes the first
		"between, without number": {[]string{a1, ",2026-03-29 12:30,A9,1,1.00", a2, b1}, map[string]string{"17": "no_number"}, "18"},
		"last of its document":    {[]string{a1, "17,2026-03-29 12:30", b1, b2}, map[string]string{"17": "row_short"}, "18"},
		"first of its document":   {[]string{a1, a2, "18,2026-03-29", b2}, map[string]string{"18": "row_short"}, "17"},
		"a document of its own":   {[]string{a1, a2, "19,2026-03-29", b1}, map[string]string{"19": "row_short"}, "17 18"},
		"first, said again later": {[]string{"18,2026-03-29", a1, a2, b1, b2}, map[string]string{"18": "row_short"}, "17"},
		"nobody's or a neighbour's": {[]string{a1, "\"1", b1, "19,2026-03-29 12:32,C,1,5.00"},
			map[string]string{"17": "row_beside", "18": "row_beside", "line 3": "quote_open"}, "19"},
		"the file is cut off":      {[]string{a1, b1, "1"}, map[string]string{"18": "row_beside", "line 4": "row_short"}, "17"},
		"the name itself is cut":   {[]string{a1, b1, b2, "17"}, map[string]string{"17": "row_short"}, "18"},
		"a sum at the end":         {[]string{a1, b1, ",,Total,,4.00"}, map[string]string{"line 4": "no_number"}, "17 18"},
		"a sum between documents":  {[]string{a1, ",,Total,,1.00", b1}, map[string]string{"line 3": "no_number"}, "17 18"},
		"a later row's time":       {[]string{a1, "17,29 March,A2,1,2.00", b1}, map[string]string{"17": "not_a_time"}, "18"},
		"a later row without time": {[]string{a1, "17,,A2,1,2.00", b1}, nil, "17 18"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, layout := file(t, "a.csv", []byte("Receipt,When,SKU,Qty,Amount\n"+strings.Join(c.rows, "\n")+"\n"), till)
			y := read(t, path, layout, intake.Terms{})
			held, booked := map[string]string{}, []string{}
			for _, d := range y.docs {
				if d.Rejected != nil {
					held[d.External] = d.Rejected.Code
				} else {
					booked = append(booked, d.External)
				}
			}
			if !maps.Equal(held, c.holds) || strings.Join(booked, " ") != c.books {
				t.Errorf("held %v, want %v; booked %v, want %s", held, c.holds, booked, c.books)
			}
			if y.rows != len(c.rows) {
				t.Errorf("%d rows, want %d", y.rows, len(c.rows))
			}
		})
	}
}

// A document is older than the window when the next row that can be read comes, and waits all the same.
func TestManyBrokenRows(t *testing.T) {
	t.Parallel()
	path, layout := file(t, "a.csv", []byte("Receipt,When,SKU,Qty,Amount\n17,2026-03-29 12:30,A1,1,1.00\n"+strings.Repeat("\"x\n", Window+100)+
		"18,2026-03-29 12:31,B1,1,3.00\n"), till)
	y := read(t, path, layout, intake.Terms{})
	held := map[string]int{}
	for _, d := range y.docs {
		if d.Rejected != nil {
			held[d.External+" "+d.Rejected.Code]++
		}
	}
	if held["17 row_beside"] != 1 || held["18 row_beside"] != 1 || y.rejected != len(y.docs) || y.rows != Window+102 {
		t.Errorf("%d rows, %d documents, held %v", y.rows, len(y.docs), held)
	}
}

// The number of an open document on a row of another day, store or register is another document's.
func TestNumberTwice(t *testing.T) {
	t.Parallel()
	layout := strings.Replace(till, `"sku": "SKU"`, `"sku": "SKU", "where": "Shop", "reg": "Till"`, 1)
	layout = strings.Replace(layout, `"group": ["no"]`, `"group": ["no"], "store": "where", "register": "reg"`, 1)
	for name, c := range map[string]struct {
		row  string
		want string
	}{
		"the same bill":       {"17,2026-03-29 12:34,A2,1,2.00,North,1", "17=3"},
		"next day":            {"17,2026-03-30 12:30,A2,1,2.00,North,1", "17=2 17/2=1"},
		"the year before":     {"17,2025-03-29 12:30,A2,1,2.00,North,1", "17=2 17/2=1"},
		"a late tab":          {"17,2026-03-30 00:10,A2,1,2.00,North,1", "17=3"},
		"another register":    {"17,2026-03-29 12:30,A2,1,2.00,North,2", "17=2 17/2=1"},
		"another store":       {"17,2026-03-29 12:30,A2,1,2.00,South,1", "17=2 17/2=1"},
		"it does not say":     {"17,,A2,1,2.00,,", "17=3"},
		"a time that is none": {"17,soon,A2,1,2.00,North,1", "17=3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, lp := file(t, "a.csv", []byte("Receipt,When,SKU,Qty,Amount,Shop,Till\n17,2026-03-29 18:30,A1,1,1.00,North,1\n17,2026-03-29 18:30,A1,1,1.00,North,1\n"+
				strings.ReplaceAll(c.row, "12:3", "18:3")+"\n"), layout)
			y := read(t, path, lp, intake.Terms{})
			var got []string
			for _, d := range y.docs {
				got = append(got, fmt.Sprintf("%s=%d", d.External, d.Rows))
			}
			if strings.Join(got, " ") != c.want || y.findings["number_twice"] != len(y.docs)-1 {
				t.Errorf("%v, want %s; %v", got, c.want, y.findings)
			}
		})
	}
}

// A last row without a line end that lacks fields is half a row, unless the file leaves out blank ones.
func TestFileCutOff(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"17,2026-03-29 12:30,A1,1,1.00,x,y\n18,2026-03-29 12:31,B1,1,3.00,x":   "row_short",
		"17,2026-03-29 12:30,A1,1,1.00,x,y\n18,2026-03-29 12:31,B1,1,3.00":     "row_short",
		"17,2026-03-29 12:30,A1,1,1.00,x,y\n18,2026-03-29 12:31,\"B1":          "quote_open",
		"17,2026-03-29 12:30,A1,1,1.00,x,y\n18,2026-03-29 12:31,\"B1\",1,3.00": "row_short",
		"17,2026-03-29 12:30,A1,1,1.00\n18,2026-03-29 12:31,B1,1,3.00":         "",
		"17,2026-03-29 12:30,A1,1,1.00,x,y\n18,2026-03-29 12:31,B1,1,3.00\n":   "",
		"17,2026-03-29 12:30,A1,1,1.00,x,y\n18,2026-03-29 12:31,B1,1,3.00,,y":  "",
	} {
		path, layout := file(t, "a.csv", []byte("Receipt,When,SKU,Qty,Amount,More,Most\n"+in), till)
		y := read(t, path, layout, intake.Terms{})
		got := ""
		if bad := y.docs[1].Rejected; bad != nil {
			got = bad.Code
		}
		if got != want || len(y.docs) != 2 || y.docs[0].Receipt == nil {
			t.Errorf("%q: %q, want %q: %+v", in, got, want, y.docs)
		}
	}
}

// The built-in layouts read the decimal comma, too, as a spreadsheet set to German or French writes it.
func TestBuiltInDecimalComma(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"stripe", "shopify"} {
		matches, err := filepath.Glob(filepath.Join(examples, name, "*.csv"))
		if err != nil || len(matches) == 0 {
			t.Fatal(matches, err)
		}
		for _, path := range matches {
			plain := read(t, path, "", intake.Terms{Zone: time.UTC})
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			rows, err := csv.NewReader(f).ReadAll()
			f.Close()
			if err != nil {
				t.Fatal(err)
			}
			amount := regexp.MustCompile(`^-?\d+\.\d+$`)
			var out bytes.Buffer
			w := csv.NewWriter(&out)
			w.Comma = ';'
			for _, row := range rows {
				for i := range row {
					if amount.MatchString(row[i]) {
						row[i] = strings.Replace(row[i], ".", ",", 1)
					}
				}
				w.Write(row)
			}
			w.Flush()
			german, _ := file(t, filepath.Base(path), out.Bytes(), till)
			y := read(t, german, "", intake.Terms{Zone: time.UTC})
			if y.rejected != 0 || y.rows != plain.rows || y.total != plain.total || y.net != plain.net || y.tax != plain.tax || y.fees != plain.fees || !maps.Equal(y.moved, plain.moved) {
				t.Errorf("%s: %d rejected, total %d of %d, fees %d of %d", path, y.rejected, y.total, plain.total, y.fees, plain.fees)
			}
		}
	}
}

// Rows of one document in two currencies are never added up.
func TestOtherCurrency(t *testing.T) {
	t.Parallel()
	layout := strings.Replace(till, `"currency": {"is": "EUR"}`, `"currency": {"column": "cur"}`, 1)
	layout = strings.Replace(layout, `"sku": "SKU"`, `"sku": "SKU", "cur": "Cur"`, 1)
	path, lp := file(t, "a.csv", []byte("Receipt,When,SKU,Qty,Amount,Cur\n"+
		"17,2026-03-29 12:30,A1,1,1.00,EUR\n17,2026-03-29 12:30,A2,1,2.00,GBP\n"+
		"18,2026-03-29 12:30,A1,1,1.00,EUR\n18,2026-03-29 12:30,A2,1,2.00,\n"), layout)
	y := read(t, path, lp, intake.Terms{})
	if y.rejected != 1 || y.receipts != 1 || y.docs[0].Rejected == nil || y.docs[0].Rejected.Code != "currency_differs" {
		t.Errorf("%+v", y.docs)
	}
}
