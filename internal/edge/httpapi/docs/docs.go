// Package docs makes the pages that explain the API to people, out of the OpenAPI document. They are
// made on the server, need no script and load nothing from elsewhere.
package docs

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

//go:embed *.html style.css
var files embed.FS

// Source is what the pages are made of.
type Source struct {
	API *huma.OpenAPI
	// Fields lists the fields of a schema in the order in which people think of them.
	Fields func(schema string) []string
	Scopes []Scope
	Faults []Fault
}

// Scope is something that a key may do.
type Scope struct{ Name, Means string }

// Fault is an error with its code.
type Fault struct {
	Code, Kind, Sentence string
	Status               int
	Local                bool // no answer of the API: of the command line or the till's engine
}

// Page is one address below /docs.
type Page struct {
	Type string // media type
	Body []byte
}

// Pages makes all pages, by name: "" is the first one.
func Pages(s Source) (map[string]Page, error) {
	t, err := template.New("").Funcs(template.FuncMap{"prose": prose, "line": inline, "slug": slug}).ParseFS(files, "*.html")
	if err != nil {
		return nil, err
	}
	out := map[string]Page{}
	style, err := files.ReadFile("style.css")
	if err != nil {
		return nil, err
	}
	out["style.css"] = Page{"text/css; charset=utf-8", style}
	v := newView(s)
	add := func(name, title, part string, about any) {
		var b bytes.Buffer
		if e := t.ExecuteTemplate(&b, "page.html", map[string]any{"Title": title, "Name": name, "Part": part, "View": v, "About": about}); e != nil && err == nil {
			err = fmt.Errorf("the page %q: %w", name, e)
		}
		out[name] = Page{"text/html; charset=utf-8", b.Bytes()}
	}
	add("", "The API of Tillpost", "overview", nil)
	for _, g := range v.Groups {
		add(g.Slug, g.Name, "group", g)
	}
	add("problems", "Problems", "problems", faultList(s.Faults))
	return out, err
}

// faults are the list of problems in two parts.
type faults struct{ Answers, Local []Fault }

func faultList(all []Fault) faults {
	var f faults
	for _, one := range all {
		if one.Local {
			f.Local = append(f.Local, one)
		} else {
			f.Answers = append(f.Answers, one)
		}
	}
	return f
}

// slug is a name as it stands in an address.
func slug(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }), "-")
}

// methods in the order in which an address shows them.
var methods = []string{"GET", "POST", "PUT", "PATCH", "DELETE"}

func operationsOf(item *huma.PathItem) []*huma.Operation {
	all := []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete}
	return slices.DeleteFunc(all, func(o *huma.Operation) bool { return o == nil })
}
