// Command load measures the server against floors in the same run: bare programs that write the same rows,
// pgbench on the same server, the disk itself. Programs take turns; figures are medians, and beside each
// stands the CPU time that an operation took, which moves less than the clock when a machine is shared.
//
//	load sale-sqlite | sale-postgres | hot-store | latency      [-rounds 5] [-seconds 4]
//	load floor-sqlite FILE ADDR | floor-postgres DSN ADDR N     (started by the others)
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// settings are what all measurements share.
type settings struct {
	rounds int
	span   time.Duration
	binary string
	dir    string
	self   string // this program
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// measurements are what can be asked for.
var measurements = map[string]func(ctx context.Context, s *settings) error{
	"sale-sqlite":   saleSQLite,
	"sale-postgres": salePostgres,
	"hot-store":     hotStore,
	"latency":       latency,
}

func command(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("say what to measure: sale-sqlite, sale-postgres, hot-store, latency")
	}
	name, args := args[0], args[1:]
	switch {
	case name == "floor-sqlite" && len(args) == 2:
		return sqliteFloor(ctx, args[0], args[1])
	case name == "floor-postgres" && len(args) == 3:
		n, err := strconv.Atoi(args[2])
		return firstOf(err, postgresFloor(ctx, args[0], args[1], n))
	}
	measure, ok := measurements[name]
	if !ok {
		return fmt.Errorf("there is no measurement %q", name)
	}
	var s settings
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.IntVar(&s.rounds, "rounds", 5, "how often each program runs")
	f.DurationVar(&s.span, "span", 4*time.Second, "how long each run sells")
	f.StringVar(&s.binary, "tillpost", "bin/tillpost", "the program")
	if err := f.Parse(args); err != nil {
		return err
	}
	var err error
	if s.self, err = os.Executable(); err != nil {
		return err
	}
	if s.dir, err = os.MkdirTemp("", "tillpost-load-"); err != nil {
		return err
	}
	defer os.RemoveAll(s.dir)
	if err := os.Chmod(s.dir, 0o755); err != nil { // PostgreSQL runs as another user
		return err
	}
	fmt.Printf("%d cores, %d rounds of %s, medians; load of the machine before: %s\n\n", runtime.NumCPU(), s.rounds, s.span, loadAverage())
	return measure(ctx, &s)
}

// loadAverage is how busy the machine has been in the last minute.
func loadAverage() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil || len(raw) < 4 {
		return "not known"
	}
	return string(raw[:4])
}

// medianBy is the run in the middle.
func medianBy[T any](runs []T, by func(T) float64) T {
	s := slices.Clone(runs)
	slices.SortFunc(s, func(a, b T) int {
		switch d := by(a) - by(b); {
		case d < 0:
			return -1
		case d > 0:
			return 1
		}
		return 0
	})
	return s[len(s)/2]
}
