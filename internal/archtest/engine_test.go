package archtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// notInEngine are packages that a program in the browser cannot have or must not carry.
var notInEngine = []string{"database/sql", "net", "net/http", "os/exec", "os/signal", "os/user", "encoding/gob",
	"go/ast", "html/template", "text/template", "testing", "runtime/pprof", "log"}

// The till's engine is pure: it reaches no database, no network and no files, so that it runs the same
// in the server and in a browser.
func TestEngineIsPure(t *testing.T) {
	t.Parallel()
	tr := theTree(t)
	if _, err := os.Stat(filepath.Join(tr.root, "cmd/tillengine")); os.IsNotExist(err) {
		t.Fatal("cmd/tillengine is gone")
	}
	all, err := goList(tr.root, []string{"GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0"}, "-deps", "-json=ImportPath", "./cmd/tillengine")
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	for _, p := range all {
		has[p.ImportPath] = true
		dir, ours := strings.CutPrefix(p.ImportPath, module+"/")
		first, _, _ := strings.Cut(p.ImportPath, "/")
		switch {
		case ours && !within(dir, "cmd/tillengine"):
			if layer, _, _ := split(dir); layer != "base" && layer != "domain" {
				t.Errorf("the engine carries %s", dir)
			}
		case !ours && strings.Contains(first, "."):
			t.Errorf("the engine carries the module %s", p.ImportPath)
		}
	}
	if !has[module+"/internal/base/money"] {
		t.Error("the engine has no money: the list is wrong")
	}
	for _, bad := range notInEngine {
		if has[bad] {
			t.Errorf("the engine carries %s", bad)
		}
	}
	for _, f := range tr.files {
		if f.test || !has[module+"/"+f.dir()] || within(f.dir(), "cmd") {
			continue
		}
		for _, imp := range f.imports {
			if imp == "os" || imp == "io/fs" || imp == "syscall" {
				t.Errorf("%s imports %s: the engine has no files", f.path, imp)
			}
		}
	}
}
