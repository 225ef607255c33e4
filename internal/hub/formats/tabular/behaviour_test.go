package tabular

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

// till is a small layout of the kind that a shop writes for its own till.
const till = `{
  "layout": 1, "name": "my-till", "currency": {"is": "EUR"}, "zone": "Europe/Berlin",
  "columns": {"no": ["Receipt", "Bon"], "at": "When", "sku": "SKU", "name": {"header": "Item", "optional": true},
    "qty": "Qty", "amount": "Amount", "tax": {"header": "VAT", "optional": true}, "paid": {"header": "Paid", "optional": true},
    "how": {"header": "How", "optional": true}},
  "document": {"group": ["no"], "time": {"columns": ["at"], "formats": ["YYYY-MM-DD HH:mm", "DD.MM.YYYY HH:mm"]},
    "tenders": [{"type": {"column": "how", "else": "cash", "case": "lower"}}], "prices_include_tax": "yes", "total": "paid"},
  "line": {"item": "sku", "name": "name", "qty": "qty", "amount": "amount", "taxes": [{"code": {"is": "VAT 19%"}, "amount": "tax"}]},
  "rows": [{"is": "item"}]
}`

// file writes a file into a new folder together with the layout and returns both paths.
func file(t testing.TB, name string, content []byte, layout string) (path, layoutPath string) {
	t.Helper()
	dir := t.TempDir()
	path, layoutPath = filepath.Join(dir, name), filepath.Join(dir, "layout.json")
	for p, b := range map[string][]byte{path: content, layoutPath: []byte(layout)} {
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path, layoutPath
}

const plainTill = "When,Receipt,SKU,Item,Qty,Amount,VAT,Paid\n" +
	"2026-03-29 12:30,17,A1,\"Tea, green\",2,11.90,1.90,23.80\n" +
	"2026-03-29 12:30,17,A2,Cup,1,11.90,1.90,23.80\n" +
	"2026-03-30 00:30,18,A1,Tea,-1,-5.95,-0.95,-5.95\n"

// However the same export is written, it reads the same.
func TestSameExportManyWays(t *testing.T) {
	t.Parallel()
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write([]byte(plainTill))
	z.Close()
	german := "Bon;Zusatz;When;SKU;Item;Qty;Amount;VAT;Paid\r\n" +
		"17;x;29.03.2026 12:30;A1;\"Tea, green\";2,0;11,90 €;1,90;23,80\r\n" +
		"17;;29.03.2026 12:30;A2;Cup;1;11,90;1,90;23,80\r\n" +
		"18;;30.03.2026 00:30;A1;Tea;-1;(5,95);-0,95;5,95-\r\n"
	for name, content := range map[string][]byte{
		"plain.csv":  []byte(plainTill),
		"bom.csv":    []byte("\ufeff" + plainTill),
		"crlf.csv":   []byte(strings.ReplaceAll(plainTill, "\n", "\r\n")),
		"tab.tsv":    []byte(strings.ReplaceAll(strings.ReplaceAll(plainTill, "\"Tea, green\"", "Tea_ green"), ",", "\t")),
		"zip.csv":    zipped.Bytes(),
		"german.csv": []byte(german),
		"titles.csv": []byte("My till\n\nexported,2026-04-01\n" + plainTill),
		"names.csv":  []byte(strings.Replace(plainTill, "When,Receipt,SKU", " WHEN ,receipt,s-k-u", 1)),
		"utf16.csv":  wide(plainTill, false),
		"utf16b.csv": wide(plainTill, true),
		"blank.csv":  []byte(strings.Replace(plainTill, "2026-03-30", ",,,,,,,\n\n2026-03-30", 1)),
		"excel.csv":  []byte(strings.ReplaceAll(strings.ReplaceAll(plainTill, ",17,", ",\"=\"\"17\"\"\","), ",18,", ",'18,")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, layout := file(t, name, content, till)
			y := read(t, path, layout, intake.Terms{})
			if y.rows != 3 || y.receipts != 2 || y.rejected != 0 {
				t.Fatalf("%d rows, %d receipts, %d rejected: %+v", y.rows, y.receipts, y.rejected, y.docs)
			}
			want(t, "total", y.total, 1785)
			want(t, "tax", y.tax, 285)
			want(t, "cash", y.tenders["cash"], 1785)
			want(t, "unexplained", y.unexplained, 0)
			a, b := y.docs[0].Receipt, y.docs[1].Receipt
			if a.External != "17" || b.External != "18" || a.Lines[0].Name[:3] != "Tea" || b.Lines[0].Return == nil || !a.PricesInclude {
				t.Errorf("%+v", a)
			}
			if a.Lines[0].Taxes[0] != (receipt.Tax{Code: "VAT", Rate: money.OneRate * 19 / 100, Base: 1000, Amount: 190}) {
				t.Errorf("tax %+v", a.Lines[0].Taxes)
			}
			if at := b.DeviceTime.UTC().Format(time.RFC3339); at != "2026-03-29T22:30:00Z" || b.BusinessDay != "2026-03-30" {
				t.Errorf("%s %s", at, b.BusinessDay)
			}
		})
	}
}

func wide(s string, big bool) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + s)) {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return b
}

func TestIDsStayTheSame(t *testing.T) {
	t.Parallel()
	path, layout := file(t, "a.csv", []byte(plainTill), till)
	a, b := read(t, path, layout, intake.Terms{}), read(t, path, layout, intake.Terms{})
	c := read(t, path, layout, intake.Terms{Source: "second-shop"})
	for i := range a.docs {
		x, y, z := a.docs[i].Receipt, b.docs[i].Receipt, c.docs[i].Receipt
		if x.ID != y.ID || x.Content(nil) != y.Content(nil) {
			t.Errorf("%s: two readings differ", x.External)
		}
		if x.ID == z.ID || z.Source != "second-shop" {
			t.Errorf("%s: two sources have one id", x.External)
		}
	}
}

func TestTerms(t *testing.T) {
	t.Parallel()
	path, layout := file(t, "a.csv", []byte(plainTill), till)
	ny, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	y := read(t, path, layout, intake.Terms{Store: "S1", Register: "R1", Currency: "USD", Zone: ny, CutOver: 3 * time.Hour})
	rc := y.docs[1].Receipt
	if rc.Store != "S1" || rc.Register != "R1" || rc.Currency != "USD" || rc.BusinessDay != "2026-03-29" {
		t.Errorf("%+v", rc)
	}
	if at := rc.DeviceTime.UTC().Format(time.RFC3339); at != "2026-03-30T04:30:00Z" {
		t.Errorf("time %s", at)
	}
}

// One bad row holds back its whole invoice, and nothing else.
func TestRejects(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		row, code, says string
		rows            int // that wait
	}{
		"quantity":        {"2026-03-29 12:30,17,A3,Pot,two,9.90,0,23.80", "not_a_number", `line 4: qty "two" is not a number`, 3},
		"time":            {"29/03/26,19,A3,Pot,2,9.90,0,1", "not_a_time", `line 4: at "29/03/26"`, 1},
		"blank amount":    {"2026-03-29 12:30,17,A3,Pot,2,,0,23.80", "blank", `amount "" is blank`, 3},
		"no number":       {"2026-03-29 12:30,,A3,Pot,2,9.90,0,1", "no_number", "no is blank", 1},
		"cut off":         {"2026-03-29 12:30,17,A3", "row_short", "3 of the 6 fields that are needed", 3},
		"stray comma":     {"2026-03-29 12:30,17,A3,Pot, large,2,9.90,0,1", "column_count", "9 fields, the header 8", 3},
		"open quote":      {"2026-03-29 12:30,17,A3,\"Pot,2,9.90,0,1", "quote_open", "", 3},
		"spreadsheet":     {"2026-03-29 12:30,17,A3,Pot,1E+05,9.90,0,1", "number_scientific", "", 3},
		"pieces in words": {"2026-03-29 12:30,17,A3,Pot,2pcs,9.90,0,1", "not_a_number", "", 3},
		"pounds":          {"2026-03-29 12:30,17,A3,Pot,2,£9.90,0,1", "amount_currency", "another currency", 3},
		"dollars paid":    {"2026-03-29 12:30,19,A3,Pot,2,9.90,0,$1", "amount_currency", "another currency", 1},
		"euros as pieces": {"2026-03-29 12:30,17,A3,Pot,2 EUR,9.90,0,1", "not_a_number", "", 3},
		"far too large":   {"2026-03-29 12:30,17,A3,Pot,1,99999999999999.99,0,1", "number_too_large", "", 3},
		"card number":     {"2026-03-29 12:30,17,A3,Pot,4111 1111 1111 1111,9.90,0,1", "number_grouping", "**** **** **** 1111", 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines := strings.SplitAfter(plainTill, "\n")
			in := strings.Join(lines[:3], "") + c.row + "\n" + lines[3]
			path, layout := file(t, "a.csv", []byte(in), till)
			y := read(t, path, layout, intake.Terms{})
			var bad *intake.Document
			for i := range y.docs {
				if y.docs[i].Rejected != nil {
					bad = &y.docs[i]
				}
			}
			if bad == nil || y.rejected != 1 || y.rows != 4 {
				t.Fatalf("%d rows, rejected %+v", y.rows, bad)
			}
			if bad.Rejected.Code != c.code || !strings.Contains(bad.Rejected.Reason, c.says) || bad.Rejected.Row != 4 || bad.Rows != c.rows {
				t.Errorf("%+v: %+v", bad, bad.Rejected)
			}
			if strings.Contains(bad.Rejected.Raw+bad.Rejected.Reason, "4111 1111") {
				t.Errorf("a card number came through: %+v", bad.Rejected)
			}
			if y.docs[len(y.docs)-1].Receipt == nil && y.docs[len(y.docs)-2].Receipt == nil {
				t.Error("the rest did not go on")
			}
		})
	}
}

// rowsOf makes n receipts with one row each, and lets special change the numbers of some.
func rowsOf(n int, special map[int]string) []byte {
	var b bytes.Buffer
	b.WriteString("Receipt,When,SKU,Qty,Amount\n")
	for i := range n {
		no := fmt.Sprintf("R%05d", i)
		if s, ok := special[i]; ok {
			no = s
		}
		fmt.Fprintf(&b, "%s,2026-03-29 12:30,A,1,1.0%d\n", no, i%10)
	}
	return b.Bytes()
}

func TestRowsApart(t *testing.T) {
	t.Parallel()
	layout := strings.Replace(till, `"total": "paid"`, `"note": {"is": ""}`, 1)
	path, lp := file(t, "a.csv", rowsOf(1000, map[int]string{100: "X", 250: "X", 300: "Y", 701: "Y", 400: "Z", 801: "Z"}), layout)
	y := read(t, path, lp, intake.Terms{})
	got := map[string]int{}
	for _, d := range y.docs {
		got[d.External] += d.Rows
	}
	if y.rows != 1000 || got["X"] != 2 || got["Y"] != 1 || got["Y/2"] != 1 || got["Z"] != 1 || got["Z/2"] != 1 {
		t.Errorf("%d rows; X %d, Y %d and %d, Z %d", y.rows, got["X"], got["Y"], got["Y/2"], got["Z"])
	}
	if y.findings["document_continued"] != 2 || y.findings["document_repeated"] != 0 {
		t.Errorf("findings %v", y.findings)
	}
}

func TestRepeatedDocument(t *testing.T) {
	t.Parallel()
	layout := strings.Replace(till, `"total": "paid"`, `"note": {"is": ""}`, 1)
	one := rowsOf(500, nil)
	path, lp := file(t, "a.csv", append(one, one[bytes.IndexByte(one, '\n')+1:]...), layout)
	y := read(t, path, lp, intake.Terms{})
	if y.rows != 1000 || y.receipts != 1000 || y.findings["document_repeated"] != 500 {
		t.Fatalf("%d rows, findings %v", y.rows, y.findings)
	}
	for i := range 500 {
		if a, b := y.docs[i].Receipt, y.docs[500+i].Receipt; a.ID != b.ID || a.Content(nil) != b.Content(nil) {
			t.Fatalf("%s and %s are not the same receipt", a.External, b.External)
		}
	}
}

func TestVeryLongDocument(t *testing.T) {
	t.Parallel()
	special := map[int]string{}
	for i := range 12_000 {
		special[i] = "ONE"
	}
	path, lp := file(t, "a.csv", rowsOf(12_000, special), strings.Replace(till, `"total": "paid"`, `"note": {"is": ""}`, 1))
	y := read(t, path, lp, intake.Terms{})
	if y.rows != 12_000 || len(y.docs) != 3 || y.docs[2].External != "ONE/3" || y.docs[0].Rows != maxRows {
		t.Errorf("%d rows in %d documents", y.rows, len(y.docs))
	}
}

func TestUnexplained(t *testing.T) {
	t.Parallel()
	path, lp := file(t, "a.csv", []byte(strings.ReplaceAll(plainTill, "23.80", "24.00")), till)
	y := read(t, path, lp, intake.Terms{})
	want(t, "unexplained", y.unexplained, 20)
	want(t, "cash", y.tenders["cash"], 1805)
	if y.findings["total_unexplained"] != 1 {
		t.Errorf("findings %v", y.findings)
	}
}

func TestWindows1252(t *testing.T) {
	t.Parallel()
	in := bytes.ReplaceAll([]byte(plainTill), []byte("Cup"), []byte("Caf\xe9 \x80 cup"))
	path, lp := file(t, "a.csv", in, till)
	y := read(t, path, lp, intake.Terms{})
	if got := y.docs[0].Receipt.Lines[1].Name; got != "Café € cup" || y.findings["not_utf8"] != 1 {
		t.Errorf("%q, findings %v", got, y.findings)
	}
}

// Rows that are no sale leave the receipt and stand for themselves; stock at price 0 among sold lines
// stays a line.
func TestMixedDocument(t *testing.T) {
	t.Parallel()
	in := "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID\n" +
		"A1,A1,Tea,2,2011-03-01 10:00:00,2.50,\n" +
		"A1,A2,sample,1,2011-03-01 10:00:00,0,\n" +
		"A1,B,Adjust bad debt,1,2011-03-01 10:00:00,-7.00,\n" +
		"A1,B,Adjust bad debt,1,2011-03-01 10:00:00,-8.00,\n" +
		"2,A1,found,3,2011-03-01 11:00:00,0,\n" +
		"2,A2,,4,2011-03-01 11:00:00,0,\n" +
		"3,A1,Tea,1,2011-03-01 12:00:00,-2.50,\n"
	path, _ := file(t, "a.csv", []byte(in), "")
	y := read(t, path, "", intake.Terms{})
	got := []string{}
	for _, d := range y.docs {
		got = append(got, fmt.Sprintf("%s %d %v %v %v", d.External, d.Rows, d.Receipt != nil, d.Movement != nil, d.Adjustment != nil))
	}
	wanted := []string{"A1 2 true false false", "A1 1 false true false", "A1:2 1 false true false", "2 1 false false true", "2:2 1 false false true", "3 1 true false false"}
	if !slices.Equal(got, wanted) {
		t.Errorf("%q", got)
	}
	if l := y.docs[0].Receipt.Lines; len(l) != 2 || l[1].Extended != 0 || l[1].Qty != qty.One || l[1].Return != nil {
		t.Errorf("%+v", l)
	}
	if m := y.docs[1].Movement; m.Kind != intake.BadDebt || m.Gross != -700 {
		t.Errorf("%+v", m)
	}
	if l := y.docs[5].Receipt.Lines[0]; l.Qty != -qty.One || l.UnitPrice != 2_500_000 || l.Extended != -250 || l.Return == nil {
		t.Errorf("%+v", l)
	}
}
