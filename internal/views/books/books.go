// Package books answers an accountant's questions about the ledger: trial balance, general ledger,
// profit and loss, balance sheet, by period and store, and from which entries and receipts a figure
// is made. Balances come from the running totals, never from the lines, so that a report costs its
// answer and not its history: of all stores from those of whole months and of the days of the month
// that is not whole, of one store from those of days. The general ledger and Trace read lines.
//
// Days are effective days: a late arrival counts in the period in which it was posted. Years are not
// closed by entries: what income and expense came to before the fiscal year is retained earnings,
// computed when it is asked for.
package books

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/scope"
)

// Scope is what a report covers.
type Scope = scope.Scope

// Balance is an account with its movement in a scope, in the book currency. Debit balances are
// positive, credit balances negative.
type Balance struct {
	Account string      `json:"account"`
	Name    string      `json:"name"`
	Type    ledger.Type `json:"type"`
	Opening money.Minor `json:"opening"` // of the days before From
	Debit   money.Minor `json:"debit"`
	Credit  money.Minor `json:"credit"` // positive
	Closing money.Minor `json:"closing"`
}

// still tells whether there is nothing to report.
func (b *Balance) still() bool {
	return b.Opening == 0 && b.Debit == 0 && b.Credit == 0
}

// balances reads every account that has moved, in the order of the codes. An account that the chart
// no longer knows is named by its code.
func balances(q db.Q, s Scope) ([]Balance, error) {
	accounts, err := ledger.Accounts(q)
	if err != nil {
		return nil, err
	}
	chart := make(map[string]ledger.Account, len(accounts))
	for _, a := range accounts {
		chart[a.Code] = a
	}
	moved, err := movements(q, s)
	if err != nil {
		return nil, err
	}
	out := []Balance{}
	for _, b := range moved {
		b.Name, b.Type = b.Account, ledger.Asset
		if a, ok := chart[b.Account]; ok {
			b.Name, b.Type = a.Name, a.Type
		}
		if b.Closing, err = money.Sum(b.Opening, b.Debit, -b.Credit); err != nil {
			return nil, err
		}
		if !b.still() {
			out = append(out, b)
		}
	}
	slices.SortFunc(out, func(a, b Balance) int { return cmp.Compare(a.Account, b.Account) })
	return out, nil
}

// Currency is that of all amounts in the books; before the shop is set up it is ErrNoBooks.
func Currency(q db.Q) (money.Currency, error) {
	c, ok, err := org.Setting(q, org.SettingBook)
	if err == nil && !ok {
		return "", ErrNoBooks
	}
	return money.Currency(c), err
}

// belongs tells whether code is the account or one of its sub-accounts: "1110-S1-D1" belongs to
// "1110".
func belongs(code, account string) bool {
	return account == "" || code == account || strings.HasPrefix(code, account+"-")
}
