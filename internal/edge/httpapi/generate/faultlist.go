package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/constant"
	"regexp"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/edge/httpapi"
)

// blank stands for what is known only when it happens.
const blank = "…"

var directive = regexp.MustCompile(`%[-+# 0-9.]*[a-z]`)

// readFaults finds every fault.New of the tree. A test of the tree sees to it that their codes are
// literals and each there once.
func readFaults() ([]httpapi.Fault, error) {
	paths, err := packages()
	if err != nil {
		return nil, err
	}
	var out []httpapi.Fault
	for _, path := range paths {
		if strings.HasPrefix(path, module+"/internal/base/fault") || strings.HasPrefix(path, module+"/internal/archtest") {
			continue
		}
		s, err := readSource(path)
		if err != nil {
			return nil, err
		}
		for _, f := range s.files {
			ast.Inspect(f, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && isNew(call) {
					one, e := s.fault(call)
					if e != nil {
						err = e
						return false
					}
					out = append(out, one)
				}
				return true
			})
		}
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, func(a, b httpapi.Fault) int { return cmp.Compare(a.Code, b.Code) })
	return out, nil
}

func isNew(call *ast.CallExpr) bool {
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != "New" || len(call.Args) < 3 {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == "fault"
}

// fault reads one fault.New(fault.Kind, "code", "sentence", …).
func (s *source) fault(call *ast.CallExpr) (httpapi.Fault, error) {
	kind, isKind := call.Args[0].(*ast.SelectorExpr)
	code, isCode := s.value(call.Args[1])
	text, isText := s.value(call.Args[2])
	if !isKind || !isCode || !isText || code.Kind() != constant.String || text.Kind() != constant.String {
		return httpapi.Fault{}, fmt.Errorf("%s: a fault whose kind, code or sentence cannot be read", s.path)
	}
	sentence, args := constant.StringVal(text), call.Args[3:]
	if i := 0; len(args) > 0 {
		sentence = directive.ReplaceAllStringFunc(sentence, func(string) string {
			i++
			if i > len(args) {
				return blank
			}
			v, ok := s.value(args[i-1])
			switch {
			case !ok:
				return blank
			case v.Kind() == constant.String:
				return constant.StringVal(v)
			}
			return v.ExactString()
		})
	}
	return httpapi.Fault{Code: constant.StringVal(code), Kind: kindName(kind.Sel.Name), Sentence: strings.ReplaceAll(sentence, "%%", "%"),
		Package: strings.TrimPrefix(s.path, module+"/")}, nil
}

// kindName is how a kind writes itself: NotFound is not_found.
func kindName(goName string) string {
	var out strings.Builder
	for i, r := range goName {
		if i > 0 && r >= 'A' && r <= 'Z' {
			out.WriteByte('_')
		}
		out.WriteRune(r)
	}
	return strings.ToLower(out.String())
}
