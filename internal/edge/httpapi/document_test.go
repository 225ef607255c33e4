package httpapi_test

import (
	"bytes"
	"os"
	"path/filepath"
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
