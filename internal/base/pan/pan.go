// Package pan finds payment card numbers in free text, so that none is ever stored or logged.
package pan

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/gtin"
)

// Found tells whether text holds what looks like a card number: 13 to 19 digits of any script, with a
// prefix that a card scheme uses and a correct Luhn check digit. They may be grouped by single spaces
// or dashes, or, in groups of three digits and more, by up to three other characters that are neither
// letters nor digits.
//
// Of thirteen digits those with the check digit of a GTIN are an article and not one of the few cards
// that ever had thirteen; and up to fourteen digits behind a plus sign are a telephone number.
func Found(text string) bool {
	var c candidate
	for i := 0; i < len(text); {
		_, size, ok := digitAt(text, i)
		if ok {
			if c.read(text, i) > 0 {
				return true
			}
			size = c.group
		}
		i += size
	}
	return false
}

// candidate is a run of digits that may be a card number.
type candidate struct {
	digits [most]byte
	at     [most]int // where each digit begins in the text
	group  int       // bytes of the first group
}

// most is the longest card number (ISO/IEC 7812).
const most = 19

// apart is how many characters may stand between two groups.
const apart = 3

// read takes the digits from the start of the group at i on and returns how many of them are a card
// number, the longest, 0 for none.
func (c *candidate) read(text string, i int) int {
	phone := plus(text, i)
	n, found, first := 0, 0, i
	shortest, loose := most, false
	for start := 0; ; start = n {
		from := i
		for i < len(text) {
			d, size, ok := digitAt(text, i)
			if !ok {
				break
			}
			if n == most {
				n++ // too long: the group is not the end of a card number
			}
			if n < most {
				c.digits[n], c.at[n] = d, i
				n++
			}
			i += size
		}
		if from == first {
			c.group = i - first
		}
		if n > most {
			return found
		}
		if !(loose && shortest < 3) && card(c.digits[:n], phone) {
			found = n
		}
		shortest = min(shortest, n-start)
		gap, strict := separator(text, i)
		if gap == 0 || n == most {
			return found
		}
		loose = loose || !strict
		i += gap
	}
}

// separator returns the bytes between two groups of digits, 0 when the number ends; strict says that
// it is a single space or dash.
func separator(text string, i int) (size int, strict bool) {
	for j, n := i, 0; j < len(text) && n <= apart; n++ {
		r, w := utf8.DecodeRuneInString(text[j:])
		if _, _, ok := digitAt(text, j); ok {
			return j - i, j-i == 1 && (text[i] == ' ' || text[i] == '-')
		}
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return 0, false
		}
		j += w
	}
	return 0, false
}

// digitAt is the decimal digit at i, of any script, and the bytes of the character there.
func digitAt(text string, i int) (d byte, size int, ok bool) {
	if c := text[i]; c < utf8.RuneSelf {
		return c, 1, c >= '0' && c <= '9'
	}
	r, size := utf8.DecodeRuneInString(text[i:])
	if !unicode.IsDigit(r) {
		return 0, size, false
	}
	// The digits of a script stand in order, ten in a row.
	zero := r
	for zero > 0 && r-zero < 9 && unicode.IsDigit(zero-1) {
		zero--
	}
	return byte('0' + (r-zero)%10), size, true
}

// plus tells whether a plus sign stands before i.
func plus(text string, i int) bool { return i > 0 && text[i-1] == '+' }

// card tells whether digits are a card number; phone says that they may be a telephone number.
func card(d []byte, phone bool) bool {
	if len(d) < 13 || phone && len(d) < 15 {
		return false
	}
	return scheme(string(d)) && luhn(d) && !(len(d) == 13 && gtin.Valid(string(d)))
}

// scheme tells whether the length and prefix belong to a card network (ISO/IEC 7812 ranges of Visa,
// Mastercard, American Express, Discover, Diners, JCB, UnionPay, Maestro).
func scheme(d string) bool {
	n := len(d)
	p2, p4 := d[:2], d[:4]
	switch {
	case d[0] == '4':
		return n == 13 || n == 16 || n == 19
	case p2 >= "51" && p2 <= "55", p4 >= "2221" && p4 <= "2720":
		return n == 16
	case p2 == "34", p2 == "37":
		return n == 15
	case p4 >= "3528" && p4 <= "3589":
		return n >= 16
	case d[:3] >= "300" && d[:3] <= "305", p2 == "36", p2 == "38", p2 == "39":
		return n >= 14
	case p4 == "6011", p2 == "64", p2 == "65", p2 == "62", p2 == "81":
		return n >= 16
	case p2 == "50", p2 >= "56" && p2 <= "58", p2 == "63", p2 == "67":
		return true
	}
	return false
}

func luhn(d []byte) bool {
	sum := 0
	for i := range d {
		v := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0 && strings.Trim(string(d), "0") != ""
}
