package httpapi

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tillpost/tillpost/internal/base/id"
)

// The states of what goes on in the background.
const (
	stateRunning = "running"
	stateDone    = "done"
	stateStopped = "stopped" // by somebody, or because the server stopped
	stateFailed  = "failed"
)

// job is something that goes on in the background, or has ended.
type job struct {
	id    id.ID
	began time.Time
	over  chan struct{} // closed when it has ended
	stop  context.CancelFunc

	mu      sync.Mutex // also of what embeds it
	state   string
	ended   time.Time
	problem *Problem // of a failed one
}

// begin prepares a job before it is started.
func (j *job) begin(u id.ID) {
	j.id, j.began, j.over, j.state = u, time.Now().UTC(), make(chan struct{}), stateRunning
}

func (j *job) name() id.ID { return j.id }

// end notes how it ended.
func (j *job) end(ctx context.Context, log *slog.Logger, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case err == nil:
		j.state = stateDone
	case ctx.Err() != nil:
		j.state = stateStopped
	default:
		j.state, j.problem = stateFailed, problemOf(ctx, log, err)
	}
	j.ended = time.Now().UTC()
	close(j.over)
}

// halt stops the job and waits until it has ended.
func (j *job) halt(ctx context.Context) error {
	j.stop()
	select {
	case <-j.over:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// begun writes into the document that the answer comes before the end.
func begun(o *huma.Operation) {
	o.Responses["202"] = o.Responses["200"]
	o.Responses["202"].Description = "It has begun."
	delete(o.Responses, "200")
}

// Waited are the parameters of a look at something in the background.
type Waited struct {
	Wait int `query:"wait" minimum:"0" maximum:"30" doc:"Wait up to so many seconds for the end of it, and answer then."`
}

// until waits for the end of a job, as long as the caller asked for.
func (w *Waited) until(ctx context.Context, j *job) {
	if w.Wait == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(w.Wait)*time.Second)
	defer cancel()
	select {
	case <-j.over:
	case <-ctx.Done():
	}
}

// jobsKept is how many jobs are remembered in memory after they have ended.
const jobsKept = 20

// desk has one job at a time, and remembers the last ones.
type desk[J interface{ name() id.ID }] struct {
	mu    sync.Mutex
	taken bool
	kept  []J // the latest last
}

// take reserves the desk for a job, or asks to come back. Each take has its leave.
func (d *desk[J]) take() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.taken {
		return ErrBusy
	}
	d.taken = true
	return nil
}

func (d *desk[J]) leave() {
	d.mu.Lock()
	d.taken = false
	d.mu.Unlock()
}

// keep remembers a job; it takes the place of an earlier one with its id.
func (d *desk[J]) keep(j J) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kept = slices.DeleteFunc(d.kept, func(old J) bool { return old.name() == j.name() })
	if d.kept = append(d.kept, j); len(d.kept) > jobsKept {
		d.kept = slices.Delete(d.kept, 0, len(d.kept)-jobsKept)
	}
}

// find looks a job up.
func (d *desk[J]) find(u id.ID) (j J, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.IndexFunc(d.kept, func(j J) bool { return j.name() == u })
	if i < 0 {
		return j, false
	}
	return d.kept[i], true
}

// start has a job that sits at the desk go on after its request. do must leave the desk.
func (a *API) start(c *Call, j *job, do func(ctx context.Context) error) error {
	stop, err := a.background.run(c, func(ctx context.Context) {
		j.end(ctx, a.log, do(ctx))
	})
	j.stop = stop
	return err
}
