package main

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this program.
var (
	errCall  = fault.New(fault.NotFound, "call_unknown", "the engine has no such call")
	errBook  = fault.New(fault.NotFound, "book_unknown", "this book was not loaded, or neither a book nor its id was given")
	errBooks = fault.New(fault.Conflict, "books_full", "the engine keeps at most %d books; load under an id that is in use", maxBooks)
	errCode  = fault.New(fault.Internal, "engine_failed", "the engine failed; please report what was entered")
)
