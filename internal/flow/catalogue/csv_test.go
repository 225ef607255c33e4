package catalogue_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/flow/catalogue"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// Whatever the separator, the order and the names of columns, the same file is read.
func TestReadCSVDialects(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"plain":        "sku,name,department,unit,tax_category,price,cost,barcode,reorder_point,reorder_to\nA,\"Apples, red\",Fruit,kg,zero,2.40,1.1,4011 X-1,5,20\n",
		"mark":         "\ufeffsku,name,department,unit,tax_category,price,cost,barcode,reorder_point,reorder_to\r\nA,\"Apples, red\",Fruit,kg,zero,2.40,1.1,4011|X-1,5,20\r\n,,,,,,,,,\r\n",
		"semicolons":   "SKU;Name;Department;Unit;Tax Category;Price;Cost;Barcode;Reorder point;Reorder to\nA;Apples, red;Fruit;kg;zero;2,40;1,1;4011 X-1;5;20",
		"tabs, order":  "name\tsku\tcategory\tuom\ttax\tunit-price\tunit_cost\tEAN\treorder level\torder up to\n Apples, red \tA\tFruit\tkg\tzero\t2.4\t1.10\t4011  X-1\t5.0\t20\n",
		"more columns": "sku,colour,name,department,unit,tax_category,price,cost,barcode,reorder_point,reorder_to,note\nA,red,\"Apples, red\",Fruit,kg,zero,2.40,1.1,4011 X-1,5,20\n",
	} {
		f, faults, err := catalogue.ReadCSV(strings.NewReader(text))
		if err != nil || len(faults) > 0 || len(f.Rows) != 1 {
			t.Errorf("%s: %d rows, %v, %v", name, len(f.Rows), faults, err)
			continue
		}
		r := f.Rows[0]
		want := catalog.Item{SKU: "A", Name: "Apples, red", Department: "Fruit", Unit: "kg", TaxCategory: "zero", Cost: 1_100_000, ReorderPoint: qty.Of(5), ReorderTo: qty.Of(20)}
		if !r.Item.Equal(want) || r.Price == nil || *r.Price != 2_400_000 || !slices.Equal(r.Barcodes, []string{"4011", "X-1"}) || r.Line != 2 {
			t.Errorf("%s: %+v", name, r)
		}
		if name == "more columns" && !slices.Equal(f.Ignored, []string{"colour", "note"}) {
			t.Errorf("%s: ignored %q", name, f.Ignored)
		}
	}
}

// A file that is none says so, and a line that is wrong says where.
func TestReadCSVFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want error
		path string
	}{
		"nothing":        {"", catalogue.ErrHeader, "line 1"},
		"no sku":         {"name,price\nx,1\n", catalogue.ErrHeader, "line 1"},
		"column twice":   {"sku,name,description\nA,x,y\n", catalogue.ErrHeader, "line 1"},
		"open quote":     {"sku,name\nA,\"x\nB,y\n", catalogue.ErrCSV, "line 2"},
		"stray quote":    {"sku,name\nA,x\nB,y \"z\" \n", catalogue.ErrCSV, "line 3"},
		"broken text":    {"sku,name\nA,\xff\xfe\n", catalogue.ErrCSV, "line 2, name"},
		"too many cells": {"sku,name\nA,x\nB,y,z\n", catalogue.ErrCells, "line 3"},
		"no SKU in line": {"sku,name\n,x\n", catalogue.ErrNoSKU, "line 2, sku"},
		"SKU twice":      {"sku,name\nA,\"x\ny\"\nA,z\n", catalogue.ErrSKUTwice, "line 4, sku"},
		"price":          {"sku,price\nA,1.2.3\n", catalogue.ErrNumber, "line 2, price"},
		"decimal comma":  {"sku,price\nA,\"1,20\"\n", catalogue.ErrNumber, "line 2, price"},
		"thousands":      {"sku;price\nA;1.000,50\n", catalogue.ErrNumber, "line 2, price"},
		"currency sign":  {"sku,price\nA,£1.20\n", catalogue.ErrNumber, "line 2, price"},
		"not a number":   {"sku,cost\nA,NaN\n", catalogue.ErrNumber, "line 2, cost"},
		"huge":           {"sku,reorder_to\nA,1" + strings.Repeat("0", 30) + "\n", catalogue.ErrNumber, "line 2, reorder_to"},
		"exponent":       {"sku,reorder_point\nA,1e3\n", catalogue.ErrNumber, "line 2, reorder_point"},
		"long cell":      {"sku,name\nA," + strings.Repeat("x", 2001) + "\n", catalogue.ErrCell, "line 2, name"},
	} {
		_, faults, err := catalogue.ReadCSV(strings.NewReader(c.text))
		if err == nil && len(faults) > 0 {
			err = faults[0]
		}
		var f *fault.Error
		if !errors.Is(err, c.want) || errors.As(err, &f) && f.Path != c.path {
			t.Errorf("%s: %v, want %v at %q", name, err, c.want, c.path)
		}
	}
	_, faults, err := catalogue.ReadCSV(strings.NewReader("sku,price\n" + strings.Repeat("A,x\n", 500)))
	if err != nil || len(faults) != 100 {
		t.Errorf("%d faults, %v", len(faults), err)
	}
}

// rows makes a file of n lines without holding it.
func rows(n int) io.Reader {
	r, w := io.Pipe()
	go func() {
		_, err := io.WriteString(w, "sku\n")
		for i := 0; i < n && err == nil; i++ {
			_, err = fmt.Fprintf(w, "S%d\n", i)
		}
		_ = w.CloseWithError(err)
	}()
	return r
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = "\"sku,name x"[i%11]
	}
	return len(p), nil
}

func TestReadCSVLimits(t *testing.T) {
	t.Parallel()
	if _, _, err := catalogue.ReadCSV(rows(250_001)); !errors.Is(err, catalogue.ErrTooLarge) {
		t.Errorf("too many lines: %v", err)
	}
	if f, _, err := catalogue.ReadCSV(rows(250_000)); err != nil || len(f.Rows) != 250_000 {
		t.Errorf("as many as may be: %d, %v", len(f.Rows), err)
	}
	if _, _, err := catalogue.ReadCSV(endless{}); err == nil {
		t.Error("a file without end was read")
	}
	if _, err := catalogue.Read(endless{}); !errors.Is(err, catalogue.ErrTooLarge) {
		t.Errorf("a JSON file without end: %v", err)
	}
}

func importFile(t *testing.T, d *db.DB, text string, o catalogue.Options) (catalogue.Result, []*fault.Error, error) {
	t.Helper()
	return catalogue.Import(context.Background(), d, strings.NewReader(text), o)
}

// An import sets what the file has columns for and leaves the rest, all of it or nothing.
func TestImport(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		nothing := contents(t, d)
		const file = "sku,name,department,cost,price,barcode\nAPPLE,Apples,Fruit,1.10,2.00,4011\nBREAD,Bread,Bakery,0.80,1.20,4006381333931 X-1\n"
		dry, _, err := importFile(t, d, file, catalogue.Options{DryRun: true})
		if err != nil || dry.Rows != 2 || dry.New != 2 || contents(t, d) != nothing {
			t.Fatalf("dry run: %+v, %v, %s", dry, err, contents(t, d))
		}
		for again, want := range []catalogue.Result{{Rows: 2, New: 2, Prices: 2, Barcodes: 3}, {Rows: 2, Prices: 2, Barcodes: 3}} {
			got, faults, err := importFile(t, d, file, catalogue.Options{})
			if err != nil || len(faults) > 0 || got.New != want.New || got.Prices != 2 || got.Barcodes != 3 {
				t.Fatalf("import %d: %+v, %v, %v", again+1, got, faults, err)
			}
		}
		before := contents(t, d)
		if _, _, err := importFile(t, d, "sku,department,price\nAPPLE,,\nBREAD,Bread,1.35\n", catalogue.Options{Since: "2026-04-01"}); err != nil {
			t.Fatal(err)
		}
		apple := read(t, d, func(q db.Q) (catalog.Item, error) { return catalog.Get(q, "APPLE") })
		if apple.Name != "Apples" || apple.Department != "" || apple.Cost != 1_100_000 {
			t.Errorf("apples are %+v", apple)
		}
		for on, want := range map[day.Day]money.Price{"2026-03-31": 1_200_000, "2026-04-01": 1_350_000} {
			if ps := read(t, d, func(q db.Q) ([]catalog.Price, error) { return catalog.PricesOn(q, "S1", on, []string{"BREAD"}) }); len(ps) != 1 || ps[0].Price != want || ps[0].List != catalogue.StandardList {
				t.Errorf("bread on %s costs %+v", on, ps)
			}
		}
		if _, _, err := importFile(t, d, file, catalogue.Options{}); err != nil {
			t.Fatal(err)
		}
		if got := contents(t, d); !strings.Contains(got, `"since":"2026-04-01"`) || strings.Contains(before, "2026") {
			t.Errorf("%s", got)
		}
	})
}

// Faults against what is stored are collected too, and nothing is written.
func TestImportFaults(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		if _, _, err := importFile(t, d, "sku,name,barcode\nAPPLE,Apples,4011\n", catalogue.Options{}); err != nil {
			t.Fatal(err)
		}
		before := contents(t, d)
		for _, o := range []catalogue.Options{{}, {DryRun: true}} {
			_, faults, err := importFile(t, d, "sku,name,barcode,cost,price\nAPPLE,Other apples,,,\nPEAR,Pears,4011,,\nPLUM,,,,\nKIWI,Kiwis,96385075,,\nLIME,Limes,,-1,\nFIG,Figs,,,-2\n", o)
			if !errors.Is(err, catalogue.ErrRows) {
				t.Fatal(err)
			}
			var got []string
			for _, f := range faults {
				got = append(got, f.Path+" "+f.Code)
			}
			want := []string{"line 3, barcode catalog_barcode_taken", "line 4, name catalogue_no_name", "line 5, barcode catalog_gtin",
				"line 6, cost catalog_cost", "line 7, price catalog_cost"}
			if !slices.Equal(got, want) {
				t.Errorf("%q", got)
			}
			if contents(t, d) != before {
				t.Errorf("something was written")
			}
		}
		_, faults, err := importFile(t, d, "sku,price\nAPPLE,x\n", catalogue.Options{})
		if !errors.Is(err, catalogue.ErrRows) || len(faults) != 1 {
			t.Errorf("%v, %v", faults, err)
		}
	})
}

// quote writes a cell.
func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// What a spreadsheet writes is what is read, whatever stands in the cells.
func TestReadsWhatWasWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.Rune().Filter(func(r rune) bool { return r != '\r' && r != '\ufffd' }), 0, 20, -1)
		var b strings.Builder
		b.WriteString("sku,name,price,reorder_point\n")
		n := rapid.IntRange(0, 8).Draw(t, "rows")
		names, prices := make([]string, n), make([]money.Price, n)
		for i := range n {
			names[i], prices[i] = text.Draw(t, "name"), money.Price(rapid.Int64().Draw(t, "price"))
			fmt.Fprintf(&b, "S%d,%s,%s,%s\n", i, quote(names[i]), prices[i], qty.Qty(prices[i]))
		}
		f, faults, err := catalogue.ReadCSV(strings.NewReader(b.String()))
		if err != nil || len(faults) > 0 || len(f.Rows) != n {
			t.Fatalf("%d rows, %v, %v", len(f.Rows), faults, err)
		}
		for i, r := range f.Rows {
			if r.Item.Name != strings.TrimSpace(names[i]) || *r.Price != prices[i] || r.Item.ReorderPoint != qty.Qty(prices[i]) {
				t.Fatalf("row %d is %+v", i, r)
			}
		}
	})
}

func FuzzReadCSV(f *testing.F) {
	for _, s := range []string{"sku,name\nA,x\n", "\ufeffsku;price\nA;1,20\n", "sku\tbarcode\nA\t1 2|3\n", "sku,\"na\"\"me\"\n\"\",\"\n", "a,b\n\xff\n", "sku,price\nA,99999999999999999999\nA,1\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, faults, err := catalogue.ReadCSV(strings.NewReader(string(b)))
		seen := map[string]bool{}
		for _, r := range file.Rows {
			if r.Item.SKU == "" || seen[r.Item.SKU] || r.Line < 2 {
				t.Fatalf("row %+v", r)
			}
			seen[r.Item.SKU] = true
		}
		for _, e := range faults {
			if e.Code == "" || !strings.HasPrefix(e.Path, "line ") {
				t.Fatalf("fault %+v", e)
			}
		}
		if fault.KindOf(err) == fault.Internal && err != nil {
			t.Fatalf("error %v", err)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(`{"items": [{"sku": 1}]}`))
	f.Add([]byte(`{"prices": [{"price": "1e9"}]} {}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := catalogue.Read(strings.NewReader(string(b))); err != nil && fault.KindOf(err) != fault.Invalid {
			t.Fatalf("error %v", err)
		}
	})
}

func FuzzParsePromotion(f *testing.F) {
	f.Add([]byte(`{"code": "p", "name": "x", "scheme": "discount", "benefit": {"rate": "0.2"}, "when": {"hours": [{"from": "17:00", "to": "19:00"}]}}`))
	f.Add([]byte(`{"code": "p", "scheme": "bundle", "parts": [{"count": 1}], "benefit": {"price": "1"}}`))
	f.Add([]byte(`{"code": "p", "scheme": "quantity_break", "tiers": [{"min": "3", "benefit": {"amount": 5}}], "colour": "red"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := catalogue.ParsePromotion(b, "GBP")
		if err != nil {
			var e *fault.Error
			if !errors.As(err, &e) || e.Kind != fault.Invalid || strings.Contains(e.Path, "promotions[") {
				t.Fatalf("error %v", err)
			}
			return
		}
		if p.Code == "" {
			t.Fatalf("accepted %+v", p)
		}
	})
}
