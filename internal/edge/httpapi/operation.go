package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tillpost/tillpost/internal/platform/auth"
)

// operation says what an operation is called and who may use it.
type operation struct {
	// ID is the name in generated clients: "listReceipts".
	ID string
	// Path is under /v1.
	Path    string
	Tag     string // the group in the docs
	Summary string // one line
	Doc     string // what else to know
	// Scope is what a key needs.
	Scope auth.Scope
	// Or is a scope that does as well.
	Or auth.Scope
	// Asks tells that a POST only asks: nothing is new afterwards.
	Asks bool
	// Conflicts tells that a repeated id with other content, or a contradiction, is answered with 409.
	Conflicts bool
}

// errorsOf are the problems that every operation may answer with.
func (o *operation) errorsOf(method string) []int {
	out := []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity,
		http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable}
	if method != http.MethodGet {
		out = append(out, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if o.Conflicts {
		out = append(out, http.StatusConflict)
	}
	if method == http.MethodPut {
		out = append(out, http.StatusPreconditionFailed)
	}
	return out
}

// scopes are those of which a key needs one.
func (o *operation) scopes() []auth.Scope {
	if o.Or == "" {
		return []auth.Scope{o.Scope}
	}
	return []auth.Scope{o.Scope, o.Or}
}

// security is scopes as the document says it.
func (o *operation) security() (out []map[string][]string) {
	for _, s := range o.scopes() {
		out = append(out, map[string][]string{"key": {string(s)}})
	}
	return out
}

// output is an answer with what HTTP wants to know about it.
type output[O any] struct {
	Status int
	ETag   string `header:"ETag"`
	Body   O
}

// register is behind all the functions below.
func register[I, O any](a *API, method string, op operation, run func(c *Call, in *I) (*output[O], error)) *huma.Operation {
	h := a.describe(method, &op)
	huma.Register(a.huma, h, func(ctx context.Context, in *I) (*output[O], error) {
		c := ctx.Value(callKey{}).(*Call)
		c.Context = ctx
		out, err := run(c, in)
		if err != nil {
			return nil, problemOf(ctx, a.log, err)
		}
		return out, nil
	})
	o := operationAt(a.huma.OpenAPI(), method, h.Path)
	if ok := o.Responses["200"]; ok != nil && method != http.MethodPut {
		ok.Headers = nil // an ETag is for what is read again: see cacheable
	}
	retries(o, "429", "503")
	return o
}

// describe is an operation as the framework and the document know it, with its guard.
func (a *API) describe(method string, op *operation) huma.Operation {
	if op.Scope == "" {
		panic("httpapi: " + op.ID + " has no scope")
	}
	return huma.Operation{OperationID: op.ID, Method: method, Path: "/v1" + op.Path, Tags: []string{op.Tag}, Summary: op.Summary, Description: op.Doc,
		Errors: op.errorsOf(method), Security: op.security(),
		Middlewares: huma.Middlewares{nameOperation, a.guard(op.scopes()...)}, SkipValidateBody: true, RejectUnknownQueryParameters: true}
}

// operationAt finds a registered operation in the document.
func operationAt(doc *huma.OpenAPI, method, path string) *huma.Operation {
	item := doc.Paths[path]
	switch method {
	case http.MethodGet:
		return item.Get
	case http.MethodPost:
		return item.Post
	case http.MethodPut:
		return item.Put
	case http.MethodPatch:
		return item.Patch
	}
	return item.Delete
}

// get registers a read. Its answer has an ETag; who has it already is told so and gets nothing again.
func get[I, O any](a *API, op operation, run func(c *Call, in *I) (O, error)) {
	o := register(a, http.MethodGet, op, func(c *Call, in *I) (*output[O], error) {
		body, err := run(c, in)
		if err != nil {
			return nil, err
		}
		tag := etag(body)
		status := http.StatusOK
		if match(c.request.Header.Get("If-None-Match"), tag) {
			status = http.StatusNotModified // with which no body is written
		}
		return &output[O]{Status: status, ETag: tag, Body: body}, nil
	})
	cacheable(o)
}

// post registers a command that takes a JSON document. fresh tells that it did something: a repeated
// one answers the same with another status.
func post[I, T, O any](a *API, op operation, run func(c *Call, in *I, doc T) (body O, fresh bool, err error)) {
	var o *huma.Operation
	o = register(a, http.MethodPost, op, func(c *Call, in *I) (*output[O], error) {
		doc, err := decode[T](c)
		if err != nil {
			return nil, err
		}
		body, fresh, err := run(c, in, doc)
		if err != nil {
			return nil, c.lacks(o, err)
		}
		return &output[O]{Status: created(fresh), Body: body}, nil
	})
	a.takes(o, a.schema(reflect.TypeFor[T]()))
	if !op.Asks {
		alsoCreated(o)
	}
}

// put registers an edit. changed is what stands there now, for If-Match.
func put[I, T, O any](a *API, op operation, run func(c *Call, in *I, doc T) (body O, fresh bool, err error)) {
	var o *huma.Operation
	o = register(a, http.MethodPut, op, func(c *Call, in *I) (*output[O], error) {
		doc, err := decode[T](c)
		if err != nil {
			return nil, err
		}
		body, fresh, err := run(c, in, doc)
		if err != nil {
			return nil, c.lacks(o, err)
		}
		return &output[O]{Status: created(fresh), ETag: etag(body), Body: body}, nil
	})
	a.takes(o, a.schema(reflect.TypeFor[T]()))
	alsoCreated(o)
	o.Parameters = append(o.Parameters, header("If-Match", "The ETag that was read: a change in between is answered with 412."),
		header("If-None-Match", "* to make only what is not there yet."))
}

// remove registers a removal.
func remove[I, O any](a *API, op operation, run func(c *Call, in *I) (O, error)) {
	register(a, http.MethodDelete, op, func(c *Call, in *I) (*output[O], error) {
		body, err := run(c, in)
		if err != nil {
			return nil, err
		}
		return &output[O]{Status: http.StatusOK, Body: body}, nil
	})
}

// takes writes into the document what an operation's body is.
func (a *API) takes(o *huma.Operation, s *huma.Schema) {
	o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: s}}}
}

// schema is the reference to a type's schema.
func (a *API) schema(t reflect.Type) *huma.Schema {
	return a.huma.OpenAPI().Components.Schemas.Schema(t, true, t.Name())
}

// created is the status of something that is new, or was there.
func created(fresh bool) int {
	if fresh {
		return http.StatusCreated
	}
	return http.StatusOK
}

// alsoCreated writes the second status into the document.
func alsoCreated(o *huma.Operation) {
	r := *o.Responses["200"]
	o.Responses["200"].Description = "It was there already: nothing was changed."
	r.Description = "It is new."
	o.Responses["201"] = &r
}

// etag is the version of a body: the same for the same content, whatever server answers.
func etag(body any) string {
	raw, err := json.Marshal(body)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(raw)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}

// match tells whether a header of ETags names one.
func match(header, tag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == tag || one == "*" {
			return one != ""
		}
	}
	return false
}

// Unchanged refuses an edit of something that is no longer what the caller has read. before is what
// stands there now, nil when nothing does.
func (c *Call) Unchanged(before any) error {
	want, none := c.request.Header.Get("If-Match"), c.request.Header.Get("If-None-Match")
	there := before != nil
	switch {
	case want != "" && !there:
		return unmet("header.If-Match", "nothing is there that If-Match could name: it was never made, or is gone; leave the header out to make it")
	case want != "" && !match(want, etag(before)):
		return ErrPrecondition.At("header.If-Match")
	case there && match(none, etag(before)):
		return unmet("header.If-None-Match", "it is there already, and If-None-Match says that it may not be; read it, and send If-Match with its ETag to change it")
	}
	return nil
}

// unmet is a precondition that does not hold, in words of its own.
func unmet(place, message string) error {
	f := *ErrPrecondition.At(place)
	f.Message = message
	return &f
}
