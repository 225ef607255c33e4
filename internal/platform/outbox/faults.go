package outbox

import "github.com/tillpost/tillpost/internal/base/fault"

// ErrTopic is the fault of this package; its code is part of the API.
var ErrTopic = fault.New(fault.Invalid, "topic_unknown", "there is no such topic; GET /v1/topics and \"tillpost log --topics\" list them")
