package tabular

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/hub/formats/source"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

// The reader's memory does not grow with the file: a long stream of rows passes through it.
func TestBoundedMemory(t *testing.T) {
	t.Parallel()
	l, err := ParseLayout([]byte(strings.Replace(till, `"total": "paid"`, `"note": {"is": ""}`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	const n = 120_000
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
		rows := 0
		for n := 0; ; n++ {
			d, err := r.Next()
			if err == io.EOF && rows != r.rows {
				t.Fatalf("%d rows were read, and %d are in documents", r.rows, rows)
			}
			if err != nil {
				return
			}
			rows += d.Rows
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
