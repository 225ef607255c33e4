package keys

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var ErrOutlives = fault.New(fault.Denied, "key_outlives", "a key that expires makes only keys that expire no later")
