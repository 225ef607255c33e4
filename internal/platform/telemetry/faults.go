package telemetry

import "github.com/tillpost/tillpost/internal/base/fault"

// ErrTraces is the fault of this package; its code is part of the API.
var ErrTraces = fault.New(fault.Invalid, "traces", "the OpenTelemetry settings of the environment cannot be used")
