package outbox

import "github.com/tillpost/tillpost/internal/base/fault"

// ErrTopic is the fault of this package; its code is part of the API.
var ErrTopic = fault.New(fault.Invalid, "topic_unknown", "there is no such topic; \"tillpost log --topics\" lists them")
