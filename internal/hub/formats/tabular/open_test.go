package tabular

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

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
		"no file":           {filepath.Join(dir, "none.csv"), "", "source_unreadable", "none.csv"},
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
