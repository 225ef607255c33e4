package main

import (
	"go/ast"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// described is what the source says of a type.
type described struct {
	Doc    string            `json:"doc,omitempty"`
	Fields map[string]string `json:"fields,omitempty"` // by Go name
	Values []named           `json:"values,omitempty"` // of a text type with constants
}

// readTypes reads the comments of types. The keys are import path and name without type arguments.
func readTypes(list []reflect.Type) (map[string]described, error) {
	want := map[string]map[string]bool{} // names by package
	for _, t := range list {
		name, _, _ := strings.Cut(t.Name(), "[")
		if name == "" || !strings.HasPrefix(t.PkgPath(), module+"/") {
			continue
		}
		if want[t.PkgPath()] == nil {
			want[t.PkgPath()] = map[string]bool{}
		}
		want[t.PkgPath()][name] = true
	}
	out := map[string]described{}
	for _, path := range slices.Sorted(maps.Keys(want)) {
		s, err := readSource(path)
		if err != nil {
			return nil, err
		}
		far := map[string]string{} // names of other types of the package: only those that are no words of the language
		s.eachType(func(spec *ast.TypeSpec, _ string) {
			if t, ok := spec.Type.(*ast.StructType); ok {
				for goName, name := range jsonNames(t) {
					if inner(goName) {
						far[goName] = name
					}
				}
			}
		})
		s.eachType(func(spec *ast.TypeSpec, doc string) {
			if !want[path][spec.Name.Name] {
				return
			}
			d := described{Doc: sentence(withoutName(oneLine(doc), spec.Name.Name))}
			switch t := spec.Type.(type) {
			case *ast.StructType:
				d.Fields = fields(t)
				names := maps.Clone(far)
				maps.Copy(names, jsonNames(t))
				d.Doc = inJSON(d.Doc, names)
				for f, text := range d.Fields {
					d.Fields[f] = inJSON(text, names)
				}
			case *ast.Ident:
				if t.Name == "string" {
					d.Values = s.constants(spec.Name.Name)
				}
			}
			if d.Doc != "" || len(d.Fields) > 0 || len(d.Values) > 0 {
				out[path+"."+spec.Name.Name] = d
			}
		})
	}
	return out, nil
}

// fields are the comments of a struct's fields. One above a group that names the fields below is for
// these too.
func fields(t *ast.StructType) map[string]string {
	out := map[string]string{}
	above := ""
	for _, f := range t.Fields.List {
		doc, beside := oneLine(f.Doc.Text()), oneLine(f.Comment.Text())
		if doc != "" {
			above = doc
		}
		for _, name := range f.Names {
			text := beside
			switch {
			case doc != "":
				text = strings.TrimSpace(withoutName(doc, name.Name) + " " + beside)
			case beside == "" && mentions(above, name.Name):
				text = above
			}
			if text != "" {
				out[name.Name] = sentence(text)
			}
		}
	}
	return out
}

// mentions tells whether a comment begins by naming several fields, this one among them.
func mentions(text, name string) bool {
	list, _, found := strings.Cut(text, " and ")
	if !found || strings.Contains(list, ".") {
		return false
	}
	rest := strings.Fields(strings.TrimPrefix(text, list+" and "))
	names := strings.Split(list, ", ")
	if len(rest) > 0 {
		names = append(names, rest[0])
	}
	return slices.Contains(names, name)
}

// jsonNames are what fields are called outside, by Go name.
func jsonNames(t *ast.StructType) map[string]string {
	out := map[string]string{}
	for _, f := range t.Fields.List {
		if f.Tag == nil {
			continue
		}
		tag, err := strconv.Unquote(f.Tag.Value)
		name, _, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
		if err != nil || name == "" || name == "-" {
			continue
		}
		for _, n := range f.Names {
			out[n.Name] = name
		}
	}
	return out
}

// oneLine is a comment without its line breaks.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

var verb = regexp.MustCompile(`^(is|are) `)

// withoutName takes "Total is what …" as "what …" and "Number counts …" as "counts …": the reader has the
// field's own name before the text.
func withoutName(text, name string) string {
	rest, ok := strings.CutPrefix(text, name+" ")
	if !ok || !unicode.IsLower(first(rest)) {
		return text
	}
	return verb.ReplaceAllString(rest, "")
}

var (
	// word is a Go name inside a sentence.
	word = regexp.MustCompile(`[A-Za-z][A-Za-z0-9]*(\(\))?`)
	// aboutIt is what follows a name at the beginning of a sentence, and not a word that begins it.
	aboutIt = regexp.MustCompile(`^( is | are | \+ | = |, [A-Z]| and [A-Z])`)
)

// inJSON replaces names of fields that a comment mentions by what they are called outside. A capital at
// the beginning of a sentence may be just that.
func inJSON(text string, names map[string]string) string {
	var out strings.Builder
	at := 0
	for _, m := range word.FindAllStringIndex(text, -1) {
		name := text[m[0]:m[1]]
		if method, ok := strings.CutSuffix(name, "()"); ok {
			out.WriteString(text[at:m[0]] + strings.ToLower(method))
			at = m[1]
			continue
		}
		outside, ok := names[name]
		if !ok || !unicode.IsUpper(first(name)) || begins(text[:m[0]]) && !inner(name) && !aboutIt.MatchString(text[m[1]:]) {
			continue
		}
		out.WriteString(text[at:m[0]] + "`" + outside + "`")
		at = m[1]
	}
	return out.String() + text[at:]
}

// begins tells whether a sentence begins behind the text.
func begins(before string) bool {
	before = strings.TrimRight(before, " ")
	return before == "" || strings.HasSuffix(before, ".") || strings.HasSuffix(before, ":")
}

// inner tells whether there is a capital inside a name: it is no word of the language then.
func inner(name string) bool { return strings.ContainsFunc(name[1:], unicode.IsUpper) }

func first(s string) rune { r, _ := utf8.DecodeRuneInString(s); return r }

// sentence begins with a capital and ends with a stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	if start, _, _ := strings.Cut(text, " "); !strings.Contains(start, "_") { // half_up stays as it is
		r, n := utf8.DecodeRuneInString(text)
		text = string(unicode.ToUpper(r)) + text[n:]
	}
	if strings.HasSuffix(text, "…") {
		return text
	}
	return strings.TrimSuffix(text, ".") + "."
}
