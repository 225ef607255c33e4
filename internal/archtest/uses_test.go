package archtest

import (
	"go/ast"
	"go/token"
	"path"
)

// use is one mention of another package's name: db.Tx, time.Now.
type use struct {
	name string
	pos  token.Pos
}

// selectors lists what a file mentions of the package with that import path, whatever it is called.
func selectors(f *goFile, importPath string) []use {
	name := ""
	for i, imp := range f.imports {
		if imp != importPath {
			continue
		}
		name = path.Base(importPath)
		if n := f.syntax.Imports[i].Name; n != nil {
			name = n.Name
		}
	}
	if name == "" {
		return nil
	}
	var out []use
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := s.X.(*ast.Ident); ok && x.Name == name {
			out = append(out, use{s.Sel.Name, s.Pos()})
		}
		return true
	})
	return out
}
