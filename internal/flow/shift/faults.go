package shift

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrNotCounted = fault.New(fault.Invalid, "count_currency_missing", "the drawer may hold cash of this currency: count it too, or say that there is none")
	ErrNoRate     = fault.New(fault.Invalid, "cash_without_rate", "say what one unit of this currency is worth: the books hold none to compare with")
	ErrRate       = fault.New(fault.Invalid, "cash_rate", "the rate must be positive")
	ErrKind       = fault.New(fault.Invalid, "cash_kind", "a movement is paid_in, paid_out, drop or tips_out")
	ErrDetail     = fault.New(fault.Invalid, "cash_detail", "this detail does not belong to a movement of this kind")
	ErrTax        = fault.New(fault.Invalid, "cash_tax", "the input tax is part of the amount of an expense in the book currency")
	ErrTips       = fault.New(fault.Invalid, "cash_tips", "tips are paid out in the book currency; what goes through payroll is not negative")
	ErrKeep       = fault.New(fault.Invalid, "cash_keep", "what stays in the drawer is not negative and named once a currency")
	ErrReason     = fault.New(fault.Invalid, "recount_without_reason", "a second count needs a reason")
	ErrCrowded    = fault.New(fault.Unavailable, "shift_crowded", "a drawer is counted in a transaction of its own: try again")
)
