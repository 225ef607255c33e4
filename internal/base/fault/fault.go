// Package fault is the error model of Tillpost: what kind of thing went wrong, a stable code for
// programs, and a sentence for the person who must act. Only the edge turns a fault into an HTTP
// status, an exit code or words on a screen.
package fault

import (
	"errors"
	"fmt"
	"strconv"
)

// Kind says who has to act on a fault, and so how the edge answers it.
type Kind int

// The kinds. The zero Kind is Internal: an error that nobody classified is our own mistake.
const (
	Internal        Kind = iota // our mistake: a bug or a broken invariant
	Invalid                     // the caller sent something that can never work
	NotFound                    // what was named does not exist
	Conflict                    // it contradicts what is already recorded
	Denied                      // the caller may not do this
	Unavailable                 // it may work later: a lock, a full disk, a peer that is down
	Unauthenticated             // the caller did not say who it is, or not so that it can be believed
)

// String returns the kind's stable name, as used in JSON.
func (k Kind) String() string {
	switch k {
	case Invalid:
		return "invalid"
	case NotFound:
		return "not_found"
	case Conflict:
		return "conflict"
	case Denied:
		return "denied"
	case Unavailable:
		return "unavailable"
	case Unauthenticated:
		return "unauthenticated"
	default:
		return "internal"
	}
}

// Error is a classified error. Code is stable, lower_snake_case, never reused and listed in the
// faults.go of the package that makes it. Message is for a person: what happened and what to do.
// Path points into the input ("lines[3].qty", "line 812"), empty when there is no place to point to.
type Error struct {
	Kind    Kind
	Code    string
	Message string
	Path    string
	Err     error // the cause, nil when there is none
}

func (e *Error) Error() string {
	s := e.Message
	if e.Path != "" {
		s = e.Path + ": " + s
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is find a fault by its code, whatever place and cause were added to it.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// New makes a fault without a cause.
func New(kind Kind, code, format string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Message: fmt.Sprintf(format, args...)}
}

// At returns a copy of e that points at path in the input.
func (e *Error) At(path string) *Error {
	c := *e
	c.Path = path
	return &c
}

// Named returns a copy of e that points at the field in which a name stands that nothing has, or that stands for
// something else. The name is repeated behind the message: a program looks at the place, a person at the name.
func (e *Error) Named(field, name string) *Error { return e.At(field).Because(Name(name)) }

// Name is the cause of a fault that Named makes.
type Name string

// nameMost is how much of a name is repeated, in characters.
const nameMost = 100

// Error is the name in quotes, cut.
func (n Name) Error() string {
	if r := []rune(n); len(r) > nameMost {
		n = Name(r[:nameMost]) + "…"
	}
	return strconv.Quote(string(n))
}

// Because returns a copy of e with its cause.
func (e *Error) Because(err error) *Error {
	c := *e
	c.Err = err
	return &c
}

// KindOf returns the kind of the first fault in err's chain, Internal when there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// CodeOf returns the code of the first fault in err's chain, "" when there is none.
func CodeOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
