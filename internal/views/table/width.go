package table

import (
	"strings"
	"unicode"
)

// wide are the blocks whose characters take two columns of a terminal (Unicode's East Asian Width W
// and F, and the pictures), from and to.
var wide = [...][2]rune{
	{0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0x33FF}, {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xA000, 0xA4CF},
	{0xA960, 0xA97F}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0xFE30, 0xFE6F}, {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6},
	{0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
}

// width is how many columns of a terminal a text takes.
func width(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

func runeWidth(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	for _, b := range wide {
		if r >= b[0] && r <= b[1] {
			return 2
		}
	}
	return 1
}

// cut shortens a text to a width, ending in "…".
func cut(s string, most int) string {
	if width(s) <= most {
		return s
	}
	n := 0
	for i, r := range s {
		if n+runeWidth(r) > most-1 {
			return s[:i] + "…"
		}
		n += runeWidth(r)
	}
	return s
}

// clean replaces what could move the cursor, colour the terminal or turn the reading direction: a
// text in a report may come from anywhere.
func clean(s string) string {
	plain := true
	for _, r := range s {
		if risky(r) {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return ' '
		}
		if risky(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}

func risky(r rune) bool {
	if r >= ' ' && r < 0x7f {
		return false
	}
	return r == '\uFFFD' || unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}
