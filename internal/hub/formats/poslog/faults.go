package poslog

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrSyntax   = fault.New(fault.Invalid, "poslog_syntax", "the XML is broken here; nothing behind this place can be read")
	ErrNoPOSLog = fault.New(fault.Invalid, "poslog_root", "this XML is not a POSLog")
	ErrTooBig   = fault.New(fault.Invalid, "poslog_too_big", "one transaction is larger than any receipt can be")
	ErrDoctype  = fault.New(fault.Invalid, "poslog_doctype", "a POSLog has no document type declaration; entities are not read")
	ErrCharset  = fault.New(fault.Invalid, "poslog_charset", "the character set of this XML is not known")
	errUnknown  = fault.New(fault.Invalid, "unknown_transaction", "this kind of transaction is not known")
	errPostVoid = fault.New(fault.Invalid, "post_void", "a transaction that voids another one must be entered by hand: void the receipt that it names")
)
