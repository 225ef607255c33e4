package httpapi_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
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
	pages, links := map[string]string{}, []string{"/docs", "/"}
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
	if !strings.Contains(pages["/"], `href="/docs"`) {
		t.Errorf("the first page does not lead to the docs: %s", pages["/"])
	}
	for _, path := range []string{"/docs/nothing", "/index.html", "/nothing/"} {
		if w := page(t, api, path, http.Header{}); w.Code != http.StatusNotFound || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", path, w.Code, w.Header())
		}
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
	articles := map[string]map[string]string{} // of each page, by operation
	for _, m := range href.FindAllStringSubmatch(page(t, api, "/docs", http.Header{}).Body.String(), -1) {
		path, anchor, found := strings.Cut(m[1], "#")
		if o, ok := byID[anchor]; found && ok {
			delete(byID, anchor)
			if articles[path] == nil {
				articles[path] = map[string]string{}
				for _, a := range article.FindAllStringSubmatch(page(t, api, path, http.Header{}).Body.String(), -1) {
					articles[path][a[1]] = a[2]
				}
			}
			judgeExamples(t, c, o, articles[path][o.ID])
		}
	}
	for id := range byID {
		t.Errorf("the docs have no %s", id)
	}
}

// judgeExamples holds the examples of an operation, in its article and in the document, against its schemas.
func judgeExamples(t *testing.T, c *contract, o operation, article string) {
	t.Helper()
	at := pointer("paths", o.path, strings.ToLower(o.method))
	if o.RequestBody != nil {
		for kind, m := range o.RequestBody.Content {
			if len(m.Example) == 0 {
				t.Errorf("%s: its body has no example", o.ID)
			} else if err := c.judgeBody(o.RequestBody.Content, at+pointer("requestBody", "content"), kind, m.Example); err != nil {
				t.Errorf("%s: the example of its body: %v", o.ID, err)
			}
		}
	}
	judged := 0
	for _, f := range figure.FindAllStringSubmatch(article, -1) {
		name, text := f[1], html.UnescapeString(f[2])
		statuses, found := strings.CutPrefix(name, "Answer ")
		if !found {
			sends := "-d '"
			if o.RequestBody != nil && len(o.RequestBody.Content["application/json"].Schema) == 0 {
				sends = "--data-binary @FILE"
			}
			if !strings.HasPrefix(text, "curl ") || strings.Contains(text, sends) != (o.RequestBody != nil) {
				t.Errorf("%s: %s", o.ID, text)
			}
			continue
		}
		statuses, _, other := strings.Cut(statuses, ", other")
		for status := range strings.SplitSeq(statuses, ", ") {
			judged++
			if other && status == "201" {
				continue // a batch is answered with 200
			}
			if err := c.judgeBody(o.Responses[status].Content, at+pointer("responses", status, "content"), "application/json", []byte(text)); err != nil {
				t.Errorf("%s: the example of %s: %v\n%s", o.ID, name, err, text)
			}
		}
	}
	if _, js := o.Responses["200"].Content["application/json"]; js && judged == 0 {
		t.Errorf("%s has no example of an answer", o.ID)
	}
}
