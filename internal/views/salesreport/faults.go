package salesreport

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrSpan      = fault.New(fault.Invalid, "report_span", "a report runs from a day like 2026-03-01 to the same or a later one")
	ErrDimension = fault.New(fault.Invalid, "report_dimension", "sales can be broken down by day, month, hour, store, register, employee, department, item, customer, channel and tender")
	ErrTwice     = fault.New(fault.Invalid, "report_dimension_twice", "the report is broken down by the same thing twice")
	ErrTenderBy  = fault.New(fault.Invalid, "report_tender_by", "a payment is for the whole receipt: tender goes with day, month, hour, store, register, employee, customer and channel, "+
		"not with department or item")
	ErrTop     = fault.New(fault.Invalid, "report_top", "the number of rows to show is not negative and at most 100000")
	ErrTooLong = fault.New(fault.Invalid, "report_too_long", "the report would have too many rows: ask for fewer days, for one store, or by less")
)
