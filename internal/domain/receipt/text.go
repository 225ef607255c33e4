package receipt

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/pan"
)

// The classes of bytes that matter in a text; a table, because every byte of every text goes through it.
const (
	digit   byte = 1
	control byte = 2
	high    byte = 4 // part of a letter beyond ASCII
)

var classes = func() (t [256]byte) {
	for c := range t {
		switch {
		case c >= '0' && c <= '9':
			t[c] = digit
		case c < ' ' || c == 0x7f:
			t[c] = control
		case c >= utf8.RuneSelf:
			t[c] = high
		}
	}
	return t
}()

// checkText returns what is wrong with a text of at most limit bytes, nil when it is fine. A text
// with at least digits digits is searched for a card number. The fault never repeats the text.
func checkText(s string, limit, digits int) *fault.Error {
	if len(s) > limit {
		return ErrTextLong
	}
	var seen byte
	n := 0
	for i := range len(s) {
		c := classes[s[i]]
		seen |= c
		n += int(c & digit)
	}
	if seen&control != 0 {
		return ErrTextControl
	}
	if seen&high != 0 {
		if !utf8.ValidString(s) {
			return ErrTextUTF8
		}
		for _, r := range s {
			if unicode.IsControl(r) {
				return ErrTextControl
			}
			if r >= utf8.RuneSelf && unicode.IsDigit(r) {
				n++ // full-width and other scripts' digits are digits of a card number too
			}
		}
	}
	if n >= digits && pan.Found(s) {
		return ErrCardNumber
	}
	return nil
}

// code checks an identifier, free a text that people type.
func code(s string) *fault.Error { return checkText(s, MaxCode, cardDigitsCode) }
func free(s string, limit int) *fault.Error {
	return checkText(s, limit, cardDigits)
}

// Clean makes a text from outside fit for a receipt: what is not UTF-8 becomes the replacement
// character, control characters and line breaks become spaces, and what is longer than limit bytes is
// cut between two letters. It does not remove card numbers.
func Clean(s string, limit int) string {
	if checkText(s, limit, len(s)+1) == nil {
		return strings.TrimSpace(s)
	}
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r // an invalid byte arrives here as U+FFFD
	}, s))
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
