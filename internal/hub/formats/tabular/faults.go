package tabular

import (
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/fixed"
)

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

// Faults of a cell; they end up in the reason of a rejected row, behind the column and its text.
var (
	errGrouping   = fault.New(fault.Invalid, "number_grouping", "has its separators in odd places; when the comma is the decimal sign, set \"decimal\" in the layout")
	errScientific = fault.New(fault.Invalid, "number_scientific", "was rounded by a spreadsheet (1E+05); export the file again without opening it in one")
	errBlank      = fault.New(fault.Invalid, "blank", "is blank")
	errNoRule     = fault.New(fault.Invalid, "no_rule", "is in a row that no rule of the layout fits")
	errTooLarge   = tooLarge()

	errOtherMoney    = fault.New(fault.Invalid, "amount_currency", "is money of another currency than the document's")
	errOtherCurrency = fault.New(fault.Invalid, "currency_differs", "is another currency than the rows before it have: a document has one")
)

// tooLarge is fixed.ErrOverflow in words that fit behind a cell.
func tooLarge() *fault.Error {
	e := *fixed.ErrOverflow
	e.Message = "is too large for a shop's document"
	return &e
}

func errNoSide(table string) error {
	return fault.New(fault.Invalid, "no_side_row", "has no row in the %s file", table)
}
