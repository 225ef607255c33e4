package httpapi

import (
	"net/http"
	"reflect"
	"sync"

	"github.com/tillpost/tillpost/internal/edge/httpapi/docs"
	"github.com/tillpost/tillpost/internal/platform/auth"
)

// docsPolicy lets a page load its own style and nothing else.
const docsPolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// docPages serves the pages for people. They are made once, when somebody asks for the first.
func (a *API) docPages() {
	pages := sync.OnceValues(func() (map[string]docs.Page, error) { return docs.Pages(a.docsSource()) })
	show := func(w http.ResponseWriter, r *http.Request) {
		all, err := pages()
		if err != nil {
			a.refuse(w, r, ErrOurs.Because(err))
			return
		}
		page, ok := all[r.PathValue("page")]
		if !ok {
			a.refuse(w, r, ErrNoRoute)
			return
		}
		a.showPage(w, r, page.Type, page.Body)
	}
	a.mux.HandleFunc("GET /docs", show)
	a.mux.HandleFunc("GET /docs/{page}", show)
}

// showPage writes a page for people, unless who asks has it already.
func (a *API) showPage(w http.ResponseWriter, r *http.Request, kind string, body []byte) {
	tag := etag(string(body))
	w.Header().Set("Content-Security-Policy", docsPolicy)
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("ETag", tag)
	if match(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(body) // the caller may be gone
}

// docsSource is what the pages are made of.
func (a *API) docsSource() docs.Source {
	doc := a.huma.OpenAPI()
	s := docs.Source{API: doc, Fields: func(schema string) (out []string) {
		t := a.typeOf(schema)
		if t == nil || t.Kind() != reflect.Struct {
			return nil
		}
		for _, f := range fieldsOf(t) {
			out = append(out, f.name())
		}
		return out
	}}
	for _, m := range auth.All() {
		s.Scopes = append(s.Scopes, docs.Scope{Name: string(m.Scope), Means: m.Means})
	}
	for _, f := range faults() {
		s.Faults = append(s.Faults, docs.Fault{Code: f.Code, Kind: f.Kind, Sentence: f.Sentence, Status: f.Status(), Local: f.Local()})
	}
	return s
}
