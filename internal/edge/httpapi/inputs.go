package httpapi

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// mayBeLeftOut are fields that every answer has and that what is sent may do without: they have a default,
// or are decided here. By schema.
var mayBeLeftOut = map[string][]string{
	"CatalogAttached": {"qty"},
	"CatalogItem":     {"kind", "unit", "cost", "reorder_point", "reorder_to"},
	"LedgerAccount":   {"created_ms"},
	"OrgRegister":     {"kind"},
}

// inputs gives the bodies of requests schemas of their own where they differ from what is answered.
type inputs struct {
	schemas map[string]*huma.Schema
	differs map[string]bool
	origin  map[string]string // of the schemas that are made here
}

// inputSuffix is behind the name of a schema for what is sent.
const inputSuffix = "Input"

// adaptInputs goes through all operations. It comes last: what it copies is described already.
func (a *API) adaptInputs() {
	doc := a.huma.OpenAPI()
	in := &inputs{schemas: doc.Components.Schemas.Map(), differs: map[string]bool{}, origin: map[string]string{}}
	in.findDifferent()
	for _, name := range slices.Sorted(maps.Keys(doc.Paths)) {
		for _, o := range operationsOf(doc.Paths[name]) {
			if o.RequestBody == nil {
				continue
			}
			for _, m := range o.RequestBody.Content {
				if m.Schema != nil {
					m.Schema = in.body(o, m.Schema)
				}
			}
		}
	}
	a.origin = in.origin
	in.dropUnused(doc)
}

// dropUnused takes out the schemas that only their inputs are left of.
func (in *inputs) dropUnused(doc *huma.OpenAPI) {
	used := map[string]bool{}
	var use func(s *huma.Schema)
	use = func(s *huma.Schema) {
		for _, name := range references(s) {
			if !used[name] {
				used[name] = true
				use(in.schemas[name])
			}
		}
	}
	for _, item := range doc.Paths {
		for _, o := range operationsOf(item) {
			bodies := []map[string]*huma.MediaType{}
			if o.RequestBody != nil {
				bodies = append(bodies, o.RequestBody.Content)
			}
			for _, r := range o.Responses {
				bodies = append(bodies, r.Content)
			}
			for _, content := range bodies {
				for _, m := range content {
					use(m.Schema)
				}
			}
		}
	}
	maps.DeleteFunc(in.schemas, func(name string, _ *huma.Schema) bool { return !used[name] })
}

// operationsOf are the operations at an address.
func operationsOf(item *huma.PathItem) []*huma.Operation {
	return slices.DeleteFunc([]*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete}, func(o *huma.Operation) bool { return o == nil })
}

// findDifferent marks the schemas with fields that may be left out, and those that have such a schema
// inside.
func (in *inputs) findDifferent() {
	for name := range mayBeLeftOut {
		in.differs[name] = in.schemas[name] != nil
	}
	for again := true; again; {
		again = false
		for name, s := range in.schemas {
			if !in.differs[name] && slices.ContainsFunc(references(s), func(to string) bool { return in.differs[to] }) {
				in.differs[name], again = true, true
			}
		}
	}
}

// references are the names of the schemas that one refers to.
func references(s *huma.Schema) (out []string) {
	if s == nil {
		return nil
	}
	if s.Ref != "" {
		out = append(out, strings.TrimPrefix(s.Ref, refPrefix))
	}
	for _, p := range s.Properties {
		out = append(out, references(p)...)
	}
	for _, one := range s.OneOf {
		out = append(out, references(one)...)
	}
	if values, ok := s.AdditionalProperties.(*huma.Schema); ok {
		out = append(out, references(values)...)
	}
	return append(out, references(s.Items)...)
}

// of is a schema as it is sent: the same where nothing differs.
func (in *inputs) of(s *huma.Schema) *huma.Schema {
	if s == nil {
		return nil
	}
	c := *s
	if s.Ref != "" {
		if name := strings.TrimPrefix(s.Ref, refPrefix); in.differs[name] {
			c.Ref = refPrefix + in.component(name)
		}
		return &c
	}
	c.Items = in.of(s.Items)
	if values, ok := s.AdditionalProperties.(*huma.Schema); ok {
		c.AdditionalProperties = in.of(values)
	}
	c.OneOf = nil
	for _, one := range s.OneOf {
		c.OneOf = append(c.OneOf, in.of(one))
	}
	if s.Properties != nil {
		c.Properties = map[string]*huma.Schema{}
		for name, p := range s.Properties {
			c.Properties[name] = in.of(p)
		}
	}
	return &c
}

// component makes the schema for what is sent of a schema, once.
func (in *inputs) component(name string) string {
	made := name + inputSuffix
	if in.schemas[made] == nil {
		in.schemas[made] = &huma.Schema{} // it may have itself inside
		c := in.of(in.schemas[name])
		c.Required = without(c.Required, mayBeLeftOut[name])
		*in.schemas[made] = *c
		in.origin[made] = name
	}
	return made
}

// body is the schema of an operation's body. What the address says already need not be said again.
func (in *inputs) body(o *huma.Operation, s *huma.Schema) *huma.Schema {
	out := in.of(s)
	name := strings.TrimPrefix(out.Ref, refPrefix)
	if out.Ref == "" || in.schemas[name] == nil {
		return out
	}
	c := *in.schemas[name]
	c.Required = without(c.Required, said(o.Path))
	if len(c.Required) == len(in.schemas[name].Required) {
		return out
	}
	made := strings.ToUpper(o.OperationID[:1]) + o.OperationID[1:] + "Body"
	in.schemas[made] = &c
	in.origin[made] = strings.TrimSuffix(name, inputSuffix)
	return &huma.Schema{Ref: refPrefix + made}
}

func without(list, gone []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(one string) bool { return slices.Contains(gone, one) })
}

// said are the names of the fields that an address has the values of: in /price-lists/{code}/prices/{sku}
// code and sku, and list and price, as the things before them are called.
func said(path string) (out []string) {
	before := ""
	for part := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			words := strings.Split(strings.TrimSuffix(before, "s"), "-")
			out = append(out, strings.TrimSuffix(name, "}"), words[len(words)-1])
		}
		before = part
	}
	return out
}

// typeOf is the Go type behind a schema of the document, nil when there is none.
func (a *API) typeOf(schema string) reflect.Type {
	if origin := a.origin[schema]; origin != "" {
		schema = origin
	}
	t := a.huma.OpenAPI().Components.Schemas.TypeFromRef(refPrefix + schema)
	if t == nil {
		return nil
	}
	return plainType(t)
}
