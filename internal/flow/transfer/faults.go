package transfer

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrTransfer    = fault.New(fault.NotFound, "transfer_unknown", "there is no transfer with this id")
	ErrClosed      = fault.New(fault.Conflict, "transfer_closed", "nothing of this transfer is under way any more")
	ErrDestination = fault.New(fault.Conflict, "transfer_other_store", "the goods can arrive where they were sent to, or come back where they came from")
)
