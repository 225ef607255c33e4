package catalogue

import (
	"fmt"

	"github.com/tillpost/tillpost/internal/base/fault"
)

// Faults of this package; the codes are part of the API.
var (
	ErrTooLarge  = fault.New(fault.Invalid, "catalogue_too_large", "this is more than can be taken at once: at most 250000 of each kind, in a file of at most 64 MB; split it")
	ErrTwice     = fault.New(fault.Invalid, "catalogue_twice", "the same thing stands there twice and differs")
	ErrNoBooks   = fault.New(fault.Conflict, "catalogue_no_books", "the shop is not set up yet: its currency is not known")
	ErrOffer     = fault.New(fault.Internal, "catalogue_promotion", "a stored promotion cannot be read: put it again")
	ErrCSV       = fault.New(fault.Invalid, "catalogue_csv", "this is not a CSV file: columns in the first line, texts with separators in double quotes")
	ErrHeader    = fault.New(fault.Invalid, "catalogue_header", "the first line names the columns: sku, and any of name, department, unit, tax_category, price, cost, barcode, reorder_point, reorder_to")
	ErrCells     = fault.New(fault.Invalid, "catalogue_cells", "the line has more cells than the first line names")
	ErrCell      = fault.New(fault.Invalid, "catalogue_cell", "a cell is longer than 2000 bytes")
	ErrNumber    = fault.New(fault.Invalid, "catalogue_number", "this is not a plain number like 12.50")
	ErrNoSKU     = fault.New(fault.Invalid, "catalogue_no_sku", "the line has no SKU")
	ErrSKUTwice  = fault.New(fault.Invalid, "catalogue_sku_twice", "the SKU stands in an earlier line too")
	ErrNoName    = fault.New(fault.Invalid, "catalogue_no_name", "a new item needs a name")
	ErrTaxStored = fault.New(fault.Internal, "catalogue_tax_entry", "a stored tax entry cannot be read: put it again")
	ErrPartly    = fault.New(fault.Conflict, "catalogue_partly", "the file or the catalogue was changed while the lines were being written, and those from here on do not fit any more; the lines before are written: correct the file and import it again")
	ErrAttached  = fault.New(fault.Conflict, "catalogue_attached", "an item that is sold has this one attached: it can neither be retired nor have something attached itself")
	ErrRows      = fault.New(fault.Invalid, "catalogue_rows", "some lines are wrong; nothing was written")
)

// Faults are all that is wrong with a part of a catalogue, at most a hundred.
type Faults []*fault.Error

// Error is the first of them and how many more there are.
func (f Faults) Error() string {
	if len(f) == 1 {
		return f[0].Error()
	}
	return fmt.Sprintf("%v (and %d more)", f[0], len(f)-1)
}

// Unwrap gives each of them to errors.Is, and the first to who asks for one.
func (f Faults) Unwrap() []error {
	out := make([]error, len(f))
	for i := range f {
		out[i] = f[i]
	}
	return out
}
