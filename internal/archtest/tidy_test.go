package archtest

import (
	"go/ast"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

const (
	fileMost     = 400 // lines of a file
	testMost     = 600 // lines of a file of tests: tables of cases are long
	functionMost = 60  // lines of a function
)

// longFiles and longFunctions are past the limits, each with the reason why it stays in one piece.
var (
	longFiles     = map[string]string{}
	longFunctions = map[string]string{}
)

// What is past its limit wants to be two.
func TestNothingIsTooLong(t *testing.T) {
	t.Parallel()
	tr := theTree(t)
	files, functions := newExceptions(longFiles), newExceptions(longFunctions)
	for _, f := range tr.files {
		if ast.IsGenerated(f.syntax) {
			continue
		}
		most := fileMost
		if f.test {
			most = testMost
		}
		if f.lines > most && !files.allow(f.path) {
			t.Errorf("%s has %d lines (most: %d)", f.path, f.lines, most)
		}
		for _, d := range f.syntax.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil || f.test {
				continue
			}
			lines := tr.fset.Position(fn.End()).Line - tr.fset.Position(fn.Pos()).Line + 1
			if lines > functionMost && !functions.allow(f.dir()+"."+fn.Name.Name) {
				t.Errorf("%s: %s has %d lines (most: %d)", tr.place(fn.Pos()), fn.Name.Name, lines, functionMost)
			}
		}
	}
	files.check(t)
	functions.check(t)
}

// Every package says what it is for, and every exported name something that the name does not.
func TestEverythingExportedIsExplained(t *testing.T) {
	t.Parallel()
	tr := theTree(t)
	explained := map[string]bool{}
	for _, f := range tr.files {
		if f.syntax.Doc != nil {
			explained[f.dir()] = true
		}
	}
	missing := map[string]bool{}
	for _, f := range tr.files {
		if !explained[f.dir()] && !missing[f.dir()] {
			missing[f.dir()] = true
			t.Errorf("the package %s has no comment", f.dir())
		}
		if f.test || f.syntax.Name.Name == "main" || ast.IsGenerated(f.syntax) {
			continue
		}
		for _, d := range f.syntax.Decls {
			for _, name := range unexplained(d) {
				t.Errorf("%s: %s has no comment", tr.place(name.Pos()), name.Name)
			}
		}
	}
}

// unexplained lists the exported names of a declaration that no comment covers. A comment on a group of
// constants or variables covers the group.
func unexplained(d ast.Decl) []*ast.Ident {
	var out []*ast.Ident
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Doc == nil && d.Name.IsExported() && (d.Recv == nil || exportedReceiver(d.Recv)) && !wellKnown[d.Name.Name] {
			out = append(out, d.Name)
		}
	case *ast.GenDecl:
		if d.Doc != nil && d.Tok != token.TYPE {
			return nil
		}
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && s.Doc == nil && s.Comment == nil && d.Doc == nil {
					out = append(out, s.Name)
				}
			case *ast.ValueSpec:
				if s.Doc != nil || s.Comment != nil {
					continue
				}
				for _, n := range s.Names {
					if n.IsExported() {
						out = append(out, n)
					}
				}
			}
		}
	}
	return out
}

// wellKnown methods mean what the standard library's interfaces say.
var wellKnown = map[string]bool{"Error": true, "Unwrap": true, "Is": true, "String": true, "Len": true, "Less": true, "Swap": true,
	"MarshalText": true, "UnmarshalText": true, "MarshalJSON": true, "UnmarshalJSON": true, "Value": true, "Scan": true}

func exportedReceiver(r *ast.FieldList) bool {
	e := r.List[0].Type
	for {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return false
		}
	}
}

// emptyNames say nothing about what is in them.
var emptyNames = map[string]bool{"util": true, "utils": true, "common": true, "helper": true, "helpers": true, "manager": true,
	"service": true, "services": true, "misc": true, "shared": true, "types": true, "models": true, "lib": true}

// Packages are named after things of the shop and the ledger, and the package clause is the folder's name.
func TestPackageNames(t *testing.T) {
	t.Parallel()
	for _, f := range theTree(t).files {
		base := path.Base(f.dir())
		if emptyNames[base] {
			t.Errorf("%s: the name %q says nothing", f.path, base)
		}
		name := strings.TrimSuffix(f.syntax.Name.Name, "_test")
		if name != base && name != "main" {
			t.Errorf("%s: package %s in the folder %s", f.path, name, base)
		}
	}
}

// The words are put together here so that this file does not name itself.
var (
	leftover = regexp.MustCompile(`\b(` + "TO" + `DO|FIX` + `ME|HA` + `CK|X` + `XX)\b`)
	machine  = regexp.MustCompile(`(^|[^\w.])/(` + `ro` + `ot|ho` + `me|Us` + `ers|wo` + `rk)/[\w.-]+`)
)

// Nothing is left for later in a comment, and nothing names the machine that it was written on.
func TestNoLeftovers(t *testing.T) {
	t.Parallel()
	tr := theTree(t)
	for _, f := range tr.texts {
		b, err := os.ReadFile(filepath.Join(tr.root, f))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(b) && !strings.Contains(f, "testdata/") {
			t.Errorf("%s is not UTF-8", f)
		}
		data := strings.Contains(f, "testdata/") || strings.HasSuffix(f, ".json")
		for i, line := range strings.Split(string(b), "\n") {
			if m := leftover.FindString(line); m != "" && !data && !strings.Contains(line, `"`+m+`"`) {
				t.Errorf("%s:%d: %s", f, i+1, m)
			}
			if m := machine.FindString(line); m != "" {
				t.Errorf("%s:%d: the path %s is of one machine", f, i+1, strings.TrimSpace(m))
			}
		}
	}
}
