package auth

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrMissing   = fault.New(fault.Unauthenticated, "auth_missing", "this needs an API key: send it as \"Authorization: Bearer tp_…\"")
	ErrMalformed = fault.New(fault.Unauthenticated, "auth_malformed", "this is not a whole API key: its letters do not fit together; copy it again")
	// ErrUnknown is one answer for a key that never was, one that was revoked and one that has expired:
	// whoever tries keys learns nothing.
	ErrUnknown = fault.New(fault.Unauthenticated, "auth_unknown", "this API key is not valid: it is unknown, revoked or expired")
	ErrScope   = fault.New(fault.Denied, "scope_missing", "the API key does not have the scope for this")
	ErrStore   = fault.New(fault.Denied, "store_denied", "the API key is not for this store")

	// Making and revoking keys.
	ErrName      = fault.New(fault.Invalid, "key_name", "the name of a key has 1 to 60 printable characters, begins and ends with none that is a space, and holds neither an id, a key nor a card number")
	ErrNameTaken = fault.New(fault.Conflict, "key_name_taken", "there is a key of this name already: choose another name, or revoke that key first")
	ErrScopeName = fault.New(fault.Invalid, "scope_unknown", "there is no such scope; \"all\" and \"read\" stand for all scopes and for all that only read")
	ErrNoScopes  = fault.New(fault.Invalid, "key_without_scopes", "a key needs at least one scope")
	ErrStores    = fault.New(fault.Invalid, "key_stores", "a key is for at most 200 named stores, or for all of them")
	ErrExpires   = fault.New(fault.Invalid, "key_expires", "a key expires in the future")
	ErrBy        = fault.New(fault.Invalid, "key_by", "who makes or revokes a key has 1 to 200 characters on one line")
	ErrTooMany   = fault.New(fault.Conflict, "too_many_keys", "there are 1,000 keys, and no more are allowed: revoke those that nobody uses")
	ErrNoKey     = fault.New(fault.NotFound, "key_unknown", "there is no API key with this name or id that is not revoked already")
)
