package shop

import (
	"fmt"
	"strings"
)

// Failure is a difference between the auditor and the books, or an operation that failed.
type Failure struct {
	Seed  uint64
	Day   int
	First string
	More  int
	Log   []string // the last operations
	Err   error
}

// Error tells the seed, the first difference and what happened last.
func (f *Failure) Error() string {
	s := fmt.Sprintf("seed %d, day %d: %s", f.Seed, f.Day, f.First)
	if f.More > 0 {
		s += fmt.Sprintf(" (and %d more)", f.More)
	}
	return s + "\n  " + strings.Join(f.Log, "\n  ")
}

// Unwrap is the error of the operation that failed, if one did.
func (f *Failure) Unwrap() error { return f.Err }
