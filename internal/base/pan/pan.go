// Package pan finds payment card numbers in free text, so that none is ever stored or logged.
package pan

import (
	"strings"

	"github.com/tillpost/tillpost/internal/base/gtin"
)

// Found tells whether text holds what looks like a card number: 13 to 19 digits, perhaps grouped by
// single spaces or dashes, with a prefix that a card scheme uses and a correct Luhn check digit.
//
// Of thirteen digits those with the check digit of a GTIN are an article and not one of the few cards
// that ever had thirteen; and up to fourteen digits behind a plus sign are a telephone number.
func Found(text string) bool {
	for i := 0; i < len(text); i++ {
		if !digit(text[i]) || i > 0 && (digit(text[i-1])) {
			continue
		}
		if runHasCard(text[i:], plus(text, i)) {
			return true
		}
	}
	return false
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

// runHasCard looks at the digits from the start of text on.
func runHasCard(text string, phone bool) bool {
	var buf [19]byte
	n := 0
	for i := 0; i < len(text) && n < len(buf); i++ {
		c := text[i]
		if digit(c) {
			buf[n] = c
			n++
			last := i+1 == len(text) || !digit(text[i+1])
			if last && card(buf[:n], phone) {
				return true
			}
			continue
		}
		if (c == ' ' || c == '-') && i+1 < len(text) && digit(text[i+1]) {
			continue
		}
		return false
	}
	return false
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

func digit(c byte) bool { return c >= '0' && c <= '9' }
