package web_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/web"
)

// Whatever was built, there is a first page.
func TestPagesHaveAnIndex(t *testing.T) {
	t.Parallel()
	b, err := fs.ReadFile(web.Pages(), "index.html")
	if err != nil || !strings.Contains(string(b), "Tillpost") {
		t.Fatalf("index.html: %v, %d bytes", err, len(b))
	}
}
