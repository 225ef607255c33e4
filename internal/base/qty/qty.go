// Package qty holds exact quantities of goods: pieces, kilograms, litres, metres.
package qty

import (
	"encoding/json"

	"github.com/tillpost/tillpost/internal/base/fixed"
)

// Qty is a quantity in millionths of the item's unit, so that 1.5 kg is 1_500_000. Six decimals
// hold every scale label that GS1 defines. In JSON it is a decimal string ("1.5"); a JSON number
// without exponent is accepted too. A return has a negative quantity.
type Qty int64

// Places is the number of decimals that a Qty keeps.
const Places = 6

// One is a single piece.
const One Qty = 1_000_000

// Of returns n whole pieces.
func Of(n int64) Qty { return Qty(n) * One }

// Parse reads plain decimal text.
func Parse(s string) (Qty, error) {
	n, err := fixed.Parse(s, Places)
	return Qty(n), err
}

// String writes the quantity without needless zeros: "3", "0.25".
func (q Qty) String() string { return fixed.Format(int64(q), Places, 0) }

// Whole tells whether q is a whole number of units.
func (q Qty) Whole() bool { return q%One == 0 }

// MarshalText writes the decimal form.
func (q Qty) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalJSON reads "1.5" or 1.5. NaN, infinities and exponents are errors.
func (q *Qty) UnmarshalJSON(b []byte) error {
	n, err := unquote(b)
	if err != nil {
		return err
	}
	*q, err = Parse(n)
	return err
}

// unquote returns the text of a JSON string or number.
func unquote(b []byte) (string, error) {
	if len(b) > 0 && b[0] == '"' {
		var s string
		err := json.Unmarshal(b, &s)
		return s, err
	}
	return string(b), nil
}
