package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a server under measurement.
type process struct {
	cmd *exec.Cmd
	log *os.File
}

// start runs a server and waits until it answers at addr.
func start(ctx context.Context, log, addr, name string, args ...string) (*process, error) {
	f, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	c := exec.CommandContext(ctx, name, args...)
	c.Stdout, c.Stderr = f, f
	if err := c.Start(); err != nil {
		return nil, err
	}
	p := &process{c, f}
	for range 500 {
		r, err := http.Get("http://" + addr + "/readyz")
		if err == nil {
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return p, nil
			}
		}
		pause(20 * time.Millisecond)
	}
	p.stop()
	said, _ := os.ReadFile(log)
	return nil, fmt.Errorf("%s did not answer at %s: %s", name, addr, said)
}

func pause(d time.Duration) { <-time.After(d) }

// stop ends the server as an operator would.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	_ = p.cmd.Wait()
	_ = p.log.Close()
}

// cpu is what the process has used so far.
func (p *process) cpu() time.Duration { return used(p.cmd.Process.Pid, false) }

// tick is the unit of CPU time in /proc on Linux.
const tick = 10 * time.Millisecond

// used is the user and system time of a process; with its ended children when they are asked for.
func used(pid int, children bool) time.Duration {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
	last := 13
	if children {
		last = 15
	}
	var n int64
	for _, f := range fields[11:last] {
		one, _ := strconv.ParseInt(f, 10, 64)
		n += one
	}
	return time.Duration(n) * tick
}

// cluster is a PostgreSQL server of the measurement's own, as durable as it comes.
type cluster struct {
	dir, bin, slow string
	pid            int
}

// newCluster makes and starts one. slow is a shim that makes each fsync take longer, "" for none.
func newCluster(dir, slow string) (*cluster, error) {
	bin, err := postgresPrograms()
	if err != nil {
		return nil, err
	}
	c := &cluster{dir: dir, bin: bin, slow: slow}
	if err := run("chown", "postgres", dir); err != nil {
		return nil, err
	}
	if err := c.do("initdb", "-D", dir+"/data", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C"); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(dir+"/data/postgresql.conf", os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(f, "listen_addresses = ''\nunix_socket_directories = '%s'\nshared_buffers = 1GB\nmax_wal_size = 8GB\ncheckpoint_timeout = 15min\nmax_connections = 200\n", dir)
	if err = firstOf(err, f.Close()); err != nil {
		return nil, err
	}
	return c, c.start()
}

func (c *cluster) start() error {
	env := []string{}
	if c.slow != "" {
		env = append(env, "LD_PRELOAD="+c.slow, "SLOW_FSYNC_US=2000")
	}
	if err := c.doWith(env, "pg_ctl", "-D", c.dir+"/data", "-l", c.dir+"/log", "-w", "-s", "start"); err != nil {
		return err
	}
	f, err := os.Open(c.dir + "/data/postmaster.pid")
	if err != nil {
		return err
	}
	defer f.Close()
	line, err := bufio.NewReader(f).ReadString('\n')
	if err == nil {
		c.pid, err = strconv.Atoi(strings.TrimSpace(line))
	}
	return err
}

func (c *cluster) stop() { _ = c.do("pg_ctl", "-D", c.dir+"/data", "-m", "fast", "-w", "-s", "stop") }

// dsn is the address of a database.
func (c *cluster) dsn(name string) string {
	return "postgres://postgres@/" + name + "?host=" + c.dir + "&sslmode=disable"
}

// cpu is what all of the server's processes have used so far, nothing where there is no server.
func (c *cluster) cpu() time.Duration {
	if c == nil {
		return 0
	}
	all := used(c.pid, true)
	raw, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", c.pid, c.pid))
	for _, one := range strings.Fields(string(raw)) {
		pid, _ := strconv.Atoi(one)
		all += used(pid, false)
	}
	return all
}

func (c *cluster) do(program string, args ...string) error { return c.doWith(nil, program, args...) }

// doWith runs a program of PostgreSQL as the user that it wants to run as.
func (c *cluster) doWith(env []string, program string, args ...string) error {
	args = append(append(append([]string{"-u", "postgres", "--", "env"}, env...), filepath.Join(c.bin, program)), args...)
	return run("runuser", args...)
}

// sql runs a statement.
func (c *cluster) sql(database, text string) error {
	return c.do("psql", "-h", c.dir, "-U", "postgres", "-q", "-v", "ON_ERROR_STOP=1", "-c", text, database)
}

// postgresPrograms finds the folder of the newest server programs.
func postgresPrograms() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", fmt.Errorf("no PostgreSQL server programs on this machine (package postgresql)")
	}
	return filepath.Dir(found[len(found)-1]), nil
}

func run(name string, args ...string) error {
	c := exec.Command(name, args...)
	c.Dir = "/"
	c.Stdin = nil
	out, err := c.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(c.Args, " "), err, out)
	}
	return nil
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// copyFile copies a file.
func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return firstOf(err, out.Close())
}
