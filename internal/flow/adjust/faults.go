package adjust

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var ErrKind = fault.New(fault.Invalid, "adjustment_kind", "an adjustment is one of found, shrink, damaged, opening")
