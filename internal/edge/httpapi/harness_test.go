package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/edge/httpapi"
	"github.com/tillpost/tillpost/internal/flow/shoptest"
	"github.com/tillpost/tillpost/internal/hub/webhooks"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/platform/secrets"
)

var ctx = context.Background()

// server is a shop with an API in front of it.
type server struct {
	*shoptest.Shop
	t   *testing.T
	d   *db.DB
	api *httpapi.API
	key string // of all scopes and stores

	logged *text // what the API says
}

// text is what several goroutines have written.
type text struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *text) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *text) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// allowed are the hosts inside to which the webhooks of tests may be sent.
var allowed, _ = webhooks.ParseAllow([]string{"localhost"})

// newServer sets up the shop of shoptest behind an API.
func newServer(t *testing.T, d *db.DB) *server {
	t.Helper()
	s := &server{Shop: shoptest.New(t, d), t: t, d: d, logged: &text{}}
	s.fresh()
	s.key = s.newKey("all", []string{"all"})
	return s
}

// fresh puts a server that has just begun in front of the shop.
func (s *server) fresh() {
	s.t.Helper()
	keys, err := auth.Keep(ctx, s.d, func(err error) { s.t.Error(err) })
	if err != nil {
		s.t.Fatal(err)
	}
	box, err := secrets.Open(filepath.Join(s.t.TempDir(), "shop.db"), func(string) string { return "" })
	if err != nil {
		s.t.Fatal(err)
	}
	api := httpapi.New(httpapi.Options{DB: s.d, Keys: keys, Version: "test", Log: slog.New(slog.NewTextHandler(s.logged, &slog.HandlerOptions{Level: slog.LevelDebug})), Webhooks: webhooks.Options{Secrets: box, Allow: allowed}, Limits: httpapi.Limits{Rate: 100_000, Burst: 100_000}})
	s.api = api
	s.t.Cleanup(func() {
		_ = api.Close(ctx)
		_ = keys.Close()
	})
}

// newKey makes a key.
func (s *server) newKey(name string, scopes []string, stores ...string) string {
	s.t.Helper()
	list, err := auth.ParseScopes(scopes)
	if err != nil {
		s.t.Fatal(err)
	}
	secret := auth.NewSecret()
	s.Write(func(tx *db.Tx) error {
		_, err := auth.Create(tx, auth.Order{Name: name, Scopes: list, Stores: stores, By: "test"}, secret)
		return err
	})
	return secret.Text()
}

// answer is what came back.
type answer struct {
	t      *testing.T
	Status int
	Header http.Header
	Body   []byte
}

// call is one request; the zero Key is the one for everything.
type call struct {
	Key    string
	Header http.Header
	Method string
	Path   string
	Body   any // a text is sent as it stands, everything else as JSON
}

// do sends a request and checks the answer against the OpenAPI document.
func (s *server) do(c call) answer {
	s.t.Helper()
	var body bytes.Buffer
	switch b := c.Body.(type) {
	case nil:
	case string:
		body.WriteString(b)
	case []byte:
		body.Write(b)
	default:
		if err := json.NewEncoder(&body).Encode(b); err != nil {
			s.t.Fatal(err)
		}
	}
	sent := bytes.Clone(body.Bytes())
	r := httptest.NewRequestWithContext(ctx, c.Method, c.Path, &body)
	for name, values := range c.Header {
		r.Header[name] = values
	}
	if c.Key == "" {
		c.Key = s.key
	}
	if c.Key != "none" {
		r.Header.Set("Authorization", "Bearer "+c.Key)
	}
	if c.Body != nil && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	s.api.ServeHTTP(w, r)
	judged(s.t, exchange{c.Method, c.Path, r.Header.Get("Content-Type"), sent, w.Code, w.Header(), w.Body.Bytes()})
	return answer{t: s.t, Status: w.Code, Header: w.Header(), Body: w.Body.Bytes()}
}

func (s *server) get(path string) answer { s.t.Helper(); return s.do(call{Method: "GET", Path: path}) }

func (s *server) post(path string, body any) answer {
	s.t.Helper()
	return s.do(call{Method: "POST", Path: path, Body: body})
}

func (s *server) put(path string, body any) answer {
	s.t.Helper()
	return s.do(call{Method: "PUT", Path: path, Body: body})
}

// want fails the test unless the status is the one.
func (a answer) want(status int) answer {
	a.t.Helper()
	if a.Status != status {
		a.t.Fatalf("status %d, want %d: %s", a.Status, status, a.Body)
	}
	return a
}

// problem fails the test unless the answer is the problem.
func (a answer) problem(status int, code string) answer {
	a.t.Helper()
	var p httpapi.Problem
	if err := json.Unmarshal(a.Body, &p); err != nil || a.Status != status || p.Code != code || p.Status != status ||
		!strings.HasPrefix(a.Header.Get("Content-Type"), "application/problem+json") {
		a.t.Fatalf("status %d, want %d %s: %s", a.Status, status, code, a.Body)
	}
	return a
}

// into reads the answer.
func (a answer) into(v any) answer {
	a.t.Helper()
	if err := json.Unmarshal(a.Body, v); err != nil {
		a.t.Fatalf("%v: %s", err, a.Body)
	}
	return a
}

// each runs a test on both engines.
func each(t *testing.T, test func(t *testing.T, s *server)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newServer(t, d)) })
}

// bodyOf is a receipt as a till sends it.
func bodyOf(t *testing.T, r receipt.Receipt) []byte {
	t.Helper()
	raw, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
