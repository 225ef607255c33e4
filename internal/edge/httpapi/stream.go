package httpapi

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tillpost/tillpost/internal/base/pan"
)

// The media types of answers that are no JSON.
const (
	typeJSON = "application/json"
	typeCSV  = "text/csv"
	typeText = "text/plain"
)

// reply is an answer that is written while it is read. Nothing is sent before the first byte, so that what
// goes wrong until then is answered as a problem.
type reply struct {
	w     http.ResponseWriter
	kind  string // media type
	begun bool
}

// Write sends a part. Each part has the time of a whole small answer: a long one may take longer than the
// server waits for others.
func (r *reply) Write(p []byte) (int, error) {
	if !r.begun {
		r.begun = true
		kind := r.kind
		if kind != typeJSON { // which is UTF-8 by itself
			kind += "; charset=utf-8"
		}
		r.w.Header().Set("Content-Type", kind)
		r.w.WriteHeader(http.StatusOK)
	}
	_ = http.NewResponseController(r.w).SetWriteDeadline(time.Now().Add(writePatience)) // not every writer has one
	return r.w.Write(p)
}

// stream registers a read whose answer is written as it is read. kinds are the media types it may have,
// with what they hold.
func stream[I any](a *API, op operation, kinds map[string]*huma.Schema, run func(c *Call, in *I, out *reply) error) *huma.Operation {
	o := register(a, http.MethodGet, op, func(c *Call, in *I) (*output[func(huma.Context)], error) {
		return &output[func(huma.Context)]{Body: func(ctx huma.Context) {
			r, w := unwrap(ctx)
			out := &reply{w: w, kind: typeJSON}
			err := run(c, in, out)
			if err == nil && !out.begun {
				_, err = out.Write(nil)
			}
			if err == nil {
				return
			}
			if !out.begun {
				a.refuse(w, r, err)
				return
			}
			a.log.ErrorContext(c, "an answer broke off", "error", pan.Mask(err.Error()), "request", requestID(c))
			panic(http.ErrAbortHandler) // so that nobody takes a part for the whole
		}}, nil
	})
	answer := o.Responses["200"]
	if answer == nil {
		answer = &huma.Response{Description: "OK"}
		o.Responses["200"] = answer
	}
	answer.Content = map[string]*huma.MediaType{}
	for kind, s := range kinds {
		answer.Content[kind] = &huma.MediaType{Schema: s}
	}
	return o
}

// longPatience is how long an answer waits for its turn among the long ones.
const longPatience = 10 * time.Second

// streamLong is stream for answers of any length, which hold a snapshot until they are sent.
func streamLong[I any](a *API, op operation, kinds map[string]*huma.Schema, run func(c *Call, in *I, out *reply) error) {
	stream(a, op, kinds, func(c *Call, in *I, out *reply) error {
		select {
		case a.background.long <- struct{}{}:
			defer func() { <-a.background.long }()
			return run(c, in, out)
		case <-time.After(longPatience):
			return ErrBusy
		}
	})
}

// wantsCSV tells whether a table is asked for rather than JSON.
func (c *Call) wantsCSV() bool {
	for one := range strings.SplitSeq(c.request.Header.Get("Accept"), ",") {
		switch kind, _, _ := strings.Cut(strings.TrimSpace(one), ";"); kind {
		case typeCSV:
			return true
		case typeJSON, "*/*", "application/*":
			return false
		}
	}
	return false
}

// save names the file under which a browser keeps the answer.
func (r *reply) save(name string) {
	r.w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
}
