package cli

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of selling at the command line.
var (
	ErrPayment = fault.New(fault.Invalid, "tender_syntax", "a payment is written as CODE:AMOUNT, as in cash:20.00; one of them may leave the amount out and takes the rest")
)
