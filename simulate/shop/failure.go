package shop

import (
	"fmt"
	"strings"
)

// Failure is a difference between the auditor and the books, or an operation that failed.
type Failure struct {
	Options Options
	Day     int    // of the run, from 0
	Engine  string // "" when it is between the engines
	What    []string
	Log     []string // the last operations
	Err     error
}

const (
	logTail  = 60
	whatMost = 20
)

// Error tells the seed, the day, what differs, what happened last, and how to see it again.
func (f *Failure) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d, day %d", f.Options.Seed, f.Day)
	if f.Engine != "" {
		fmt.Fprintf(&b, ", %s", f.Engine)
	}
	fmt.Fprintf(&b, ": %s\n", strings.Join(f.What[:min(len(f.What), whatMost)], "\n  "))
	if n := len(f.What) - whatMost; n > 0 {
		fmt.Fprintf(&b, "  and %d more\n", n)
	}
	if len(f.Log) > 0 {
		fmt.Fprintf(&b, "what happened last:\n  %s\n", strings.Join(f.Log, "\n  "))
	}
	fmt.Fprintf(&b, "again: %s", f.Options.command())
	return b.String()
}

// Unwrap is the error of the operation that failed, if one did.
func (f *Failure) Unwrap() error { return f.Err }

// command repeats a run, on both engines.
func (o Options) command() string {
	return fmt.Sprintf("make simulate SEEDS=1 FROM=%d DAYS=%d OPS=%d", o.Seed, o.Days, o.Ops)
}

// Apart is the failure of two runs of a seed that differ, as Differ says.
func Apart(o Options, difference string) *Failure {
	o.fill()
	return &Failure{Options: o, Day: o.Days, What: []string{"two runs export other bytes: " + difference}}
}

func (s *Sim) fail(n int, err error) error { return s.failure(n, []string{err.Error()}, err) }

func (s *Sim) failure(n int, what []string, err error) error {
	return &Failure{Options: s.o, Day: n, Engine: string(s.d.Engine()), What: what, Log: s.log[max(0, len(s.log)-logTail):], Err: err}
}
