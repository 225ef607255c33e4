package httpapi

import (
	"context"
	"sync"
)

// longMost bounds the answers that hold a snapshot while they are sent: the database has eight readers, and
// a slow caller must not keep the others from theirs.
const longMost = 4

// background is what goes on beside the requests, and after them.
type background struct {
	ctx  context.Context // ends when the server stops
	stop context.CancelFunc
	long chan struct{}

	importing desk[*importJob]
	checking  desk[*checkJob]
	assessing chan struct{}
	taking    chan struct{} // a large catalogue

	mu   sync.Mutex // between run and Close
	work sync.WaitGroup
}

func newBackground() *background {
	b := &background{long: make(chan struct{}, longMost), assessing: make(chan struct{}, 1), taking: make(chan struct{}, 1)}
	b.ctx, b.stop = context.WithCancel(context.Background())
	return b
}

// run does something that outlives its request, until it is done or its context ends. After Close it
// refuses.
func (b *background) run(ctx context.Context, do func(ctx context.Context)) (stop context.CancelFunc, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ctx.Err() != nil {
		return nil, ErrStopping
	}
	ctx, stop = context.WithCancel(context.WithoutCancel(ctx)) // who asked stays known, and may go
	context.AfterFunc(b.ctx, stop)
	b.work.Go(func() {
		defer stop()
		do(ctx)
	})
	return stop, nil
}

// Close stops what goes on in the background and waits until it has, or ctx ends. An import that is stopped
// goes on when the same file comes again.
func (a *API) Close(ctx context.Context) error {
	a.background.mu.Lock()
	a.background.stop()
	a.background.mu.Unlock()
	done := make(chan struct{})
	go func() {
		a.background.work.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
