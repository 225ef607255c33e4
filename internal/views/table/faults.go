package table

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrFormat = fault.New(fault.Invalid, "table_format_unknown", "the format must be table, csv or json")
	ErrShape  = fault.New(fault.Internal, "table_shape", "a row has another number of cells than the table has columns")
)
