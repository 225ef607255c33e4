package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/tillpost/tillpost"

// goFile is a parsed file of the tree.
type goFile struct {
	path    string // from the root, with slashes
	test    bool
	syntax  *ast.File
	imports []string
	lines   int
}

// dir is the folder of the file's package, from the root.
func (f *goFile) dir() string { return path.Dir(f.path) }

// tree is everything that the checks look at.
type tree struct {
	root  string
	fset  *token.FileSet
	files []*goFile
	texts []string // paths of all text files, Go files among them
	err   error
}

// loaded is the tree, read once for all tests of the package.
var loaded = sync.OnceValue(readTree)

func theTree(t *testing.T) *tree {
	t.Helper()
	tr := loaded()
	if tr.err != nil {
		t.Fatal(tr.err)
	}
	return tr
}

func readTree() *tree {
	t := &tree{fset: token.NewFileSet()}
	if t.root, t.err = findRoot(); t.err != nil {
		return t
	}
	t.err = filepath.WalkDir(t.root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			if os.IsNotExist(err) {
				return nil // a file that another program made and removed meanwhile
			}
			return err
		}
		rel, err := filepath.Rel(t.root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if rel != "." && skipped(d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		return t.add(rel)
	})
	return t
}

// skipped folders hold nothing that people of this project write by hand.
func skipped(name string) bool {
	switch name {
	case ".git", "node_modules", "dist", "bin", "vendor":
		return true
	}
	return false
}

// textEndings are the kinds of files that people write.
var textEndings = []string{".go", ".sql", ".md", ".sh", ".yaml", ".yml", ".json", ".ts", ".tsx", ".html", ".css", ".mod", ".txtar", "Makefile", ".ci/run"}

func (t *tree) add(rel string) error {
	for _, e := range textEndings {
		if strings.HasSuffix(rel, e) {
			t.texts = append(t.texts, rel)
			break
		}
	}
	if !strings.HasSuffix(rel, ".go") || strings.Contains(rel, "/testdata/") {
		return nil
	}
	src, err := os.ReadFile(filepath.Join(t.root, rel))
	if err != nil {
		return err
	}
	syntax, err := parser.ParseFile(t.fset, rel, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	f := &goFile{path: rel, test: strings.HasSuffix(rel, "_test.go"), syntax: syntax, lines: strings.Count(string(src), "\n")}
	for _, i := range syntax.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return err
		}
		f.imports = append(f.imports, p)
	}
	t.files = append(t.files, f)
	return nil
}

func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", os.ErrNotExist
		}
		dir = up
	}
}

// place is a file position for a message.
func (t *tree) place(p token.Pos) string {
	at := t.fset.Position(p)
	return at.Filename + ":" + strconv.Itoa(at.Line)
}

// exceptions are the known breaches of a rule, each with its reason. Used marks one as met; Unused
// names those that are no longer needed.
type exceptions struct {
	reasons map[string]string
	used    map[string]bool
}

func newExceptions(reasons map[string]string) *exceptions {
	return &exceptions{reasons: reasons, used: map[string]bool{}}
}

// allow tells whether key is a listed exception.
func (e *exceptions) allow(key string) bool {
	_, ok := e.reasons[key]
	if ok {
		e.used[key] = true
	}
	return ok
}

// check fails for exceptions without a reason and for those that nothing uses any more.
func (e *exceptions) check(t *testing.T) {
	t.Helper()
	for _, k := range sortedKeys(e.reasons) {
		if e.reasons[k] == "" {
			t.Errorf("the exception %q has no reason", k)
		}
		if !e.used[k] {
			t.Errorf("nothing uses the exception %q any more: remove it", k)
		}
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
