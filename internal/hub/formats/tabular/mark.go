package tabular

import (
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
)

// mark is the currency that stands beside a number: an ISO code, or a sign that several currencies
// share. The zero mark says nothing.
type mark [3]byte

// The signs that more than one currency has.
var (
	dollarMark = mark{'$'}
	poundMark  = mark{'L'}
	yenMark    = mark{'Y'}
)

// Currencies by the sign that they share; Unicode CLDR's symbols.
const (
	dollars = "ARS AUD BBD BMD BND BRL BSD BZD CAD CLP COP CUP CVE DOP FJD GYD HKD JMD KYD LRD MOP MXN NAD NIO NZD SBD SGD SRD TOP TTD TWD USD UYU WST XCD ZWL"
	pounds  = "GBP EGP FKP GIP LBP SDG SHP SSP SYP"
	yens    = "JPY CNY"
)

// isSymbol tells whether a kind of sign is a currency sign: $ £ ¥ € ₹ ₩.
func isSymbol(kind byte) bool { return kind == '$' || kind >= 'A' && kind <= 'Z' }

// mark is what the sign and the letters beside the digits say; false when they are no money at all.
func (f *figure) mark() (mark, bool) {
	word := string(f.word[:f.letters])
	if f.letters == len(f.word) {
		if _, err := money.ParseCurrency(word); err == nil {
			return f.word, true
		}
	}
	switch f.symbol {
	case 0:
		return mark{}, word == "" || strings.Contains(" KR FR SFR R RS RM P ZL KC FT LEI ", " "+word+" ")
	case '$':
		return dollarMark, word == "" || strings.Contains(" A BZ C CA HK J MX NT NZ R S TT US ", " "+word+" ")
	case 'L':
		return poundMark, word == "" || word == "E"
	case 'Y':
		return yenMark, word == "" || word == "JP" || word == "CN"
	case 'E':
		return mark{'E', 'U', 'R'}, word == ""
	case 'R':
		return mark{'I', 'N', 'R'}, word == ""
	}
	return mark{'K', 'R', 'W'}, word == ""
}

// fits tells whether an amount of c can have the mark.
func (m mark) fits(c money.Currency) bool {
	switch {
	case m == mark{} || c == "":
		return true
	case m == dollarMark:
		return strings.Contains(dollars, string(c))
	case m == poundMark:
		return strings.Contains(pounds, string(c))
	case m == yenMark:
		return strings.Contains(yens, string(c))
	}
	return string(m[:]) == string(c)
}
