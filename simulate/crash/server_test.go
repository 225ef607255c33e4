package crash

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "tillpost-crash-")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "tillpost")
	out, err := exec.Command("go", "build", "-o", file, "github.com/tillpost/tillpost/cmd/tillpost").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return file, nil
})

// serve starts the server on a database and says where it listens. It is killed when the test ends, or
// before by who asked for it.
func serve(t *testing.T, dsn string) (c *exec.Cmd, addr string) {
	t.Helper()
	tillpost, err := program()
	if err != nil {
		t.Fatal(err)
	}
	c = exec.Command(tillpost, "serve", "--db", dsn, "--addr", "127.0.0.1:0", "--rate", "1000000", "--log-level", "error")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill() // says that it was killed before
		_ = c.Wait()
	})
	for in := bufio.NewScanner(out); in.Scan(); {
		if _, rest, ok := strings.Cut(in.Text(), "http://"); ok {
			return c, strings.Fields(rest)[0]
		}
	}
	t.Fatalf("the server did not say where it listens: %v", c.Wait())
	return nil, ""
}

// cluster is a PostgreSQL server of a test's own, for what a test may not do to the shared one.
type cluster struct {
	t        *testing.T
	dir, bin string
}

// newCluster makes the folder of a server; data comes by init or as a copy of another's.
func newCluster(t *testing.T) *cluster {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		if found = []string{"initdb"}; os.Getenv("REQUIRE_POSTGRES") == "" {
			return nil
		}
	}
	dir, err := os.MkdirTemp("/tmp", "tp-crash-") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{t: t, dir: dir, bin: filepath.Dir(found[len(found)-1])}
	if os.Geteuid() == 0 {
		c.run("chown", "postgres", dir)
	}
	t.Cleanup(func() {
		_ = c.command("pg_ctl", "-D", dir+"/data", "-m", "immediate", "-w", "-s", "stop").Run() // it may be down already
		_ = os.RemoveAll(dir)
	})
	return c
}

func (c *cluster) init() {
	c.do("initdb", "-D", c.dir+"/data", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
}

// configure adds settings.
func (c *cluster) configure(lines ...string) {
	c.t.Helper()
	f, err := os.OpenFile(c.dir+"/data/postgresql.conf", os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		c.t.Fatal(err)
	}
	lines = append(lines, "listen_addresses = ''", "unix_socket_directories = '"+c.dir+"'", "shared_buffers = 64MB", "max_connections = 60")
	if _, err := f.WriteString("\n" + strings.Join(lines, "\n") + "\n"); err != nil {
		c.t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		c.t.Fatal(err)
	}
}

func (c *cluster) start() {
	c.t.Helper()
	c.do("pg_ctl", "-D", c.dir+"/data", "-l", c.dir+"/log", "-w", "-s", "-t", "120", "start")
}

// crash stops the server as a power cut would.
func (c *cluster) crash() {
	c.t.Helper()
	c.do("pg_ctl", "-D", c.dir+"/data", "-m", "immediate", "-w", "-s", "stop")
}

func (c *cluster) sql(text string) {
	c.t.Helper()
	c.do("psql", "-h", c.dir, "-U", "postgres", "-q", "-v", "ON_ERROR_STOP=1", "-c", text, "postgres")
}

func (c *cluster) do(program string, args ...string) {
	c.t.Helper()
	if out, err := c.command(program, args...).CombinedOutput(); err != nil {
		log, _ := os.ReadFile(c.dir + "/log")
		c.t.Fatalf("%s %v: %v: %s %s", program, args, err, out, log)
	}
}

// command is one of PostgreSQL's programs as the user that it wants to run as.
func (c *cluster) command(program string, args ...string) *exec.Cmd {
	name := filepath.Join(c.bin, program)
	if os.Geteuid() == 0 {
		name, args = "runuser", append([]string{"-u", "postgres", "--", name}, args...)
	}
	x := exec.Command(name, args...)
	x.Dir = "/"
	x.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return x
}

func (c *cluster) run(name string, args ...string) {
	c.t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		c.t.Fatalf("%s %v: %v: %s", name, args, err, out)
	}
}

// wait lets something happen that nobody announces; it is over when ready says so.
func wait(t *testing.T, what string, ready func() bool) {
	t.Helper()
	for range 600 {
		if ready() {
			return
		}
		<-time.After(100 * time.Millisecond)
	}
	t.Fatalf("waited in vain for %s", what)
}
