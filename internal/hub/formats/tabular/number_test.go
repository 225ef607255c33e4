package tabular

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
)

func TestParseDecimal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in    string
		comma bool
		want  string // with six decimals at most; a word is a fault code
	}{
		{"2.55", false, "2.55"}, {"-2", false, "-2"}, {"", false, "0"}, {"  7 ", false, "7"},
		{"$1,234.50", false, "1234.5"}, {"-$1.00", false, "-1"}, {"$-1.00", false, "-1"}, {"($3.35)", false, "-3.35"},
		{"1.234,50 €", true, "1234.5"}, {"1 234,50", true, "1234.5"}, {"1\u00a0234\u202f567,5", true, "1234567.5"},
		{"12,50-", true, "-12.5"}, {"£0.001", false, "0.001"}, {"$US12.00", false, "12"}, {"A$12.00", false, "12"}, {"R12.00", false, "12"},
		{"USD 12.00", false, "12"}, {"12.00EUR", false, "12"},
		{"1'234.50", false, "1234.5"}, {"'15", false, "15"}, {"-1,000.00", false, "-1000"}, {"1,00,000", false, "100000"},
		{"\u221212", false, "-12"}, {"12.340000000000002", false, "12.34"}, {"-", false, "0"}, {"+5", false, "5"},
		{"12,50", false, "number_grouping"}, {"1,5", false, "number_grouping"}, {"1.5", true, "number_grouping"},
		{"1E+05", false, "number_scientific"}, {"abc", false, "not_a_number"}, {"$", false, "not_a_number"},
		{"1.2.3", false, "number_grouping"}, {"NaN", false, "not_a_number"}, {"Infinity", false, "not_a_number"},
		{"--5", false, "not_a_number"}, {"(-5)", false, "not_a_number"}, {"5%", false, "not_a_number"},
		{"1O0.00", false, "not_a_number"}, {"$x12.00", false, "not_a_number"},
		{"x6", false, "not_a_number"}, {"6pcs", false, "not_a_number"}, {"abc2.55", false, "not_a_number"}, {"1.5 kg", false, "not_a_number"},
		{"kr 12.00", false, "12"}, {"Rs.12", false, "12"}, {"Fr. 12.50", false, "12.5"}, {"USD .50", false, "0.5"}, {"$PL12.00", false, "not_a_number"}, {"€x5", false, "not_a_number"},
		{"12x.00", false, "not_a_number"}, {"99999999999999999999", false, "number_too_large"},
	} {
		d, err := parseDecimal([]byte(c.in), c.comma)
		got := fault.CodeOf(err)
		if err == nil {
			n, err := d.scale(6)
			if err != nil {
				t.Errorf("%q: scale: %v", c.in, err)
			}
			got = fixed.Format(n, 6, 0)
		}
		if got != c.want {
			t.Errorf("parseDecimal(%q, %v) = %s, want %s", c.in, c.comma, got, c.want)
		}
	}
}

// A price in another currency is never read as one in the books' own.
func TestMarks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"$2.55": "USD CAD MXN", "US$2.55": "USD CAD MXN", "€2.55": "EUR", "2.55EUR": "EUR", "2,55 €": "EUR", "£2.55": "GBP EGP",
		"¥255": "JPY CNY", "₹2.55": "INR", "₩255": "KRW", "USD 2.55": "USD", "usd 2.55": "USD", "2.55": "USD CAD MXN EUR GBP EGP JPY CNY INR KRW CHF", "Fr 2.55": "USD CAD MXN EUR GBP EGP JPY CNY INR KRW CHF"} {
		d, err := parseDecimal([]byte(text), strings.Contains(text, ","))
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		for _, c := range strings.Fields("USD CAD MXN EUR GBP EGP JPY CNY INR KRW CHF") {
			if d.mark.fits(money.Currency(c)) != strings.Contains(want, c) {
				t.Errorf("%s in %s: %t", text, c, d.mark.fits(money.Currency(c)))
			}
		}
	}
}

// Every way to write an amount reads back as the amount.
func TestParseDecimalStyles(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(-1_000_000_000_000, 1_000_000_000_000).Draw(t, "minor")
		comma := rapid.Bool().Draw(t, "comma")
		plain := fixed.Format(max(n, -n), 2, 2)
		whole, cents := plain[:len(plain)-3], plain[len(plain)-2:]
		group, point := ",", "."
		if comma {
			group, point = ".", ","
		}
		if rapid.Bool().Draw(t, "grouped") {
			for i := len(whole) - 3; i > 0; i -= 3 {
				whole = whole[:i] + group + whole[i:]
			}
		}
		text := rapid.SampledFrom([]string{"", "$", "€ ", "GBP "}).Draw(t, "sign") + whole + point + cents
		if n < 0 {
			switch rapid.IntRange(0, 2).Draw(t, "minus") {
			case 0:
				text = "-" + text
			case 1:
				text = "(" + text + ")"
			default:
				text += "-"
			}
		}
		d, err := parseDecimal([]byte(text), comma)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if got, _ := d.scale(2); got != n {
			t.Fatalf("%q = %d, want %d", text, got, n)
		}
	})
}

func TestGuessComma(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cells []string
		comma bool
		clash bool
	}{
		{[]string{"1,234.50", "2.5"}, false, false}, {[]string{"1.234,50"}, true, false}, {[]string{"12,5", "3", "1.000"}, true, false},
		{[]string{"1,234", "7"}, false, false}, {[]string{"1.234.567"}, true, false}, {[]string{"12,5", "12.5", "13.5"}, false, true},
	} {
		var cells [][]byte
		for _, s := range c.cells {
			cells = append(cells, []byte(s))
		}
		if comma, clash := guessComma(cells); comma != c.comma || clash != c.clash {
			t.Errorf("guessComma(%q) = %v, %v", c.cells, comma, clash)
		}
	}
}

func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"$1,234.50", "(3,35)", "1E+05", "12.340000000000002", "9223372036854775807", "\u22125"} {
		f.Add([]byte(s), false)
		f.Add([]byte(s), true)
	}
	f.Fuzz(func(t *testing.T, b []byte, comma bool) {
		d, err := parseDecimal(b, comma)
		if err == nil && (d.places < 0 || d.places > maxDecimals) {
			t.Fatalf("%q: %+v", b, d)
		}
		if err == nil {
			d.scale(2)
			d.scale(6)
		}
	})
}
