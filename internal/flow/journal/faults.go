package journal

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrID          = fault.New(fault.Invalid, "journal_without_id", "the entry needs an id of its own, made by whoever sends it")
	ErrDay         = fault.New(fault.Invalid, "journal_day", "the day must be a date like 2026-03-14, at most a year ahead")
	ErrMemo        = fault.New(fault.Invalid, "journal_memo", "say what the entry is for, in at most 500 characters")
	ErrAttachment  = fault.New(fault.Invalid, "journal_attachment", "the reference to a voucher has at most 500 printable characters")
	ErrLines       = fault.New(fault.Invalid, "journal_lines", "an entry has 2 to 1000 lines")
	ErrAmount      = fault.New(fault.Invalid, "journal_amount", "a line needs an amount other than zero and within the range of amounts")
	ErrUnbalanced  = fault.New(fault.Invalid, "journal_unbalanced", "debits and credits differ")
	ErrControl     = fault.New(fault.Invalid, "journal_control_account", "this account follows the stock, a drawer or the open questions: use a count, a shift or the task instead")
	ErrForeign     = fault.New(fault.Invalid, "journal_foreign", "an account in a foreign currency needs the amount in that currency, with the same sign; other accounts have none")
	ErrText        = fault.New(fault.Invalid, "journal_text", "a text of a line has at most 200 printable characters")
	ErrCard        = fault.New(fault.Invalid, "journal_card_number", "a text holds a card number; nothing was stored")
	ErrOther       = fault.New(fault.Conflict, "journal_conflict", "an entry with this id was posted with other content")
	ErrNotByHand   = fault.New(fault.Conflict, "journal_not_by_hand", "this entry belongs to a document: take the document back instead")
	ErrUnknownDoc  = fault.New(fault.NotFound, "journal_document_unknown", "no entry in the books belongs to this document")
	ErrNothing     = fault.New(fault.Invalid, "journal_nothing_to_correct", "the books say this already")
	ErrTwice       = fault.New(fault.Unavailable, "journal_corrected_meanwhile", "somebody else corrects this document right now; try again")
	ErrManyEntries = fault.New(fault.Invalid, "journal_too_many_entries", "the document has too many entries to be corrected")
)
