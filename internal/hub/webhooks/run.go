package webhooks

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Limits of what is sent at the same time.
const (
	perEndpoint = 8  // a receiver is a shop's small program, not a data centre
	overall     = 64 // of all endpoints together
)

// How the dispatcher keeps time. It is woken by every commit of its own process; the tick is for other
// processes' changes and for what becomes due.
const (
	tick = time.Second
	pace = 50 * time.Millisecond // between two looks at the database, whatever wakes it
	// stopMost is how long requests under way may take when the program ends.
	stopMost = 5 * time.Second
)

// dispatcher sends what the log brings. Its steps run one after the other; only requests run beside them.
type dispatcher struct {
	d      *db.DB
	o      Options
	client *http.Client
	ctx    context.Context // of readings and writings: it outlives the one that ends Run
	cut    context.Context // of requests
	end    context.CancelFunc
	lease  lease
	places map[id.ID]place
	pruned time.Time
	turn   int           // of the endpoint that is looked at first
	room   chan struct{} // woken when a request has ended

	flying sync.WaitGroup
	mu     sync.Mutex               // of what follows
	busy   map[id.ID]map[id.ID]bool // endpoint -> deliveries that are being sent
	count  int
	hold   map[id.ID]time.Time // endpoints that asked us to wait
	warned map[id.ID]bool      // endpoints whose secret cannot be opened
}

// Run delivers until ctx ends. Of all processes on a database one delivers at a time; the others wait
// for its lease to run out. It returns when the requests under way have ended, or after some seconds.
func Run(ctx context.Context, d *db.DB, o Options) error {
	p := newDispatcher(d, o)
	defer p.stop()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		wake := d.Committed()
		if err := p.step(); err != nil {
			if errors.Is(err, db.ErrClosed) {
				return err
			}
			p.o.Log.Warn("webhooks: looking for messages failed; trying again", "error", err)
		}
		timer.Reset(pace)
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		timer.Reset(tick)
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
		case <-p.room:
		case <-timer.C:
		}
	}
}

func newDispatcher(d *db.DB, o Options) *dispatcher {
	o.Log = cmp.Or(o.Log, slog.Default())
	o.stopMost = cmp.Or(o.stopMost, stopMost)
	if o.jitter == nil {
		o.jitter = spread
	}
	ctx := db.As(context.Background(), "system")
	cut, end := context.WithCancel(ctx)
	return &dispatcher{d: d, o: o, client: o.client(), ctx: ctx, cut: cut, end: end, lease: lease{owner: id.New(d.Now())}, places: map[id.ID]place{}, room: make(chan struct{}, 1), busy: map[id.ID]map[id.ID]bool{}, hold: map[id.ID]time.Time{}, warned: map[id.ID]bool{}}
}

// stop lets the requests under way end, and gives the lease back.
func (p *dispatcher) stop() {
	ended := make(chan struct{})
	go func() { p.flying.Wait(); close(ended) }()
	timer := time.NewTimer(p.o.stopMost)
	defer timer.Stop()
	select {
	case <-ended:
	case <-timer.C:
		p.end() // what is cut off is sent again later
		<-ended
	}
	p.release()
	p.client.CloseIdleConnections()
}

// step looks once: it turns what is new in the log into deliveries, begins what is due, and clears away
// what is old.
func (p *dispatcher) step() error {
	var list []Endpoint
	var taken bool
	now := p.d.Now()
	err := p.d.Read(p.ctx, func(v *db.View) (err error) {
		if list, err = everyEndpoint(v); err == nil {
			taken, err = p.taken(v, now)
		}
		return err
	})
	if err != nil {
		return err
	}
	if taken {
		p.lose()
		return nil
	}
	if mine, err := p.holds(now, len(list) > 0); err != nil || !mine {
		return err
	}
	if err := p.fanOut(list); err != nil {
		return err
	}
	p.turn++
	for i := range list {
		e := &list[(p.turn+i)%len(list)]
		if e.State != Active {
			continue
		}
		if err := p.begin(e); err != nil {
			return err
		}
	}
	p.forget(list)
	return p.prune(now)
}
