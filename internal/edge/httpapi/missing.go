package httpapi

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/flow/catalogue"
)

// lacking is what is wrong with a document that also lacks fields. Rules stop at the first fault: who writes a client
// would hear of one missing field after the other.
type lacking struct {
	error
	fields []string
}

func (l *lacking) Unwrap() error { return l.error }

// lacks adds to the fault of a document the fields that it must have, as the document of the API says, and has not.
func (c *Call) lacks(o *huma.Operation, err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Invalid {
		return err
	}
	var sent map[string]json.RawMessage
	if json.Unmarshal(c.raw, &sent) != nil {
		return err
	}
	schema := o.RequestBody.Content[typeJSON].Schema
	if schema.Ref != "" {
		schema = c.api.huma.OpenAPI().Components.Schemas.Map()[strings.TrimPrefix(schema.Ref, refPrefix)]
	}
	var fields []string
	for _, name := range schema.Required {
		if _, there := sent[name]; !there && name != f.Path {
			fields = append(fields, name)
		}
	}
	if len(fields) == 0 {
		return err
	}
	slices.Sort(fields)
	return &lacking{err, fields}
}

// wrongs are all things that are wrong, when there may be several.
func wrongs(err error) (out []Wrong) {
	var all catalogue.Faults
	var l *lacking
	switch {
	case errors.As(err, &l):
		var f *fault.Error
		errors.As(l.error, &f)
		out = append(out, Wrong{f.Code, plain(f.Path), detail(f)})
		for _, name := range l.fields {
			out = append(out, Wrong{ErrFieldMissing.Code, name, ErrFieldMissing.Message})
		}
	case errors.As(err, &all):
		for _, one := range all {
			out = append(out, Wrong{one.Code, plain(one.Path), detail(one)})
		}
	}
	return out
}
