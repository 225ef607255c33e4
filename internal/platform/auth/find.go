package auth

import (
	"crypto/subtle"
	"database/sql"
	"errors"
	"time"

	"github.com/tillpost/tillpost/internal/platform/db"
)

// Find asks the database who has a key. A server asks its Keeper instead.
func Find(q db.Q, text string, now time.Time) (Principal, error) {
	secret, err := Parse(text)
	if err != nil {
		return Principal{}, err
	}
	hash := secret.digest()
	k, kept, err := scan(q.QueryRow(selectByHash, hash[:]))
	if errors.Is(err, sql.ErrNoRows) {
		return Principal{}, ErrUnknown
	}
	if err != nil {
		return Principal{}, err
	}
	if !same(hash, kept) || k.RevokedMs != 0 || k.Expired(now) {
		return Principal{}, ErrUnknown
	}
	return k.principal(), nil
}

// same compares in constant time. How long a look-up by hash takes tells nothing of use either: who
// chooses the secret does not choose its SHA-256.
func same(a, b digest) bool { return subtle.ConstantTimeCompare(a[:], b[:]) == 1 }
