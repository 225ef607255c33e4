package ledger

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrUnbalanced      = fault.New(fault.Internal, "entry_unbalanced", "debits and credits differ; the entry was not posted")
	ErrEmpty           = fault.New(fault.Invalid, "entry_empty", "the entry has neither lines nor a document")
	ErrZeroLine        = fault.New(fault.Invalid, "entry_line_zero", "a line of the entry has no amount")
	ErrText            = fault.New(fault.Invalid, "entry_text", "a text of the entry is too long or not valid UTF-8")
	ErrNoID            = fault.New(fault.Invalid, "entry_without_id", "the entry has no id")
	ErrNoBusinessDay   = fault.New(fault.Invalid, "entry_without_day", "the entry has no business day")
	ErrUnknownEntry    = fault.New(fault.NotFound, "entry_unknown", "there is no entry with this id")
	ErrAlreadyReversed = fault.New(fault.Conflict, "entry_already_reversed", "the entry was reversed before: post a new entry instead")
	ErrReversalDay     = fault.New(fault.Invalid, "reversal_before_entry", "a reversal cannot be dated before the entry that it reverses")

	ErrUnknownAccount  = fault.New(fault.NotFound, "account_unknown", "there is no account with this code")
	ErrAccountExists   = fault.New(fault.Conflict, "account_exists", "there is an account with this code already")
	ErrAccountDiffers  = fault.New(fault.Conflict, "account_differs", "the account exists with another type or currency, and these never change")
	ErrAccountCode     = fault.New(fault.Invalid, "account_code", "an account code has 1 to 80 characters and no spaces, colons, semicolons or quotes")
	ErrAccountName     = fault.New(fault.Invalid, "account_name", "an account name has 1 to 120 characters on one line")
	ErrAccountType     = fault.New(fault.Invalid, "account_type", "the account type must be asset, liability, equity, income or expense")
	ErrAccountCurrency = fault.New(fault.Invalid, "account_currency", "the account holds another foreign currency than the line")
	ErrRole            = fault.New(fault.Invalid, "account_role", "an account role needs a name of at most 120 characters and a key of at most 300 bytes")
	ErrChart           = fault.New(fault.NotFound, "chart_unknown", "there is no chart of accounts with this name")

	ErrFiscalStart    = fault.New(fault.Invalid, "fiscal_year_start", "the start of the fiscal year must be a month and day like 04-06, and not 02-29")
	ErrPeriodsOverlap = fault.New(fault.Conflict, "periods_overlap", "periods with other first or last days exist in this fiscal year")
	ErrNotPeriods     = fault.New(fault.Invalid, "not_whole_periods", "the days must be the first day of a period and the last day of the same or a later one")
	ErrNoPeriod       = fault.New(fault.NotFound, "period_unknown", "no period begins on this day")
	ErrLaterLocked    = fault.New(fault.Conflict, "later_period_locked", "a later period is locked: unlock from the last one backwards, or all of them at once")
	ErrWho            = fault.New(fault.Invalid, "period_change_without_name", "say who locks or unlocks, in at most 200 characters")
)
