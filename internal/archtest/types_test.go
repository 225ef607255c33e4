package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// typed is a package of the tree with the types and constant values of its expressions.
type typed struct {
	dir   string
	files []*ast.File
	info  *types.Info
}

// program is the type-checked tree.
type program struct {
	packages []*typed
	broken   []string // what does not compile; the checks look at the rest
	err      error
}

// checked type-checks the tree once: every package that builds on this machine, without its tests.
var checked = sync.OnceValue(checkTypes)

func theTypes(t *testing.T) []*typed {
	t.Helper()
	p := checked()
	if p.err != nil {
		t.Fatal(p.err)
	}
	return p.packages
}

// The other tests see only what compiles, so that everything must.
func TestEverythingCompiles(t *testing.T) {
	t.Parallel()
	theTypes(t)
	for _, b := range checked().broken {
		t.Error(b)
	}
}

// listed is what `go list` says of a package.
type listed struct {
	ImportPath, Export string
	GoFiles            []string
	Error              *struct{ Err string }
}

// checkTypes reads the types of imported packages from the build cache, so that it costs a second and
// not the compilation of everything.
func checkTypes() *program {
	tr := loaded()
	if tr.err != nil {
		return &program{err: tr.err}
	}
	all, err := goList(tr.root, nil, "-e", "-export", "-deps", "-json=ImportPath,Export,GoFiles,Error", "./...")
	if err != nil {
		return &program{err: err}
	}
	out := &program{}
	exports := map[string]string{}
	for _, p := range all {
		exports[p.ImportPath] = p.Export
	}
	read := importer.ForCompiler(tr.fset, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("%s is not built", path)
		}
		return os.Open(exports[path])
	})
	syntax := map[string]*ast.File{}
	for _, f := range tr.files {
		syntax[f.path] = f.syntax
	}
	for _, p := range all {
		dir, ours := strings.CutPrefix(p.ImportPath, module+"/")
		if !ours {
			continue
		}
		one := &typed{dir: dir, info: &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}}
		for _, name := range p.GoFiles {
			if f := syntax[dir+"/"+name]; f != nil {
				one.files = append(one.files, f)
			}
		}
		if p.Error != nil {
			out.broken = append(out.broken, dir+": "+p.Error.Err)
		}
		cfg := types.Config{Importer: read, Error: func(err error) { out.broken = append(out.broken, err.Error()) }}
		_, _ = cfg.Check(p.ImportPath, tr.fset, one.files, one.info) // errors went to cfg.Error
		out.packages = append(out.packages, one)
	}
	return out
}

// goList runs `go list` in the tree.
func goList(root string, env []string, args ...string) ([]listed, error) {
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	b, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, stderr.String())
	}
	var out []listed
	for d := json.NewDecoder(bytes.NewReader(b)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return out, nil
		} else if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
}

// isNamed tells whether t is the named type of that package.
func isNamed(t types.Type, importPath, name string) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == name && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == importPath
}
