package auth

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/pan"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Limits of keys. All that are not revoked are held in memory by every server.
const (
	KeysMost   = 1_000
	NameMost   = 60  // characters: what a column of a list can show
	StoresMost = 200 // a key for more is a key for all
	byMost     = 200
)

// Order says what key to make. That its stores exist is for the caller to see to.
type Order struct {
	Name    string
	Scopes  []Scope
	Stores  []string  // none: all stores
	Expires time.Time // zero: never
	By      string    // who makes it
}

const (
	insertKey db.SQL = `INSERT INTO api_keys (id, name, prefix, hash, scopes, stores, created_ms, created_by, expires_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	countKeys  db.SQL = `SELECT COUNT(*) FROM api_keys WHERE revoked_ms = 0`
	countNamed db.SQL = `SELECT COUNT(*) FROM api_keys WHERE name = $1 AND revoked_ms = 0`
)

// Create stores a key. The secret is drawn before the transaction (NewSecret); its text is all that ever
// opens the key, and is not kept.
func Create(tx *db.Tx, o Order, secret Secret) (Key, error) {
	k, err := o.key(tx.Now)
	if err != nil {
		return Key{}, err
	}
	var n int64
	if err := tx.QueryRow(countNamed, k.Name).Scan(&n); err != nil {
		return Key{}, err
	}
	if n > 0 {
		return Key{}, ErrNameTaken.Named("name", k.Name)
	}
	if err := tx.QueryRow(countKeys).Scan(&n); err != nil {
		return Key{}, err
	}
	if n >= KeysMost {
		return Key{}, ErrTooMany
	}
	k.Prefix = secret.Prefix()
	hash := secret.digest()
	_, err = tx.Exec(insertKey, k.ID[:], k.Name, k.Prefix, hash[:], joined(k.Scopes), strings.Join(k.Stores, ","), k.CreatedMs, k.CreatedBy, k.ExpiresMs)
	return k, err
}

// key is the order as it is stored: checked, sorted, each scope and store once.
func (o *Order) key(now time.Time) (Key, error) {
	if err := checkName(o.Name); err != nil {
		return Key{}, err
	}
	if err := checkBy(o.By); err != nil {
		return Key{}, err
	}
	k := Key{ID: id.New(now), Name: o.Name, Scopes: tidy(o.Scopes), Stores: tidy(o.Stores), CreatedMs: now.UnixMilli(), CreatedBy: o.By}
	if len(k.Scopes) == 0 {
		return Key{}, ErrNoScopes.At("scopes")
	}
	for _, s := range k.Scopes {
		if !s.Known() {
			return Key{}, ErrScopeName.Named("scopes", cut(string(s)))
		}
	}
	if len(k.Stores) > StoresMost || slices.ContainsFunc(k.Stores, func(code string) bool { return code == "" || strings.Contains(code, ",") }) {
		return Key{}, ErrStores.At("stores")
	}
	if !o.Expires.IsZero() {
		if k.ExpiresMs = o.Expires.UnixMilli(); k.ExpiresMs <= k.CreatedMs {
			return Key{}, ErrExpires.At("expires")
		}
	}
	return k, nil
}

// tidy sorts a copy and leaves each value once.
func tidy[T ~string](list []T) []T {
	out := append(make([]T, 0, len(list)), list...)
	slices.Sort(out)
	return slices.Compact(out)
}

func joined(scopes []Scope) string {
	names := make([]string, len(scopes))
	for i, s := range scopes {
		names[i] = string(s)
	}
	return strings.Join(names, ",")
}

// checkName refuses what would not be seen on a line, what is taken for an id, and secrets that were
// pasted into the wrong place.
func checkName(s string) error {
	if s == "" || !utf8.ValidString(s) || utf8.RuneCountInString(s) > NameMost || strings.TrimSpace(s) != s || !printable(s) || pan.Found(s) || Redact(s) != s {
		return ErrName
	}
	if _, err := id.Parse(s); err == nil {
		return ErrName
	}
	return nil
}

func checkBy(s string) error {
	if s == "" || !utf8.ValidString(s) || utf8.RuneCountInString(s) > byMost || !printable(s) || pan.Found(s) || Redact(s) != s {
		return ErrBy
	}
	return nil
}

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}
