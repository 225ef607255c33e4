package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/tillpost/tillpost/simulate/past"
)

// shop gives the database file of a shop with a past. In the folder of -keep it is made once.
func (s *settings) shop(ctx context.Context, p past.Shop) (string, error) {
	dir := s.dir
	if s.keep != "" {
		dir = s.keep
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return "", err
		}
	}
	file := filepath.Join(dir, p.Name()+".db")
	if _, err := os.Stat(file); err == nil {
		return file, nil
	}
	making := file + ".making"
	for _, left := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(making + left)
	}
	began := time.Now()
	fmt.Fprintf(os.Stderr, "making a shop of %d receipts with %d lines on %d days\n", p.Receipts, p.Lines(), p.Days)
	if err := p.Make(ctx, s.binary, making, dir); err != nil {
		return "", err
	}
	fmt.Fprintf(os.Stderr, "made in %s\n", time.Since(began).Round(time.Second))
	return file, os.Rename(making, file)
}

// finished is what a program that ran to its end took.
type finished struct {
	wall, cpu time.Duration
	peak      int64 // bytes of memory
	said      []byte
}

func (f finished) String() string {
	return fmt.Sprintf("%s (CPU %s, %.0f MB)", f.wall.Round(time.Millisecond), f.cpu.Round(time.Millisecond), float64(f.peak)/1e6)
}

// finish runs a program to its end.
func finish(ctx context.Context, name string, args ...string) (finished, error) {
	c := exec.CommandContext(ctx, name, args...)
	c.Stderr = os.Stderr
	began := time.Now()
	said, err := c.Output()
	if err != nil {
		return finished{}, fmt.Errorf("%v: %w: %s", c.Args, err, said)
	}
	f := finished{wall: time.Since(began), cpu: c.ProcessState.UserTime() + c.ProcessState.SystemTime(), said: said}
	if u, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		f.peak = u.Maxrss * 1024
	}
	return f, nil
}

// served is a running server that is asked.
type served struct {
	*process
	addr, key string
}

// serve starts the product on a shop.
func (s *settings) serve(ctx context.Context, dsn string) (*served, error) {
	key, err := past.Key(ctx, dsn)
	if err != nil {
		return nil, err
	}
	addr := free()
	p, err := start(ctx, filepath.Join(s.dir, filepath.Base(addr)+".log"), addr, s.binary, s.product(dsn).args(addr)...)
	if err != nil {
		return nil, err
	}
	return &served{p, addr, key}, nil
}

// plain asks for answers as they are: reading them costs the measuring machine little.
var plain = &http.Client{Transport: &http.Transport{DisableCompression: true}}

// send sends a request and reads the answer to its last byte.
func (v *served) send(method, path string, body io.Reader) (time.Duration, []byte, error) {
	r, err := http.NewRequest(method, "http://"+v.addr+path, body)
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Authorization", "Bearer "+v.key)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	began := time.Now()
	answer, err := plain.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	took := time.Since(began)
	if err == nil && answer.StatusCode/100 != 2 {
		err = fmt.Errorf("%s %s: status %d: %s", method, path, answer.StatusCode, said)
	}
	return took, said, err
}

// answered is how long an answer took, and what it cost the server.
type answered struct {
	wall, cpu time.Duration
	bytes     int
}

// What is fast is asked often in a round, as the server's CPU time is counted in hundredths of a second.
const (
	askFor   = 300 * time.Millisecond
	askLeast = 3
	askMost  = 200
)

// askInTurns asks servers the same for a while, in turns, so that none has the better moments.
func askInTurns(path string, servers ...*served) (all []answered, said [][]byte, err error) {
	took, before := make([][]time.Duration, len(servers)), make([]time.Duration, len(servers))
	all, said = make([]answered, len(servers)), make([][]byte, len(servers))
	for i, v := range servers {
		before[i] = v.cpu()
	}
	for n, began := 0, time.Now(); n < askMost && (n < askLeast || time.Since(began) < askFor*time.Duration(len(servers))); n++ {
		for turn := range servers {
			i := (n + turn) % len(servers)
			d, body, err := servers[i].send(http.MethodGet, path, nil)
			if err != nil {
				return nil, nil, err
			}
			took[i], said[i] = append(took[i], d), body
		}
	}
	for i, v := range servers {
		all[i] = answered{wall: middle(took[i]), cpu: (v.cpu() - before[i]) / time.Duration(len(took[i])), bytes: len(said[i])}
	}
	return all, said, nil
}

// middle is the median of some times.
func middle(all []time.Duration) time.Duration {
	return medianBy(all, func(d time.Duration) float64 { return float64(d) })
}
