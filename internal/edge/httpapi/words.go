package httpapi

import (
	_ "embed" // the words below
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
)

//go:generate go run ./generate words
//go:generate go run ./generate document

// The comments of the Go types are what the document says of fields: they are written where the fields
// are, and once.
//
//go:embed words.json
var wordsJSON []byte

//go:embed faults.json
var faultsJSON []byte

// typeWords is what the source says of a type.
type typeWords struct {
	Doc    string            `json:"doc"`
	Fields map[string]string `json:"fields"` // by Go name
	Values []struct {
		Value, Means string
	} `json:"values"`
}

var words = sync.OnceValue(func() (out map[string]typeWords) {
	if err := json.Unmarshal(wordsJSON, &out); err != nil {
		panic(err) // our own file
	}
	return out
})

// wordsOf are those of a type, without its type arguments.
func wordsOf(t reflect.Type) typeWords {
	name, _, _ := strings.Cut(t.Name(), "[")
	return words()[t.PkgPath()+"."+name]
}

// Fault is one of the program's faults, for the page that explains them.
type Fault struct {
	Code     string `json:"code"`
	Kind     string `json:"kind"`
	Sentence string `json:"sentence"`
	Package  string `json:"package"` // its folder
}

// faults lists the faults of the whole program, by code.
var faults = sync.OnceValue(func() (out []Fault) {
	if err := json.Unmarshal(faultsJSON, &out); err != nil {
		panic(err) // our own file
	}
	return out
})

// Status is the HTTP status that the fault is answered with.
func (f *Fault) Status() int {
	if s, ok := statusOf[f.Code]; ok {
		return s
	}
	for kind, status := range statuses {
		if kind.String() == f.Kind {
			return status
		}
	}
	return http.StatusInternalServerError
}

// Local tells whether only the command line and the till's engine give the fault.
func (f *Fault) Local() bool {
	return strings.HasPrefix(f.Package, "cmd/") || f.Package == "internal/edge/cli"
}

// field is a field of a struct and the type in whose declaration it stands.
type field struct {
	reflect.StructField
	parent reflect.Type
}

// name is what the field is called in JSON.
func (f *field) name() string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// fieldsOf lists a struct's fields, those of embedded structs among them.
func fieldsOf(t reflect.Type) (out []field) {
	for i := range t.NumField() {
		f := t.Field(i)
		switch {
		case f.Anonymous && f.Tag.Get("json") == "" && plainType(f.Type).Kind() == reflect.Struct:
			out = append(out, fieldsOf(plainType(f.Type))...)
		case f.IsExported():
			out = append(out, field{f, t})
		}
	}
	return out
}

// plainType is what a pointer points to and a list has.
func plainType(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Map {
		if t.PkgPath() != "" {
			return t // a value of the domains
		}
		t = t.Elem()
	}
	return t
}

// refPrefix is where the document keeps schemas.
const refPrefix = "#/components/schemas/"

// DocumentTypes are the types in the document and those that they are made of, for the generator of the
// words.
func DocumentTypes() []reflect.Type {
	var out []reflect.Type
	add := func(t reflect.Type) {
		value := slices.ContainsFunc(valueTypes, func(pair [2]reflect.Type) bool { return pair[0] == t })
		if t.PkgPath() != "" && !value && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	a := New(Options{Version: "1"})
	for name := range a.huma.OpenAPI().Components.Schemas.Map() {
		t := a.typeOf(name)
		if t == nil {
			continue
		}
		add(t)
		if t.Kind() == reflect.Struct {
			for _, f := range fieldsOf(t) {
				add(f.parent)
				add(plainType(f.Type))
			}
		}
	}
	return out
}

// describe puts what the source says of types and fields into the document.
func describe(r huma.Registry) {
	for name, s := range r.Map() {
		t := plainType(r.TypeFromRef(refPrefix + name))
		if s.Description == "" {
			s.Description = wordsOf(t).Doc
		}
		if t.Kind() != reflect.Struct {
			continue
		}
		for _, f := range fieldsOf(t) {
			p := s.Properties[f.name()]
			if p == nil {
				continue
			}
			if f.Tag.Get("doc") == "" {
				p.Description = describeField(&f, p.Description)
			}
			giveExample(&f, p)
		}
	}
}

// measured are the types whose text says in what they are measured: that belongs behind what a field is.
var measured = []reflect.Type{reflect.TypeFor[money.Minor](), reflect.TypeFor[money.Price](), reflect.TypeFor[money.Rate](), reflect.TypeFor[qty.Qty]()}

// describeField is the description of a field; ofType is what its type says by itself.
func describeField(f *field, ofType string) string {
	t := plainType(f.Type)
	text := wordsOf(f.parent).Fields[f.StructField.Name]
	if text == "" {
		text = meaning(f.name(), f.Type)
	}
	switch {
	case text == "":
		text = ofType
	case ofType != "" && slices.Contains(measured, t):
		text += " " + ofType
	}
	var values []string
	if slices.ContainsFunc(valueTypes, func(pair [2]reflect.Type) bool { return pair[0] == t }) {
		return text // its schema lists them
	}
	for _, v := range wordsOf(t).Values {
		value := "`" + v.Value + "`"
		if v.Means != "" {
			value += " (" + strings.TrimSuffix(v.Means, ".") + ")"
		}
		values = append(values, value)
	}
	if len(values) > 0 {
		text = strings.TrimSpace(text + " " + strings.Join(values, ", ") + ".")
	}
	return text
}
