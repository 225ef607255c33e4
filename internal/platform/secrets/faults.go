package secrets

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrNoKey    = fault.New(fault.Unavailable, "secret_key_missing", "there is no key to keep secrets with: set "+KeyEnv+" to 32 bytes in base64, as \"openssl rand -base64 32\" makes them")
	ErrBadKey   = fault.New(fault.Invalid, "secret_key_bad", "a key is 32 bytes in base64, as \"openssl rand -base64 32\" makes them")
	ErrKeyFile  = fault.New(fault.Unavailable, "secret_key_file", "the key file beside the database cannot be read or written")
	ErrOtherKey = fault.New(fault.Unavailable, "secret_key_other", "this secret was sealed with a key that is not here: bring the key back, or replace the secret")
	ErrSealed   = fault.New(fault.Internal, "secret_damaged", "a sealed secret is damaged or belongs to something else: replace it")
)
