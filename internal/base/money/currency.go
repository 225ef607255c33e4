package money

import (
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/fixed"
)

// Currency is an ISO 4217 alphabetic code in capitals.
type Currency string

// ErrCurrency says that a code is not an ISO 4217 currency in use.
var ErrCurrency = fault.New(fault.Invalid, "unknown_currency", "this is not an ISO 4217 currency code")

// notTwo lists the currencies whose minor unit is not a hundredth (ISO 4217, list one).
var notTwo = map[Currency]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0,
	"UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
	"CLF": 4, "UYW": 4,
}

// twoDecimals is the rest of the list: circulating currencies with hundredths.
const twoDecimals = " AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP" +
	" CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR" +
	" KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN" +
	" PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD" +
	" TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG "

// ParseCurrency checks a code.
func ParseCurrency(code string) (Currency, error) {
	c := Currency(code)
	if _, ok := notTwo[c]; ok {
		return c, nil
	}
	if len(code) == 3 {
		for i := 0; i+4 < len(twoDecimals); i += 4 {
			if twoDecimals[i+1:i+4] == code {
				return c, nil
			}
		}
	}
	return "", ErrCurrency
}

// Digits is the number of decimals of the minor unit: 0 for JPY, 2 for GBP, 3 for KWD.
func (c Currency) Digits() int {
	if d, ok := notTwo[c]; ok {
		return d
	}
	return 2
}

// Parse reads plain decimal text in major units: "12.5" is 1250 pence. More decimals than the
// currency has is fixed.ErrInexact.
func (c Currency) Parse(s string) (Minor, error) {
	n, err := fixed.Parse(s, c.Digits())
	if err != nil {
		return 0, err
	}
	return Minor(n), Minor(n).CheckRange()
}

// Format writes an amount in major units with all decimals of the currency: "-12.50".
func (c Currency) Format(a Minor) string { return fixed.Format(int64(a), c.Digits(), c.Digits()) }
