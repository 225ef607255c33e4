package tabular

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

// examples is the folder of sample exports in this repository.
var examples = filepath.Join("..", "..", "..", "..", "examples", "sample-exports")

// shared finds the folder of outside data beside the repository, "" when it is not there.
func shared() string {
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

// tally is what a file comes to.
type tally struct {
	docs []intake.Document
	info Info

	rows, receipts, returns, adjusts, moves, controls, rejected int
	lines                                                       map[receipt.LineKind]money.Minor
	tenders                                                     map[string]money.Minor
	discount, net, tax, total                                   money.Minor
	taxes                                                       map[string]money.Minor
	unexplained                                                 money.Minor
	moved                                                       map[intake.MovementKind]money.Minor
	fees                                                        money.Minor
	findings                                                    map[string]int
}

var now = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// read reads a file to the end and checks what must hold for every one: the documents come in order,
// each is exactly one thing, each receipt is one that the books accept.
func read(t testing.TB, path, layout string, terms intake.Terms) *tally {
	t.Helper()
	r, info, err := Open(path, layout, terms)
	if err != nil {
		t.Fatalf("open %s: %v", path, err)
	}
	defer r.Close()
	y := &tally{info: info, lines: map[receipt.LineKind]money.Minor{}, tenders: map[string]money.Minor{}, taxes: map[string]money.Minor{},
		moved: map[intake.MovementKind]money.Minor{}, findings: map[string]int{}}
	first := 0
	for {
		d, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("next: %v", err)
		}
		if d.FirstRow < first && d.Rows > 0 {
			t.Errorf("%s at row %d comes after row %d", d.External, d.FirstRow, first)
		}
		if d.Rows > 0 {
			first = d.FirstRow
		}
		y.add(t, d)
	}
	if info.SizeBytes != r.Offset() {
		t.Errorf("read %d of %d bytes", r.Offset(), info.SizeBytes)
	}
	return y
}

func (y *tally) add(t testing.TB, d intake.Document) {
	t.Helper()
	y.docs = append(y.docs, d)
	y.rows += d.Rows
	y.unexplained += d.Unexplained
	for _, f := range d.Findings {
		y.findings[f.Code]++
	}
	kinds := 0
	if rc := d.Receipt; rc != nil {
		kinds++
		y.receipts++
		y.receipt(t, d)
	}
	if d.Adjustment != nil {
		kinds++
		y.adjusts++
	}
	if m := d.Movement; m != nil {
		kinds++
		y.moves++
		y.moved[m.Kind] += m.Gross
		y.fees += m.Fee
		if m.Net != m.Gross-m.Fee && !slices.ContainsFunc(d.Findings, func(f intake.Finding) bool { return f.Code == "movement_net_differs" }) {
			t.Errorf("%s: net %d is not %d less %d", d.External, m.Net, m.Gross, m.Fee)
		}
	}
	if d.Control != "" {
		kinds++
		y.controls++
	}
	if d.Rejected != nil {
		kinds++
		y.rejected++
	}
	if kinds != 1 {
		t.Errorf("%s is %d things", d.External, kinds)
	}
}

func (y *tally) receipt(t testing.TB, d intake.Document) {
	t.Helper()
	rc := *d.Receipt
	rc.Store, rc.Register = orElse(rc.Store, "S"), orElse(rc.Register, "R")
	if err := receipt.ValidateImport(rc, d.Unexplained, now); err != nil {
		t.Errorf("%s (row %d): %v", d.External, d.FirstRow, err)
	}
	back := false
	for i := range rc.Lines {
		l := &rc.Lines[i]
		y.lines[l.Kind] += l.Total()
		y.discount += l.NetDiscount
		y.net += l.Net
		for _, x := range l.Taxes {
			y.taxes[x.Code] += x.Amount
		}
		y.tax += l.Tax()
		back = back || l.Return != nil
	}
	y.total += rc.Total()
	for _, p := range rc.Tenders {
		y.tenders[p.Type] += p.Amount
	}
	if back {
		y.returns++
	}
}

// expected reads the figures beside an export; amounts come as minor units of two decimals.
func expected(t testing.TB, folder string) map[string]money.Minor {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(folder, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if err := json.Unmarshal(b, &raw); err != nil {
		t.Fatal(err)
	}
	out := map[string]money.Minor{}
	for k, v := range raw {
		switch v := v.(type) {
		case float64:
			out[k] = money.Minor(v)
		case string:
			if a, err := money.Currency("USD").Parse(v); err == nil {
				out[k] = a
			}
		}
	}
	return out
}

func want[K comparable](t testing.TB, what K, got, want money.Minor) {
	t.Helper()
	if got != want {
		t.Errorf("%v is %d, want %d", what, got, want)
	}
}

// places are the folders that hold the same exports: in the repository, and beside it when there.
func places(inProject, outside string) map[string]string {
	p := map[string]string{"examples": filepath.Join(examples, inProject)}
	if s := shared(); s != "" && outside != "" {
		p["shared"] = filepath.Join(s, outside)
	}
	return p
}
