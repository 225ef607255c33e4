package httpapi

import (
	"net"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tillpost/tillpost/internal/platform/auth"
)

// watched counts what becomes of a request, and which operation it was.
type watched struct {
	http.ResponseWriter
	status    int
	operation string
}

// WriteHeader remembers the status.
func (w *watched) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write is a status of 200 when none was set.
func (w *watched) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController through to deadlines and flushing.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// elsewhere is the operation of requests that found none: their paths are anybody's.
const elsewhere = "none"

// callIt tells the watcher which operation a request is.
func callIt(w http.ResponseWriter, operation string) {
	if one, ok := w.(*watched); ok {
		one.operation = operation
	}
}

// nameOperation is the first of an operation's middlewares.
func nameOperation(ctx huma.Context, next func(huma.Context)) {
	_, w := unwrap(ctx)
	callIt(w, ctx.Operation().OperationID)
	next(ctx)
}

// metrics answers Prometheus. Whoever asks from another machine, or through a proxy, needs a key.
func (a *API) metrics(w http.ResponseWriter, r *http.Request) {
	callIt(w, "metrics")
	if !near(r) {
		who, err := a.identify(r)
		if err == nil {
			err = who.Need(auth.ChecksRun)
		}
		if err != nil {
			a.refuse(w, r, err)
			return
		}
	}
	a.tele.Metrics().ServeHTTP(w, r)
}

// near tells whether a request comes from this machine and was not passed on by a proxy.
func near(r *http.Request) bool {
	ip := net.ParseIP(address(r))
	return ip != nil && ip.IsLoopback() && r.Header.Get("Forwarded") == "" && r.Header.Get("X-Forwarded-For") == ""
}
