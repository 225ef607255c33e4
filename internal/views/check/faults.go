package check

import "github.com/tillpost/tillpost/internal/base/fault"

// ErrUnknownCheck says that there is no check of this name.
var ErrUnknownCheck = fault.New(fault.Invalid, "check_unknown", "there is no such check; there are chain, balance, receipts, tax, stock, totals, drawers, gaps and outbox")
