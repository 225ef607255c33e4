package cli

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of the command line.
var (
	ErrNoDatabase = fault.New(fault.NotFound, "no_database", "there is no database yet: run \"tillpost setup\" or \"tillpost demo\" first, or name one with --db")
	ErrNoShop     = fault.New(fault.NotFound, "no_shop", "the database holds no shop yet: run \"tillpost setup\" first")
	ErrStore      = fault.New(fault.Invalid, "which_store", "there are several stores: say which one with --store")
	ErrWhichItem  = fault.New(fault.Invalid, "which_item", "a stock card is of one item: name it with --item")
	ErrNoDemoFile = fault.New(fault.NotFound, "no_demo_file", "the demo's data is not here: run it from the project's folder, or name the file with --file")
)
