package tax

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrPolicy            = fault.New(fault.Invalid, "tax_policy", "this is not a way to round taxes that can be computed")
	ErrTooManyLines      = fault.New(fault.Invalid, "tax_too_many_lines", "the document has more lines than can be taxed at once")
	ErrTooManyComponents = fault.New(fault.Invalid, "tax_too_many_components", "the line has more taxes than any law asks for")
	ErrCode              = fault.New(fault.Invalid, "tax_code", "a tax needs a code of at most 64 characters, once per line")
	ErrKind              = fault.New(fault.Invalid, "tax_kind", "a tax is percent, fixed or division")
	ErrRate              = fault.New(fault.Invalid, "tax_rate", "with this rate the price cannot be split into net and tax")
	ErrTreatment         = fault.New(fault.Invalid, "tax_treatment", "what is not taxed cannot have a rate other than zero")
	ErrRefundQty         = fault.New(fault.Invalid, "refund_quantity", "more would come back than was sold")
	ErrStep              = fault.New(fault.Invalid, "rounding_step", "a rounding step is a positive number of minor units")

	ErrTableSyntax   = fault.New(fault.Invalid, "tax_table_syntax", "this is not a tax table")
	ErrTableTooLarge = fault.New(fault.Invalid, "tax_table_too_large", "the tax table is larger than any that we know")
	ErrTableEntry    = fault.New(fault.Invalid, "tax_table_entry", "an entry needs a category, a jurisdiction like US-NY and a source")
	ErrTableDays     = fault.New(fault.Invalid, "tax_table_days", "an entry is in force since a day, and until none or a later one")
	ErrTableOverlap  = fault.New(fault.Conflict, "tax_table_overlap", "two entries are in force for the same category and place on one day")
)
