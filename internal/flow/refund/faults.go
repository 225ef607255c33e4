package refund

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrNoID         = fault.New(fault.Invalid, "refund_id_missing", "a refund or void needs an id of its own and the receipt that it takes back")
	ErrOtherContent = fault.New(fault.Conflict, "refund_other_content", "a receipt with this id was recorded and is not this refund or void")
	ErrNothingLeft  = fault.New(fault.Conflict, "refund_nothing_left", "everything that could come back of this receipt has come back")
	ErrCancelled    = fault.New(fault.Conflict, "refund_cancelled", "this receipt was cancelled: nothing of it is left to refund")
	ErrTender       = fault.New(fault.NotFound, "refund_tender_unknown", "there is no tender type of this code; GET /v1/tender-types and \"tillpost tender list\" list them")
	ErrNoTender     = fault.New(fault.Invalid, "refund_tender_missing", "the receipt does not say how it was paid: name the tender of the refund")
	ErrDrawer       = fault.New(fault.Invalid, "refund_drawer", "a drawer goes with a named cash tender")
	ErrVoidTwice    = fault.New(fault.Conflict, "void_twice", "this receipt was cancelled before")
	ErrVoidReturned = fault.New(fault.Conflict, "void_after_return", "goods of this receipt have come back: refund what is left instead")
)
