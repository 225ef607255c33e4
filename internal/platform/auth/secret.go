package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/bits"
	"regexp"
	"strings"
)

// A key as text is tp_, 43 base-62 digits of its 256 bits, and 6 base-62 digits of the CRC-32 of what is
// before them: 52 letters and digits that a double click selects and that a scanner for leaked secrets
// recognises (tp_[0-9A-Za-z]{49}). The CRC tells every single wrong letter and every two neighbours that
// changed places.
const (
	mark      = "tp_"
	bodySize  = 43
	checkSize = 6
	textSize  = len(mark) + bodySize + checkSize
	shownSize = len(mark) + 6 // 36 of the 256 bits: enough to tell keys apart, and 220 stay secret
)

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// Secret is the random part of a key. It does not show itself when it is printed or logged by mistake:
// only Text does.
type Secret struct{ bytes [32]byte }

// NewSecret draws a secret. Draw it before the transaction that stores its hash: a body may run twice.
func NewSecret() Secret {
	var s Secret
	rand.Read(s.bytes[:]) // never fails (crypto/rand)
	return s
}

// Text is the whole key. It is shown once, to whom asked for it, and kept nowhere.
func (s Secret) Text() string {
	var words [4]uint64 // the most significant first
	for i := range words {
		words[i] = binary.BigEndian.Uint64(s.bytes[8*i:])
	}
	var text [textSize]byte
	copy(text[:], mark)
	for at := len(mark) + bodySize - 1; at >= len(mark); at-- {
		var rest uint64
		for i := range words {
			words[i], rest = bits.Div64(rest, words[i], uint64(len(digits)))
		}
		text[at] = digits[rest]
	}
	check := uint64(crc32.ChecksumIEEE(text[:len(mark)+bodySize]))
	for at := textSize - 1; at >= len(mark)+bodySize; at-- {
		text[at] = digits[check%uint64(len(digits))]
		check /= uint64(len(digits))
	}
	return string(text[:])
}

// Parse reads a key. What is no key, or one with a mistake in it, is ErrMalformed before any database is
// asked; no text is ErrMissing. Every secret has one text: what Parse accepts is what Text writes.
func Parse(text string) (Secret, error) {
	var s Secret
	if text == "" {
		return s, ErrMissing
	}
	if len(text) != textSize || !strings.HasPrefix(text, mark) {
		return s, ErrMalformed
	}
	words, ok := number(text[len(mark) : len(mark)+bodySize])
	check, fine := number(text[len(mark)+bodySize:])
	if !ok || !fine || check != [4]uint64{3: uint64(crc32.ChecksumIEEE([]byte(text[:len(mark)+bodySize])))} {
		return s, ErrMalformed
	}
	for i, w := range words {
		binary.BigEndian.PutUint64(s.bytes[8*i:], w)
	}
	return s, nil
}

// number reads base-62 digits; false when one is none, or when they need more than 256 bits.
func number(text string) (words [4]uint64, ok bool) {
	for i := range len(text) {
		carry := uint64(values[text[i]])
		if carry == noDigit {
			return words, false
		}
		for w := len(words) - 1; w >= 0; w-- {
			high, low := bits.Mul64(words[w], uint64(len(digits)))
			sum, more := bits.Add64(low, carry, 0)
			words[w], carry = sum, high+more
		}
		if carry != 0 {
			return words, false
		}
	}
	return words, true
}

const noDigit = 0xff

// values are what the digits count.
var values = func() (v [256]byte) {
	for i := range v {
		v[i] = noDigit
	}
	for i := range len(digits) {
		v[digits[i]] = byte(i)
	}
	return v
}()

// digest is how a secret is kept and found.
type digest [sha256.Size]byte

func (s Secret) digest() digest { return sha256.Sum256(s.bytes[:]) }

// Prefix is how the key begins: what lists and logs show of it.
func (s Secret) Prefix() string { return s.Text()[:shownSize] }

// Format writes the prefix, whatever verb asks: a secret in a message or a log is a mistake that must not
// cost the secret.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, s.Prefix()+"…") }

// MarshalText writes the prefix, as Format does.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.Prefix() + "…"), nil }

// looksLikeKey finds keys in a text, also such as have lost or gained a few letters.
var looksLikeKey = regexp.MustCompile(mark + `[0-9A-Za-z]{20,}`)

// Redact leaves of every key in a text only its beginning, for messages and logs that repeat what
// somebody sent.
func Redact(text string) string {
	if !strings.Contains(text, mark) {
		return text
	}
	return looksLikeKey.ReplaceAllStringFunc(text, func(key string) string { return key[:shownSize] + "…" })
}
