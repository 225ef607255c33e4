package strictjson

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// placeOf is where the field stands that v has no place for: lines[3].colour. encoding/json tells its name
// alone, and the first of that name may be a field of another object. The name alone when it is not found.
func placeOf(text []byte, v any, name string) string {
	s := search{dec: json.NewDecoder(bytes.NewReader(text)), name: name}
	if path, found := s.value(reflect.TypeOf(v), ""); found && path != "" {
		return path
	}
	return name
}

// unfitAt is where the first value stands that does not fit into v: lines[3].qty. encoding/json does not say:
// it knows no place of what a type reads itself, and no index in a list. last is the answer when it is not found,
// or may not be repeated. Only what was refused is walked over a second time.
func unfitAt(text []byte, v any, last string) string {
	s := search{dec: json.NewDecoder(bytes.NewReader(text))}
	if path, found := s.value(reflect.TypeOf(v), ""); found && path != "" {
		return path
	}
	return last
}

// search walks over valid JSON and the type that it is read into, side by side. It looks for a field of a name
// for which there is no place, or with no name for a value that does not fit.
type search struct {
	dec  *json.Decoder
	name string
}

var (
	unmarshalsJSON = reflect.TypeFor[json.Unmarshaler]()
	unmarshalsText = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// value walks over one value. t is nil where nothing is known of it; found with an empty path means that a
// name on the way may not be repeated.
func (s *search) value(t reflect.Type, path string) (string, bool) {
	for t != nil && t.Kind() == reflect.Pointer && !reads(t) {
		t = t.Elem()
	}
	if t != nil && whole(t) {
		if s.name == "" {
			return path, s.dec.Decode(reflect.New(t).Interface()) != nil
		}
		t = nil
	}
	first, _ := s.dec.Token()
	if s.name == "" && t != nil && first != nil && first != begins(t) {
		return path, true
	}
	switch first {
	case json.Delim('{'):
		return s.object(t, path)
	case json.Delim('['):
		if t != nil && t.Kind() != reflect.Slice && t.Kind() != reflect.Array {
			t = nil
		}
		if t != nil {
			t = t.Elem()
		}
		for i := 0; s.dec.More(); i++ {
			if at, found := s.value(t, fmt.Sprintf("%s[%d]", path, i)); found {
				return at, true
			}
		}
		_, _ = s.dec.Token() // its end
	}
	return "", false
}

// object walks over the fields of an object that has begun.
func (s *search) object(t reflect.Type, path string) (string, bool) {
	var fields map[string]reflect.Type
	if t != nil && t.Kind() == reflect.Struct {
		fields = map[string]reflect.Type{}
		fieldsOf(t, fields)
	}
	for s.dec.More() {
		token, _ := s.dec.Token()
		key, ok := token.(string)
		if !ok {
			return "", true // it was valid JSON: not seen
		}
		var of reflect.Type
		switch {
		case fields != nil:
			known := false
			if of, known = fields[strings.ToLower(key)]; !known && key == s.name {
				return join(path, key), true
			}
		case t != nil && t.Kind() == reflect.Map:
			of = t.Elem()
		}
		at := join(path, key)
		found, ok := s.value(of, at)
		if ok && !plain(key) {
			found = ""
		}
		if ok {
			return found, true
		}
	}
	_, _ = s.dec.Token() // its end
	return "", false
}

// whole tells whether a value of the type is read in one go, and not walked into.
func whole(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return true // a text in JSON
		}
	default:
		return true
	}
	return reads(t) || reads(reflect.PointerTo(t))
}

// begins is how a value of a type that is walked into begins.
func begins(t reflect.Type) json.Delim {
	if t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
		return '['
	}
	return '{'
}

// reads tells whether a type reads itself.
func reads(t reflect.Type) bool { return t.Implements(unmarshalsJSON) || t.Implements(unmarshalsText) }

// fieldsOf notes the fields of a struct, with those of what is embedded, under their names in JSON.
func fieldsOf(t reflect.Type, out map[string]reflect.Type) {
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		of := f.Type
		if of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		switch {
		case f.Tag.Get("json") == "-":
		case f.Anonymous && name == "" && of.Kind() == reflect.Struct:
			fieldsOf(of, out)
		case !f.IsExported():
		case name == "":
			out[strings.ToLower(f.Name)] = f.Type
		default:
			out[strings.ToLower(name)] = f.Type
		}
	}
}

// join is a field's place.
func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
