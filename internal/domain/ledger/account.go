package ledger

import (
	"cmp"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// Type says on which side of the books an account stands. It never changes.
type Type string

// The account types. Income and expense make the result of a year; the others carry over.
const (
	Asset     Type = "asset"
	Liability Type = "liability"
	Equity    Type = "equity"
	Income    Type = "income"
	Expense   Type = "expense"
)

// Types are all types in the order in which reports show them.
var Types = [...]Type{Asset, Liability, Equity, Income, Expense}

// Nominal tells whether the account is closed into the result of the year.
func (t Type) Nominal() bool { return t == Income || t == Expense }

// Account is one account of the chart.
type Account struct {
	Code string `json:"code"` // stable; what entry lines name
	Name string `json:"name"`
	Type Type   `json:"type"`
	// Currency is set on accounts that hold a foreign currency, such as the dollar drawer of a euro
	// shop. Amounts are in the book currency on every account; there they stand in both.
	Currency  money.Currency `json:"currency,omitempty"`
	CreatedMs int64          `json:"created_ms"`
}

// Limits of an account's texts, in characters. Codes may hold a store's and a drawer's code.
const (
	codeMost = 80
	nameMost = 120
)

const (
	insertAccount db.SQL = `INSERT INTO accounts (code, name, type, currency, created_ms) VALUES ($1, $2, $3, $4, $5)`
	renameAccount db.SQL = `UPDATE accounts SET name = $2 WHERE code = $1 AND name <> $2`
	selectAccount db.SQL = `SELECT code, name, type, currency, created_ms FROM accounts`
	findAccount   db.SQL = `SELECT code, name, type, currency, created_ms FROM accounts WHERE code = $1`
	countDays     db.SQL = `SELECT COUNT(*) FROM account_days WHERE account = $1 AND ($2 = '' OR store = $2)`
)

// Create adds an account. An existing code is ErrAccountExists.
func Create(tx *db.Tx, a Account) error {
	g, err := open(tx)
	if err != nil {
		return err
	}
	_, ok, err := g.find(tx, a.Code)
	if err != nil {
		return err
	}
	if ok {
		return ErrAccountExists.Named("code", a.Code)
	}
	return g.create(tx, a)
}

// EnsureAccount adds an account unless there is one with this code, for sub-accounts that come with
// a drawer, a tax code or a department. An existing account keeps its name; when its type or
// currency differ, the answer is ErrAccountDiffers.
func EnsureAccount(tx *db.Tx, code, name string, typ Type, currency money.Currency) error {
	g, err := open(tx)
	if err != nil {
		return err
	}
	is, ok, err := g.find(tx, code)
	switch {
	case err != nil:
		return err
	case !ok:
		return g.create(tx, Account{Code: code, Name: name, Type: typ, Currency: currency})
	case is.typ != typ || is.currency != currency:
		return ErrAccountDiffers.Named("code", code)
	}
	return nil
}

func (g *group) create(tx *db.Tx, a Account) error {
	if err := a.check(); err != nil {
		return err
	}
	if _, err := tx.Exec(insertAccount, a.Code, a.Name, string(a.Type), string(a.Currency), tx.Now.UnixMilli()); err != nil {
		return err
	}
	g.accounts[a.Code] = known{a.Type, a.Currency}
	return outbox.Add(tx, outbox.AccountChanged, a.Code, "")
}

// Rename changes what an account is called. Its code, type and currency never change.
func Rename(tx *db.Tx, code, name string) error {
	if !oneLine(name, nameMost) {
		return ErrAccountName.At("name")
	}
	n, err := tx.Exec(renameAccount, code, name)
	switch {
	case err != nil:
		return err
	case n > 0:
		return outbox.Add(tx, outbox.AccountChanged, code, "")
	}
	_, err = Find(tx, code) // it is called so already
	return err
}

// Find reads one account; ErrUnknownAccount when there is none.
func Find(q db.Q, code string) (Account, error) {
	var a Account
	err := sql.ErrNoRows
	if storable(code) { // PostgreSQL would refuse the statement
		err = q.QueryRow(findAccount, code).Scan(&a.Code, &a.Name, &a.Type, &a.Currency, &a.CreatedMs)
	}
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrUnknownAccount.Named("account", code)
	}
	return a, err
}

// Posted tells whether anything was posted to an account for a store, "" being all of them, also by
// the same group commit.
func Posted(tx *db.Tx, account, store string) (bool, error) {
	g, err := open(tx)
	if err != nil {
		return false, err
	}
	for k := range g.days {
		if k.account == account && (store == "" || k.store == store) {
			return true, nil
		}
	}
	var n int64
	err = tx.QueryRow(countDays, account, store).Scan(&n)
	return n > 0, err
}

// Accounts lists the chart in the order of the codes.
func Accounts(q db.Q) ([]Account, error) {
	rows, err := q.Query(selectAccount)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Account
	for rows.Next() {
		var a Account
		if err := rows.Scan(&a.Code, &a.Name, &a.Type, &a.Currency, &a.CreatedMs); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b Account) int { return cmp.Compare(a.Code, b.Code) })
	return out, rows.Err()
}

func (a *Account) check() error {
	if !slices.Contains(Types[:], a.Type) {
		return ErrAccountType.At("type")
	}
	if !oneLine(a.Code, codeMost) || strings.ContainsFunc(a.Code, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(":;\"'", r) }) {
		return ErrAccountCode.At("code")
	}
	if !oneLine(a.Name, nameMost) {
		return ErrAccountName.At("name")
	}
	if a.Currency != "" {
		if _, err := money.ParseCurrency(string(a.Currency)); err != nil {
			return err
		}
	}
	return nil
}

// AccountName makes a valid account name of any text: a department, a drawer or a tax as a person or
// an outside file calls it.
func AccountName(text string) string {
	s := strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r) || r == utf8.RuneError:
			return -1
		}
		return r
	}, text)), " ")
	if r := []rune(s); len(r) > nameMost {
		s = strings.TrimSpace(string(r[:nameMost]))
	}
	if s == "" {
		return "Unnamed"
	}
	return s
}

// oneLine tells whether s is text for people on one line: not empty, valid, printable, not too long.
func oneLine(s string, most int) bool {
	return s != "" && utf8.ValidString(s) && utf8.RuneCountInString(s) <= most && strings.TrimSpace(s) == s &&
		!strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) && r != ' ' })
}
