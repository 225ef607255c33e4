package posting

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of giving a role its account; the codes are part of the API.
var (
	ErrNoRole       = fault.New(fault.Invalid, "role_unknown", "no posting has this role")
	ErrRoleKey      = fault.New(fault.Invalid, "role_key", "this key does not fit the role")
	ErrRoleType     = fault.New(fault.Invalid, "role_account_type", "an account of this type cannot have this role")
	ErrRoleCurrency = fault.New(fault.Invalid, "role_account_currency", "the account holds a currency that this role does not post there")
	ErrRoleTaken    = fault.New(fault.Conflict, "role_account_taken", "two roles cannot share this account: add another one (POST /v1/accounts, or \"tillpost account add\")")
	ErrRolePosted   = fault.New(fault.Conflict, "role_account_posted", "something stands on this account already, and the role needs an empty one: add one (POST /v1/accounts, or \"tillpost account add\")")
	ErrRoleInUse    = fault.New(fault.Conflict, "role_in_use", "the role has postings and keeps its account, which you may rename: what is posted stays there, and the proofs would compare another account")
)
