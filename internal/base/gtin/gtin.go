// Package gtin reads article numbers: GTIN-8, -12, -13 and -14 with their check digit (GS1 General
// Specifications, 7.9), UPC-E, and the in-store codes of scales and price markers that carry a
// weight or a price. It is pure text work; what a number is sold as is the catalogue's business.
package gtin

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrDigits  = fault.New(fault.Invalid, "gtin_digits", "an article number has only digits")
	ErrLength  = fault.New(fault.Invalid, "gtin_length", "an article number has 8, 12, 13 or 14 digits")
	ErrCheck   = fault.New(fault.Invalid, "gtin_check_digit", "the check digit is wrong; scan again")
	ErrUPCE    = fault.New(fault.Invalid, "upce_syntax", "a UPC-E code has 6 to 8 digits and begins with 0 or 1")
	ErrPattern = fault.New(fault.Invalid, "barcode_pattern", "the pattern of an in-store barcode is wrong")
	ErrPrice   = fault.New(fault.Invalid, "barcode_value_check_digit", "the check digit of the embedded price or weight is wrong; scan again")
)

// CheckDigit returns the GS1 check digit that belongs behind digits: from the right, digits count
// three times and once in turn.
func CheckDigit(digits string) (byte, error) {
	sum := 0
	for i := range len(digits) {
		c := digits[len(digits)-1-i]
		if c < '0' || c > '9' {
			return 0, ErrDigits
		}
		if i%2 == 0 {
			sum += 3 * int(c-'0')
		} else {
			sum += int(c - '0')
		}
	}
	return byte('0' + (10-sum%10)%10), nil
}

// Check tells what is wrong with an article number, nil when it is a valid GTIN. All zeros is not.
func Check(code string) error {
	zeros := true
	for i := range len(code) {
		if code[i] < '0' || code[i] > '9' {
			return ErrDigits
		}
		zeros = zeros && code[i] == '0'
	}
	switch len(code) {
	case 8, 12, 13, 14:
	default:
		return ErrLength
	}
	last := len(code) - 1
	if want, _ := CheckDigit(code[:last]); want != code[last] || zeros {
		return ErrCheck
	}
	return nil
}

// Valid tells whether code is a GTIN.
func Valid(code string) bool { return Check(code) == nil }

// Canonical returns the 14-digit form, in which GTIN-8, -12, -13 and -14 of one article are equal.
func Canonical(code string) (string, error) {
	if err := Check(code); err != nil {
		return "", err
	}
	return "00000000000000"[:14-len(code)] + code, nil
}

// ExpandUPCE returns the GTIN-12 that a UPC-E code stands for. It reads six digits (number system 0,
// no check digit), seven (number system and six digits) or eight (with the check digit, which is
// verified: it is that of the long form).
func ExpandUPCE(code string) (string, error) {
	system, body, check := byte('0'), code, byte(0)
	switch len(code) {
	case 6:
	case 7:
		system, body = code[0], code[1:]
	case 8:
		system, body, check = code[0], code[1:7], code[7]
	default:
		return "", ErrUPCE
	}
	for i := range len(code) {
		if code[i] < '0' || code[i] > '9' {
			return "", ErrDigits
		}
	}
	if system != '0' && system != '1' {
		return "", ErrUPCE
	}
	var long string
	switch k := body[5]; k {
	case '0', '1', '2':
		long = body[:2] + string(k) + "0000" + body[2:5]
	case '3':
		long = body[:3] + "00000" + body[3:5]
	case '4':
		long = body[:4] + "00000" + body[4:5]
	default:
		long = body[:5] + "0000" + string(k)
	}
	long = string(system) + long
	want, _ := CheckDigit(long)
	if check != 0 && check != want {
		return "", ErrCheck
	}
	return long + string(want), nil
}
