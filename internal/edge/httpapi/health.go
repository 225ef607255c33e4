package httpapi

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/tillpost/tillpost/internal/platform/db"
)

// health remembers the last probe, so that who asks often costs nothing.
type health struct {
	mu       sync.Mutex
	at       time.Time
	err      error
	stopping bool
}

const (
	// probeEvery is how long an answer of /readyz is good for.
	probeEvery = time.Second
	// probePatience is how long a probe waits: a writer that answers later is no use to a till.
	probePatience = 5 * time.Second
)

// ready tells whether a sale would be taken now: the database can be read and written.
func (a *API) ready(ctx context.Context) error {
	h := &a.health
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopping {
		return ErrStopping
	}
	if time.Since(h.at) < probeEvery {
		return h.err
	}
	h.err = a.probe(ctx)
	h.at = time.Now()
	return h.err
}

// probe writes and undoes nothing: it marks the time in a row of its own and waits until that is on disk.
func (a *API) probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probePatience)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- a.db.Probe(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return db.ErrUnavailable.Because(ctx.Err())
	}
}

// Stopping has /readyz say so, for load balancers, while what was accepted is finished, and ends the streams.
func (a *API) Stopping() {
	a.health.mu.Lock()
	defer a.health.mu.Unlock()
	if !a.health.stopping {
		a.health.stopping = true
		close(a.leaving)
	}
}

// state is what the probes answer.
type state struct {
	Status  string `json:"status"`
	Version string `json:"version,omitempty"`
}

// probes are for load balancers and process managers: no key is asked for, and nothing about the shop is
// told. /healthz says that the process answers; /readyz that a sale would be on disk.
func (a *API) probes() {
	a.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		a.plainJSON(w, http.StatusOK, state{"ok", a.version})
	})
	if a.tele != nil {
		a.mux.HandleFunc("GET /metrics", a.metrics)
	}
	a.mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := a.ready(r.Context()); err != nil {
			a.refuse(w, r, err)
			return
		}
		a.plainJSON(w, http.StatusOK, state{Status: "ready"})
	})
}
