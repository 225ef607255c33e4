package past

import (
	"bytes"
	"strings"
	"testing"
)

// An export has the receipts that were ordered, on as many days, and is the same every time.
func TestExport(t *testing.T) {
	t.Parallel()
	s := Shop{Stores: 3, Items: 40, Days: 7, Receipts: 100}
	var a, b bytes.Buffer
	if err := s.write(&a); err != nil {
		t.Fatal(err)
	}
	if err := s.write(&b); err != nil {
		t.Fatal(err)
	}
	if a.String() != b.String() {
		t.Error("the same order gave another past")
	}
	lines := strings.Split(strings.TrimSpace(a.String()), "\n")[1:]
	days, receipts := map[string]bool{}, map[string]bool{}
	for _, l := range lines {
		f := strings.Split(l, ",")
		receipts[f[0]], days[f[1][:10]] = true, true
	}
	if len(lines) != s.Lines() || len(receipts) != s.Receipts || len(days) != s.Days || !days[string(Last)] {
		t.Errorf("%d lines, %d receipts, %d days", len(lines), len(receipts), len(days))
	}
}
