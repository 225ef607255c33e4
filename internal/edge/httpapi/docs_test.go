package httpapi_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/edge/httpapi"
)

var (
	href    = regexp.MustCompile(`(?:href|src)="([^"]*)"`)
	mark    = regexp.MustCompile(`\bid="([^"]*)"`)
	article = regexp.MustCompile(`(?s)<article id="([^"]+)">(.*?)</article>`)
	figure  = regexp.MustCompile(`(?s)<figcaption>([^<]*)</figcaption><pre tabindex="0"><code>(.*?)</code></pre>`)
)

// page reads one page of the docs, without a database behind it.
func page(t *testing.T, api *httpapi.API, path string, header http.Header) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(ctx, "GET", path, nil)
	r.Header = header.Clone()
	r.Header.Set("X-Request-Id", "docs")
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	return w
}

// All pages are there, link to nothing that is not, and load nothing from elsewhere.
func TestDocs(t *testing.T) {
	t.Parallel()
	api := httpapi.New(httpapi.Options{Version: "test"})
	pages, links := map[string]string{}, []string{"/docs"}
	for len(links) > 0 {
		path, _, _ := strings.Cut(links[0], "#")
		links = links[1:]
		if _, seen := pages[path]; seen || path == "" || path == "/openapi.json" {
			continue
		}
		w := page(t, api, path, http.Header{})
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
		}
		if csp := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; style-src 'self';") {
			t.Errorf("%s: %q", path, csp)
		}
		if again := page(t, api, path, http.Header{"If-None-Match": {w.Header().Get("ETag")}}); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%s: %d for who has it already", path, again.Code)
		}
		pages[path] = w.Body.String()
		for _, m := range href.FindAllStringSubmatch(pages[path], -1) {
			links = append(links, m[1])
		}
	}
	marks := map[string]bool{}
	for path, text := range pages {
		for _, m := range mark.FindAllStringSubmatch(text, -1) {
			if marks[path+"#"+m[1]] {
				t.Errorf("%s has two places %s", path, m[1])
			}
			marks[path+"#"+m[1]] = true
		}
	}
	for path, text := range pages {
		for _, word := range []string{"<script", "javascript:", "<style", "style=", "@import", "url("} {
			if strings.Contains(text, word) {
				t.Errorf("%s has %s", path, word)
			}
		}
		for _, m := range href.FindAllStringSubmatch(text, -1) {
			to, at, found := strings.Cut(m[1], "#")
			if to == "" {
				to = path
			}
			if _, ok := pages[to]; !ok && to != "/openapi.json" || found && !marks[to+"#"+at] {
				t.Errorf("%s: the link %s leads nowhere", path, m[1])
			}
		}
	}
	if w := page(t, api, "/docs/nothing", http.Header{}); w.Code != http.StatusNotFound {
		t.Errorf("%d", w.Code)
	}
}

// Every operation is explained once, and the examples of its answers are such as it gives.
func TestDocsExamples(t *testing.T) {
	t.Parallel()
	c, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	api := httpapi.New(httpapi.Options{Version: "test"})
	byID := map[string]operation{}
	for _, o := range c.operations {
		byID[o.ID] = o
	}
	for _, m := range href.FindAllStringSubmatch(page(t, api, "/docs", http.Header{}).Body.String(), -1) {
		path, anchor, found := strings.Cut(m[1], "#")
		if o, ok := byID[anchor]; found && ok {
			delete(byID, anchor)
			judgeExamples(t, c, o, page(t, api, path, http.Header{}).Body.String())
		}
	}
	for id := range byID {
		t.Errorf("the docs have no %s", id)
	}
}

func judgeExamples(t *testing.T, c *contract, o operation, page string) {
	t.Helper()
	r := o.request("")
	for _, a := range article.FindAllStringSubmatch(page, -1) {
		if a[1] != o.ID {
			continue
		}
		judgedSome := false
		for _, f := range figure.FindAllStringSubmatch(a[2], -1) {
			name, text := f[1], html.UnescapeString(f[2])
			statuses, found := strings.CutPrefix(name, "Answer ")
			if !found {
				if !strings.HasPrefix(text, "curl ") {
					t.Errorf("%s: %s", o.ID, text)
				}
				continue
			}
			statuses, _, other := strings.Cut(statuses, ", other")
			first, _, _ := strings.Cut(statuses, ",")
			status, err := strconv.Atoi(first)
			if err != nil {
				t.Fatal(err)
			}
			judgedSome = true
			at := pointer("paths", o.path, strings.ToLower(o.method), "responses", first, "content")
			if err := c.judgeBody(o.Responses[strconv.Itoa(status)].Content, at, "application/json", []byte(text)); err != nil {
				t.Errorf("%s %s: the example of %s (other form: %t): %v\n%s", r.Method, r.URL, name, other, err, text)
			}
		}
		if _, js := o.Responses["200"].Content["application/json"]; js && !judgedSome {
			t.Errorf("%s has no example of an answer", o.ID)
		}
		return
	}
	t.Errorf("%s is not explained on its page", o.ID)
}
