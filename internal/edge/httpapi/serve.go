package httpapi

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// How long the server waits for slow and for silent callers. A stream of changes sets deadlines of its own.
const (
	headerPatience = 10 * time.Second
	readPatience   = time.Minute
	writePatience  = time.Minute
	idlePatience   = 2 * time.Minute
	// stopPatience is how long accepted requests may take to end when the server stops.
	stopPatience = 30 * time.Second
	headerMost   = 16 << 10
)

// Serve answers what comes in at l until ctx ends, and then finishes what was accepted.
func Serve(ctx context.Context, l net.Listener, a *API, t *tls.Config) error {
	s := &http.Server{Handler: a, ReadHeaderTimeout: headerPatience, ReadTimeout: readPatience, WriteTimeout: writePatience,
		IdleTimeout: idlePatience, MaxHeaderBytes: headerMost, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelDebug), TLSConfig: t}
	defer sweepLater()()
	ended := make(chan error, 1)
	go func() {
		if t != nil {
			ended <- s.ServeTLS(l, "", "")
			return
		}
		ended <- s.Serve(l)
	}()
	var failed error
	select {
	case failed = <-ended:
	case <-ctx.Done():
	}
	a.Stopping()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopPatience)
	defer cancel()
	if failed != nil {
		return errors.Join(failed, a.Close(last)) // what goes on in the background needs the database
	}
	err := errors.Join(s.Shutdown(last), a.Close(last))
	if e := <-ended; !errors.Is(e, http.ErrServerClosed) {
		err = errors.Join(err, e)
	}
	return err
}
