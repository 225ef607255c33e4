package tabular

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

// fence returns the first block of that language.
func fence(t *testing.T, text, language string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, "```"+language+"\n")
	block, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		t.Fatalf("no block of %s", language)
	}
	return block
}

// The worked example of the manual works as it is printed.
func TestManual(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "docs", "layouts.md"))
	if err != nil {
		t.Fatal(err)
	}
	path, layout := file(t, "sales.csv", []byte(fence(t, string(b), "csv")), fence(t, string(b), "json"))
	y := read(t, path, layout, intake.Terms{})
	if y.rows != 5 || y.receipts != 3 || y.returns != 1 || y.controls != 1 || y.rejected != 0 || len(y.findings) != 0 || len(y.info.Notes) != 0 {
		t.Fatalf("%d rows, %d receipts, %d returns, %d controls, findings %v, notes %v", y.rows, y.receipts, y.returns, y.controls, y.findings, y.info.Notes)
	}
	want(t, "total", y.total, 2140+595-50+714+150-2140)
	want(t, "VAT", y.taxes["VAT"], 140+95+114-140)
	want(t, "deposits", y.lines[receipt.BottleDeposit], 150)
	want(t, "discounts", y.discount, 41)
	want(t, "net before discounts", y.net+y.discount-150, 3091-2000)
	want(t, "debit", y.tenders["debit"], 2140+595-50)
	want(t, "cash", y.tenders["cash"], 714+150-2140)
	if rc := y.docs[0].Receipt; rc.Register != "K1" || rc.DeviceTime.UTC().Format("2006-01-02 15:04") != "2026-05-04 07:12" || rc.Lines[1].Taxes[0].Rate.Percent() != "19" {
		t.Errorf("%+v", rc)
	}
}

// Every reason and finding that the code makes is in the manual.
func TestManualIsComplete(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "docs", "layouts.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range Builtin() {
		if !strings.Contains(string(b), "`"+l.Name+"`") {
			t.Errorf("layout %s is not in the manual", l.Name)
		}
	}
	for _, kind := range []map[receipt.LineKind]bool{lineKinds} {
		for k := range kind {
			if !strings.Contains(string(b), "`"+string(k)+"`") {
				t.Errorf("kind of row %s is not in the manual", k)
			}
		}
	}
	for k := range movementKinds {
		if !strings.Contains(string(b), string(k)) {
			t.Errorf("kind of movement %s is not in the manual", k)
		}
	}
	for _, err := range []error{intake.ErrNotNumber, errGrouping, errScientific, errTooLarge, errBlank, intake.ErrNotTime, errNoRule, errNoSide("x"), ErrZone, errQuoteOpen, errQuoteText, errLongRow, errManyFields} {
		code := ""
		if bad, ok := isBadRow(err); ok {
			code = bad.code
		} else {
			code = fault.CodeOf(err)
		}
		if !strings.Contains(string(b), "`"+code+"`") {
			t.Errorf("reason %s is not in the manual", code)
		}
	}
}
