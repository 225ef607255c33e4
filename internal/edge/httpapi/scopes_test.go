package httpapi_test

import (
	"context"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// public are the pages that ask for no key. Everything else is an operation of the document.
var public = []string{"/{$}", "/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/docs/{page}"}

// needs are the scopes of an operation, of which a key must have one.
func (o *operation) needs(t *testing.T) []auth.Scope {
	t.Helper()
	var out []auth.Scope
	for _, one := range o.Security {
		if len(one) != 1 || len(one["key"]) != 1 || !auth.Scope(one["key"][0]).Known() {
			t.Fatalf("%s: its security is %v: each alternative is one scope of a key", o.ID, o.Security)
		}
		out = append(out, auth.Scope(one["key"][0]))
	}
	if len(out) == 0 {
		t.Errorf("%s needs no scope", o.ID)
	}
	return out
}

// request is one that the operation might be sent by who does not know it well: names are made up, the
// body is empty.
func (o *operation) request(key string) *http.Request {
	path, query := o.path, []string{}
	for _, p := range o.Parameters {
		value := plausible(p.Schema)
		switch {
		case p.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", value)
		case p.In == "query" && p.Required:
			query = append(query, p.Name+"="+value)
		}
	}
	r := httptest.NewRequest(o.method, path+"?"+strings.Join(query, "&"), strings.NewReader("{}"))
	if o.RequestBody != nil {
		r.Header.Set("Content-Type", slices.Sorted(maps.Keys(o.RequestBody.Content))[0])
	}
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	return r
}

// plausible is a value that a schema allows.
func plausible(schema map[string]any) string {
	for _, list := range []string{"enum", "examples"} {
		if some, ok := schema[list].([]any); ok && len(some) > 0 {
			if text, ok := some[0].(string); ok {
				return text
			}
		}
	}
	switch {
	case schema["format"] == "uuid":
		return "019283a0-0000-7000-8000-000000000010"
	case schema["format"] == "date":
		return "2026-03-14"
	case schema["type"] == "integer":
		return "1"
	case schema["type"] == "boolean":
		return "true"
	}
	return "S01"
}

// firstWord ends a request when its answer begins: a stream would go on for ever.
type firstWord struct {
	*httptest.ResponseRecorder
	end context.CancelFunc
}

// WriteHeader ends it.
func (w *firstWord) WriteHeader(status int) { w.ResponseRecorder.WriteHeader(status); w.end() }

// Write ends it.
func (w *firstWord) Write(b []byte) (int, error) { defer w.end(); return w.ResponseRecorder.Write(b) }

// tried counts the requests of the matrix.
var tried atomic.Int64

// try sends the operation's request with a key. Each comes from an address of its own: who guesses keys is
// slowed down.
func (s *server) try(o *operation, key string) (status int, code string) {
	r := o.request(key)
	r.RemoteAddr = "[2001:db8::" + strconv.FormatInt(tried.Add(1), 16) + "]:1"
	ctx, end := context.WithCancel(r.Context())
	defer end()
	w := &firstWord{httptest.NewRecorder(), end}
	if _, stream := o.Responses["200"].Content["text/event-stream"]; !stream {
		w.end = func() {}
	}
	s.api.ServeHTTP(w, r.WithContext(ctx))
	var p struct{ Code string }
	_ = json.Unmarshal(w.Body.Bytes(), &p) // most answers are no problems
	return w.Code, p.Code
}

// keyring makes keys, each once.
type keyring struct {
	s    *server
	made map[string]string
}

// key has the named scopes alone, or all but these.
func (k keyring) key(but bool, scopes ...auth.Scope) string {
	var names []string
	for _, m := range auth.All() {
		if slices.Contains(scopes, m.Scope) != but {
			names = append(names, string(m.Scope))
		}
	}
	slices.Sort(scopes)
	name := strconv.Itoa(len(names)) + " of " + strconv.Itoa(len(auth.All()))
	for _, s := range scopes {
		name += " " + string(s)
	}
	if k.made[name] == "" {
		k.made[name] = k.s.newKey(name, names)
	}
	return k.made[name]
}

// Every operation is for those whose key has its scope, and for nobody else; who is turned away leaves no
// trace in the database.
func TestScopes(t *testing.T) {
	t.Parallel()
	s := newServer(t, dbtest.Open(t, dbtest.SQLite(t)))
	c, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	keys := keyring{s, map[string]string{}}
	for _, m := range auth.All() { // before the rows are counted
		keys.key(false, m.Scope)
	}
	for _, o := range c.operations {
		keys.key(true, o.needs(t)...)
	}
	before := s.rows()
	for _, name := range slices.Sorted(maps.Keys(c.operations)) {
		o := c.operations[name]
		if !strings.HasPrefix(o.path, "/v1/") {
			t.Errorf("%s is not under /v1", name)
		}
		if status, code := s.try(&o, ""); status != http.StatusUnauthorized || code != "auth_missing" {
			t.Errorf("%s without a key: %d %s", name, status, code)
		}
		if status, code := s.try(&o, auth.NewSecret().Text()); status != http.StatusUnauthorized || code != "auth_unknown" {
			t.Errorf("%s with a key of somewhere else: %d %s", name, status, code)
		}
		if status, code := s.try(&o, keys.key(true, o.needs(t)...)); status != http.StatusForbidden || code != "scope_missing" {
			t.Errorf("%s with every scope but %v: %d %s", name, o.needs(t), status, code)
		}
	}
	if after := s.rows(); !maps.Equal(before, after) {
		t.Errorf("who may not write has written: rows before %v, after %v", before, after)
	}
	for _, name := range slices.Sorted(maps.Keys(c.operations)) {
		o := c.operations[name]
		for _, scope := range o.needs(t) {
			status, code := s.try(&o, keys.key(false, scope))
			if status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusMethodNotAllowed {
				t.Errorf("%s with %s alone: %d %s", name, scope, status, code)
			}
		}
	}
}

const tablesOf db.SQL = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`

// rows counts the rows of every table, without the marks that keys leave of their use.
func (s *server) rows() map[string]int {
	s.t.Helper()
	out := map[string]int{}
	err := s.d.Read(ctx, func(v *db.View) error {
		tables, err := v.Query(tablesOf)
		if err != nil {
			return err
		}
		defer tables.Close()
		for tables.Next() {
			var name string
			if err := tables.Scan(&name); err != nil {
				return err
			}
			out[name] = 0
		}
		return tables.Err()
	})
	delete(out, "api_key_uses")
	for name := range out {
		if err == nil {
			err = s.d.Read(ctx, func(v *db.View) error {
				var n int
				err := v.QueryRow(db.SQL("SELECT COUNT(*) FROM " + name)).Scan(&n)
				out[name] = n
				return err
			})
		}
	}
	if err != nil || len(out) < 30 {
		s.t.Fatal(out, err)
	}
	return out
}

// What is answered without a key is on the list above: operations are registered in one place, which asks
// for a scope, and everything else by name.
func TestPublicPages(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var pages []string
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			fn, ok := call.Fun.(*ast.SelectorExpr)
			switch {
			case !ok:
			case fn.Sel.Name == "Handle" || fn.Sel.Name == "HandleFunc":
				lit, ok := call.Args[0].(*ast.BasicLit)
				if !ok {
					t.Errorf("%s: the address of a page is a literal, so that it can be found", f.Name())
					return true
				}
				pages = append(pages, strings.TrimPrefix(strings.Trim(lit.Value, `"`), "GET "))
			case fn.Sel.Name == "Register" && f.Name() != "operation.go":
				if x, ok := fn.X.(*ast.Ident); ok && x.Name == "huma" {
					t.Errorf("%s registers an operation; only register in operation.go does, which asks for its scope", f.Name())
				}
			}
			return true
		})
	}
	want := append(slices.Clone(public), "/") // what is nowhere
	slices.Sort(pages)
	slices.Sort(want)
	if !slices.Equal(pages, want) {
		t.Errorf("pages without a key: %v, want %v", pages, want)
	}
	s := newServer(t, dbtest.Open(t, dbtest.SQLite(t)))
	for _, page := range public {
		if page == "/metrics" {
			continue // only where figures are kept
		}
		s.do(call{Key: "none", Method: "GET", Path: strings.NewReplacer("{page}", "problems", "{$}", "").Replace(page)}).want(http.StatusOK)
	}
	s.do(call{Key: "none", Method: "GET", Path: "/v1/nothing"}).problem(http.StatusNotFound, "route_not_found")
	s.do(call{Key: "none", Method: "DELETE", Path: "/v1/receipts"}).problem(http.StatusMethodNotAllowed, "method")
}
