package payments

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrTenderCode      = fault.New(fault.Invalid, "tender_code", "a tender type's code has 1 to 100 bytes of printable text")
	ErrTenderName      = fault.New(fault.Invalid, "tender_name", "a tender type's name has at most 200 bytes of printable text")
	ErrTenderKind      = fault.New(fault.Invalid, "tender_kind", "this is not a kind of tender type")
	ErrTenderDiffers   = fault.New(fault.Conflict, "tender_differs", "this tender type exists with another kind; sales are booked by it, so it cannot change")
	ErrNoTender        = fault.New(fault.NotFound, "tender_unknown", "there is no tender type of this code; GET /v1/tender-types and \"tillpost tender list\" list them")
	ErrMovementID      = fault.New(fault.Invalid, "movement_without_id", "a movement needs an id")
	ErrMovementKind    = fault.New(fault.Invalid, "movement_kind", "this is not a kind of movement")
	ErrMovementDay     = fault.New(fault.Invalid, "movement_day", "a movement needs a business day like 2026-03-14")
	ErrMovementAmount  = fault.New(fault.Invalid, "movement_amount", "a movement's net must be its gross less its fee, all within the range of amounts")
	ErrMovementText    = fault.New(fault.Invalid, "movement_text", "a movement's texts have at most 200 bytes of printable text each, its note 2000")
	ErrMovementCard    = fault.New(fault.Invalid, "movement_card_number", "a text of the movement holds a card number; it was not stored")
	ErrMovementDiffers = fault.New(fault.Conflict, "movement_differs", "a movement with this id is recorded with other content")
)
