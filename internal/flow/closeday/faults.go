package closeday

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrOpenShift = fault.New(fault.Conflict, "day_open_shift", "a shift of this day is not closed: count and close it first, or force the close")
	ErrFuture    = fault.New(fault.Invalid, "day_future", "this business day has not begun yet")
	ErrNotClosed = fault.New(fault.NotFound, "day_not_closed", "this business day is not closed")
	ErrCrowded   = fault.New(fault.Unavailable, "day_crowded", "a day is closed in a transaction of its own: try again")
)
