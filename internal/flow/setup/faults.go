package setup

import "github.com/tillpost/tillpost/internal/base/fault"

// ErrOtherBooks says that the database holds another shop's books.
var ErrOtherBooks = fault.New(fault.Conflict, "other_books", "this database holds books in another currency, with another chart of accounts or another fiscal year: use a database of its own (--db)")
