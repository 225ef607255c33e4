package closeperiod

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrNotOver  = fault.New(fault.Conflict, "period_not_over", "the period is not over yet: what the tills sell today would count in a later one")
	ErrSuspense = fault.New(fault.Conflict, "period_with_suspense", "something waits in suspense: map it first, or close despite it")
	ErrTooLong  = fault.New(fault.Invalid, "period_too_long", "at most fifty fiscal years can be closed at once")
)
