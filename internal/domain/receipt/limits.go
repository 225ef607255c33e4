package receipt

import (
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
)

// Limits on what a receipt may hold. What is beyond them is refused with a fault, whole.
const (
	MaxLines      = 5_000 // the largest real receipt we know has 1,114 lines
	MaxTenders    = 100   // a party of a hundred that splits the bill
	MaxReductions = 50    // on one line
	MaxTaxes      = 16    // on one line; five is the most that we have seen
	MaxNumber     = 999_999_999_999

	// Text lengths in bytes of UTF-8.
	MaxCode   = 100 // SKUs, stores, registers, tax codes, outside numbers
	MaxName   = 500 // the longest product names on the web have about 200 letters
	MaxReason = 300
	MaxNote   = 2_000

	// MaxBytes is the longest JSON of a receipt that is read: 5,000 lines of 1,600 bytes.
	MaxBytes = 8 << 20

	// MaxAhead is how far a device's clock may be ahead of ours. Clocks that are off by hours must not
	// stop a shop; a wrong year must not reach the books.
	MaxAhead = 3 * 24 * time.Hour

	// cardDigits is how many digits a text must have to be searched for a card number. In codes, which
	// are often GTINs or numbers of other systems with 13 or 14 digits, only the longer numbers of
	// today's cards are looked for.
	cardDigits     = 13
	cardDigitsCode = 15
)

// firstYear is the year before which no device's clock can be right: there was no receipt printer
// with a clock to import from.
const firstYear = 1970

// maxRounding is the largest cash rounding that makes sense in a currency: half of the largest cash
// step in use anywhere, with room for tills that round to ten.
func maxRounding(c money.Currency) money.Minor {
	switch c {
	case "COP", "HUF", "IDR", "IQD", "IRR", "KHR", "LAK", "LBP", "MMK", "PYG", "SOS", "TZS", "UGX", "UZS", "VND":
		return 200_000 // smallest coins and notes of hundreds or thousands
	}
	return 1_000
}
