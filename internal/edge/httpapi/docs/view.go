package docs

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// view is the whole document as the templates show it.
type view struct {
	Title, Version, Text string
	Groups               []*group
	Scopes               []Scope

	source Source
}

// group is a tag with its operations.
type group struct {
	Name, Slug, Text string
	Operations       []*operation
}

// operation is one method at one address.
type operation struct {
	ID, Method, Path, Summary, Text string
	Scopes                          []string
	Parameters                      []parameter
	Body                            *body
	Answers                         []answer
	Problems                        []status
	Curl                            string
}

// parameter is a part of the address or a header.
type parameter struct {
	Name, In, Type, Text string
	Required             bool
}

// body is what is sent or answered.
type body struct {
	Type    string   // media type
	What    string   // "object", "list of objects"
	Sent    bool     // else answered
	Also    []string // other media types that may be asked for
	Text    string
	Fields  []fieldView
	Other   []*body // the other forms that it may have
	Example string
}

// answer is a status with its body.
type answer struct {
	Status, Text string
	Headers      []parameter
	Body         *body
}

type status struct{ Code, Text string }

func newView(s Source) *view {
	v := &view{Title: s.API.Info.Title, Version: s.API.Info.Version, Text: s.API.Info.Description, Scopes: s.Scopes, source: s}
	byTag := map[string]*group{}
	for _, t := range s.API.Tags {
		byTag[t.Name] = &group{Name: t.Name, Slug: slug(t.Name), Text: t.Description}
		v.Groups = append(v.Groups, byTag[t.Name])
	}
	for _, path := range slices.Sorted(maps.Keys(s.API.Paths)) {
		for _, o := range operationsOf(s.API.Paths[path]) {
			for _, tag := range o.Tags {
				if g := byTag[tag]; g != nil {
					g.Operations = append(g.Operations, v.operation(o))
				}
			}
		}
	}
	v.Groups = slices.DeleteFunc(v.Groups, func(g *group) bool { return len(g.Operations) == 0 })
	for _, g := range v.Groups {
		slices.SortStableFunc(g.Operations, func(a, b *operation) int {
			return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(slices.Index(methods, a.Method), slices.Index(methods, b.Method)))
		})
	}
	return v
}

func (v *view) operation(o *huma.Operation) *operation {
	out := &operation{ID: o.OperationID, Method: o.Method, Path: o.Path, Summary: o.Summary, Text: o.Description}
	for _, one := range o.Security {
		for _, scopes := range one {
			out.Scopes = append(out.Scopes, scopes...)
		}
	}
	for _, p := range o.Parameters {
		out.Parameters = append(out.Parameters, parameter{Name: p.Name, In: p.In, Type: v.typeOf(p.Schema) + limits(p.Schema),
			Text: cmp.Or(p.Description, p.Schema.Description), Required: p.Required})
	}
	sent := ""
	if o.RequestBody != nil {
		out.Body, sent = v.request(o.RequestBody)
	}
	out.Curl = v.curl(o, sent, out.Body)
	for _, code := range slices.Sorted(maps.Keys(o.Responses)) {
		r := o.Responses[code]
		if n, err := strconv.Atoi(code); err == nil && n >= 400 {
			out.Problems = append(out.Problems, status{code, r.Description})
			continue
		}
		a := answer{Status: code, Text: r.Description}
		for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
			a.Headers = append(a.Headers, parameter{Name: name, Text: r.Headers[name].Description})
		}
		for _, kind := range mediaTypes(r.Content) {
			if a.Body == nil {
				a.Body = v.body(kind, r.Content[kind].Schema, true)
			} else {
				a.Body.Also = append(a.Body.Also, kind)
			}
		}
		out.Answers = append(out.Answers, a)
	}
	out.Answers = together(out.Answers)
	return out
}

// mediaTypes are those of a content, JSON first.
func mediaTypes(content map[string]*huma.MediaType) []string {
	kinds := slices.Sorted(maps.Keys(content))
	slices.SortStableFunc(kinds, func(a, b string) int {
		return cmp.Compare(btoi(a != "application/json"), btoi(b != "application/json"))
	})
	return kinds
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// together joins answers with the same body: 200 and 201 of what may be repeated.
func together(list []answer) (out []answer) {
	for _, a := range list {
		last := len(out) - 1
		if last >= 0 && a.Body != nil && out[last].Body != nil && a.Body.Example == out[last].Body.Example {
			out[last].Text = "**" + out[last].Status + "**: " + out[last].Text + " **" + a.Status + "**: " + a.Text
			out[last].Status += ", " + a.Status
			continue
		}
		out = append(out, a)
	}
	return out
}

// request is a request's body and an example of it.
func (v *view) request(r *huma.RequestBody) (*body, string) {
	kind := mediaTypes(r.Content)[0]
	m := r.Content[kind]
	b := v.body(kind, m.Schema, false)
	b.sent()
	if kind != "application/json" {
		return b, "" // a file: nobody types it
	}
	if raw, ok := m.Example.(json.RawMessage); ok {
		b.Example = strings.TrimSpace(string(raw))
		if !strings.Contains(b.Example, "\n") {
			b.Example = neat(raw)
		}
	}
	return b, b.Example
}

// sent marks a body that the caller makes: then it matters what must be in it. In an answer it matters what
// may be missing.
func (b *body) sent() {
	b.Sent = true
	for _, other := range b.Other {
		other.sent()
	}
}

// body shows a schema; whole asks for an example with all fields.
func (v *view) body(kind string, s *huma.Schema, whole bool) *body {
	b := &body{Type: kind}
	if s == nil {
		return b
	}
	if len(s.OneOf) > 0 {
		b = v.body(kind, s.OneOf[0], whole)
		for _, other := range s.OneOf[1:] {
			b.Other = append(b.Other, v.body(kind, other, whole))
		}
		return b
	}
	b.What, b.Text, b.Fields = v.typeOf(s), v.textOf(s), v.fields(s, nil)
	if kind == "application/json" {
		b.Example = v.example(s, whole)
	}
	return b
}

// curl is a request as it is typed.
func (v *view) curl(o *huma.Operation, sent string, b *body) string {
	path, query := o.Path, []string{}
	for _, p := range o.Parameters {
		value := plainValue(v.value(p.Schema, p.Name))
		switch {
		case p.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", value)
		case p.In == "query" && p.Required:
			query = append(query, p.Name+"="+value)
		}
	}
	if len(query) > 0 {
		path += "?" + strings.Join(query, "&")
	}
	lines := []string{fmt.Sprintf(`curl "$TILLPOST%s"`, path), `-H "Authorization: Bearer $KEY"`}
	if o.Method != "GET" && (o.Method != "POST" || sent == "") {
		lines[0] = fmt.Sprintf(`curl -X %s "$TILLPOST%s"`, o.Method, path)
	}
	switch {
	case sent != "":
		lines = append(lines, `-H "Content-Type: application/json"`, "-d '"+strings.ReplaceAll(sent, "'", `'\''`)+"'")
	case b != nil:
		lines = append(lines, fmt.Sprintf(`-H "Content-Type: %s"`, b.Type), "--data-binary @FILE")
	}
	return strings.Join(lines, " \\\n  ")
}
