package archtest

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	required   = regexp.MustCompile(`(?m)^\s*(?:require )?([a-z0-9.-]+\.[a-z]+/\S+) v\S+`)
	moduleLine = regexp.MustCompile(`(?m)^\| ([a-z0-9.-]+\.[a-z]+/\S+) \|`)
	link       = regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)
)

// Every module in go.mod has its line in docs/dependencies.md, and no line outlives its module.
func TestDependenciesAreExplained(t *testing.T) {
	t.Parallel()
	tr := theTree(t)
	in := func(name string, p *regexp.Regexp) map[string]bool {
		b, err := os.ReadFile(filepath.Join(tr.root, name))
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		for _, m := range p.FindAllStringSubmatch(string(b), -1) {
			found[m[1]] = true
		}
		return found
	}
	modules, lines := in("go.mod", required), in("docs/dependencies.md", moduleLine)
	for _, m := range sortedKeys(modules) {
		if !lines[m] {
			t.Errorf("docs/dependencies.md has no line for %s", m)
		}
	}
	for _, m := range sortedKeys(lines) {
		if !modules[m] {
			t.Errorf("docs/dependencies.md explains %s, which go.mod does not have", m)
		}
	}
}

// Links between our own pages lead somewhere.
func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	tr := theTree(t)
	for _, f := range tr.texts {
		if !strings.HasSuffix(f, ".md") || strings.Contains(f, "testdata/") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(tr.root, f))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(b), -1) {
			if strings.Contains(m[1], ":") {
				continue
			}
			if _, err := os.Stat(filepath.Join(tr.root, path.Join(path.Dir(f), m[1]))); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", f, m[1])
			}
		}
	}
}

// Decision notes are numbered without gaps, so that a number is enough to cite one.
func TestDecisionsAreNumbered(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(theTree(t).root, "docs/decisions/*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no decisions: %v", err)
	}
	for i, f := range files {
		name := filepath.Base(f)
		if want := fmt.Sprintf("%04d-", i+1); !strings.HasPrefix(name, want) {
			t.Errorf("%s should begin with %s", name, want)
		}
	}
}
