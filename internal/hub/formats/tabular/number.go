package tabular

import (
	"bytes"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/hub/intake"
)

// decimal is a number as it stands in a cell: n / 10^places.
type decimal struct {
	n      int64
	places int
	cut    bool // decimals beyond maxDecimals were not all zero
	mark   mark // the currency that stands beside it
}

// maxDecimals is how many decimals of a cell count. Exports of binary fractions have up to sixteen
// (12.340000000000002); what is behind the ninth is below any money's and any scale's step.
const maxDecimals = 9

// parseDecimal reads a number as people and programs write it: with a currency sign or code, thousand
// separators, a minus before or behind, or parentheses for negative. comma says that the comma is the
// decimal sign. Blank is zero.
func parseDecimal(b []byte, comma bool) (decimal, error) {
	if d, ok := plainDecimal(b); ok && !comma {
		return d, nil
	}
	var buf [48]byte
	s, neg, m, err := normalize(buf[:0], b, comma)
	if err != nil || len(s) == 0 {
		return decimal{}, err
	}
	d, ok := plainDecimal(s)
	if !ok && len(s) > 18 {
		return decimal{}, errTooLarge
	}
	if !ok {
		return decimal{}, intake.ErrNotNumber
	}
	if neg {
		d.n = -d.n
	}
	d.mark = m
	return d, nil
}

// plainDecimal reads "-12.50"; ok is false for anything else, also for what has too many digits.
func plainDecimal(b []byte) (d decimal, ok bool) {
	i, neg := 0, false
	if len(b) > 0 && b[0] == '-' {
		neg = true
		i = 1
	}
	digits, point := 0, false
	for ; i < len(b); i++ {
		c := b[i]
		if c == '.' && !point {
			point = true
			continue
		}
		if c -= '0'; c > 9 {
			return d, false
		}
		digits++
		if point {
			if d.places == maxDecimals {
				d.cut = d.cut || c != 0
				continue
			}
			d.places++
		}
		if d.n > (1<<63-1-9)/10 {
			return d, false
		}
		d.n = d.n*10 + int64(c)
	}
	if neg {
		d.n = -d.n
	}
	return d, digits > 0
}

// normalize copies the digits and the decimal sign (as a point) of b to dst.
func normalize(dst, b []byte, comma bool) (s []byte, neg bool, m mark, err error) {
	b = bytes.TrimSpace(b)
	if len(b) == 0 {
		return nil, false, m, nil
	}
	f := figure{out: dst, comma: comma, group: -1}
	if b[0] == '(' && b[len(b)-1] == ')' {
		f.neg = true
		b = b[1 : len(b)-1]
	}
	for i := 0; i < len(b); {
		kind, size := sign(b[i:])
		next := byte(0)
		if i+max(size, 1) < len(b) {
			next = b[i+max(size, 1)]
		}
		if size > 0 {
			err = f.sign(kind, next)
		} else {
			err = f.char(b[i], next)
		}
		if err != nil {
			return nil, false, m, err
		}
		i += max(size, 1)
	}
	if f.group >= 0 && f.group != 3 {
		return nil, false, m, errGrouping
	}
	if f.digits == 0 {
		if f.letters == 0 && (string(b) == "-" || string(b) == "\u2013") {
			return nil, false, m, nil // a dash is how spreadsheets show zero
		}
		return nil, false, m, intake.ErrNotNumber
	}
	m, known := f.mark()
	if !known {
		return nil, false, m, intake.ErrNotNumber
	}
	return f.out, f.neg, m, nil
}

// figure is a number while its characters are read.
type figure struct {
	out             []byte
	comma           bool // is the decimal sign
	neg, point      bool
	group           int // digits since the last thousand separator, -1 none yet
	letters, digits int
	symbol          byte // the currency sign that was read, 0 for none
	word            mark // the letters
	behind          bool // letters behind the digits were read
	letter          bool // the last character was one
	odd             bool // one letter between a currency sign and the digits
}

// sign takes a space, plus, minus or currency sign.
func (f *figure) sign(kind, next byte) error {
	f.letter = false
	switch {
	case kind == '-' && f.neg:
		return intake.ErrNotNumber
	case kind == '-':
		f.neg = true
	case isSymbol(kind):
		f.symbol = kind
	case kind == ' ' && isDigit(next) && f.digits > 0 && !f.point: // 1 234 567,50
		return f.separator()
	}
	return nil
}

// separator takes a thousand separator. Groups of two exist in India (1,00,000); the last one always
// has three digits.
func (f *figure) separator() error {
	if f.point || f.group >= 0 && f.group != 2 && f.group != 3 {
		return errGrouping
	}
	f.group = 0
	return nil
}

// char takes a digit, decimal sign, separator or letter.
func (f *figure) char(c, next byte) error {
	abbreviated := f.letter
	f.letter = isLetter(c)
	switch {
	case c == '.' && abbreviated && f.digits == 0: // Fr. 12.50, Rs.12
	case isDigit(c):
		if f.behind || f.odd { // 1O0 is neither 10 nor 100
			return intake.ErrNotNumber
		}
		if len(f.out) == cap(f.out) {
			return errTooLarge
		}
		f.out = append(f.out, c)
		f.digits++
		if f.group >= 0 && !f.point {
			f.group++
		}
	case c == '.' && !f.comma, c == ',' && f.comma:
		if f.point || f.group >= 0 && f.group != 3 {
			return errGrouping
		}
		f.point = true
		f.out = append(f.out, '.')
	case (c == ',' || c == '.' || c == '\'') && f.digits > 0:
		return f.separator()
	case (c == 'E' || c == 'e') && f.digits > 0 && (next == '+' || next == '-'):
		return errScientific
	case isLetter(c):
		if f.letters == len(f.word) {
			return intake.ErrNotNumber
		}
		f.word[f.letters] = c &^ 0x20
		f.letters++
		f.behind = f.digits > 0
		f.odd = f.symbol != 0 && !f.behind && f.letters == 1 // $US 12, but not $x12
	case c == '\'' && f.digits == 0:
	default:
		return intake.ErrNotNumber
	}
	return nil
}

// sign recognises spaces (also the hard and narrow ones), plus, minus and currency signs. The kind is
// ' ', '+', '-' or one of isSymbol; a size of 0 means none of them.
func sign(b []byte) (kind byte, size int) {
	switch {
	case b[0] == ' ' || b[0] == '+' || b[0] == '-' || b[0] == '$':
		return b[0], 1
	case b[0] < 0x80:
		return 0, 0
	case bytes.HasPrefix(b, []byte("\u00a0")):
		return ' ', 2
	case bytes.HasPrefix(b, []byte("\u202f")), bytes.HasPrefix(b, []byte("\u2009")):
		return ' ', 3
	case bytes.HasPrefix(b, []byte("£")):
		return 'L', 2
	case bytes.HasPrefix(b, []byte("¥")):
		return 'Y', 2
	case bytes.HasPrefix(b, []byte("€")):
		return 'E', 3
	case bytes.HasPrefix(b, []byte("₹")):
		return 'R', 3
	case bytes.HasPrefix(b, []byte("₩")):
		return 'W', 3
	case bytes.HasPrefix(b, []byte("\u2212")), bytes.HasPrefix(b, []byte("\u2013")):
		return '-', 3
	}
	return 0, 0
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// scale returns the number with the given decimals, rounded half up.
func (d decimal) scale(places int) (int64, error) {
	if d.places <= places {
		return fixed.MulDiv(d.n, fixed.Pow10(places-d.places), 1, fixed.HalfUp)
	}
	return fixed.MulDiv(d.n, 1, fixed.Pow10(d.places-places), fixed.HalfUp)
}

// minor returns the number as an amount of c, rounded half up.
func (d decimal) minor(c money.Currency) (money.Minor, error) {
	n, err := d.scale(c.Digits())
	if err != nil || money.Minor(n).CheckRange() != nil {
		return 0, errTooLarge
	}
	return money.Minor(n), nil
}

// guessComma looks at cells that hold numbers and tells whether the comma is the decimal sign. clash
// says that the cells contradict each other.
func guessComma(cells [][]byte) (comma, clash bool) {
	forComma, forPoint := 0, 0
	for _, b := range cells {
		p, c := bytes.LastIndexByte(b, '.'), bytes.LastIndexByte(b, ',')
		switch {
		case p >= 0 && c >= 0:
			if c > p {
				forComma++
			} else {
				forPoint++
			}
		case c >= 0:
			if digitsAfter(b, c) != 3 && bytes.Count(b, []byte{','}) == 1 {
				forComma++
			}
		case p >= 0:
			if bytes.Count(b, []byte{'.'}) > 1 {
				forComma++
			} else if digitsAfter(b, p) != 3 {
				forPoint++
			}
		}
	}
	return forComma > forPoint, forComma > 0 && forPoint > 0
}

func digitsAfter(b []byte, i int) int {
	n := 0
	for i++; i < len(b) && isDigit(b[i]); i++ {
		n++
	}
	return n
}
