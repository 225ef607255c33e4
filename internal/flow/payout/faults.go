package payout

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrPolicy = fault.New(fault.Invalid, "payout_policy", "charges either explain the receipts' tenders (\"explain\") or settle takings without one (\"settle\")")
	ErrMany   = fault.New(fault.Invalid, "payout_too_many", "too many movements at once: send them in parts")
)
