package journals

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/tillpost/tillpost/internal/domain/ledger"
)

// roots are the five parents of all accounts. Beancount demands these words, the others know them.
var roots = map[ledger.Type]string{ledger.Asset: "Assets", ledger.Liability: "Liabilities", ledger.Equity: "Equity",
	ledger.Income: "Income", ledger.Expense: "Expenses"}

// plainName is "1150 Card clearing", for hledger and Ledger. A colon would make a sub-account, two
// spaces end the name, and a semicolon begins a comment; what is not known to be harmless is left
// out.
func plainName(code, name string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.,/&'+%#()", r) {
			return r
		}
		return ' '
	}, code+" "+name)), " ")
}

// beanName is "A1150-Card-clearing": Beancount's components begin with a capital and hold letters of
// ASCII, digits and dashes.
func beanName(code, name string) string {
	var b strings.Builder
	b.WriteByte('A')
	dash := false
	for _, r := range code + "-" + name {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			if dash {
				b.WriteByte('-')
			}
			b.WriteRune(r)
			dash = false
			continue
		}
		dash = true
	}
	return b.String()
}

// unique makes a name that is not taken: two accounts whose names differ only in what the format
// cannot write must not become one.
func unique(taken map[string]bool, name string) string {
	full := name
	for n := 2; taken[full]; n++ {
		full = name + "-" + strconv.Itoa(n)
	}
	taken[full] = true
	return full
}
