package httpapi

import (
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/tillpost/tillpost/internal/base/id"
)

// Limits bound what callers can ask for. A zero field is its default.
type Limits struct {
	// Rate and Burst are the requests per second of one key, and how many may come at once.
	Rate, Burst int
	// InFlight is how many requests are worked on at the same time; more are asked to come back.
	InFlight int
	// Streams is how many of them may be streams of changes, which stay.
	Streams int
	// Guesses is how many unknown keys one address may send in a minute.
	Guesses int
}

// The defaults: a till makes a few requests a second, a connector some hundreds; the writer takes up to
// 200 sales into one commit, so that twice as many in flight keep it busy.
const (
	defaultRate     = 500
	defaultBurst    = 1_000
	defaultInFlight = 512
	defaultStreams  = 128
	defaultGuesses  = 30
)

func (l Limits) orDefaults() Limits {
	for p, usual := range map[*int]int{&l.Rate: defaultRate, &l.Burst: defaultBurst, &l.InFlight: defaultInFlight,
		&l.Streams: defaultStreams, &l.Guesses: defaultGuesses} {
		if *p == 0 {
			*p = usual
		}
	}
	return l
}

// gate counts who is in.
type gate struct {
	limits Limits
	inside chan struct{}
	stream chan struct{}

	mu      sync.Mutex
	keys    map[id.ID]*rate.Limiter
	guesses map[string]*rate.Limiter // by address
	swept   time.Time
}

func newGate(l Limits) *gate {
	return &gate{limits: l, inside: make(chan struct{}, l.InFlight), stream: make(chan struct{}, l.Streams), keys: map[id.ID]*rate.Limiter{},
		guesses: map[string]*rate.Limiter{}}
}

// enter takes a place for a request. The probes of a load balancer always get in: they must hear the
// truth when it is full.
func (g *gate) enter(r *http.Request) (leave func(), err error) {
	if r.URL.Path == "/healthz" || r.URL.Path == "/readyz" || r.URL.Path == "/metrics" {
		return func() {}, nil
	}
	select {
	case g.inside <- struct{}{}:
		return func() { <-g.inside }, nil
	default:
		return nil, ErrBusy
	}
}

// stay changes a request's place for one of the streams: they last, and must not keep sales out.
func (g *gate) stay() (leave func(), err error) {
	select {
	case g.stream <- struct{}{}:
		<-g.inside
		return func() {
			g.inside <- struct{}{} // the place that its request gives back
			<-g.stream
		}, nil
	default:
		return nil, ErrBusy
	}
}

// pace refuses a key that asks faster than it may.
func (g *gate) pace(key id.ID) error {
	g.mu.Lock()
	l := g.keys[key]
	if l == nil {
		l = rate.NewLimiter(rate.Limit(g.limits.Rate), g.limits.Burst)
		g.keys[key] = l // as many as there are keys: bounded where they are made
	}
	g.mu.Unlock()
	if !l.Allow() {
		return ErrTooMany
	}
	return nil
}

// guessersMost bounds how many addresses are remembered.
const guessersMost = 10_000

// guess counts an unknown key, and refuses it from an address that has sent too many.
func (g *gate) guess(r *http.Request) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.guesses) >= guessersMost || time.Since(g.swept) > time.Minute {
		for a, l := range g.guesses {
			if l.Tokens() >= float64(g.limits.Guesses) || len(g.guesses) >= guessersMost {
				delete(g.guesses, a)
			}
		}
		g.swept = time.Now()
	}
	a := address(r)
	if g.guesses[a] == nil {
		g.guesses[a] = rate.NewLimiter(rate.Every(time.Minute/time.Duration(g.limits.Guesses)), g.limits.Guesses)
	}
	if !g.guesses[a].Allow() {
		return ErrTooMany
	}
	return nil
}

// address is where a request comes from, without the port.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
