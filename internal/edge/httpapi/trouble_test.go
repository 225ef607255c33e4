package httpapi_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/edge/httpapi"
	"github.com/tillpost/tillpost/internal/flow/shoptest"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// These limit the file to the size that it has, which is what a full disk is, or allow only reading.
const (
	diskFull   db.SQL = `PRAGMA max_page_count = 1`
	diskRoom   db.SQL = `PRAGMA max_page_count = 1000000`
	diskFrozen db.SQL = `PRAGMA query_only = 1`
	diskThawed db.SQL = `PRAGMA query_only = 0`
)

// A disk that takes nothing more is said clearly, by the sale and by /readyz; nothing is half there, and
// with room again the same receipt goes through.
func TestDiskInTrouble(t *testing.T) {
	t.Parallel()
	for code, pragmas := range map[string][2]db.SQL{"disk_full": {diskFull, diskRoom}, "disk_read_only": {diskFrozen, diskThawed}} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, dbtest.Open(t, dbtest.SQLite(t)))
			s.post("/v1/receipts", s.one("01", 1)).want(http.StatusCreated)
			set := func(q db.SQL) {
				s.Write(func(tx *db.Tx) error { _, err := tx.Exec(q); return err })
			}
			set(pragmas[0])
			if code == "disk_read_only" { // on a full disk the mark of the probe may find room where a sale does not
				s.do(call{Method: "GET", Path: "/readyz"}).problem(http.StatusServiceUnavailable, code)
				set(pragmas[0]) // the writer has opened the file again
			}
			r := s.one("01", 2)
			refused := false
			for range 200 { // a full disk has room for a little
				a := s.post("/v1/receipts", r)
				if a.Status == http.StatusCreated {
					r = s.one("01", 2)
					continue
				}
				a.problem(http.StatusServiceUnavailable, code)
				if a.Header.Get("Retry-After") == "" {
					t.Error("it does not say when to come back")
				}
				refused = true
				break
			}
			if !refused {
				t.Fatal("nothing was refused")
			}
			s.get("/v1/receipts?from=" + shoptest.Today).want(http.StatusOK)
			s.post("/v1/quotes", `{"store": "01", "entries": [{"item": "A", "qty": "1", "price": "1", "reason": "x"}]}`).want(http.StatusOK)
			set(pragmas[1])
			s.post("/v1/receipts", r).want(http.StatusCreated)
			s.sound()
		})
	}
}

// The server's clock may jump: what tills sell is taken, or refused with a clear word and taken when the
// clock is right again; books and chains stay sound.
func TestClockJumps(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		var offset atomic.Int64
		d, err := db.Open(ctx, dsn, db.WithClock(func() time.Time { return dbtest.Now.Add(time.Duration(offset.Load())) }))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		s := newServer(t, d)
		for _, jump := range []time.Duration{0, time.Hour, -time.Hour, 72 * time.Hour, -72 * time.Hour, 400 * 24 * time.Hour, -400 * 24 * time.Hour, 0} {
			offset.Store(int64(jump))
			r := s.one("01", 1)
			a := s.post("/v1/receipts", r)
			if a.Status != http.StatusCreated {
				a.problem(http.StatusUnprocessableEntity, "device_time_future")
				if jump >= 0 {
					t.Errorf("refused when the clock was %s ahead", jump)
				}
				offset.Store(0)
				s.post("/v1/receipts", r).want(http.StatusCreated)
			}
			s.post("/v1/receipts", r).want(http.StatusOK)
		}
		s.sound()
	})
}

// listen serves over a real connection.
func (s *server) listen() (addr string) {
	s.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- httpapi.Serve(ctx, l, s.api, nil) }()
	s.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			s.t.Error(err)
		}
	})
	return l.Addr().String()
}

// head is the beginning of a request that brings a receipt of so many bytes.
func (s *server) head(length int) string {
	return fmt.Sprintf("POST /v1/receipts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", s.key, length)
}

// Callers that are slow, broken or mad get their problem, or nothing; the others are served, and nothing
// is half there.
func TestBrokenCallers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		addr := s.listen()
		dial := func() net.Conn {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = c.Close() })
			return c
		}
		send := func(text string) net.Conn {
			c := dial()
			if _, err := io.WriteString(c, text); err != nil {
				t.Fatal(err)
			}
			return c
		}
		status := func(c net.Conn) int {
			r, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				return 0
			}
			_ = r.Body.Close()
			return r.StatusCode
		}
		body := string(bodyOf(t, s.one("01", 1)))
		for range 50 { // they hang on with half a request
			send("POST /v1/rec")
			send(s.head(len(body)) + body[:len(body)/2])
		}
		_ = send(s.head(len(body)) + body[:len(body)/2]).Close() // and hang up
		for text, want := range map[string]int{
			"\x16\x03\x01\x02\x00\x01\x00\x01": 0, "nonsense\r\n\r\n": http.StatusBadRequest, "GET / HTTP/9.9\r\nHost: x\r\n\r\n": http.StatusHTTPVersionNotSupported,
			"GET /" + strings.Repeat("a", 100_000) + " HTTP/1.1\r\nHost: x\r\n\r\n": http.StatusRequestHeaderFieldsTooLarge,
			s.head(httpapi.BatchMost << 20):                                         http.StatusRequestEntityTooLarge, s.head(0): http.StatusUnprocessableEntity,
			s.head(3) + "{}x": http.StatusUnprocessableEntity, s.head(4) + "\xff\xfe{}": http.StatusUnprocessableEntity,
		} {
			c := send(text)
			if want == 0 {
				_ = c.(*net.TCPConn).CloseWrite()
				continue
			}
			if got := status(c); got != want {
				t.Errorf("%.40q answered %d, want %d", text, got, want)
			}
		}
		whole := send(s.head(len(body)) + body)
		if got := status(whole); got != http.StatusCreated {
			t.Errorf("beside them a sale got %d", got)
		}
		gone := bodyOf(t, s.one("01", 2)) // one who does not wait for the answer
		_ = send(s.head(len(gone)) + string(gone)).Close()
		s.post("/v1/receipts", s.one("02", 1)).want(http.StatusCreated)
		s.sound()
	})
}

// What was accepted is finished when the server stops; what comes later is refused, and can be sent again.
func TestGracefulStop(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() { ended <- httpapi.Serve(ctx, l, s.api, nil) }()
		const n = 40
		bodies := make([][]byte, n)
		ids := make([]receipt.Receipt, n)
		for i := range bodies {
			ids[i] = s.Fill(receipt.Receipt{Register: "WEB", Lines: []receipt.Line{shoptest.Line("01", receipt.Item, "A", 1, 999)}})
			bodies[i] = bodyOf(t, ids[i])
		}
		var wait sync.WaitGroup
		var acknowledged atomic.Int64
		acked := make([]bool, n)
		for i := range bodies {
			wait.Go(func() {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+l.Addr().String()+"/v1/receipts", strings.NewReader(string(bodies[i])))
				if err != nil {
					t.Error(err)
					return
				}
				r.Header.Set("Authorization", "Bearer "+s.key)
				r.Header.Set("Content-Type", "application/json")
				a, err := http.DefaultClient.Do(r)
				if err != nil {
					return // the server had stopped
				}
				_ = a.Body.Close()
				if acked[i] = a.StatusCode == http.StatusCreated; acked[i] && acknowledged.Add(1) == 5 {
					stop()
				}
			})
		}
		wait.Wait()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		for i, r := range ids {
			if a := s.get("/v1/receipts/" + r.ID.String()); acked[i] && a.Status != http.StatusOK {
				t.Errorf("receipt %d was acknowledged and is not there", i)
			}
			s.post("/v1/receipts", r)
		}
		s.do(call{Method: "GET", Path: "/readyz"}).problem(http.StatusServiceUnavailable, "stopping")
		s.sound()
	})
}

// Who asks too fast, or guesses keys, is told when to come back; a full house too.
func TestLimits(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite(t))
	s := newServer(t, d)
	other := s.newKey("other", []string{"sales:write"}) // the keeper knows it from the start: who guesses is not let in to look
	keys, err := auth.Keep(ctx, d, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = keys.Close() })
	s.get("/v1/keys").want(http.StatusOK) // the first of its kind takes its time: the judge reads the document
	s.api = httpapi.New(httpapi.Options{DB: d, Keys: keys, Limits: httpapi.Limits{Rate: 1, Burst: 3, Guesses: 2, InFlight: 1}})
	for range 3 {
		s.get("/v1/keys").want(http.StatusOK)
	}
	if a := s.get("/v1/keys").problem(http.StatusTooManyRequests, "rate_limit"); a.Header.Get("Retry-After") == "" {
		t.Error("it does not say when to come back")
	}
	for range 2 {
		s.do(call{Key: auth.NewSecret().Text(), Method: "GET", Path: "/v1/keys"}).problem(http.StatusUnauthorized, "auth_unknown")
	}
	s.do(call{Key: auth.NewSecret().Text(), Method: "GET", Path: "/v1/keys"}).problem(http.StatusTooManyRequests, "rate_limit")
	addr := s.listen()
	hanging := strings.Replace(s.head(100), s.key, other, 1) // takes the one place, and sends no body
	began := time.Now()
	c := dial(t, addr, hanging)
	for taken := false; !taken; {
		if answered(c) { // it came while our own request had the place
			_ = c.Close()
			c = dial(t, addr, hanging)
		} else {
			taken = s.do(call{Method: "GET", Path: "/nowhere"}).Status == http.StatusServiceUnavailable
		}
		if time.Since(began) > time.Minute {
			t.Fatal("nothing takes the place")
		}
	}
	s.do(call{Method: "GET", Path: "/nowhere"}).problem(http.StatusServiceUnavailable, "busy")
	s.do(call{Method: "GET", Path: "/healthz"}).want(http.StatusOK)
	_ = c.Close()
	for s.do(call{Method: "GET", Path: "/nowhere"}).Status != http.StatusNotFound {
		if time.Since(began) > time.Minute {
			t.Fatal("the place is never free again")
		}
	}
}

// dial sends the beginning of a request.
func dial(t *testing.T, addr, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err == nil {
		_, err = io.WriteString(c, text)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// answered tells whether a request got an answer.
func answered(c net.Conn) bool {
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	n, err := c.Read(make([]byte, 1))
	return n > 0 || err != nil && !errors.Is(err, os.ErrDeadlineExceeded)
}

// One device that goes on with a revoked key is slowed down; the others behind the same address sell on.
func TestGuessesLeaveOthersIn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newServer(t, d)
		keys, err := auth.Keep(ctx, d, func(err error) { t.Error(err) })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = keys.Close() })
		s.api = httpapi.New(httpapi.Options{DB: d, Keys: keys, Limits: httpapi.Limits{Guesses: 2}})
		with := func(key string) answer { return s.do(call{Key: key, Method: "GET", Path: "/v1/keys"}) }
		var till httpapi.MadeKey
		s.post("/v1/keys", `{"name": "till", "scopes": ["keys:read"]}`).want(http.StatusCreated).into(&till)
		with(till.Secret).want(http.StatusOK)
		s.do(call{Method: "DELETE", Path: "/v1/keys/till"}).want(http.StatusOK)
		for range 2 {
			with(till.Secret).problem(http.StatusUnauthorized, "auth_unknown")
		}
		for range 3 {
			with(till.Secret).problem(http.StatusTooManyRequests, "rate_limit")
			with(auth.NewSecret().Text()).problem(http.StatusTooManyRequests, "rate_limit")
			with(s.key).want(http.StatusOK)
			with("none").problem(http.StatusUnauthorized, "auth_missing")
		}
		s.post("/v1/keys", `{"name": "next", "scopes": ["keys:read"]}`).want(http.StatusCreated).into(&till)
		with(till.Secret).want(http.StatusOK)
	})
}
