package journals

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var ErrFormat = fault.New(fault.Invalid, "journal_format_unknown", "the export format must be hledger, ledger, beancount or csv")
