package tabular

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/hub/formats/source"
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
		"quantity":      {"2026-03-29 12:30,17,A3,Pot,two,9.90,0,23.80", "not_a_number", `line 4: qty "two" is not a number`, 3},
		"time":          {"29/03/26,19,A3,Pot,2,9.90,0,1", "not_a_time", `line 4: at "29/03/26"`, 1},
		"blank amount":  {"2026-03-29 12:30,17,A3,Pot,2,,0,23.80", "blank", `amount "" is blank`, 3},
		"no number":     {"2026-03-29 12:30,,A3,Pot,2,9.90,0,1", "no_number", "no is blank", 1},
		"cut off":       {"2026-03-29 12:30,17,A3", "row_short", "3 fields, 6 are needed", 1},
		"stray comma":   {"2026-03-29 12:30,17,A3,Pot, large,2,9.90,0,1", "column_count", "9 fields, the header 8", 1},
		"open quote":    {"2026-03-29 12:30,17,A3,\"Pot,2,9.90,0,1", "quote_open", "", 1},
		"spreadsheet":   {"2026-03-29 12:30,17,A3,Pot,1E+05,9.90,0,1", "number_scientific", "", 3},
		"far too large": {"2026-03-29 12:30,17,A3,Pot,1,99999999999999.99,0,1", "number_too_large", "", 3},
		"card number":   {"2026-03-29 12:30,17,A3,Pot,4111 1111 1111 1111,9.90,0,1", "number_grouping", "**** **** **** 1111", 3},
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

func TestOpenFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	layout := write("till.json", till)
	alone := filepath.Join(dir, "alone")
	if err := os.Mkdir(alone, 0o700); err != nil {
		t.Fatal(err)
	}
	details := filepath.Join(alone, "order_details.csv")
	if err := os.WriteFile(details, []byte("order_details_id,order_id,pizza_id,quantity\n1,1,x,1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ path, layout, code, says string }{
		"no file":           {filepath.Join(dir, "none.csv"), "", "file_unreadable", "none.csv"},
		"empty file":        {write("empty.csv", ""), "", "file_empty", ""},
		"unknown columns":   {write("u.csv", "a,b,c\n1,2,3\n"), "", "layout_undetected", "known layouts: online-retail, paypal-activity"},
		"nearest":           {write("n.csv", "InvoiceNo,StockCode,Quantity,InvoiceDate,Country\n"), "", "layout_undetected", "the nearest is online-retail, which also needs Description, UnitPrice"},
		"missing column":    {write("m.csv", "Receipt,SKU,Qty,Amount\n"), layout, "column_missing", `"When"; the file has: Receipt, SKU, Qty, Amount`},
		"column twice":      {write("t.csv", "When,Receipt,SKU,Qty,Amount,qty\n"), layout, "", ""},
		"really twice":      {write("tt.csv", "When,Receipt,SKU,Qty,Amount,Qty,QTY\n"), layout, "", ""},
		"unknown layout":    {write("x.csv", "a,b\n"), "nope", "layout_unknown", "known layouts"},
		"side file missing": {details, "", "side_file_missing", "orders"},
		"side file alone":   {filepath.Join(examples, "pizza-place", "orders.csv"), "", "layout_undetected", "this is the orders file of layout pizza-place"},
		"several exports":   {filepath.Join(examples, "stripe"), "", "layout_ambiguous", "balance_history.csv"},
		"false gzip":        {write("z.csv", "\x1f\x8b but not really"), "", "file_compressed", ""},
		"empty folder":      {t.TempDir(), "", "layout_undetected", "no file of the folder"},
	} {
		_, _, err := Open(c.path, c.layout, intake.Terms{})
		if fault.CodeOf(err) != c.code || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %q, %v", name, fault.CodeOf(err), err)
		}
	}
}

func TestSquareWithoutTransactions(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join(examples, "square", "items-2026-09-18-2026-09-19.csv"))
	if err != nil {
		t.Fatal(err)
	}
	path, _ := file(t, "items.csv", b, "")
	y := read(t, path, "", intake.Terms{DefaultTender: "later"})
	if len(y.info.Notes) != 1 || y.receipts != 49 || y.unexplained != 0 || y.tenders["later"] != y.total || y.moves != 0 {
		t.Errorf("notes %q, %d receipts, tenders %v of %d", y.info.Notes, y.receipts, y.tenders, y.total)
	}
}

func TestSquareTransactionsOfOtherDays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"items-2026-09-18-2026-09-19.csv", "transactions-2026-09-18-2026-09-19.csv"} {
		b, err := os.ReadFile(filepath.Join(examples, "square", name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(name, "items") {
			b = bytes.Join(bytes.SplitAfter(b, []byte("\n"))[:8], nil) // two whole sales and one of the next
		} else {
			b = append(b, bytes.Replace(bytes.SplitAfter(b, []byte("\n"))[1], []byte("JRGNADMNS6Y5IVKPXTJ6RX"), []byte("OTHERDAY"), 1)...)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	y := read(t, dir, "", intake.Terms{})
	if y.receipts != 3 || y.rejected != 49-3+1 || y.rows != 7 {
		t.Errorf("%d receipts, %d rejected, %d rows", y.receipts, y.rejected, y.rows)
	}
	if last := y.docs[len(y.docs)-1]; last.Rejected.Code != "unmatched_row" || last.Rows != 0 {
		t.Errorf("%+v", last)
	}
}

func TestPayPalBalance(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join(examples, "paypal", "activity_2026-09.csv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(b, []byte("\n"))
	without := append(bytes.Join(lines[:3], nil), bytes.Join(lines[4:], nil)...)
	path, _ := file(t, "a.csv", without, "")
	if y := read(t, path, "", intake.Terms{}); y.findings["balance_differs"] != 1 {
		t.Errorf("a row is missing; findings %v", y.findings)
	}
	// Newest first is fine too.
	turned := append([]byte(nil), lines[0]...)
	for i := len(lines) - 1; i > 0; i-- {
		turned = append(turned, lines[i]...)
	}
	path, _ = file(t, "b.csv", turned, "")
	if y := read(t, path, "", intake.Terms{}); len(y.findings) != 0 || y.rows != 41 {
		t.Errorf("newest first: %d rows, findings %v", y.rows, y.findings)
	}
}

func TestShopifyTaxInclusive(t *testing.T) {
	t.Parallel()
	head := "Name,Financial Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem taxable,Payment Method,Refunded Amount,Tax 1 Name,Tax 1 Value\n"
	in := head +
		"#1,paid,GBP,22.00,0.00,3.67,22.00,2.00,2026-03-01 10:00:00 +0000,2,Mug,12.00,MUG,true,Manual,0.00,VAT 20%,3.67\n" +
		"#2,voided,GBP,5.00,0.00,0.00,5.00,0.00,2026-03-01 10:00:00 +0000,1,Tea,5.00,TEA,true,,0.00,,\n" +
		"#3,pending,GBP,5.00,1.00,0.00,6.00,0.00,2026-03-01 10:00:00 +0000,1,Tea,5.00,TEA,true,,0.00,,\n"
	path, _ := file(t, "orders.csv", []byte(in), "")
	y := read(t, path, "", intake.Terms{})
	a := y.docs[0].Receipt
	if !a.PricesInclude || a.Total() != 2200 || a.Lines[0].Net != 1833 || a.Lines[0].Reduced() != 200 || a.Lines[0].NetDiscount != 167 {
		t.Errorf("%+v", a.Lines)
	}
	if a.Lines[0].Reductions[0].Kind != "basket" || y.unexplained != 0 {
		t.Errorf("%+v, unexplained %d", a.Lines[0].Reductions, y.unexplained)
	}
	if y.docs[1].Control == "" || y.tenders["unpaid"] != 600 {
		t.Errorf("%+v, tenders %v", y.docs[1], y.tenders)
	}
}

// The reader's memory does not grow with the file: a stream of a million rows passes through it.
func TestBoundedMemory(t *testing.T) {
	t.Parallel()
	l, err := ParseLayout([]byte(strings.Replace(till, `"total": "paid"`, `"note": {"is": ""}`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	const n = 300_000
	pr, pw := io.Pipe()
	go func() {
		pw.Write([]byte("Receipt,When,SKU,Qty,Amount\n"))
		var b bytes.Buffer
		for i := range n {
			fmt.Fprintf(&b, "R%d,2026-03-29 12:30,A%d,1,1.00\n", i/3, i%7000)
			if b.Len() > 32<<10 {
				pw.Write(b.Bytes())
				b.Reset()
			}
		}
		pw.Write(b.Bytes())
		pw.Close()
	}()
	f, err := source.FromReader(pr)
	if err != nil {
		t.Fatal(err)
	}
	r, _, err := open(f, "stream", []*Layout{l}, intake.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	rows, most := 0, 0
	for {
		d, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		rows += d.Rows
		most = max(most, len(r.queue)+len(r.byKey)+cap(r.ready))
	}
	if rows != n || most > 2*Window {
		t.Errorf("%d rows, %d documents open", rows, most)
	}
	if len(r.x.words.seen) > maxWords {
		t.Errorf("%d texts kept", len(r.x.words.seen))
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte(plainTill), uint8(0))
	for i, l := range Builtin() {
		files, err := filepath.Glob(filepath.Join(examples, strings.Split(l.Name, "-")[0]+"*", "*.csv"))
		if err != nil {
			f.Fatal(err)
		}
		for _, p := range files {
			b, err := os.ReadFile(p)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b[:min(len(b), 1500)], uint8(i+1))
		}
	}
	own, err := ParseLayout([]byte(till))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, in []byte, which uint8) {
		layouts := []*Layout{own}
		for _, l := range Builtin() {
			if len(l.Tables) == 0 {
				layouts = append(layouts, l)
			}
		}
		src, err := source.FromReader(bytes.NewReader(in))
		if err != nil {
			return
		}
		r, _, err := open(src, "fuzz", layouts[int(which)%len(layouts):][:1], intake.Terms{Store: "S", Register: "R"})
		if err != nil {
			return
		}
		for n := 0; ; n++ {
			d, err := r.Next()
			if err != nil {
				return
			}
			if n > len(in)+10 {
				t.Fatal("more documents than bytes")
			}
			if d.Rejected != nil && (d.Rejected.Code == "" || len(d.Rejected.Raw) > 3*intake.MaxRaw) {
				t.Fatalf("%+v", d.Rejected)
			}
			if d.Receipt != nil {
				if err := receipt.ValidateImport(*d.Receipt, d.Unexplained, now); err != nil {
					switch fault.CodeOf(err) {
					case "card_number", "business_day", "device_time_future", "device_time_past": // the importer's to refuse
					default:
						t.Fatalf("%s: %v (%s)", d.External, err, fault.CodeOf(err))
					}
				}
			}
		}
	})
}

func FuzzLayout(f *testing.F) {
	f.Add([]byte(till))
	for _, n := range []string{"online-retail", "pizza-place", "square-items", "shopify-orders", "paypal-activity"} {
		b, err := builtinFiles.ReadFile("layouts/" + n + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if l, err := ParseLayout(b); err == nil && (l.Name == "" || len(l.Rows) == 0) {
			t.Fatalf("%+v", l)
		}
	})
}
