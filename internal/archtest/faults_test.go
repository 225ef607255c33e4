package archtest

import (
	"go/ast"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// faultCode is how codes are written: words of small letters, joined by underscores.
var faultCode = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// sharedCodes are codes that two packages give for the same thing; elsewhere are files other than
// faults.go that make faults. Both with their reasons.
var (
	sharedCodes = map[string]string{}
	elsewhere   = map[string]string{}
)

// A code belongs to one fault for ever: programs outside act on it. Codes stand in files named
// faults.go (or ending in _faults.go), so that all of them can be found; the small packages of base
// have them where they are used.
func TestFaultCodesAreUnique(t *testing.T) {
	t.Parallel()
	tr := theTree(t)
	at := map[string]string{}
	shared, places := newExceptions(sharedCodes), newExceptions(elsewhere)
	for _, f := range tr.files {
		if f.test || f.dir() == "internal/base/fault" {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 {
				return true
			}
			s, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || s.Sel.Name != "New" {
				return true
			}
			if x, ok := s.X.(*ast.Ident); !ok || x.Name != "fault" {
				return true
			}
			lit, ok := call.Args[1].(*ast.BasicLit)
			if !ok {
				t.Errorf("%s: the code of a fault is a literal", tr.place(call.Pos()))
				return true
			}
			code, err := strconv.Unquote(lit.Value)
			if err != nil || !faultCode.MatchString(code) {
				t.Errorf("%s: the code %s is not written like_this", tr.place(call.Pos()), lit.Value)
			}
			if first, twice := at[code]; twice && !shared.allow(code) {
				t.Errorf("%s: the code %s is already used at %s", tr.place(call.Pos()), code, first)
			}
			at[code] = tr.place(call.Pos())
			if !within(f.dir(), "internal/base") && !strings.HasSuffix(f.path, "faults.go") && !places.allow(f.path) {
				t.Errorf("%s: faults stand in faults.go", tr.place(call.Pos()))
			}
			return true
		})
	}
	shared.check(t)
	places.check(t)
	if len(at) == 0 {
		t.Fatal("no faults found: the search is broken")
	}
}
