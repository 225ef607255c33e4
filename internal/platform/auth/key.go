package auth

import (
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Key is a key as lists show it.
type Key struct {
	ID         id.ID    `json:"id"`
	Name       string   `json:"name"`
	Prefix     string   `json:"prefix"` // how its text begins
	Scopes     []Scope  `json:"scopes"`
	Stores     []string `json:"stores"` // empty: all stores
	CreatedMs  int64    `json:"created_ms"`
	CreatedBy  string   `json:"created_by"`
	ExpiresMs  int64    `json:"expires_ms,omitempty"` // 0: never
	RevokedMs  int64    `json:"revoked_ms,omitempty"` // 0: not revoked
	RevokedBy  string   `json:"revoked_by,omitempty"`
	LastUsedMs int64    `json:"last_used_ms,omitempty"` // 0: never; up to a minute old
}

// Expired tells whether the key's time is over.
func (k *Key) Expired(now time.Time) bool { return expired(k.ExpiresMs, now.UnixMilli()) }

func expired(expiresMs, nowMs int64) bool { return expiresMs != 0 && nowMs >= expiresMs }

func (k *Key) principal() Principal {
	p := Principal{KeyID: k.ID, Name: k.Name, Scopes: map[Scope]bool{}, Stores: map[string]bool{}, ExpiresMs: k.ExpiresMs}
	for _, s := range k.Scopes {
		p.Scopes[s] = true
	}
	for _, code := range k.Stores {
		p.Stores[code] = true
	}
	return p
}

const (
	columns = `SELECT k.id, k.name, k.prefix, k.hash, k.scopes, k.stores, k.created_ms, k.created_by, k.expires_ms, k.revoked_ms, k.revoked_by,
		COALESCE(u.last_used_ms, 0) FROM api_keys k LEFT JOIN api_key_uses u ON u.key = k.id`
	selectActive  db.SQL = columns + ` WHERE k.revoked_ms = 0 ORDER BY k.id LIMIT $1`
	selectRevoked db.SQL = columns + ` WHERE k.revoked_ms <> 0 ORDER BY k.revoked_ms DESC, k.id LIMIT $1`
	selectByHash  db.SQL = columns + ` WHERE k.hash = $1`
	selectByName  db.SQL = columns + ` WHERE k.name = $1 AND k.revoked_ms = 0`
	selectByID    db.SQL = columns + ` WHERE k.id = $1`
)

// ListMost bounds a list of revoked keys; of the others there are never so many.
const ListMost = 10_000

// List returns the keys that were not revoked, the oldest first. They may have expired.
func List(q db.Q) ([]Key, error) { return list(q, selectActive) }

// ListRevoked returns the keys that were revoked, the last one first.
func ListRevoked(q db.Q) ([]Key, error) { return list(q, selectRevoked) }

func list(q db.Q, query db.SQL) ([]Key, error) {
	var out []Key
	err := each(q, query, func(k Key, _ digest) { out = append(out, k) })
	return out, err
}

func each(q db.Q, query db.SQL, take func(Key, digest)) error {
	rows, err := q.Query(query, int64(ListMost))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		k, hash, err := scan(rows)
		if err != nil {
			return err
		}
		take(k, hash)
	}
	return rows.Err()
}

// Named returns the key with an id, or the one with a name that is not revoked; else ErrNoKey.
func Named(q db.Q, nameOrID string) (Key, error) {
	row := q.QueryRow
	var k Key
	var err error
	if u, bad := id.Parse(nameOrID); bad == nil && !u.IsZero() {
		k, _, err = scan(row(selectByID, u[:]))
	} else if checkName(nameOrID) == nil {
		k, _, err = scan(row(selectByName, nameOrID))
	} else {
		return Key{}, ErrNoKey // not repeated: it may be a secret
	}
	if errors.Is(err, sql.ErrNoRows) {
		return Key{}, ErrNoKey.Named("name", nameOrID)
	}
	return k, err
}

type scanner interface{ Scan(dest ...any) error }

func scan(row scanner) (Key, digest, error) {
	var k Key
	var hash []byte
	var scopes, stores string
	err := row.Scan(&k.ID, &k.Name, &k.Prefix, &hash, &scopes, &stores, &k.CreatedMs, &k.CreatedBy, &k.ExpiresMs, &k.RevokedMs, &k.RevokedBy, &k.LastUsedMs)
	if err != nil {
		return Key{}, digest{}, err
	}
	k.Stores = []string{}
	if stores != "" {
		k.Stores = strings.Split(stores, ",")
	}
	for s := range strings.SplitSeq(scopes, ",") {
		k.Scopes = append(k.Scopes, Scope(s))
	}
	var d digest
	if copy(d[:], hash) != len(d) || len(hash) != len(d) {
		return Key{}, digest{}, errors.New("the hash of an API key does not have 32 bytes")
	}
	return k, d, nil
}
