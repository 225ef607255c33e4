package zreport

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Width is the number of columns of a till roll: 80 mm paper in the printer's usual font.
const Width = 42

// roll is text on a till roll. No line is longer than Width columns.
type roll struct{ b strings.Builder }

func (r *roll) text() string { return r.b.String() }

func (r *roll) write(s string) {
	r.b.WriteString(strings.TrimRight(s, " "))
	r.b.WriteByte('\n')
}

func (r *roll) rule(c string) { r.write(strings.Repeat(c, Width)) }

func (r *roll) center(s string) {
	if s = fit(s, Width); s != "" {
		r.write(strings.Repeat(" ", (Width-columns(s))/2) + s)
	}
}

// pair writes a label on the left and a value on the right. A value never loses a digit: when the two
// do not fit, the label is shortened, and when that is not enough the value gets a line of its own.
func (r *roll) pair(label, value string) {
	room := Width - columns(value) - 1
	if room >= 8 || room >= columns(label) {
		label = fit(label, room)
		r.write(label + strings.Repeat(" ", Width-columns(label)-columns(value)) + value)
		return
	}
	r.write(fit(label, Width))
	r.write(strings.Repeat(" ", max(0, Width-columns(value))) + value)
}

// three writes a label, a count in the middle and a value.
func (r *roll) three(label, count, value string) {
	const at = 27 // the column in which counts end
	room := at - columns(count) - 1
	label = fit(label, room)
	left := label + strings.Repeat(" ", max(1, at-columns(label)-columns(count))) + count
	if columns(left)+1+columns(value) > Width { // only amounts that no till has seen
		r.pair(label, count)
		r.pair("", value)
		return
	}
	r.pair(left, value)
}

// name writes a label and a text, which is shortened when it is too long.
func (r *roll) name(label, text string) { r.pair(label, fit(text, Width-1-columns(label))) }

// fit shortens s to n columns.
func fit(s string, n int) string {
	s = strings.Map(func(c rune) rune {
		if c == utf8.RuneError || !unicode.IsPrint(c) {
			return -1
		}
		return c
	}, s)
	if columns(s) <= n {
		return s
	}
	used := 0
	for i, c := range s {
		if used += wide(c); used > n-1 {
			return strings.TrimRight(s[:i], " ") + "."
		}
	}
	return s
}

// columns is how much room s takes on paper.
func columns(s string) int {
	n := 0
	for _, c := range s {
		n += wide(c)
	}
	return n
}

// wide is 2 for the scripts whose characters fill two columns, 0 for marks that stand on another
// character, else 1.
func wide(c rune) int {
	switch {
	case unicode.In(c, unicode.Mn, unicode.Me):
		return 0
	case unicode.In(c, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana), c >= 0xff01 && c <= 0xff60, c >= 0x1f300 && c <= 0x1faff:
		return 2
	}
	return 1
}
