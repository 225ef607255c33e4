// Package money holds amounts as whole minor units (cents, pence, yen) of an ISO 4217 currency,
// unit prices and rates with more decimals, and the only places where a fraction may become a
// whole minor unit. Nothing here can hold a fraction of a cent, and nothing wraps or saturates:
// what does not fit is fixed.ErrOverflow.
//
// A document (a receipt, an entry) states its currency once; its amounts are plain Minor values.
// Where currencies meet (tenders, drawers), Amount carries both.
package money

import (
	"encoding/json"
	"math"
	"sort"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/qty"
)

// Minor is an amount in minor units of a currency stated beside it. In JSON it is an integer.
type Minor int64

// MaxMinor is the largest magnitude accepted from outside: 10^15 minor units. It leaves room to sum
// nine thousand such amounts before int64 overflows, and no shop has ever taken ten trillion.
const MaxMinor Minor = 1_000_000_000_000_000

// Amount is money of a stated currency.
type Amount struct {
	Minor    Minor    `json:"minor"`
	Currency Currency `json:"currency"`
}

// String writes the amount for people and logs, as in "12.50 GBP".
func (a Amount) String() string { return a.Currency.Format(a.Minor) + " " + string(a.Currency) }

// Add returns a+b or fixed.ErrOverflow.
func (a Minor) Add(b Minor) (Minor, error) {
	s, err := fixed.Add(int64(a), int64(b))
	return Minor(s), err
}

// Sum adds amounts of one currency.
func Sum(terms ...Minor) (Minor, error) {
	var s Minor
	var err error
	for _, t := range terms {
		if s, err = s.Add(t); err != nil {
			return 0, err
		}
	}
	return s, nil
}

// Abs returns the magnitude.
func (a Minor) Abs() Minor {
	if a < 0 {
		return -a
	}
	return a
}

// Times returns a scaled by the rate f, rounded by r.
func (a Minor) Times(f Rate, r fixed.Rounding) (Minor, error) {
	n, err := fixed.MulDiv(int64(a), int64(f), int64(OneRate), r)
	return Minor(n), err
}

// Price is a unit price in millionths of the currency's major unit, so that 2.55 is 2_550_000 in
// every currency. It has more decimals than the currency: 0.0125 a piece is a price, not an amount.
// In JSON it is a decimal string ("2.55"); a JSON number without exponent is accepted too.
type Price int64

// PricePlaces is the number of decimals that a Price keeps.
const PricePlaces = 6

// ParsePrice reads plain decimal text in major units.
func ParsePrice(s string) (Price, error) {
	n, err := fixed.Parse(s, PricePlaces)
	return Price(n), err
}

// String writes the price in major units without needless zeros.
func (p Price) String() string { return fixed.Format(int64(p), PricePlaces, 2) }

// MarshalText writes the decimal form.
func (p Price) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalJSON reads "2.55" or 2.55.
func (p *Price) UnmarshalJSON(b []byte) error {
	s, err := decimalText(b)
	if err != nil {
		return err
	}
	*p, err = ParsePrice(s)
	return err
}

// Extend returns quantity x price as minor units of c, rounded once by r.
func Extend(p Price, q qty.Qty, c Currency, r fixed.Rounding) (Minor, error) {
	// price (10^-6 major) x qty (10^-6 unit) = 10^-12 major; minor = 10^-digits major.
	n, err := fixed.MulDiv(int64(p), int64(q), fixed.Pow10(PricePlaces+qty.Places-c.Digits()), r)
	return Minor(n), err
}

// PriceOf returns an amount of c as a unit price.
func PriceOf(a Minor, c Currency) (Price, error) {
	n, err := fixed.MulDiv(int64(a), fixed.Pow10(PricePlaces-c.Digits()), 1, fixed.Down)
	return Price(n), err
}

// Rate is a factor in units of 10^-10: a tax rate (20 % is 0.2), a discount, an exchange rate.
// In JSON it is a decimal string ("0.2").
type Rate int64

// RatePlaces is the number of decimals that a Rate keeps.
const RatePlaces = 10

// OneRate is the factor 1.
const OneRate Rate = 10_000_000_000

// ParseRate reads plain decimal text: "0.0875".
func ParseRate(s string) (Rate, error) {
	n, err := fixed.Parse(s, RatePlaces)
	return Rate(n), err
}

// ParsePercent reads "8.75" as the rate 0.0875.
func ParsePercent(s string) (Rate, error) {
	n, err := fixed.Parse(s, RatePlaces-2)
	return Rate(n), err
}

// Percent writes the rate as a percentage without the sign: "8.75".
func (f Rate) Percent() string { return fixed.Format(int64(f), RatePlaces-2, 0) }

// String writes the factor: "0.0875".
func (f Rate) String() string { return fixed.Format(int64(f), RatePlaces, 0) }

// MarshalText writes the decimal form.
func (f Rate) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalJSON reads "0.2" or 0.2.
func (f *Rate) UnmarshalJSON(b []byte) error {
	s, err := decimalText(b)
	if err != nil {
		return err
	}
	*f, err = ParseRate(s)
	return err
}

// Split divides total over weights so that the shares sum to total exactly: each share is first
// rounded towards zero, then the left-over minor units go one each to the largest remainders, ties
// to the earlier share. Weights must not be negative; when all are zero the first share takes all.
func Split(total Minor, weights []int64) ([]Minor, error) {
	shares := make([]Minor, len(weights))
	if len(weights) == 0 {
		if total != 0 {
			return nil, fixed.ErrOverflow
		}
		return shares, nil
	}
	sum, err := fixed.Sum(weights...)
	if err != nil {
		return nil, err
	}
	for _, w := range weights {
		if w < 0 {
			return nil, fixed.ErrSyntax
		}
	}
	if sum == 0 {
		shares[0] = total
		return shares, nil
	}
	left := total
	rems := make([]remainder, len(weights))
	for i, w := range weights {
		s, err := fixed.MulDiv(int64(total), w, sum, fixed.Down)
		if err != nil {
			return nil, err
		}
		shares[i] = Minor(s)
		left -= Minor(s)
		// total*w mod sum; both products wrap alike, so the difference is exact.
		r := int64(total)*w - s*sum
		if r < 0 {
			r = -r
		}
		rems[i] = remainder{i, r}
	}
	sort.SliceStable(rems, func(a, b int) bool { return rems[a].size > rems[b].size })
	step := Minor(1)
	if left < 0 {
		step = -1
	}
	for i := 0; left != 0; i, left = i+1, left-step {
		shares[rems[i].index] += step
	}
	return shares, nil
}

type remainder struct {
	index int
	size  int64
}

// CheckRange returns fixed.ErrOverflow when a is beyond MaxMinor either way.
func (a Minor) CheckRange() error {
	if a > MaxMinor || a < -MaxMinor {
		return fixed.ErrOverflow
	}
	return nil
}

// Round returns a rounded to a multiple of step (cash rounding: 5 for Swiss rappen).
func (a Minor) Round(step Minor, r fixed.Rounding) (Minor, error) {
	if step <= 1 {
		return a, nil
	}
	n, err := fixed.Div(int64(a), int64(step), r)
	if err != nil || n > math.MaxInt64/int64(step) || n < math.MinInt64/int64(step) {
		return 0, fixed.ErrOverflow
	}
	return Minor(n * int64(step)), nil
}

// decimalText returns the text of a JSON string or number.
func decimalText(b []byte) (string, error) {
	if len(b) > 0 && b[0] == '"' {
		var s string
		err := json.Unmarshal(b, &s)
		return s, err
	}
	return string(b), nil
}
