package httpapi_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/edge/httpapi"
)

// document is where the OpenAPI document stands in the tree, for generators and reviewers.
var document = filepath.Join("..", "..", "..", "api", "openapi.json")

// The committed document is the one that the server gives out. UPDATE=1 writes it anew.
func TestDocument(t *testing.T) {
	t.Parallel()
	want := httpapi.Document()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(document, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(document)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("api/openapi.json is out of date (%v): run make generate", err)
	}
}

var (
	snake   = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	segment = regexp.MustCompile(`^([a-z][a-z0-9]*(-[a-z0-9]+)*|\{[a-z][a-z0-9_]*\})$`)
)

// schemaNode is as much of a schema as readers of the document look at.
type schemaNode struct {
	Ref         string                `json:"$ref"`
	Description string                `json:"description"`
	Properties  map[string]schemaNode `json:"properties"`
	Items       *schemaNode           `json:"items"`
}

// Who reads the document finds every operation, parameter and field explained, and all names in the same
// style. A field is explained by a comment at the Go field, by its type, or by the glossary.
func TestDocumentExplainsEverything(t *testing.T) {
	t.Parallel()
	var doc struct {
		Paths      map[string]map[string]operation `json:"paths"`
		Components struct {
			Schemas map[string]schemaNode `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(httpapi.Document(), &doc); err != nil {
		t.Fatal(err)
	}
	for path, methods := range doc.Paths {
		for _, s := range strings.Split(path, "/")[1:] {
			if !segment.MatchString(s) {
				t.Errorf("%s: %q is not in kebab-case", path, s)
			}
		}
		for _, o := range methods {
			for _, p := range o.Parameters {
				if p.Description == "" || p.In != "header" && !snake.MatchString(p.Name) {
					t.Errorf("%s: the parameter %s is not explained, or not in snake_case", o.ID, p.Name)
				}
			}
		}
	}
	for name, s := range doc.Components.Schemas {
		if s.Description == "" {
			t.Errorf("%s is not explained: its Go type has no comment", name)
		}
		for field, p := range s.Properties {
			if p.Description == "" && p.Ref == "" && (p.Items == nil || p.Items.Ref == "") {
				t.Errorf("%s.%s is not explained: give the Go field a comment", name, field)
			}
			if !snake.MatchString(field) {
				t.Errorf("%s.%s is not in snake_case", name, field)
			}
		}
	}
}
