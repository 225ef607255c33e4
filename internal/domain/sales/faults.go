package sales

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API. These three, and an unauthenticated sender,
// are the only reasons for which a receipt that happened is not taken.
var (
	ErrOtherContent = fault.New(fault.Conflict, "receipt_other_content", "a receipt with this id was recorded with other content; the recorded one stays")
	ErrNumberTaken  = fault.New(fault.Conflict, "receipt_number_taken", "this register has recorded another receipt with this number")
	ErrBrokenSeal   = fault.New(fault.Conflict, "receipt_broken_seal", "the receipt's hash does not fit its content or the register's previous receipt; a receipt that has a number needs the hash of the till that gave it, and one without either is numbered and sealed here")
	ErrNotFound     = fault.New(fault.NotFound, "receipt_not_found", "there is no receipt with this id")
)
