package books

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrNoBooks   = fault.New(fault.Conflict, "books_not_set_up", "the books have no currency yet: set the shop up first")
	ErrNoAccount = fault.New(fault.NotFound, "books_account_unknown", "no account has this code, and none begins with it and a dash")
)
