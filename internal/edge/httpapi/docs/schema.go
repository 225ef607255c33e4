package docs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// fieldView is a row of a table of fields, with those inside it.
type fieldView struct {
	Name, Type, Text string
	Required         bool
	Fields           []fieldView
	Again            string // the schema, when it stands further up already
}

const refPrefix = "#/components/schemas/"

// target is the schema that a reference leads to, with its name.
func (v *view) target(s *huma.Schema) (*huma.Schema, string) {
	if s.Ref == "" {
		return s, ""
	}
	name := strings.TrimPrefix(s.Ref, refPrefix)
	return v.source.API.Components.Schemas.Map()[name], name
}

// typeOf says what a value is, in words.
func (v *view) typeOf(s *huma.Schema) string {
	s, _ = v.target(s)
	switch {
	case len(s.OneOf) > 0:
		var all []string
		for _, one := range s.OneOf {
			all = append(all, v.typeOf(one))
		}
		return strings.Join(slices.Compact(all), " or ")
	case s.Type == huma.TypeArray && s.Items != nil:
		return "list of " + plural(v.typeOf(s.Items))
	case s.Type == huma.TypeObject && !isOpen(s):
		return "object"
	case s.Type == huma.TypeObject:
		if values, ok := s.AdditionalProperties.(*huma.Schema); ok {
			return "object whose values are " + plural(v.typeOf(values))
		}
		return "object"
	case s.Type == huma.TypeString:
		return stringType(s)
	case s.Type == "":
		return "any JSON"
	}
	return s.Type
}

// isOpen tells whether the names in an object are free.
func isOpen(s *huma.Schema) bool {
	_, ok := s.AdditionalProperties.(*huma.Schema)
	return ok
}

func stringType(s *huma.Schema) string {
	switch {
	case s.Format == "uuid":
		return "UUID"
	case s.Format == "date":
		return "date"
	case s.Format == "date-time":
		return "date and time"
	case strings.HasPrefix(s.Pattern, "^-?[0-9]+"):
		return "decimal text"
	}
	return "text"
}

func plural(name string) string {
	switch {
	case strings.HasPrefix(name, "list of "):
		return "lists of " + strings.TrimPrefix(name, "list of ")
	case strings.HasPrefix(name, "date and"), name == "any JSON":
		return name
	}
	return name + "s"
}

// limits are what a value must keep to, as ", 1 to 500, 100 unless stated".
func limits(s *huma.Schema) string {
	out := ""
	switch {
	case s.Minimum != nil && s.Maximum != nil:
		out += fmt.Sprintf(", %v to %v", *s.Minimum, *s.Maximum)
	case s.Minimum != nil && *s.Minimum != 0:
		out += fmt.Sprintf(", at least %v", *s.Minimum)
	case s.Maximum != nil:
		out += fmt.Sprintf(", at most %v", *s.Maximum)
	}
	if s.MaxItems != nil {
		out += fmt.Sprintf(", at most %d", *s.MaxItems)
	}
	if len(s.Enum) > 0 {
		var all []string
		for _, one := range s.Enum {
			all = append(all, fmt.Sprint(one))
		}
		out += ": " + strings.Join(all, ", ")
	}
	if s.Default != nil {
		out += fmt.Sprintf(", %v unless stated", s.Default)
	}
	return out
}

// textOf is what is said of a value.
func (v *view) textOf(s *huma.Schema) string {
	if s.Description != "" {
		return s.Description
	}
	if t, _ := v.target(s); t != nil && t.Description != "" {
		return t.Description
	}
	if s.Items != nil {
		return v.textOf(s.Items)
	}
	return ""
}

// inside is the object whose fields a value shows: itself, what its list has, or what its names lead to.
func (v *view) inside(s *huma.Schema) (*huma.Schema, string) {
	t, name := v.target(s)
	for t != nil && t.Type == huma.TypeArray && t.Items != nil {
		t, name = v.target(t.Items)
	}
	if t != nil && isOpen(t) {
		return v.inside(t.AdditionalProperties.(*huma.Schema))
	}
	return t, name
}

// fields are the rows of a table. above are the schemas around it: what repeats itself ends there.
func (v *view) fields(s *huma.Schema, above []string) []fieldView {
	t, name := v.inside(s)
	if t == nil || len(t.Properties) == 0 {
		return nil
	}
	above = append(slices.Clone(above), name)
	var out []fieldView
	for _, field := range v.order(t, name) {
		p := t.Properties[field]
		f := fieldView{Name: field, Type: v.typeOf(p) + limits(p), Text: v.textOf(p), Required: slices.Contains(t.Required, field)}
		if _, inner := v.inside(p); inner != "" && slices.Contains(above, inner) {
			f.Again = inner
		} else {
			f.Fields = v.fields(p, above)
		}
		out = append(out, f)
	}
	return out
}

// order is the order of a schema's fields.
func (v *view) order(t *huma.Schema, name string) []string {
	var out []string
	for _, field := range v.source.Fields(name) {
		if t.Properties[field] != nil && !slices.Contains(out, field) {
			out = append(out, field)
		}
	}
	var rest []string
	for field := range t.Properties {
		if !slices.Contains(out, field) {
			rest = append(rest, field)
		}
	}
	slices.Sort(rest)
	return append(out, rest...)
}
