// Package secrets keeps small secrets in the database in a form that a copy of the database alone does
// not give away: AES-256-GCM under a key that lies elsewhere, beside a SQLite file or in the
// environment. Whoever has the database and the key has the secrets.
package secrets

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"sync"
)

// Box seals and opens secrets.
type Box struct {
	mu   sync.Mutex
	file string // where a key may be made, "" for nowhere
	keys []key  // the first one seals
}

// key is a key with its name, which is no secret.
type key struct {
	name string
	aead cipher.AEAD
}

func newKey(raw []byte) (key, error) {
	block, err := aes.NewCipher(raw)
	if err != nil {
		return key{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	sum := sha256.Sum256(append([]byte("tillpost key name\n"), raw...))
	return key{hex.EncodeToString(sum[:4]), aead}, err
}

// version begins every sealed secret.
const version = "s1"

var encoding = base64.RawURLEncoding.Strict()

// Seal makes a secret fit for the database. what says whose secret it is ("webhook ID"): it must be the
// same to open it, so that a sealed secret cannot be moved to another row.
func (b *Box) Seal(secret, what string) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.keys) == 0 {
		if err := b.makeFile(); err != nil {
			return "", err
		}
	}
	k := b.keys[0]
	sealed := k.aead.Seal(nil, nil, []byte(secret), []byte(what))
	return version + "." + k.name + "." + encoding.EncodeToString(sealed), nil
}

// Open gives a sealed secret back. ErrOtherKey says that none of the keys sealed it.
func (b *Box) Open(sealed, what string) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	parts := strings.Split(sealed, ".")
	if len(parts) != 3 || parts[0] != version {
		return "", ErrSealed
	}
	raw, err := encoding.DecodeString(parts[2])
	if err != nil {
		return "", ErrSealed
	}
	for _, k := range b.keys {
		if k.name != parts[1] {
			continue
		}
		secret, err := k.aead.Open(nil, nil, raw, []byte(what))
		if err != nil {
			return "", ErrSealed
		}
		return string(secret), nil
	}
	return "", ErrOtherKey.At(parts[1])
}
