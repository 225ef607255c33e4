package posting

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrCurrency   = fault.New(fault.Invalid, "posting_currency", "the document is not in the currency of the books")
	ErrFooting    = fault.New(fault.Invalid, "posting_not_footed", "the document's parts and its tenders differ")
	ErrNoSuspense = fault.New(fault.Conflict, "posting_without_suspense", "the chart has no suspense account: give the role \"suspense\" an account first")
	ErrNoTarget   = fault.New(fault.Invalid, "reclass_without_account", "this key says nothing about its account: name the account")
	ErrKey        = fault.New(fault.Invalid, "reclass_key", "this is not a key of suspense, as in \"tender:PayLater-X\"")
	ErrMovement   = fault.New(fault.Invalid, "posting_movement_kind", "this kind of movement is not known")
)
