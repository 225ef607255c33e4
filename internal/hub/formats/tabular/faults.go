package tabular

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrLayout      = fault.New(fault.Invalid, "layout_invalid", "the layout file is not valid")
	ErrNoLayout    = fault.New(fault.NotFound, "layout_unknown", "there is no layout of this name")
	ErrUndetected  = fault.New(fault.Invalid, "layout_undetected", "no layout fits the columns of this file")
	ErrAmbiguous   = fault.New(fault.Invalid, "layout_ambiguous", "more than one layout fits: name the one that is meant")
	ErrColumn      = fault.New(fault.Invalid, "column_missing", "a column that the layout needs is not in the file")
	ErrColumnTwice = fault.New(fault.Invalid, "column_twice", "a column that the layout needs is in the file more than once")
	ErrSideFile    = fault.New(fault.NotFound, "side_file_missing", "a file that belongs to this export is not beside it")
	ErrSideTooBig  = fault.New(fault.Invalid, "side_file_too_big", "the file beside the main one has too many rows to be kept in memory")
	ErrEmpty       = fault.New(fault.Invalid, "file_empty", "the file has no header row")
	ErrZone        = fault.New(fault.Invalid, "zone_unknown", "this is not a time zone like Europe/London")
)
