// Command load measures the server against floors in the same run: bare programs that write the same rows,
// pgbench on the same server, the disk itself. Programs take turns; figures are medians, and beside each
// stands the CPU time that an operation took, which moves less than the clock when a machine is shared.
//
//	load sale-sqlite | sale-postgres | hot-store | latency      [-rounds 5] [-span 4s]
//	load reports [-lines 10000000] | check [-sales 1000000] | close-day [-receipts 5000]      [-rounds 5] [-keep DIR]
//	load floor-sqlite FILE ADDR | floor-postgres DSN ADDR N | floor-report FILE NAME | floor-check FILE     (started by the others)
package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/tillpost/tillpost/simulate/past"
)

// settings are what all measurements share.
type settings struct {
	rounds int
	span   time.Duration
	binary string
	dir    string
	self   string // this program

	chain                 past.Shop // what all shops with a past are like
	lines, sold, receipts int
	keep                  string // where they stay, "" for nowhere
	floors                bool   // whether reports are compared with SQL over the lines
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
	"reports":       reports,
	"check":         check,
	"close-day":     closeDay,
}

// floors are the bare programs that run once and say what they came to.
var floors = map[string]func(ctx context.Context, args []string) error{
	"floor-report": floorReport,
	"floor-check":  floorCheck,
}

func command(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("say what to measure: %s", strings.Join(slices.Sorted(maps.Keys(measurements)), ", "))
	}
	name, args := args[0], args[1:]
	if floor := floors[name]; floor != nil {
		return floor(ctx, args)
	}
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
	s := settings{chain: chain}
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.IntVar(&s.rounds, "rounds", 5, "how often each program runs")
	f.DurationVar(&s.span, "span", 4*time.Second, "how long each run sells")
	f.StringVar(&s.binary, "tillpost", "bin/tillpost", "the program")
	f.IntVar(&s.lines, "lines", 10_000_000, "reports: receipt lines of the shop")
	f.BoolVar(&s.floors, "floors", true, "reports: also SQL over the lines, which takes most of the time")
	f.IntVar(&s.sold, "sales", 1_000_000, "check: sales of the shop")
	f.IntVar(&s.receipts, "receipts", 5_000, "close-day: receipts of a day")
	f.StringVar(&s.keep, "keep", "", "reports, check: a folder in which the shops stay, so that the next run need not make them again")
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
	fmt.Printf("%d cores, %d rounds, medians; load of the machine before: %s\n\n", runtime.NumCPU(), s.rounds, loadAverage())
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
