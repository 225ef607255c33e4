package importer

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrUnreadable = fault.New(fault.NotFound, "file_unreadable", "the file cannot be read")
	ErrMoved      = fault.New(fault.Conflict, "document_moved", "this document is in the books with another time: was the file read in another time zone, or is it another document with the same number? Nothing was recorded")
	ErrCurrency   = fault.New(fault.Invalid, "import_currency", "the file is in another currency than the books: use a database of its own for it (--db)")
	ErrNotWaiting = fault.New(fault.NotFound, "row_not_waiting", "nothing waits in quarantine at this line of this import")
	ErrNoRun      = fault.New(fault.NotFound, "import_unknown", "there is no import with this id")
)
