package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/tax"
)

var update = flag.Bool("update", false, "write the answers of this build into testdata/engine; read the difference before you commit it")

const vectorDir = "../../testdata/engine"

// vector is a call and the answer that every build of the engine gives, byte by byte.
type vector struct {
	Name  string          `json:"name"`
	Call  string          `json:"call"`
	Input json.RawMessage `json:"input"`
	Want  json.RawMessage `json:"want"`
}

// readVectors returns the vectors of all files, in the order of the files' names: "load" keeps a book
// for the vectors behind it.
func readVectors(t testing.TB) (files []string, vectors map[string][]vector) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(vectorDir, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors in %s: %v", vectorDir, err)
	}
	vectors = map[string][]vector{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var vs []vector
		if err := json.Unmarshal(text, &vs); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		vectors[f] = vs
	}
	return files, vectors
}

func compact(t testing.TB, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, text); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return b.Bytes()
}

// TestVectors answers all vectors with this build.
func TestVectors(t *testing.T) {
	files, vectors := readVectors(t)
	n := 0
	e := newEngine()
	for _, f := range files {
		names := map[string]bool{}
		for i := range vectors[f] {
			v := &vectors[f][i]
			n++
			if names[v.Name] {
				t.Errorf("%s: %q stands there twice", filepath.Base(f), v.Name)
			}
			names[v.Name] = true
			got := e.call(v.Call, v.Input)
			if *update {
				v.Want = got
				continue
			}
			if want := compact(t, v.Want); !bytes.Equal(got, want) {
				t.Errorf("%s: %s:\n got %s\nwant %s", filepath.Base(f), v.Name, got, want)
			}
		}
		if *update {
			writeVectors(t, f, vectors[f])
		}
	}
	if n < 60 {
		t.Errorf("only %d vectors", n)
	}
}

// writeVectors writes one vector after the other, input and answer on lines of their own, so that a
// changed answer is one changed line.
func writeVectors(t *testing.T, file string, vs []vector) {
	var b bytes.Buffer
	b.WriteString("[\n")
	for i, v := range vs {
		name, _ := json.Marshal(v.Name)
		b.WriteString(`{"name": ` + string(name) + `, "call": "` + v.Call + `",` + "\n ")
		b.WriteString(`"input": ` + string(compact(t, v.Input)) + ",\n ")
		b.WriteString(`"want": ` + string(compact(t, v.Want)) + "}")
		if i+1 < len(vs) {
			b.WriteString(",")
		}
		b.WriteString("\n")
	}
	b.WriteString("]\n")
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Every call has a vector that it answers and one that it refuses.
func TestVectorsCoverAllCalls(t *testing.T) {
	t.Parallel()
	fine, refused := map[string]bool{"dance": true}, map[string]bool{"version": true, "share": true, "load": true}
	_, vectors := readVectors(t)
	for _, vs := range vectors {
		for _, v := range vs {
			if strings.HasPrefix(string(v.Want), `{"fault"`) {
				refused[v.Call] = true
			} else {
				fine[v.Call] = true
			}
		}
	}
	for name := range calls {
		if !fine[name] || !refused[name] {
			t.Errorf("%s: answered %v, refused %v", name, fine[name], refused[name])
		}
	}
}

// taxVectors turns the tax engine's own vectors into calls. Their expected answers were computed
// elsewhere, with exact fractions.
func taxVectors(t testing.TB) []vector {
	t.Helper()
	text, err := os.ReadFile("../../testdata/tax/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Compute []struct {
			Name     string          `json:"name"`
			Currency money.Currency  `json:"currency"`
			Policy   json.RawMessage `json:"policy"`
			Lines    json.RawMessage `json:"lines"`
			Want     tax.Result      `json:"want"`
			Fault    string          `json:"fault"`
		} `json:"compute"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	var out []vector
	for _, c := range doc.Compute {
		if c.Fault != "" || len(c.Policy) == 0 {
			continue // what is refused, and how, is the tax package's own test
		}
		in, err := json.Marshal(map[string]any{"currency": c.Currency, "policy": c.Policy, "lines": c.Lines})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, vector{Name: "tax: " + c.Name, Call: "tax", Input: in, Want: encode(c.Want, nil)})
	}
	return out
}

func TestTaxVectors(t *testing.T) {
	t.Parallel()
	vs := taxVectors(t)
	if len(vs) == 0 {
		t.Fatal("no vectors")
	}
	e := newEngine()
	for _, v := range vs {
		if got := e.call(v.Call, v.Input); !bytes.Equal(got, compact(t, v.Want)) {
			t.Errorf("%s:\n got %s\nwant %s", v.Name, got, v.Want)
		}
	}
}

// The engine survives whatever a page sends, and always answers with one JSON object.
func FuzzCall(f *testing.F) {
	_, vectors := readVectors(f)
	for _, vs := range vectors {
		for _, v := range vs {
			f.Add(v.Call, []byte(v.Input))
		}
	}
	f.Fuzz(func(t *testing.T, name string, input []byte) {
		answer := newEngine().call(name, input)
		var a struct {
			Result json.RawMessage `json:"result"`
			Fault  *faultOut       `json:"fault"`
		}
		if err := json.Unmarshal(answer, &a); err != nil || (a.Fault == nil) == (a.Result == nil) {
			t.Fatalf("%s", answer)
		}
		if a.Fault != nil && (a.Fault.Code == errCode.Code || a.Fault.Kind == fault.Internal.String()) {
			t.Fatalf("%s(%s): %s", name, input, answer)
		}
	})
}

// A page that keeps loading books under new ids is stopped; a known id may be loaded again.
func TestBooksAreLimited(t *testing.T) {
	t.Parallel()
	e := newEngine()
	load := func(id string) string {
		return string(e.call("load", []byte(`{"id":"`+id+`","book":{"currency":"EUR","prices_include_tax":true,"tax_policy":{},"items":[],"taxes":{"entries":[]}}}`)))
	}
	for i := range maxBooks {
		if a := load(string(rune('a' + i))); !strings.HasPrefix(a, `{"result"`) {
			t.Fatal(a)
		}
	}
	if a := load("z"); !strings.Contains(a, `"books_full"`) {
		t.Error(a)
	}
	if a := load("a"); !strings.HasPrefix(a, `{"result"`) {
		t.Error(a)
	}
}
