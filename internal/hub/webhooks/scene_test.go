package webhooks

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/platform/outbox"
	"github.com/tillpost/tillpost/internal/platform/secrets"
)

var ctx = db.As(context.Background(), "cli")

// scene is a database with a clock that is set by hand, a receiver, and what sends to it.
type scene struct {
	t     testing.TB
	d     *db.DB
	clock *clock
	o     Options
	peer  *peer
	p     *dispatcher
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// each runs a test on both engines.
func each(t *testing.T, test func(s *scene)) {
	t.Helper()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) { test(newScene(t, dsn)) })
}

func newScene(t testing.TB, dsn string) *scene {
	t.Helper()
	s := &scene{t: t, clock: &clock{now: dbtest.Now}, peer: newPeer(t)}
	var err error
	if s.d, err = db.Open(ctx, dsn, db.WithClock(s.clock.Now)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.d.Close() })
	box, err := secrets.Open("postgres://x", func(string) string { return secrets.NewKey() })
	if err != nil {
		t.Fatal(err)
	}
	s.o = Options{Secrets: box, Allow: allow(t, strings.TrimPrefix(s.peer.URL, "http://")), Log: slog.New(slog.DiscardHandler),
		jitter: func(d time.Duration) time.Duration { return d }}
	s.restart()
	return s
}

// restart has another process deliver.
func (s *scene) restart() { s.p = newDispatcher(s.d, s.o) }

func (s *scene) write(body func(tx *db.Tx) error) {
	s.t.Helper()
	if err := s.d.Write(ctx, body); err != nil {
		s.t.Fatal(err)
	}
}

// happen writes changes of items.
func (s *scene) happen(subjects ...string) {
	s.t.Helper()
	s.write(func(tx *db.Tx) error {
		for _, x := range subjects {
			if err := outbox.Add(tx, outbox.ItemChanged, x, ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// add adds an endpoint and returns it with its secret.
func (s *scene) add(n New) (Endpoint, string) {
	s.t.Helper()
	if n.URL == "" {
		n.URL = s.peer.URL
	}
	e, secret, err := Create(ctx, s.d, s.o, n)
	if err != nil {
		s.t.Fatal(err)
	}
	return e, secret
}

// items is an endpoint that hears of items.
func items() New { return New{Topics: []outbox.Topic{outbox.ItemChanged}} }

// step looks once and waits until every answer is recorded.
func (s *scene) step() {
	s.t.Helper()
	s.look()
	s.p.flying.Wait()
}

func (s *scene) look() {
	s.t.Helper()
	if err := s.p.step(); err != nil {
		s.t.Fatal(err)
	}
}

// settle goes on until nothing is due.
func (s *scene) settle() {
	s.t.Helper()
	for before := -1; before != s.peer.count(); {
		before = s.peer.count()
		s.step()
	}
}

func read[T any](s *scene, fn func(q db.Q) (T, error)) (out T) {
	s.t.Helper()
	if err := s.d.Read(ctx, func(v *db.View) (err error) { out, err = fn(v); return err }); err != nil {
		s.t.Fatal(err)
	}
	return out
}

func (s *scene) get(u id.ID) Endpoint {
	s.t.Helper()
	return read(s, func(q db.Q) (Endpoint, error) { return Get(q, u) })
}

func (s *scene) deliveries(u id.ID, state string) []Delivery {
	s.t.Helper()
	return read(s, func(q db.Q) ([]Delivery, error) { return Deliveries(q, u, Which{State: state}) })
}

func (s *scene) attempts(u, delivery id.ID) []Attempt {
	s.t.Helper()
	return read(s, func(q db.Q) ([]Attempt, error) {
		_, list, err := GetDelivery(q, u, delivery)
		return list, err
	})
}

// store adds a store to the shop.
func (s *scene) store(code string) {
	s.t.Helper()
	s.write(func(tx *db.Tx) error {
		return org.AddStore(tx, org.Store{Code: code, Name: code, Zone: "UTC", TaxRounding: "rate"})
	})
}

// peer is a receiver that answers as it is told and remembers what it got.
type peer struct {
	*httptest.Server
	mu     sync.Mutex
	got    []receipt
	answer func(r receipt) reply // nil: 204
}

// receipt is one message as it arrived.
type receipt struct {
	id, signature string
	sent          int64
	body          []byte
	msg           message
	nth           int // how often this id has come, from 1
}

// reply is how the peer answers: with a status and perhaps Retry-After, or by hanging up before or in
// the middle of it. It may wait before.
type reply struct {
	status     int
	retryAfter string
	hangUp     bool
	half       bool
	wait       chan struct{}
}

func newPeer(t testing.TB) *peer {
	p := &peer{}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *peer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	x := receipt{id: r.Header.Get(headerID), signature: r.Header.Get(headerSignature), body: body}
	x.sent, _ = strconv.ParseInt(r.Header.Get(headerTimestamp), 10, 64)
	_ = json.Unmarshal(body, &x.msg)
	p.mu.Lock()
	x.nth = 1
	for _, before := range p.got {
		if before.id == x.id {
			x.nth++
		}
	}
	p.got = append(p.got, x)
	answer := p.answer
	p.mu.Unlock()
	a := reply{status: http.StatusNoContent}
	if answer != nil {
		a = answer(x)
	}
	if a.wait != nil {
		<-a.wait
	}
	if a.hangUp {
		hangUp(w, "")
		return
	}
	if a.half {
		hangUp(w, "HTTP/1.1 200 O")
		return
	}
	if a.retryAfter != "" {
		w.Header().Set("Retry-After", a.retryAfter)
	}
	w.WriteHeader(a.status)
}

// hangUp writes the beginning of an answer and closes the connection.
func hangUp(w http.ResponseWriter, text string) {
	c, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	_, _ = io.WriteString(c, text)
	_ = c.Close()
}

func (p *peer) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.got)
}

func (p *peer) all() []receipt {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.got)
}

// subjects are the subjects of what came, in order.
func (p *peer) subjects() []string {
	var out []string
	for _, x := range p.all() {
		out = append(out, x.msg.Data.Subject)
	}
	return out
}

func (p *peer) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = nil
}

// say sets how the peer answers from now on.
func (p *peer) say(answer func(r receipt) reply) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = answer
}

// always answers everything with one status.
func always(status int) func(receipt) reply {
	return func(receipt) reply { return reply{status: status} }
}

// signedBy tells whether one of the signatures of a message is by a secret.
func (x receipt) signedBy(secret string) bool {
	want, err := sign(secret, x.id, x.sent, x.body)
	return err == nil && slices.Contains(strings.Fields(x.signature), want)
}

// lastOf is the number of the newest change.
func lastOf(q db.Q) (int64, error) { return outbox.Last(q) }
