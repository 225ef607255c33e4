package resolve

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrKey         = fault.New(fault.Invalid, "resolve_key", "name what is to be settled as the task does: tender:X, tax:X, item:X, account:ROLE, difference:SOURCE, line:KIND or movement:KIND")
	ErrNeedKind    = fault.New(fault.Invalid, "resolve_tender_kind", "this tender type is not known yet: say of which kind it is")
	ErrNeedAccount = fault.New(fault.Invalid, "resolve_account", "name the account that this belongs to")
	ErrCashAccount = fault.New(fault.Invalid, "resolve_cash_account", "cash goes to the accounts of its drawers: do not name another")
	ErrControl     = fault.New(fault.Invalid, "resolve_control_account", "only the rules of stock, drawers and suspense post to this account: name another")
	ErrNotMapped   = fault.New(fault.Conflict, "resolve_not_mapped", "the mapping leaves it unknown: nothing was posted")
	ErrWaits       = fault.New(fault.Conflict, "resolve_suspense", "money or goods wait for it: say what it is, and they move to where they belong")
	ErrNote        = fault.New(fault.Invalid, "resolve_note", "say in at most 400 characters on one line how the task was settled")
	ErrText        = fault.New(fault.Invalid, "resolve_text", "a name or department has at most 120 printable characters")
	ErrCard        = fault.New(fault.Invalid, "resolve_card_number", "a text holds a card number; nothing was stored")
)
