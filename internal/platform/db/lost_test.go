package db_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

const backend db.SQL = `SELECT pg_backend_pid()`

// eachServer runs a test on PostgreSQL, where there is one to run it on.
func eachServer(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Helper()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		if u, err := url.Parse(dsn); err == nil && u.Host != "" {
			test(t, dsn)
		}
	})
}

func admin(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	a, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// A connection that dies between two writes, or in the middle of one, costs nothing but time.
func TestBackendKilled(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, dsn string) {
		d, a := dbtest.Open(t, dsn), admin(t, dsn)
		kill := func(tx *db.Tx) error {
			var pid int64
			if err := tx.QueryRow(backend).Scan(&pid); err != nil {
				return err
			}
			_, err := a.Exec("SELECT pg_terminate_backend($1, 5000)", pid)
			return err
		}
		if err := d.Write(context.Background(), func(tx *db.Tx) error { return errors.Join(link(tx, "first"), kill(tx), errors.New("no")) }); err == nil {
			t.Error("a body that failed was answered as done")
		}
		if err := d.Write(context.Background(), func(tx *db.Tx) error { return link(tx, "between") }); err != nil {
			t.Errorf("after it died between two writes: %v", err)
		}
		runs := 0
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			if err := link(tx, "middle"); err != nil {
				return err
			}
			if runs++; runs == 1 {
				if err := kill(tx); err != nil {
					return err
				}
			}
			_, err := tx.Exec(putSetting, "middle", "x")
			return err
		})
		if err != nil || runs != 2 {
			t.Errorf("when it dies in the middle: %v, %d runs", err, runs)
		}
		if n := checkChain(t, d); n != 2 || count(t, d) != 1 {
			t.Errorf("%d links, %d rows; want 2, 1", n, count(t, d))
		}
	})
}

// A reader whose connection died while nobody used it reads on.
func TestReaderKilled(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, dsn string) {
		d, a := dbtest.Open(t, dsn), admin(t, dsn)
		for range 3 {
			count(t, d)
			_, err := a.Exec("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
			if err != nil {
				t.Fatal(err)
			}
			if n := count(t, d); n != 0 {
				t.Errorf("%d rows", n)
			}
		}
	})
}

// Writers whose connections are killed again and again get the truth: what was answered as done is
// there once, what was answered as failed is not there.
func TestBackendsKilledAllTheTime(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, dsn string) {
		nodes := []*db.DB{dbtest.Open(t, dsn), dbtest.Open(t, dsn)}
		a := admin(t, dsn)
		var written atomic.Int64
		progress := make(chan struct{}, 1000)
		var wg, killer sync.WaitGroup
		for n, d := range nodes {
			for w := range 4 {
				wg.Go(func() {
					for i := range 25 {
						name := fmt.Sprintf("%d/%d/%d", n, w, i)
						err := d.Write(context.Background(), func(tx *db.Tx) error {
							if _, err := tx.Exec(putSetting, name, "x"); err != nil {
								return err
							}
							return link(tx, name)
						})
						if err != nil {
							t.Errorf("%s: %v", name, err)
							continue
						}
						written.Add(1)
						progress <- struct{}{}
					}
				})
			}
		}
		killer.Go(func() {
			for n := 0; ; n++ {
				if _, open := <-progress; !open {
					return
				}
				if n%10 == 0 {
					_, err := a.Exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
					if err != nil {
						t.Error(err)
					}
				}
			}
		})
		wg.Wait()
		close(progress)
		killer.Wait()
		if n := checkChain(t, nodes[0]); n != written.Load() || n != 200 || count(t, nodes[0]) != n {
			t.Errorf("%d links, %d rows, %d answered", n, count(t, nodes[0]), written.Load())
		}
	})
}

// wire is a way to the server that breaks when the next COMMIT is sent.
type wire struct {
	server string
	mode   atomic.Int32
	down   atomic.Bool // no connection is let through any more
}

// What a wire does with a COMMIT.
const (
	whole     = iota
	swallow   // it never reaches the server
	deafen    // it reaches the server, and the answer is lost
	deafenOff // the same, and then the server cannot be reached
)

func (w *wire) listen(t *testing.T) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(c)
		}
	}()
	return l.Addr().String()
}

func (w *wire) carry(client net.Conn) {
	defer client.Close()
	if w.down.Load() {
		return
	}
	server, err := net.Dial("tcp", w.server)
	if err != nil {
		return
	}
	defer server.Close()
	var deaf atomic.Bool
	go func() { // from the server
		defer client.Close()
		b := make([]byte, 1<<16)
		for {
			n, err := server.Read(b)
			if err != nil || deaf.Load() {
				return
			}
			if _, err := client.Write(b[:n]); err != nil {
				return
			}
		}
	}()
	b := make([]byte, 1<<16)
	for {
		n, err := client.Read(b)
		if err != nil {
			return
		}
		if bytes.Contains(b[:n], []byte("COMMIT\x00")) {
			switch mode := w.mode.Swap(whole); mode {
			case swallow:
				return
			case deafenOff, deafen:
				w.down.Store(mode == deafenOff)
				deaf.Store(true)
			}
		}
		if _, err := server.Write(b[:n]); err != nil {
			return
		}
	}
}

// The connection breaks while COMMIT is on its way, and nobody says whether it arrived: the writer asks
// the server, and when it cannot, it says that it does not know and does nothing twice.
func TestCommitLost(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, dsn string) {
		u, err := url.Parse(dsn)
		if err != nil {
			t.Fatal(err)
		}
		w := &wire{server: u.Host}
		u.Host = w.listen(t)
		d, err := db.Open(context.Background(), u.String(), db.WithPatience(300*time.Millisecond))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		together := func(name string, mode int32) (errs [5]error) {
			release := hold(t, d)
			var wg sync.WaitGroup
			for i := range errs {
				wg.Go(func() {
					errs[i] = d.Write(context.Background(), func(tx *db.Tx) error { return link(tx, fmt.Sprint(name, i)) })
				})
			}
			awaitQueued(d, len(errs))
			// The commit of the body that holds the writer is not the one that breaks.
			first := sync.OnceFunc(func() { w.mode.Store(mode) })
			var late error
			wg.Go(func() { late = d.Write(context.Background(), func(*db.Tx) error { first(); return nil }) })
			awaitQueued(d, len(errs)+1)
			release()
			wg.Wait()
			if late != errs[0] && (late == nil) != (errs[0] == nil) {
				t.Errorf("%s: one group, two answers: %v and %v", name, late, errs[0])
			}
			return errs
		}
		for name, mode := range map[string]int32{"swallowed": swallow, "answer lost": deafen} {
			for i, err := range together(name, mode) {
				if err != nil {
					t.Errorf("%s: write %d answered %v", name, i, err)
				}
			}
		}
		for i, err := range together("unknown", deafenOff) {
			if !errors.Is(err, db.ErrUnknown) {
				t.Errorf("unknown: write %d answered %v", i, err)
			}
		}
		if err := put(d, "off"); !errors.Is(err, db.ErrUnavailable) {
			t.Errorf("a server that cannot be reached answered %v", err)
		}
		w.down.Store(false)
		if n := checkChain(t, d); n != 15 { // the unknown ones were saved, once
			t.Errorf("%d links, want 15", n)
		}
		if err := put(d, "on"); err != nil {
			t.Errorf("when it is back: %v", err)
		}
	})
}
