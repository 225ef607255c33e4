package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/pan"
	"github.com/tillpost/tillpost/internal/base/strictjson"
	"github.com/tillpost/tillpost/internal/platform/auth"
)

// Problem is an error as RFC 9457 describes it.
type Problem struct {
	Type   string `json:"type" format:"uri-reference" doc:"Where the code is explained."`
	Title  string `json:"title" doc:"The kind of problem, the same for all of its kind."`
	Status int    `json:"status" doc:"The HTTP status."`
	Detail string `json:"detail" doc:"What happened and what to do, for a person."`
	Code   string `json:"code" doc:"The stable code, for programs. It is never used for something else."`
	// Place points into what was sent.
	Place string `json:"place,omitempty" doc:"Where in the request the fault is: lines[3].qty, query.limit."`
	// Errors are there when more than one thing may be wrong: the one above is the first of them.
	Errors  []Wrong `json:"errors,omitempty" doc:"Everything that is wrong, of a document with many parts."`
	Request string  `json:"request,omitempty" doc:"The request's id, as in the header X-Request-Id and in the server's log."`

	retryAfter int // seconds, 0 for none
}

// Wrong is one of the things that are wrong with a document.
type Wrong struct {
	Code   string `json:"code"`
	Place  string `json:"place,omitempty"`
	Detail string `json:"detail"`
}

// problemType is the media type of a Problem.
const problemType = "application/problem+json"

// Error makes a Problem an error.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is the media type under which a Problem is sent.
func (p *Problem) ContentType(string) string { return problemType }

// GetHeaders are the headers that belong to the problem.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	if p.Code == ErrEncoding.Code {
		h.Set("Accept-Encoding", identity) // RFC 9110, 15.5.16
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="tillpost"`)
	}
	return h
}

// statuses are the HTTP statuses of the kinds of fault.
var statuses = map[fault.Kind]int{
	fault.Internal:        http.StatusInternalServerError,
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.Denied:          http.StatusForbidden,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Unavailable:     http.StatusServiceUnavailable,
}

// statusOf is the status of single faults that HTTP has a better one for.
var statusOf = map[string]int{
	ErrPrecondition.Code: http.StatusPreconditionFailed,
	ErrTooLarge.Code:     http.StatusRequestEntityTooLarge,
	ErrEncoding.Code:     http.StatusUnsupportedMediaType,
	// The same for a document of a batch, which is measured when it is read.
	strictjson.ErrTooLarge.Code: http.StatusRequestEntityTooLarge,
	ErrTooMany.Code:             http.StatusTooManyRequests,
	ErrMediaType.Code:           http.StatusUnsupportedMediaType,
	ErrNoRoute.Code:             http.StatusNotFound,
	ErrMethod.Code:              http.StatusMethodNotAllowed,
	ErrParameter.Code:           http.StatusBadRequest,
	ErrRepeated.Code:            http.StatusBadRequest,
}

// retryLater is after how many seconds a client may try again when the server cannot say better.
const retryLater = 2

// problemOf is what the caller hears of an error. What is our own mistake, or a technical cause, stays in
// the log: it may name files, addresses and other people's data.
func problemOf(ctx context.Context, log *slog.Logger, err error) *Problem {
	var done *Problem
	if errors.As(err, &done) {
		return done
	}
	var f *fault.Error
	if !errors.As(err, &f) {
		f = ErrOurs.Because(err)
	}
	p := &Problem{Status: statuses[f.Kind], Code: f.Code, Detail: detail(f), Place: plain(f.Path), Request: requestID(ctx)}
	p.Errors = wrongs(err)
	if s, ok := statusOf[f.Code]; ok {
		p.Status = s
	}
	p.Title, p.Type = http.StatusText(p.Status), "/docs/problems#"+f.Code
	if (f.Kind == fault.Internal || f.Kind == fault.Unavailable) && p.Status != http.StatusTooManyRequests { // the caller's doing
		log.ErrorContext(ctx, "request failed", "code", f.Code, "error", pan.Mask(err.Error()), "request", p.Request)
	}
	if f.Kind == fault.Unavailable || p.Status == http.StatusTooManyRequests {
		p.retryAfter = retryLater
	}
	return p
}

// detail says what happened: with its cause where a person can mend it, as "the value is 5". What scope a key
// lacks is no secret: it stands in the document beside the operation.
func detail(f *fault.Error) string {
	var name fault.Name
	if f.Err != nil && (f.Kind == fault.Invalid || f.Code == auth.ErrScope.Code || errors.As(f.Err, &name)) {
		return f.Message + ": " + plain(f.Err.Error())
	}
	return f.Message
}

// plainMost is how much of a place or a cause is repeated.
const plainMost = 300

// plain is a text of ours that may repeat a part of the request: shortened, and without card numbers.
func plain(s string) string {
	s = pan.Mask(s)
	if len(s) > plainMost {
		s = strings.ToValidUTF8(s[:plainMost], "") + "…"
	}
	return s
}

// fromHuma makes problems of what the framework finds wrong with parameters.
func fromHuma(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
	f := ErrParameter
	switch {
	case status == http.StatusNotAcceptable:
		f = ErrMediaType
	case status >= http.StatusInternalServerError:
		f = ErrOurs
	}
	var goCtx context.Context = context.Background()
	if ctx != nil {
		goCtx = ctx.Context()
	}
	log := slog.Default()
	if c, ok := goCtx.Value(callKey{}).(*Call); ok {
		log = c.api.log
	}
	if len(errs) == 0 {
		return problemOf(goCtx, log, f.Because(errors.New(msg)))
	}
	// A problem names one fault: the first.
	first := errs[0]
	var known *fault.Error
	if errors.As(first, &known) {
		return problemOf(goCtx, log, first)
	}
	var d *huma.ErrorDetail
	if errors.As(first, &d) {
		return problemOf(goCtx, log, f.At(d.Location).Because(errors.New(d.Message)))
	}
	return problemOf(goCtx, log, f.Because(fmt.Errorf("%s: %w", msg, first)))
}
