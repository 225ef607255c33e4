package inventory

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrQty         = fault.New(fault.Invalid, "stock_qty", "the quantity must be more than zero")
	ErrCounted     = fault.New(fault.Invalid, "stock_counted_negative", "nobody can count less than nothing")
	ErrCost        = fault.New(fault.Invalid, "stock_cost", "the cost must not be negative")
	ErrItem        = fault.New(fault.Invalid, "stock_item", "the line names no item, or one whose code cannot be kept")
	ErrUnknownItem = fault.New(fault.NotFound, "stock_item_unknown", "there is no such item that is kept in stock: add it to the catalogue first")
	ErrTwice       = fault.New(fault.Invalid, "stock_item_twice", "the item stands on this document twice: add the lines up")
	ErrLocation    = fault.New(fault.Invalid, "stock_location", "the location must be the code of a store")
	ErrSamePlace   = fault.New(fault.Invalid, "stock_same_place", "a transfer needs two different stores")
	ErrNoLines     = fault.New(fault.Invalid, "stock_no_lines", "the document has no lines")
	ErrManyLines   = fault.New(fault.Invalid, "stock_many_lines", "the document has too many lines: split it")
	ErrNoID        = fault.New(fault.Invalid, "stock_no_id", "the document has no id")
	ErrDay         = fault.New(fault.Invalid, "stock_day", "the business day is missing, is not a date, or lies in the future")
	ErrText        = fault.New(fault.Invalid, "stock_text", "the text is too long or holds characters that cannot be kept")
	ErrCard        = fault.New(fault.Invalid, "stock_card_number", "this looks like a card number; card numbers are not kept here")
	ErrOther       = fault.New(fault.Conflict, "stock_doc_conflict", "a document with this id was recorded with other content")
	ErrDocUnknown  = fault.New(fault.NotFound, "stock_doc_unknown", "there is no stock document with this id")
	ErrMark        = fault.New(fault.Invalid, "stock_mark", "the mark of the count sheet is not one of this ledger")
	ErrNotOnTheWay = fault.New(fault.Conflict, "stock_not_in_transit", "more arrived than is on the way: count both stores")
)
