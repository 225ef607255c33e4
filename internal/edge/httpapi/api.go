package httpapi

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/hub/webhooks"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/telemetry"
)

// Options are what the interface needs from the outside.
type Options struct {
	DB        *db.DB
	Keys      *auth.Keeper
	Log       *slog.Logger         // default: nothing is logged
	Version   string               // of the program
	Telemetry *telemetry.Telemetry // default: nobody watches
	Limits    Limits               // zero values are the defaults
	Webhooks  webhooks.Options     // without a box for secrets there are no webhooks
}

// API answers requests.
type API struct {
	db      *db.DB
	keys    *auth.Keeper
	log     *slog.Logger
	version string
	limits  Limits
	gate    *gate
	tele    *telemetry.Telemetry
	huma    huma.API
	mux     *http.ServeMux
	health  health
	hooks   webhooks.Options

	background *background
	leaving    chan struct{}     // closed when the server stops
	origin     map[string]string // schemas of requests, and of which others they are made
}

// once sets what the framework keeps for the whole process.
var once sync.Once

// New makes the interface with all its operations.
func New(o Options) *API {
	once.Do(func() {
		huma.NewErrorWithContext = fromHuma
		huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
			return fromHuma(nil, status, msg, errs...)
		}
		huma.DefaultArrayNullable = false
	})
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a := &API{db: o.DB, keys: o.Keys, log: o.Log, version: o.Version, limits: o.Limits.orDefaults(), tele: o.Telemetry, mux: http.NewServeMux(),
		hooks: o.Webhooks, leaving: make(chan struct{})}
	a.gate, a.background = newGate(a.limits), newBackground()
	config := huma.DefaultConfig("Tillpost", o.Version)
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", nameType)
	config.CreateHooks = nil // no links to schemas in the answers
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.Info.Description = description
	config.Info.License = &huma.License{Name: "Apache 2.0", Identifier: "Apache-2.0"}
	config.Servers = []*huma.Server{{URL: "/", Description: "The server that this document comes from."}}
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"key": {Type: "http", Scheme: "bearer",
		Description: "An API key: `tillpost key create`. The scopes that an operation needs stand beside it."}}
	describeTypes(config.Components.Schemas)
	a.huma = humago.New(a.mux, config)
	a.operations()
	a.complete()
	a.pages()
	return a
}

// ServeHTTP answers a request. Nothing that happens in it takes the server down.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.Header.Get("X-Request-Id")
	if !requestName(name) {
		name = id.New(a.db.Now()).String()
	}
	w.Header().Set("X-Request-Id", name)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	ctx := context.WithValue(r.Context(), requestKey{}, name)
	if a.tele != nil {
		one := &watched{ResponseWriter: w, operation: elsewhere}
		var end func(string, int)
		ctx, end = a.tele.Request(r.WithContext(ctx))
		defer func() { end(one.operation, one.status) }()
		w = one
	}
	r = r.WithContext(ctx)
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			a.refuse(w, r, ErrOurs.Because(fmt.Errorf("%v\n%s", p, debug.Stack())))
		}
	}()
	leave, err := a.gate.enter(r)
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	defer leave()
	a.mux.ServeHTTP(w, r)
}

// requestNameMost bounds the id that a caller gives a request.
const requestNameMost = 64

// requestName tells whether a text may be a request's id: it is repeated in logs and headers.
func requestName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.') {
			return false
		}
	}
	return s != "" && len(s) <= requestNameMost
}

// refuse answers with a problem.
func (a *API) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(r.Context(), a.log, err)
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	_ = writeJSON(w, p) // the caller may be gone
}

// guard lets a request through to an operation when its key may do it.
func (a *API) guard(scopes ...auth.Scope) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := unwrap(ctx)
		who, err := a.identify(r)
		if err == nil {
			err = who.Need(scopes...)
		}
		if err == nil {
			err = a.gate.pace(who.KeyID)
		}
		if err == nil {
			err = readable(r)
		}
		if err != nil {
			a.refuse(w, r, err)
			return
		}
		ownStore(r, ctx.Operation(), &who)
		c := &Call{Who: who, api: a, request: r, writer: w}
		next(huma.WithContext(ctx, db.As(context.WithValue(ctx.Context(), callKey{}, c), who.Actor())))
	}
}

// unwrap is the request behind the framework.
func unwrap(ctx huma.Context) (*http.Request, http.ResponseWriter) { return humago.Unwrap(ctx) }

// readable refuses an address with texts that no database takes, and one that says something twice: of two
// values one would be ignored, and nobody would know which.
func readable(r *http.Request) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return ErrParameter // the parts that cannot be read would be left out
	}
	texts := []string{r.URL.Path}
	for name, values := range query {
		if len(values) > 1 {
			return ErrRepeated.At("query." + name)
		}
		texts = append(append(texts, name), values...)
	}
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return ErrParameter
		}
	}
	return nil
}

// identify finds out whose key it is. Who guesses keys is slowed down, and nobody else: behind one address
// is a whole shop, and one of its devices may go on with a key that was revoked.
func (a *API) identify(r *http.Request) (auth.Principal, error) {
	return a.keys.Find(r.Context(), bearer(r), func() error { return a.gate.guess(r) })
}

// bearer is the key that a request brings, "" when it brings none.
func bearer(r *http.Request) string {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(secret)
}
