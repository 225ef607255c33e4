package posting

import "github.com/tillpost/tillpost/internal/base/fault"

// ErrCashKind says that a cash movement's kind or purpose is not one of the list.
var ErrCashKind = fault.New(fault.Invalid, "posting_cash_kind", "this kind or purpose of cash movement is not known")
