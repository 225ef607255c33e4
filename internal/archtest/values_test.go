package archtest

import (
	"go/ast"
	"go/types"
	"strings"
	"testing"
)

// floats are the files of the product's own layers that may use floating point, each with its reason.
var floats = map[string]string{}

// Money, quantities, prices and rates are never floats: nothing in the layers that compute with them is.
func TestNoFloats(t *testing.T) {
	t.Parallel()
	tr := theTree(t)
	known := newExceptions(floats)
	for _, p := range theTypes(t) {
		layer, _, ok := split(p.dir)
		if !ok || layer != "base" && layer != "domain" && layer != "flow" && layer != "views" {
			continue
		}
		for _, f := range p.files {
			reported := map[string]bool{}
			ast.Inspect(f, func(n ast.Node) bool {
				e, ok := n.(ast.Expr)
				if !ok || !isFloat(p.info.Types[e].Type) {
					return true
				}
				file := tr.fset.Position(e.Pos()).Filename
				if at := tr.place(e.Pos()); !reported[at] && !known.allow(file) {
					reported[at] = true
					t.Errorf("%s: a float; use money, qty or fixed", at)
				}
				return true
			})
		}
	}
	known.check(t)
}

func isFloat(t types.Type) bool {
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&(types.IsFloat|types.IsComplex) != 0
}

// clocks are the places in the product's own layers that may ask for the time or for chance.
var clocks = map[string]string{
	"internal/base/id/id.go": "ids are made anywhere, also without a database, and carry the time they were made",
}

// Time comes from the transaction (tx.Now) and from the receipt; nothing else depends on when or where
// it runs. Waiting is never a matter of time: tests wait for signals.
func TestNoClockAndNoChance(t *testing.T) {
	t.Parallel()
	tr := theTree(t)
	known := newExceptions(clocks)
	banned := map[string]map[string]bool{
		"time": {"Now": true, "Since": true, "Until": true, "Sleep": true, "After": true, "Tick": true, "NewTimer": true,
			"NewTicker": true, "AfterFunc": true, "Local": true, "LoadLocation": false},
		"math/rand":    nil,
		"math/rand/v2": nil,
		"crypto/rand":  nil,
	}
	for _, f := range tr.files {
		layer, _, ok := split(f.dir())
		if f.test || !ok || layer != "base" && layer != "domain" && layer != "flow" && layer != "views" {
			continue
		}
		for path, names := range banned {
			for _, u := range selectors(f, path) {
				if (names == nil || names[u.name]) && !known.allow(f.path) {
					t.Errorf("%s: %s.%s: take the time from the transaction", tr.place(u.pos), path, u.name)
				}
			}
		}
	}
	known.check(t)
}

// Tests run always and everywhere, and wait for signals.
func TestTestsNeitherSkipNorSleep(t *testing.T) {
	t.Parallel()
	tr := theTree(t)
	for _, f := range tr.files {
		if !f.test {
			continue
		}
		for _, u := range selectors(f, "time") {
			if u.name == "Sleep" {
				t.Errorf("%s: a test sleeps; wait for a signal", tr.place(u.pos))
			}
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				reportSkips(t, tr, n.Type, n.Body)
			case *ast.FuncLit:
				reportSkips(t, tr, n.Type, n.Body)
			}
			return true
		})
	}
}

// reportSkips looks for Skip calls on a function's own *testing.T. (A property's *rapid.T may pass over
// a value that it cannot use.)
func reportSkips(t *testing.T, tr *tree, typ *ast.FuncType, body *ast.BlockStmt) {
	t.Helper()
	if body == nil {
		return
	}
	for _, param := range typ.Params.List {
		star, ok := param.Type.(*ast.StarExpr)
		if !ok {
			continue
		}
		sel, ok := star.X.(*ast.SelectorExpr)
		if !ok || len(param.Names) == 0 {
			continue
		}
		if x, ok := sel.X.(*ast.Ident); !ok || x.Name != "testing" {
			continue
		}
		name := param.Names[0].Name
		ast.Inspect(body, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok || !strings.HasPrefix(s.Sel.Name, "Skip") {
				return true
			}
			if x, ok := s.X.(*ast.Ident); ok && x.Name == name {
				t.Errorf("%s: a test that skips proves nothing", tr.place(s.Pos()))
			}
			return true
		})
	}
}
