package intake

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults that readers share; the codes are part of the API. Their messages go behind the name and the
// text of the place that is wrong.
var (
	ErrNotNumber = fault.New(fault.Invalid, "not_a_number", "is not a number")
	ErrNotTime   = fault.New(fault.Invalid, "not_a_time", "is not a date or time as it should be")
)
