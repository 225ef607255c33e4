package poslog

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/hub/formats/source"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

var now = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// outside finds the folder of outside data beside the repository, "" when it is not there.
func outside() string {
	if s := os.Getenv("TILLPOST_SHARED"); s != "" {
		return filepath.Join(s, "data")
	}
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for range 8 {
		if st, err := os.Stat(filepath.Join(dir, "shared", "data")); err == nil && st.IsDir() {
			return filepath.Join(dir, "shared", "data")
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

func drain(t testing.TB, r *Reader) []intake.Document {
	t.Helper()
	var docs []intake.Document
	for {
		d, err := r.Next()
		if errors.Is(err, io.EOF) {
			return docs
		}
		if err != nil {
			t.Fatalf("next: %v", err)
		}
		if d.Receipt != nil {
			if err := receipt.ValidateImport(*d.Receipt, d.Unexplained, now); err != nil {
				t.Errorf("%s: %v", d.External, err)
			}
		}
		docs = append(docs, d)
	}
}

func openFile(t testing.TB, path string) []intake.Document {
	t.Helper()
	r, _, err := Open(path, intake.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	return drain(t, r)
}

func parse(t testing.TB, text string) []intake.Document {
	t.Helper()
	f, err := source.FromReader(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	r, err := newReader(f, intake.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	return drain(t, r)
}

// A real day's log, to the cent.
func TestLogs(t *testing.T) {
	t.Parallel()
	type figures struct {
		sales, controls, lines int
		total, tax             money.Minor
	}
	logs := map[string]figures{
		filepath.Join("..", "..", "..", "..", "examples", "sample-exports", "poslog", "ncr_poslog_small.xml"): {1, 1, 1, 107, 0},
		filepath.Join("testdata", "shop.xml"): {7, 5, 14, 10_115, 80},
	}
	if s := outside(); s != "" {
		logs[filepath.Join(s, "poslog", "ncr_poslog_part1.xml")] = figures{18, 7, 199, 94_473, 2_351}
	}
	for path, want := range logs {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			var got figures
			for i, d := range openFile(t, path) {
				if d.Rows != 1 || d.FirstRow != i+1 {
					t.Errorf("%s: row %d, %d rows", d.External, d.FirstRow, d.Rows)
				}
				for _, f := range d.Findings {
					if f.Code == "line_voided" {
						got.lines += 2
					}
				}
				switch {
				case d.Control != "":
					got.controls++
				case d.Receipt != nil:
					got.sales++
					got.lines += len(d.Receipt.Lines)
					got.total += d.Receipt.Total()
					for i := range d.Receipt.Lines {
						got.tax += d.Receipt.Lines[i].Tax()
					}
					if d.Unexplained != 0 {
						t.Errorf("%s: %d unexplained", d.External, d.Unexplained)
					}
				}
			}
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

// Our own log, receipt by receipt: one oddity each.
func TestShop(t *testing.T) {
	t.Parallel()
	docs := map[string]intake.Document{}
	for _, d := range openFile(t, filepath.Join("testdata", "shop.xml")) {
		docs[d.External[strings.LastIndexByte(d.External, '/')+1:]] = d
	}
	line := func(no string, i int) receipt.Line { return docs[no].Receipt.Lines[i] }
	tender := func(no string, i int) receipt.Tender { return docs[no].Receipt.Tenders[i] }

	a := docs["101"].Receipt // weighed goods, a tax on one line, change
	if a.Store != "4" || a.Register != "2" || a.Employee != "17" || a.BusinessDay != "2026-05-04" || a.Currency != "USD" ||
		a.DeviceTime.Format("15:04:05") != "09:00:01" || a.TaxRounding != receipt.RoundAsGiven {
		t.Errorf("101: %+v", a)
	}
	if l := line("101", 0); l.Qty != 420_000 || l.UnitPrice != 2_990_000 || l.Extended != 126 || len(l.Taxes) != 0 || l.Department != "Produce" {
		t.Errorf("101 line 1: %+v", l)
	}
	if l := line("101", 1); len(l.Taxes) != 1 || l.Taxes[0] != (receipt.Tax{Code: "State", Base: 1000, Amount: 80}) {
		t.Errorf("101 line 2: %+v", l)
	}
	if p := tender("101", 0); len(a.Tenders) != 1 || p.Type != "cash" || p.Amount != 1206 {
		t.Errorf("101 tenders: %+v", a.Tenders)
	}
	if b := docs["102"]; len(b.Receipt.Lines) != 1 || len(b.Findings) != 1 || b.Findings[0].Code != "line_voided" { // rung up and voided
		t.Errorf("102: %+v", b)
	}
	if p := docs["103"].Receipt.Tenders; len(p) != 2 || p[0].Type != "debit" || p[0].Amount != 4000 || p[1].Type != "cash" || p[1].Amount != -2000 { // cash back
		t.Errorf("103: %+v", p)
	}
	if l := line("104", 0); l.Qty != -qty.One || l.Net != -1000 || l.Return == nil || l.Return.Reason != "Damaged" || l.Return.Disposition != "damaged" || l.Taxes[0].Amount != -80 {
		t.Errorf("104: %+v", l)
	}
	// Rewards: one on its line (its summary is passed over), one only as a summary.
	if x, y := line("105", 0), line("105", 1); x.NetDiscount != 100+300 || y.NetDiscount != 100 || x.Reductions[0].Promotion != "77" || x.Net != 2600 || y.Net != 900 {
		t.Errorf("105: %+v", docs["105"].Receipt.Lines)
	}
	if l := line("106", 0); l.Kind != receipt.GiftCard || tender("106", 0).Type != "amex" || tender("106", 1).Type != "mobilewallet" {
		t.Errorf("106: %+v %+v", l, docs["106"].Receipt.Tenders)
	}
	if c := docs["106"].Receipt.Customer; c != "4711" {
		t.Errorf("106 customer %q", c)
	}
	if l := line("113", 0); l.Taxes[0].Amount != 160 || line("113", 1).Taxes[0].Amount != -80 { // an exchange
		t.Errorf("113: %+v", docs["113"].Receipt.Lines)
	}
	for no, want := range map[string]string{
		"100": "OperatorSignOn: Valid SignOn", "107": "suspended sale", "108": "cancelled transaction", "109": "training transaction",
		"110": "tender control: TenderLoan",
	} {
		if got := docs[no].Control; got != want {
			t.Errorf("%s: control %q, want %q", no, got, want)
		}
	}
	for no, want := range map[string]string{"111": "post_void", "112": "unknown_transaction", "114": "not_a_number", "115": "unknown_currency", "116": "not_a_time"} {
		if r := docs[no].Rejected; r == nil || r.Code != want || docs[no].Receipt != nil {
			t.Errorf("%s: %+v, want %s", no, r, want)
		}
	}
}

func sale(inner string) string {
	return `<POSLog><Transaction><RetailStoreID>1</RetailStoreID><WorkstationID>1</WorkstationID><SequenceNumber>1</SequenceNumber>` +
		`<BusinessDayDate>2026-05-04</BusinessDayDate><EndDateTime>2026-05-04T09:00:00</EndDateTime><CurrencyCode>USD</CurrencyCode>` +
		`<RetailTransaction>` + inner + `</RetailTransaction></Transaction></POSLog>`
}

const item = `<LineItem><Sale><ItemID>A</ItemID><ExtendedAmount>10.00</ExtendedAmount><Quantity>1</Quantity></Sale></LineItem>`

func TestUnexplained(t *testing.T) {
	t.Parallel()
	d := parse(t, sale(item+`<LineItem><Tender TenderType="Cash"><Amount>10.50</Amount></Tender></LineItem><Total TotalType="TransactionGrandAmount">10.50</Total>`))[0]
	if d.Unexplained != 50 || len(d.Findings) != 2 {
		t.Errorf("%+v", d)
	}
	// Money without lines is recorded, and unexplained.
	d = parse(t, sale(`<LineItem><Tender TenderType="Cash"><Amount>3.00</Amount></Tender></LineItem>`))[0]
	if d.Receipt == nil || d.Unexplained != 300 {
		t.Errorf("%+v", d)
	}
	if d = parse(t, sale(``))[0]; d.Control == "" {
		t.Errorf("%+v", d)
	}
	// No tender: the total is taken as paid by something not said.
	if d = parse(t, sale(item))[0]; d.Unexplained != 0 || d.Receipt.Tenders[0].Type != intake.DefaultTender {
		t.Errorf("%+v", d)
	}
}

func TestSeveralRoots(t *testing.T) {
	t.Parallel()
	if docs := parse(t, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>"+sale(item)+"\n"+sale(item)+"\n"); len(docs) != 2 {
		t.Errorf("%d documents", len(docs))
	}
}

func TestLatin1(t *testing.T) {
	t.Parallel()
	in := "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + strings.Replace(sale(item), "<ItemID>", "<Description>Caf\xe9</Description><ItemID>", 1)
	if got := parse(t, in)[0].Receipt.Lines[0].Name; got != "Café" {
		t.Errorf("%q", got)
	}
}

func TestBroken(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("<x>y</x>", maxNodes+1)
	for name, c := range map[string]struct {
		in, code string
		docs     int
	}{
		"not a POSLog":    {"<html></html>", "poslog_root", 0},
		"doctype":         {`<!DOCTYPE POSLog [<!ENTITY a "aaaa">]>` + sale(item), "poslog_doctype", 0},
		"entity":          {strings.Replace(sale(item), ">A<", ">&lol;<", 1), "poslog_syntax", 0},
		"cut off":         {sale(item)[:400], "poslog_syntax", 0},
		"broken behind":   {strings.Replace(sale(item), "</POSLog>", "<Transaction><oops></POSLog>", 1), "poslog_syntax", 1},
		"junk behind":     {sale(item) + "<html>", "poslog_root", 1},
		"too many nodes":  {sale(big), "poslog_too_big", 0},
		"too much text":   {sale("<x>" + strings.Repeat("y", maxBytes) + "</x>"), "poslog_too_big", 0},
		"too deep":        {sale(strings.Repeat("<x>", maxDepth+1)), "poslog_too_big", 0},
		"unknown letters": {`<?xml version="1.0" encoding="EBCDIC"?>` + sale(item), "poslog_charset", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := source.FromReader(strings.NewReader(c.in))
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			r, err := newReader(f, intake.Terms{})
			for err == nil {
				if _, err = r.Next(); err == nil {
					n++
				}
			}
			if fault.CodeOf(err) != c.code || n != c.docs {
				t.Errorf("%d documents, then %q (%v)", n, fault.CodeOf(err), err)
			}
		})
	}
}

func FuzzReader(f *testing.F) {
	for _, p := range []string{filepath.Join("testdata", "shop.xml"), filepath.Join("..", "..", "..", "..", "examples", "sample-exports", "poslog", "ncr_poslog_small.xml")} {
		b, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(sale(item)))
	f.Add([]byte(sale(`<LineItem VoidFlag="true"><Sale><ItemID>A</ItemID><ExtendedAmount>-1</ExtendedAmount><Quantity>-1</Quantity></Sale></LineItem>`)))
	f.Fuzz(func(t *testing.T, in []byte) {
		src, err := source.FromReader(strings.NewReader(string(in)))
		if err != nil {
			return
		}
		r, err := newReader(src, intake.Terms{Store: "S", Register: "R"})
		if err != nil {
			return
		}
		for {
			d, err := r.Next()
			if err != nil {
				return
			}
			if d.Receipt == nil {
				continue
			}
			if err := receipt.ValidateImport(*d.Receipt, d.Unexplained, now); err != nil {
				switch fault.CodeOf(err) {
				case "card_number", "business_day", "device_time_future", "device_time_past": // the importer's to refuse
				default:
					t.Fatalf("%s: %v (%s)", d.External, err, fault.CodeOf(err))
				}
			}
		}
	})
}
