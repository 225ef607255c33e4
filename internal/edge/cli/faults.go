package cli

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of the command line.
var (
	ErrNoDatabase   = fault.New(fault.NotFound, "no_database", "there is no database yet: run \"tillpost setup\" or \"tillpost demo\" first, or name one with --db")
	ErrNoShop       = fault.New(fault.NotFound, "no_shop", "the database holds no shop yet: run \"tillpost setup\" first, or import a file into it")
	ErrAddress      = fault.New(fault.Invalid, "database_address", "this is neither a file nor the address of a PostgreSQL database like postgres://user@host/name")
	ErrNoDemoFile   = fault.New(fault.NotFound, "no_demo_file", "the demo's data is not here: run it from the project's folder, or name the file with --file")
	ErrNoControl    = fault.New(fault.Invalid, "no_control_figure", "the demo's file has no columns Quantity and UnitPrice")
	ErrFresh        = fault.New(fault.Invalid, "fresh_on_server", "--fresh deletes a SQLite file; empty a PostgreSQL database with its own tools")
	ErrNotDemo      = fault.New(fault.Conflict, "not_the_demo", "this database holds another shop: choose another file with --into")
	ErrStore        = fault.New(fault.Invalid, "which_store", "there are several stores: say which one with --store")
	ErrRegister     = fault.New(fault.Invalid, "which_register", "the store has several registers: say which one with --register")
	ErrWhichReceipt = fault.New(fault.Conflict, "which_receipt", "several receipts have this number: name one of them")
	ErrWhichItem    = fault.New(fault.Invalid, "which_item", "a stock card is of one item: name it with --item")
	ErrUsage        = fault.New(fault.Invalid, "usage", "the command is not complete")
	ErrSpanBack     = fault.New(fault.Invalid, "span_backwards", "the last day lies before the first")
	ErrAmount       = fault.New(fault.Invalid, "bad_amount", "this is not an amount like 12.50 in the currency of the books")
	ErrPercent      = fault.New(fault.Invalid, "bad_percent", "this is not a percentage like 45 or 12.5")
	ErrNoCheck      = fault.New(fault.Invalid, "no_such_check", "there is no such check")
	ErrRole         = fault.New(fault.Invalid, "no_such_role", "no posting has this role")
	ErrTake         = fault.New(fault.Invalid, "take_syntax", "what comes back is written as line x quantity, as in 1x2 3x0.5")
	ErrMonth        = fault.New(fault.Invalid, "bad_month", "this is not a month like 2026-03")
	ErrYear         = fault.New(fault.Invalid, "bad_year", "this is not a year like 2026")
	ErrNoLayout     = fault.New(fault.NotFound, "no_such_layout", "there is no layout of this name; \"tillpost layouts\" lists them")
	ErrFileThere    = fault.New(fault.Conflict, "file_exists", "the file exists and is not overwritten: choose another name or delete it first")

	// Documents as JSON.
	ErrKind   = fault.New(fault.Invalid, "document_kind", "there is no such kind of document")
	ErrTooBig = fault.New(fault.Invalid, "document_too_big", "one document has at most 8 MiB")
	ErrNoJSON = fault.New(fault.Invalid, "document_missing", "there is no document in the input")

	// The day at the till.
	ErrNoShift   = fault.New(fault.NotFound, "no_open_shift", "this register has no open shift: begin one with \"tillpost shift open\"")
	ErrPieces    = fault.New(fault.Invalid, "count_syntax", "a count is written as value x number, as in 20x5 0.50x12; an empty drawer is 0x0")
	ErrDayIsOpen = fault.New(fault.Conflict, "day_is_open", "this business day is not closed: close it with \"tillpost day close\", or print the report so far with \"tillpost report x\"")
	ErrNotZ      = fault.New(fault.Conflict, "shift_is_open", "this shift is not closed: close it first, or print the report so far with \"tillpost report x\"")

	// The server.
	ErrListen = fault.New(fault.Unavailable, "listen", "nothing can be served there: the address is taken, or not one of this machine")
	ErrTLS    = fault.New(fault.Invalid, "tls_certificate", "the certificate and its key cannot be used; both are PEM files, and --tls-cert and --tls-key go together")

	// Errors that come without a fault of their own.
	ErrStopped      = fault.New(fault.Unavailable, "stopped", "stopped")
	ErrFileMissing  = fault.New(fault.NotFound, "file_missing", "there is no such file")
	ErrOutput       = fault.New(fault.Unavailable, "output_failed", "the output could not be written")
	ErrFileDenied   = fault.New(fault.Denied, "file_denied", "the file may not be opened: check its permissions")
	ErrFileIsFolder = fault.New(fault.Invalid, "file_is_folder", "this is a folder, and a file is needed")
	ErrOurs         = fault.New(fault.Internal, "internal", "something went wrong that should not; please report it with this line")
)
