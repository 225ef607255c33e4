// Package fixed is the exact arithmetic below money and quantities: decimal text to scaled integers
// and 128-bit multiply-divide with an explicit rounding rule. It never uses binary fractions and
// never saturates: what does not fit is an error.
package fixed

import (
	"math"
	"math/bits"
	"strings"

	"github.com/tillpost/tillpost/internal/base/fault"
)

// Faults of this package.
var (
	ErrOverflow = fault.New(fault.Invalid, "number_too_large", "the number is too large to be kept exactly")
	ErrSyntax   = fault.New(fault.Invalid, "number_syntax", "this is not a plain decimal number")
	ErrInexact  = fault.New(fault.Invalid, "number_too_precise", "the number has more decimals than can be kept")
)

// Rounding is how a quotient that does not come out even becomes a whole number.
type Rounding string

// The rounding rules. HalfUp rounds halves away from zero, which is what tax law usually means by
// "commercial rounding"; HalfEven is the banker's rule; Up and Down are away from and towards zero.
const (
	HalfUp   Rounding = "half_up"
	HalfEven Rounding = "half_even"
	HalfDown Rounding = "half_down"
	Up       Rounding = "up"
	Down     Rounding = "down"
)

// MulDiv returns a*b/c rounded by r, computed in 128 bits. c must not be zero.
func MulDiv(a, b, c int64, r Rounding) (int64, error) {
	if c == 0 {
		return 0, ErrOverflow
	}
	neg := (a < 0) != (b < 0) != (c < 0)
	hi, lo := bits.Mul64(abs(a), abs(b))
	den := abs(c)
	if hi >= den {
		return 0, ErrOverflow
	}
	q, rem := bits.Div64(hi, lo, den)
	if rem != 0 && roundsAway(q, rem, den, r) {
		if q++; q == 0 {
			return 0, ErrOverflow
		}
	}
	return signed(q, neg)
}

// roundsAway tells whether quotient q with a remainder rem of den grows by one in magnitude.
func roundsAway(q, rem, den uint64, r Rounding) bool {
	half := rem > den-rem // rem > den/2 without overflow
	tie := rem == den-rem
	switch r {
	case Up:
		return true
	case Down:
		return false
	case HalfEven:
		return half || tie && q&1 == 1
	case HalfDown:
		return half
	default:
		return half || tie
	}
}

// Div returns a/b rounded by r.
func Div(a, b int64, r Rounding) (int64, error) { return MulDiv(a, 1, b, r) }

// Add returns a+b or ErrOverflow.
func Add(a, b int64) (int64, error) {
	s := a + b
	if (s > a) != (b > 0) && b != 0 {
		return 0, ErrOverflow
	}
	return s, nil
}

// Sum adds all terms or returns ErrOverflow.
func Sum(terms ...int64) (int64, error) {
	var s int64
	var err error
	for _, t := range terms {
		if s, err = Add(s, t); err != nil {
			return 0, err
		}
	}
	return s, nil
}

// Parse reads plain decimal text ("-12.345", "+7", ".5") as an integer scaled by 10^places.
// Text with more non-zero decimals than places is ErrInexact: nothing is rounded silently.
func Parse(text string, places int) (int64, error) {
	s := text
	neg := false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		neg = s[0] == '-'
		s = s[1:]
	}
	if s == "" || s == "." || len(s) > 40 {
		return 0, ErrSyntax
	}
	var n uint64
	decimals, point, digits := 0, false, 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '.' && !point {
			point = true
			continue
		}
		if c < '0' || c > '9' {
			return 0, ErrSyntax
		}
		digits++
		if point {
			if decimals == places {
				if c != '0' {
					return 0, ErrInexact
				}
				continue
			}
			decimals++
		}
		hi, lo := bits.Mul64(n, 10)
		sum, carry := bits.Add64(lo, uint64(c-'0'), 0)
		if hi != 0 || carry != 0 {
			return 0, ErrOverflow
		}
		n = sum
	}
	if digits == 0 {
		return 0, ErrSyntax
	}
	for ; decimals < places; decimals++ {
		hi, lo := bits.Mul64(n, 10)
		if hi != 0 {
			return 0, ErrOverflow
		}
		n = lo
	}
	return signed(n, neg)
}

// Format writes an integer scaled by 10^places as decimal text. min is the least number of
// decimals shown; trailing zeros beyond it are dropped.
func Format(n int64, places, min int) string {
	digits := make([]byte, 0, 24)
	u := abs(n)
	for i := 0; u > 0 || i <= places; i++ {
		digits = append(digits, byte('0'+u%10))
		u /= 10
	}
	var b strings.Builder
	if n < 0 {
		b.WriteByte('-')
	}
	for i := len(digits) - 1; i >= places; i-- {
		b.WriteByte(digits[i])
	}
	end := 0
	for end < places-min && digits[end] == '0' {
		end++
	}
	if places > end {
		b.WriteByte('.')
		for i := places - 1; i >= end; i-- {
			b.WriteByte(digits[i])
		}
	}
	return b.String()
}

// Pow10 returns 10^n for 0 <= n <= 18.
func Pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

func abs(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

func signed(u uint64, neg bool) (int64, error) {
	if neg {
		if u > 1<<63 {
			return 0, ErrOverflow
		}
		return -int64(u), nil
	}
	if u > math.MaxInt64 {
		return 0, ErrOverflow
	}
	return int64(u), nil
}
