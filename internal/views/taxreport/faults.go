package taxreport

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var ErrNoBooks = fault.New(fault.Conflict, "tax_books_not_set_up", "the books have no currency yet: set the shop up first")
