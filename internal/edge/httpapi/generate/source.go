package main

import (
	"errors"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const module = "github.com/tillpost/tillpost"

// source is a package of the tree as it is written.
type source struct {
	path  string // import path
	files []*ast.File
	scope *types.Package // its constants, as far as they need no other package
}

// readSource parses a package without its tests.
func readSource(importPath string) (*source, error) {
	dir := filepath.Join(root, filepath.FromSlash(strings.TrimPrefix(importPath, module+"/")))
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	s, fset := &source{path: importPath}, token.NewFileSet()
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, filepath.Join(dir, e.Name()), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		s.files = append(s.files, f)
	}
	c := types.Config{Importer: nothing{}, IgnoreFuncBodies: true, Error: func(error) {}} // what is imported stays unknown
	s.scope, _ = c.Check(importPath, fset, s.files, nil)
	return s, nil
}

// nothing imports no package.
type nothing struct{}

// Import makes it an importer.
func (nothing) Import(string) (*types.Package, error) { return nil, errors.New("not read") }

// value is what a constant expression of the package says; false when it is none.
func (s *source) value(e ast.Expr) (constant.Value, bool) {
	tv, err := types.Eval(token.NewFileSet(), s.scope, token.NoPos, types.ExprString(e))
	return tv.Value, err == nil && tv.Value != nil
}

// eachType calls take for the types of the package, with their comments.
func (s *source) eachType(take func(spec *ast.TypeSpec, doc string)) {
	for _, f := range s.files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.TYPE {
				continue
			}
			for _, one := range g.Specs {
				spec := one.(*ast.TypeSpec)
				doc := spec.Doc.Text()
				if doc == "" && len(g.Specs) == 1 {
					doc = g.Doc.Text()
				}
				take(spec, doc)
			}
		}
	}
}

// constants are the values of a text type, in the order of the source, with what is said of each.
func (s *source) constants(typeName string) (out []named) {
	for _, f := range s.files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, one := range g.Specs {
				spec := one.(*ast.ValueSpec)
				if id, ok := spec.Type.(*ast.Ident); !ok || id.Name != typeName {
					continue
				}
				for i, e := range spec.Values {
					v, ok := s.value(e)
					if ok && v.Kind() == constant.String && constant.StringVal(v) != "" && spec.Names[i].IsExported() {
						out = append(out, named{constant.StringVal(v), oneLine(spec.Comment.Text())})
					}
				}
			}
		}
	}
	return out
}

type named struct {
	Value string `json:"value"`
	Means string `json:"means,omitempty"`
}

// packages are the import paths of all packages of the tree that are part of a program.
func packages() (out []string, err error) {
	for _, top := range []string{"internal", "cmd"} {
		err = errors.Join(err, filepath.WalkDir(filepath.Join(root, top), func(name string, e os.DirEntry, err error) error {
			if err != nil || !e.IsDir() {
				return err
			}
			if e.Name() == "testdata" {
				return filepath.SkipDir
			}
			if found, err := filepath.Glob(filepath.Join(name, "*.go")); err != nil || len(found) == 0 {
				return err
			}
			rel, err := filepath.Rel(root, name)
			out = append(out, module+"/"+filepath.ToSlash(rel))
			return err
		}))
	}
	slices.Sort(out)
	return out, err
}
