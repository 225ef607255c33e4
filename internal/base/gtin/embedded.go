package gtin

import "github.com/tillpost/tillpost/internal/base/fixed"

// MaxFormats bounds a shop's list of in-store formats: the prefixes 02 and 20 to 29 with two lengths
// each leave no room for more.
const MaxFormats = 50

// Format describes an in-store barcode as data. Pattern has one letter per digit:
//
//	0-9  this digit        I  item number
//	W    weight            P  price
//	Q    count             K  check digit of the weight or price (GS1 7.9.3, four or five digits)
//	X    any digit         C  check digit of the whole code, the last place
//
// as in "21IIIIIWWWWWC" or "2IIIIIKPPPPC".
type Format struct {
	Name     string `json:"name"`
	Pattern  string `json:"pattern"`
	Decimals int    `json:"decimals"` // of the weight in kilograms, or of the price in major units
}

// Embedded is what an in-store barcode says.
type Embedded struct {
	Format string `json:"format"`
	Item   string `json:"item"`   // the digits of I, leading zeros kept
	Weight bool   `json:"weight"` // the value is a weight
	Price  bool   `json:"price"`  // the value is a price
	Value  string `json:"value"`  // plain decimal text: "1.250"; the count for Q; empty for none
}

// Check tells what is wrong with a format.
func (f Format) Check() error {
	if n := len(f.Pattern); n != 8 && n != 12 && n != 13 && n != 14 {
		return ErrPattern.At("pattern")
	}
	var seen [256]int
	var last [256]int
	for i := range len(f.Pattern) {
		c := f.Pattern[i]
		switch c {
		case 'I', 'W', 'P', 'Q', 'K', 'X', 'C':
			if c != 'X' && seen[c] > 0 && last[c] != i-1 {
				return ErrPattern.At("pattern") // a field is in one piece
			}
		default:
			if c < '0' || c > '9' {
				return ErrPattern.At("pattern")
			}
		}
		seen[c]++
		last[c] = i
	}
	value := seen['W'] + seen['P'] + seen['Q']
	kinds := min(seen['W'], 1) + min(seen['P'], 1) + min(seen['Q'], 1)
	switch {
	case seen['I'] == 0, kinds > 1, seen['K'] > 1, seen['C'] != 1, last['C'] != len(f.Pattern)-1:
		return ErrPattern.At("pattern")
	case seen['K'] == 1 && value != 4 && value != 5:
		return ErrPattern.At("pattern") // GS1 defines the calculation for these lengths only
	case f.Decimals < 0, f.Decimals > 6, seen['Q'] > 0 && f.Decimals > 0:
		return ErrPattern.At("decimals")
	}
	return nil
}

// Read reads code by the first format that fits it. ok is false when none does: then the code is an
// ordinary one. A code that fits but has a wrong check digit is an error.
func Read(code string, formats []Format) (e Embedded, ok bool, err error) {
	for _, f := range formats {
		if err := f.Check(); err != nil {
			return Embedded{}, false, err
		}
		if f.fits(code) {
			e, err := f.read(code)
			return e, err == nil, err
		}
	}
	return Embedded{}, false, nil
}

// fits tells whether code has the length and the fixed digits of the format.
func (f Format) fits(code string) bool {
	if len(code) != len(f.Pattern) {
		return false
	}
	for i := range len(code) {
		p, c := f.Pattern[i], code[i]
		if c < '0' || c > '9' || p >= '0' && p <= '9' && p != c {
			return false
		}
	}
	return true
}

func (f Format) read(code string) (Embedded, error) {
	e := Embedded{Format: f.Name}
	var value, check string
	for i := range len(code) {
		switch d := code[i : i+1]; f.Pattern[i] {
		case 'I':
			e.Item += d
		case 'W', 'P', 'Q':
			value += d
			e.Weight = f.Pattern[i] == 'W'
			e.Price = f.Pattern[i] == 'P'
		case 'K':
			check = d
		}
	}
	if err := Check(code); err != nil {
		return Embedded{}, err
	}
	if check != "" {
		want, err := ValueCheckDigit(value)
		if err != nil {
			return Embedded{}, err
		}
		if want != check[0] {
			return Embedded{}, ErrPrice
		}
	}
	if value != "" {
		n, err := fixed.Parse(value, 0)
		if err != nil {
			return Embedded{}, err
		}
		e.Value = fixed.Format(n, f.Decimals, f.Decimals)
	}
	return e, nil
}

// The weighting tables of GS1 General Specifications 7.9.3: a digit times two or five, with the tens
// taken off (minus) or added to (plus) the units.
const (
	twoMinus  = "0246891357"
	fivePlus  = "0516273849"
	fiveMinus = "0594837261"
)

// ValueCheckDigit returns the check digit of a four- or five-digit price or weight inside a code.
func ValueCheckDigit(value string) (byte, error) {
	for i := range len(value) {
		if value[i] < '0' || value[i] > '9' {
			return 0, ErrDigits
		}
	}
	weigh := func(tables ...string) int {
		sum := 0
		for i, t := range tables {
			sum += int(t[value[i]-'0'] - '0')
		}
		return sum
	}
	switch len(value) {
	case 4:
		return byte('0' + weigh(twoMinus, twoMinus, "0369258147", fiveMinus)*3%10), nil
	case 5:
		left := byte('0' + (10-weigh(fivePlus, twoMinus, fiveMinus, fivePlus, twoMinus)%10)%10)
		for d := range len(fiveMinus) { // the digit that the five-minus table turns into what is left
			if fiveMinus[d] == left {
				return byte('0' + d), nil
			}
		}
	}
	return 0, ErrPattern
}
