package tasks

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrNotFound = fault.New(fault.NotFound, "task_not_found", "there is no open task with this key")
	ErrNeverMet = fault.New(fault.NotFound, "task_unknown", "there has never been a task with this key")
	ErrNoKey    = fault.New(fault.Invalid, "task_without_key", "a task needs a kind, a key and a message")
	ErrState    = fault.New(fault.Invalid, "task_state", "a task is open or done")
)
