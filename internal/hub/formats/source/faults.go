package source

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrOpen       = fault.New(fault.NotFound, "source_unreadable", "the file cannot be opened")
	ErrFolder     = fault.New(fault.Invalid, "is_a_folder", "this is a folder, not a file")
	ErrCompressed = fault.New(fault.Invalid, "file_compressed", "the file begins like a gzip file but is not one")
	ErrCutOff     = fault.New(fault.Invalid, "file_cut_off", "the compressed file is damaged or ends in the middle: get it whole and import it again")
	ErrTooLong    = fault.New(fault.Invalid, "file_too_long", "the file unpacks to more than can be a shop's export")
)
