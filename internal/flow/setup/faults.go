package setup

import "github.com/tillpost/tillpost/internal/base/fault"

// ErrOtherBooks says that the database holds another shop's books.
var ErrOtherBooks = fault.New(fault.Conflict, "other_books", "this database holds books in another currency or with another chart of accounts: use a database of its own (--db)")
