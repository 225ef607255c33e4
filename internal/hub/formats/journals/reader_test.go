package journals_test

import (
	"encoding/csv"
	"fmt"
	"math/big"
	"regexp"
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/hub/formats/journals"
)

// read is what our own small readers find in an export. They know only what our writers should write,
// and refuse everything else: a line that a text from outside has made would not be among it.
type readBack struct {
	entries  int
	balances map[string]*big.Rat // in the book currency, by account name
	foreign  map[string]*big.Rat // "account USD"
}

var (
	dateLine = map[journals.Format]*regexp.Regexp{
		journals.Hledger:   regexp.MustCompile(`^\d{4}-\d\d-\d\d \(\d+\) [^;|]+  ; entry:[0-9a-f-]{36}, business-day:\d{4}-\d\d-\d\d(, [a-z]+:[^,;\[\]]*)*$`),
		journals.Ledger:    regexp.MustCompile(`^\d{4}-\d\d-\d\d \(\d+\) [^;|]+$`),
		journals.Beancount: regexp.MustCompile(`^\d{4}-\d\d-\d\d \* "[^"\\]*" "[^"\\]*"$`),
	}
	metaLine = map[journals.Format]*regexp.Regexp{
		journals.Ledger:    regexp.MustCompile(`^    ; [A-Z][a-z-]+: [^;\[\]]*$`),
		journals.Beancount: regexp.MustCompile(`^ {2,4}[a-z-]+: ("[^"\\]*"|\d+)$`),
	}
	postingLine = regexp.MustCompile(`^ {2,4}((?:Assets|Liabilities|Equity|Income|Expenses):[^ ;:"]+(?: [^ ;:"]+)*)  (-?\d+(?:\.\d+)?) ([A-Z]{3})(?: @@ (\d+(?:\.\d+)?) ([A-Z]{3}))?(?:  ; ([a-z]+:[^,;\[\]]*)(, [a-z]+:[^,;\[\]]*)*)?$`)
	otherLine   = regexp.MustCompile(`^(;.*|commodity (1000\.0* )?[A-Z]{3}|account \S.*|option "[a-z_]+" "[^"]*"|\d{4}-\d\d-\d\d open [A-Z][A-Za-z]+:[A-Z][A-Za-z0-9-]*|)$`)
)

// readJournal reads an export in one of the three journal formats.
func readJournal(f journals.Format, text string, book money.Currency) (readBack, error) {
	got := readBack{balances: map[string]*big.Rat{}, foreign: map[string]*big.Rat{}}
	sum := new(big.Rat)
	close := func() error {
		if sum.Sign() != 0 {
			return fmt.Errorf("an entry is off by %s", sum.RatString())
		}
		return nil
	}
	for n, line := range strings.Split(text, "\n") {
		switch {
		case dateLine[f].MatchString(line):
			if err := close(); err != nil {
				return got, fmt.Errorf("before line %d: %w", n+1, err)
			}
			got.entries++
		case postingLine.MatchString(line):
			if err := got.posting(postingLine.FindStringSubmatch(line), sum, book); err != nil {
				return got, fmt.Errorf("line %d: %w: %q", n+1, err, line)
			}
		case metaLine[f] != nil && metaLine[f].MatchString(line), otherLine.MatchString(line):
		default:
			return got, fmt.Errorf("line %d is none of ours: %q", n+1, line)
		}
	}
	return got, close()
}

func (got *readBack) posting(m []string, sum *big.Rat, book money.Currency) error {
	amount, ok := new(big.Rat).SetString(m[2])
	if !ok {
		return fmt.Errorf("bad amount")
	}
	if m[4] != "" {
		add(got.foreign, m[1]+" "+m[3], amount)
		price, _ := new(big.Rat).SetString(m[4])
		if amount.Sign() < 0 {
			price.Neg(price)
		}
		amount, m[3] = price, m[5]
	}
	if m[3] != string(book) {
		return fmt.Errorf("an amount in %s", m[3])
	}
	add(got.balances, m[1], amount)
	sum.Add(sum, amount)
	return nil
}

func add(to map[string]*big.Rat, key string, amount *big.Rat) {
	if to[key] == nil {
		to[key] = new(big.Rat)
	}
	to[key].Add(to[key], amount)
}

// readCSV reads the CSV export; its accounts are codes.
func readCSV(text string) (readBack, error) {
	got := readBack{balances: map[string]*big.Rat{}, foreign: map[string]*big.Rat{}}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return got, err
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		if !seen[row[at["seq"]]] {
			seen[row[at["seq"]]] = true
			got.entries++
		}
		for column, sign := range map[string]int64{"debit": 1, "credit": -1} {
			if s := row[at[column]]; s != "" {
				amount, ok := new(big.Rat).SetString(s)
				if !ok {
					return got, fmt.Errorf("bad amount %q", s)
				}
				add(got.balances, row[at["account"]], amount.Mul(amount, big.NewRat(sign, 1)))
			}
		}
	}
	return got, nil
}
