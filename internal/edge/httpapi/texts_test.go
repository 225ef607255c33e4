package httpapi_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// unkept are texts that no database, or not every one, keeps or looks for: as they stand in an address and
// in JSON.
var unkept = map[string]string{"%00": `"\u0000"`, "A%00": `"A\u0000"`, "%FF": "\"\xff\"", "%ED%A0%80": `"\ud800"`}

// A text that cannot be looked for is the caller's mistake, wherever it stands: every operation says so, and
// the same on both engines.
func TestTextsNobodyKeeps(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		c, err := theContract()
		if err != nil {
			t.Fatal(err)
		}
		for name, o := range c.operations {
			for address, inJSON := range unkept {
				path, query := o.path, []string{}
				for _, p := range o.Parameters {
					switch {
					case p.In == "path":
						path = strings.ReplaceAll(path, "{"+p.Name+"}", address)
					case p.In == "query" && p.Schema["type"] == "string" && p.Name != "cursor":
						query = append(query, p.Name+"="+address)
					}
				}
				if len(query) > 0 || path != o.path {
					if a := s.do(call{Method: o.method, Path: path + "?" + strings.Join(query, "&")}); a.Status/100 != 4 {
						t.Errorf("%s with %s: %d %s", name, address, a.Status, a.Body)
					}
				}
				if o.RequestBody == nil || o.RequestBody.Content["application/json"].Schema == nil {
					continue
				}
				for _, body := range c.texts(t, o.RequestBody.Content["application/json"].Schema, inJSON) {
					if a := s.do(call{Method: o.method, Path: plausiblePath(&o), Body: body}); a.Status/100 != 4 {
						t.Errorf("%s with %s: %d %s", name, body, a.Status, a.Body)
					}
				}
			}
		}
		basket := `{"store": "01", "entries": [{"item": "A", "qty": "1"}, {"item": "A\u0000", "qty": "1"}]}`
		s.post("/v1/quotes", basket).problem(http.StatusUnprocessableEntity, "json_zero_character")
		s.post("/v1/quotes", strings.ReplaceAll(basket, `\u0000`, "\xff")).problem(http.StatusUnprocessableEntity, "json_utf8")
		s.get("/v1/items/A%00").problem(http.StatusBadRequest, "parameter")
		for _, place := range []string{`"A\u0000"`, "\"\xff\"", `"\ud800"`} {
			s.get("/v1/items?cursor="+base64.RawURLEncoding.EncodeToString([]byte(place))).problem(http.StatusUnprocessableEntity, "cursor")
		}
	})
}

// texts are documents with one field each: the text, in each field of a schema that is one.
func (c *contract) texts(t *testing.T, schema json.RawMessage, text string) (out []string) {
	t.Helper()
	var s struct {
		Ref        string `json:"$ref"`
		OneOf      []json.RawMessage
		Properties map[string]struct{ Type string }
	}
	if err := json.Unmarshal(schema, &s); err != nil {
		t.Fatal(err)
	}
	for _, one := range s.OneOf {
		out = append(out, c.texts(t, one, text)...)
	}
	if name, ok := strings.CutPrefix(s.Ref, "#/components/schemas/"); ok {
		return append(out, c.texts(t, c.components[name], text)...)
	}
	for name, p := range s.Properties {
		if p.Type == "string" {
			out = append(out, `{"`+name+`": `+text+`}`)
		}
	}
	slices.Sort(out)
	return out
}

// plausiblePath is the operation's address with names that are made up.
func plausiblePath(o *operation) string {
	path := o.path
	for _, p := range o.Parameters {
		if p.In == "path" {
			path = strings.ReplaceAll(path, "{"+p.Name+"}", plausible(p.Schema))
		}
	}
	return path
}
