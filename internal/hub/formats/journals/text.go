package journals

import (
	"unicode"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/money"
)

// textMost bounds a memo or a tag in characters: Ledger reads lines of at most 4,096 bytes.
const textMost = 300

// appendText appends a text on one line: whitespace becomes single spaces, what cannot be seen goes,
// and the characters of mean are replaced by those of safe.
func appendText(dst []byte, s, mean, safe string) []byte {
	space, n := false, 0
	for _, r := range s {
		switch {
		case r > ' ' && r < 0x7f: // the usual, fast
		case unicode.IsSpace(r), unicode.IsControl(r), unicode.In(r, unicode.Zl, unicode.Zp):
			space = true
			continue
		case unicode.In(r, unicode.Cf, unicode.Co), r == utf8.RuneError:
			continue
		}
		if n++; n > textMost {
			return append(dst, "…"...)
		}
		if space && n > 1 {
			dst = append(dst, ' ')
		}
		space = false
		for i := range len(mean) {
			if r == rune(mean[i]) {
				r = rune(safe[i])
				break
			}
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// A description ends at a semicolon, and hledger splits it at a bar. A tag ends at a comma; a date in
// square brackets would move the posting. Beancount's strings end at a quote, and escape with a
// backslash.
func appendDescription(dst []byte, s string) []byte { return appendText(dst, s, ";|", ",/") }
func appendTag(dst []byte, s string) []byte         { return appendText(dst, s, ";,[]", "  ()") }
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	return append(appendText(dst, s, `"\`, `'/`), '"')
}

// appendAmount appends an amount in major units with all decimals of its currency: "-12.50 GBP".
func appendAmount(dst []byte, a money.Minor, c money.Currency) []byte {
	return append(append(appendMajor(dst, a, c), ' '), c...)
}

// appendMajor appends the number alone.
func appendMajor(dst []byte, a money.Minor, c money.Currency) []byte {
	u := uint64(a)
	if a < 0 {
		dst = append(dst, '-')
		u = -u
	}
	var b [24]byte
	i, digits := len(b), c.Digits()
	for n := 0; u > 0 || n <= digits; n++ {
		if n == digits && n > 0 {
			i--
			b[i] = '.'
		}
		i--
		b[i] = byte('0' + u%10)
		u /= 10
	}
	return append(dst, b[i:]...)
}
