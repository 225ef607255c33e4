package docs

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// deepest is how far an example goes into lists of lists of objects.
const deepest = 7

// object is a JSON object whose fields keep their order.
type object []member

type member struct {
	name  string
	value any
}

// MarshalJSON writes the fields as they stand.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// example is a value that a schema allows, as text. whole has all fields, else those that must be there.
func (v *view) example(s *huma.Schema, whole bool) string {
	raw, err := json.Marshal(v.sample(s, "", whole, nil))
	if err != nil {
		return ""
	}
	return neat(raw)
}

// value is sample for a single value with a name.
func (v *view) value(s *huma.Schema, name string) any { return v.sample(s, name, true, nil) }

// sample makes a value. above are the schemas around it.
func (v *view) sample(s *huma.Schema, name string, whole bool, above []string) any {
	if len(s.OneOf) > 0 {
		return v.sample(s.OneOf[0], name, whole, above)
	}
	if len(s.Examples) > 0 {
		return s.Examples[0]
	}
	t, schema := v.target(s)
	switch {
	case t == nil:
		return nil
	case len(t.Examples) > 0:
		return t.Examples[0]
	case t.Default != nil:
		return t.Default
	case len(t.Enum) > 0:
		return t.Enum[0]
	}
	switch t.Type {
	case huma.TypeArray:
		if t.Items == nil {
			return []any{}
		}
		if _, inner := v.target(t.Items); slices.Contains(above, inner) || len(above) > deepest {
			return []any{}
		}
		return []any{v.sample(t.Items, name, whole, above)}
	case huma.TypeObject:
		return v.sampleObject(t, schema, whole, above)
	case huma.TypeInteger:
		return 1
	case huma.TypeNumber:
		return json.Number("1")
	case huma.TypeBoolean:
		return true
	case huma.TypeString:
		return sampleText(t, name)
	}
	return object{}
}

func (v *view) sampleObject(t *huma.Schema, schema string, whole bool, above []string) any {
	above = append(slices.Clone(above), schema)
	if isOpen(t) {
		return object{{"key", v.sample(t.AdditionalProperties.(*huma.Schema), "", whole, above)}}
	}
	out := object{}
	for _, field := range v.order(t, schema) {
		p := t.Properties[field]
		_, inner := v.target(p)
		must := slices.Contains(t.Required, field)
		if slices.Contains(above, inner) && inner != "" || !must && (!whole || len(above) > deepest) {
			continue
		}
		out = append(out, member{field, v.sample(p, field, whole, above)})
	}
	return out
}

func sampleText(t *huma.Schema, name string) string {
	switch {
	case t.Format == "date-time":
		return "2026-03-14T15:04:05Z"
	case t.Format == "uri-reference", t.Format == "uri":
		return "/docs/problems"
	case name == "":
		return "text"
	}
	return strings.ReplaceAll(name, "_", " ")
}

// plainValue is a value as it stands in an address.
func plainValue(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return strings.Trim(string(raw), `"`)
}

// neatMost is how long a line of an example may become.
const neatMost = 60

// neat writes JSON so that what is short stands on one line.
func neat(raw []byte) string {
	var b strings.Builder
	neatValue(&b, raw, "")
	return b.String()
}

func neatValue(b *strings.Builder, raw json.RawMessage, indent string) {
	raw = bytes.TrimSpace(raw)
	if short := spaced(raw); len(short)+len(indent) <= neatMost || raw[0] != '{' && raw[0] != '[' {
		b.WriteString(short)
		return
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	open, _ := dec.Token() // it was written by json.Marshal
	inner := indent + "  "
	b.WriteString(open.(json.Delim).String())
	for first := true; dec.More(); first = false {
		if !first {
			b.WriteByte(',')
		}
		b.WriteString("\n" + inner)
		if raw[0] == '{' {
			name, _ := dec.Token()
			text, _ := json.Marshal(name)
			b.Write(text)
			b.WriteString(": ")
		}
		var value json.RawMessage
		_ = dec.Decode(&value) // the same
		neatValue(b, value, inner)
	}
	b.WriteString("\n" + indent + map[byte]string{'{': "}", '[': "]"}[raw[0]])
}

// spaced is JSON on one line with a space behind commas and colons.
func spaced(raw []byte) string {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		b.WriteByte(c)
		switch {
		case quoted && c == '\\' && i+1 < len(raw):
			i++
			b.WriteByte(raw[i])
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ',' || c == ':'):
			b.WriteByte(' ')
		}
	}
	return b.String()
}
