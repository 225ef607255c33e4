package crash

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/simulate/tills"
)

// persist sells until stop is closed. What is refused because the database is away is sent again, as a
// till does; any other refusal is a failure.
func (x *till) persist(addr, key string, stop <-chan struct{}, sold *atomic.Int64) error {
	var line *tills.Line
	defer func() {
		if line != nil {
			line.Close()
		}
	}()
	for {
		select {
		case <-stop:
			return nil
		default:
		}
		if line == nil {
			var err error
			if line, err = tills.Dial(addr); err != nil {
				return err // the server itself is never down here
			}
		}
		if x.unsent == nil {
			r := x.Next(time.Now())
			x.unsent = &r
		}
		status, body, err := line.Send(tills.Request(http.MethodPost, "/v1/receipts", key, tills.Body(x.unsent)))
		switch {
		case err != nil:
			return err
		case status == http.StatusServiceUnavailable:
			<-time.After(20 * time.Millisecond)
		case status == http.StatusCreated || status == http.StatusOK:
			var a answered
			if err := json.Unmarshal(body, &a); err != nil || a.Hash != x.unsent.Hash {
				return fmt.Errorf("sent %s, got %s", x.unsent.ID, body)
			}
			x.acked[a.ID], x.unsent = a.Hash, nil
			sold.Add(1)
		default:
			return fmt.Errorf("status %d: %s", status, body)
		}
	}
}

// selling has tills sell while trouble happens, and then compares.
func selling(t *testing.T, dsn string, trouble func(more func(what string))) {
	t.Helper()
	key := shop(t, dsn)
	_, addr := serve(t, dsn)
	var all []*till
	for i := range 16 {
		all = append(all, &till{Till: tills.New(i, stores, 1), acked: map[id.ID]receipt.Hash{}})
	}
	stop := make(chan struct{})
	var sold atomic.Int64
	var selling sync.WaitGroup
	for _, x := range all {
		selling.Go(func() {
			if err := x.persist(addr, key, stop, &sold); err != nil {
				t.Error(err)
			}
		})
	}
	trouble(func(what string) {
		t.Helper()
		before := sold.Load()
		wait(t, "sales "+what, func() bool { return sold.Load() > before+50 })
	})
	close(stop)
	selling.Wait()
	sound(t, dsn, all)
	t.Logf("%d receipts acknowledged", sold.Load())
}

// PostgreSQL that crashes and starts again costs patience and nothing else.
func TestPostgresRestarts(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	if c == nil {
		return // no PostgreSQL on this machine, and none is required
	}
	c.init()
	c.configure()
	c.start()
	c.sql("CREATE DATABASE shop")
	selling(t, "postgres://postgres@/shop?host="+c.dir+"&sslmode=disable", func(more func(string)) {
		more("before")
		for range 3 {
			c.crash()
			<-time.After(300 * time.Millisecond)
			c.start()
			more("after the restart")
		}
	})
}

// When the PostgreSQL server is lost and its standby takes over, everything acknowledged is there: the
// standby had it before the answer was given (synchronous replication).
func TestPostgresFailsOver(t *testing.T) {
	t.Parallel()
	first := newCluster(t)
	if first == nil {
		return // no PostgreSQL on this machine, and none is required
	}
	first.init()
	first.configure("wal_level = replica", "max_wal_senders = 4", "hot_standby = on")
	first.start()
	first.sql("CREATE DATABASE shop")
	second := newCluster(t)
	second.do("pg_basebackup", "-h", first.dir, "-U", "postgres", "-D", second.dir+"/data", "-R", "-X", "stream", "-c", "fast")
	second.configure()
	second.start()
	first.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
	first.sql("SELECT pg_reload_conf()")
	dsn := "postgres://postgres@/shop?host=" + first.dir + "," + second.dir + "&sslmode=disable&target_session_attrs=read-write"
	selling(t, dsn, func(more func(string)) {
		more("before")
		first.crash()
		second.do("pg_ctl", "-D", second.dir+"/data", "-w", "-s", "-t", "120", "promote")
		more("on the standby")
	})
}

// idle is how many connections do nothing.
const idle = 10_000

// Ten thousand connections that do nothing cost memory, and no sale waits for them.
func TestIdleConnections(t *testing.T) {
	t.Parallel()
	dsn := dbtest.SQLite(t)
	key := shop(t, dsn)
	c, addr := serve(t, dsn)
	for i := range idle {
		n, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatalf("connection %d: %v (it takes %d open files on either side)", i+1, err, idle)
		}
		t.Cleanup(func() { _ = n.Close() })
	}
	x := &till{Till: tills.New(0, stores, 1), acked: map[id.ID]receipt.Hash{}}
	stop := make(chan struct{})
	var sold atomic.Int64
	done := make(chan error, 1)
	go func() { done <- x.persist(addr, key, stop, &sold) }()
	wait(t, "sales beside them", func() bool { return sold.Load() >= 20 })
	close(stop)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if mb := resident(t, c.Process.Pid) >> 20; mb > 400 {
		t.Errorf("the server holds %d MB", mb)
	} else {
		t.Logf("%d idle connections, %d MB", idle, mb)
	}
}

// resident is how much memory a process holds, in bytes.
func resident(t *testing.T, pid int) int64 {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		t.Fatal(err)
	}
	var size, pages int64
	if _, err := fmt.Fscan(strings.NewReader(string(raw)), &size, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}
