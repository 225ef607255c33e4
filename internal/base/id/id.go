// Package id makes UUIDv7 identifiers (RFC 9562). Whoever creates a thing makes its id, also
// offline; the id is the idempotency key everywhere.
package id

import (
	"crypto/rand"
	"crypto/sha256"
	"database/sql/driver"
	"encoding/hex"
	"time"

	"github.com/tillpost/tillpost/internal/base/fault"
)

// ID is a UUIDv7. The zero ID means "none". It is stored as 16 bytes and written as the usual text.
type ID [16]byte

// ErrSyntax says that a text is not a UUID.
var ErrSyntax = fault.New(fault.Invalid, "bad_id", "this is not a UUID")

// New makes an id for something created at now.
func New(now time.Time) ID {
	var u ID
	rand.Read(u[6:]) // never fails (crypto/rand)
	u.stamp(now)
	return u
}

// Derive makes the id of something that an outside system numbers itself: the same source, key and
// time always give the same id, so that reading a file twice names the same receipts.
func Derive(at time.Time, source, key string) ID {
	var u ID
	sum := sha256.Sum256([]byte(source + "\x00" + key))
	copy(u[6:], sum[:10])
	u.stamp(at)
	return u
}

func (u *ID) stamp(t time.Time) {
	ms := t.UnixMilli()
	if ms < 0 {
		ms = 0
	}
	for i := range 6 {
		u[i] = byte(ms >> (40 - 8*i))
	}
	u[6] = 0x70 | u[6]&0x0f
	u[8] = 0x80 | u[8]&0x3f
}

// Parse reads the 36-character text form.
func Parse(s string) (ID, error) {
	var u ID
	err := u.UnmarshalText([]byte(s))
	return u, err
}

// IsZero tells whether the id is unset.
func (u ID) IsZero() bool { return u == ID{} }

// String writes the 36-character form, "" for the zero id.
func (u ID) String() string {
	if u.IsZero() {
		return ""
	}
	var b [36]byte
	hex.Encode(b[:8], u[:4])
	hex.Encode(b[9:13], u[4:6])
	hex.Encode(b[14:18], u[6:8])
	hex.Encode(b[19:23], u[8:10])
	hex.Encode(b[24:], u[10:])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return string(b[:])
}

// MarshalText writes the text form.
func (u ID) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText reads the text form; empty text is the zero id.
func (u *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*u = ID{}
		return nil
	}
	if len(b) != 36 || b[8] != '-' || b[13] != '-' || b[18] != '-' || b[23] != '-' {
		return ErrSyntax
	}
	var h [32]byte
	n := 0
	for _, c := range b {
		if c != '-' {
			if n == 32 {
				return ErrSyntax
			}
			h[n] = c
			n++
		}
	}
	if n != 32 {
		return ErrSyntax
	}
	var v ID
	if _, err := hex.Decode(v[:], h[:]); err != nil {
		return ErrSyntax
	}
	*u = v
	return nil
}

// Value stores the id as 16 bytes, the zero id as NULL.
func (u ID) Value() (driver.Value, error) {
	if u.IsZero() {
		return nil, nil
	}
	return u[:], nil
}

// Scan reads what Value stored.
func (u *ID) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*u = ID{}
		return nil
	case []byte:
		if len(v) == 16 {
			copy(u[:], v)
			return nil
		}
	}
	return ErrSyntax
}
