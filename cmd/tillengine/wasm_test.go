package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// maxCompressed is the budget for the engine as a browser fetches it, gzip -9. The register loads it
// once per release and keeps it. Go's runtime, reflection and JSON are about a million bytes of it.
const maxCompressed = 1_400_000

// buildWasm compiles the engine as the release does.
func buildWasm(t *testing.T) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "tillengine.wasm")
	cmd := exec.Command("go", "build", "-ldflags", "-s -w", "-trimpath", "-o", out, ".")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building the engine: %v\n%s", err, text)
	}
	return out
}

// TestWasm runs all vectors through the WebAssembly build in Node and wants the same bytes.
func TestWasm(t *testing.T) {
	t.Parallel()
	if *update {
		return // the answers are being written
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("node is missing: install it (Debian and Ubuntu: apt-get install nodejs, version 20 or newer) and run the tests again")
	}
	wasm := buildWasm(t)
	checkSize(t, wasm)

	var all []vector
	files, vectors := readVectors(t)
	for _, f := range files {
		all = append(all, vectors[f]...)
	}
	all = append(all, taxVectors(t)...)
	type call struct {
		Name  string `json:"name"`
		Input string `json:"input"`
	}
	calls := make([]call, len(all))
	for i, v := range all {
		calls[i] = call{v.Call, string(v.Input)}
	}
	in, err := json.Marshal(calls)
	if err != nil {
		t.Fatal(err)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(node, "testdata/run.mjs", filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"), wasm)
	cmd.Stdin = bytes.NewReader(in)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, stderr.Bytes())
	}
	var answers []string
	if err := json.Unmarshal(out, &answers); err != nil || len(answers) != len(all) {
		t.Fatalf("%d answers for %d calls: %v", len(answers), len(all), err)
	}
	for i, v := range all {
		if want := compact(t, v.Want); answers[i] != string(want) {
			t.Errorf("%s:\nwasm %s\nwant %s", v.Name, answers[i], want)
		}
	}
	t.Logf("%d calls answered alike by the WebAssembly engine in Node", len(all))
}

func checkSize(t *testing.T, wasm string) {
	t.Helper()
	text, err := os.ReadFile(wasm)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if _, err := z.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("tillengine.wasm: %d bytes, %d compressed (budget %d)", len(text), b.Len(), maxCompressed)
	if b.Len() > maxCompressed {
		t.Errorf("the engine has %d bytes compressed, the budget is %d", b.Len(), maxCompressed)
	}
}

// TestDependencies: nothing in the engine can reach a database, a network, another program or a log.
func TestDependencies(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("go", "list", "-deps", ".")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	const ours = "github.com/tillpost/tillpost/"
	for _, p := range strings.Fields(string(out)) {
		switch {
		case p == "database/sql", p == "net", strings.HasPrefix(p, "net/"), p == "os/exec", p == "os/signal", p == "plugin", p == "log", p == "text/template", p == "regexp":
			t.Errorf("the engine reaches %s", p)
		case strings.HasPrefix(p, ours):
			in := strings.TrimPrefix(p, ours)
			pure := strings.HasPrefix(in, "internal/base/") || in == "cmd/tillengine" ||
				in == "internal/domain/pricing" || in == "internal/domain/receipt" || in == "internal/domain/tax"
			if !pure {
				t.Errorf("the engine reaches %s", in)
			}
		case strings.Contains(strings.SplitN(p, "/", 2)[0], ".") && !strings.HasPrefix(p, "golang.org/x/"):
			t.Errorf("the engine reaches the library %s", p)
		}
	}
}
