// Package journals writes the ledger in the plain-text formats of hledger, Ledger and Beancount, and
// as CSV. The three programs are judges: what they read must balance, and come to the balances of our
// own reports.
//
// An export is a stream: memory stays bounded whatever the number of entries. It is deterministic:
// the same books give the same bytes, on both database engines. Dates are the days on which entries
// count; when they happened stands in their tags. Text from outside cannot break out of its place.
package journals

import (
	"bufio"
	"io"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/books"
)

// Format is one of the syntaxes.
type Format string

// The formats.
const (
	Hledger   Format = "hledger"
	Ledger    Format = "ledger"
	Beancount Format = "beancount"
	CSV       Format = "csv"
)

// Formats lists all of them.
var Formats = [...]Format{Hledger, Ledger, Beancount, CSV}

// Summary is what was written. Entries without lines (goods that are worth nothing) are left out.
type Summary struct {
	Entries int64 `json:"entries"`
	Lines   int64 `json:"lines"`
}

// syntax is one of the formats: each method appends to b.
type syntax interface {
	begin(b []byte, x *export) []byte
	entry(b []byte, x *export, e *ledger.Entry, r books.Receipt) []byte
}

// export is what the syntaxes need to know of the books.
type export struct {
	book     money.Currency
	foreign  []money.Currency // currencies that accounts hold besides the book currency, in order
	first    day.Day          // of all entries
	accounts []account        // in the order of the codes
	byCode   map[string]*account
	name     func(code, name string) string // of accounts that the chart does not know
}

// account is an account with its name in the format.
type account struct {
	ledger.Account
	full string
}

// flushAt is how many bytes are collected before they are written.
const flushAt = 1 << 16

// Export writes the entries that count in the scope; see books.Journal for its store.
func Export(w io.Writer, q db.Q, f Format, s books.Scope) (Summary, error) {
	var sum Summary
	var out syntax
	x := &export{name: plainName}
	switch f {
	case Hledger:
		out = hledger{}
	case Ledger:
		out = ledgerCLI{}
	case Beancount:
		out, x.name = beancount{}, beanName
	case CSV:
		out = csvLines{}
	default:
		return sum, ErrFormat.At(string(f))
	}
	if err := x.load(q); err != nil {
		return sum, err
	}
	buf := bufio.NewWriterSize(w, flushAt)
	b := out.begin(nil, x)
	if _, err := buf.Write(b); err != nil {
		return sum, err
	}
	err := books.Journal(q, s, func(e *ledger.Entry, r books.Receipt) error {
		if len(e.Lines) == 0 {
			return nil
		}
		sum.Entries++
		sum.Lines += int64(len(e.Lines))
		b = out.entry(b[:0], x, e, r)
		_, err := buf.Write(b)
		return err
	})
	if err != nil {
		return sum, err
	}
	return sum, buf.Flush()
}

// load reads the chart and gives every account a name of its own.
func (x *export) load(q db.Q) error {
	var err error
	if x.book, err = books.Currency(q); err != nil {
		return err
	}
	if x.first, err = ledger.FirstDay(q); err != nil {
		return err
	}
	chart, err := ledger.Accounts(q)
	if err != nil {
		return err
	}
	x.setAccounts(chart)
	return nil
}

func (x *export) setAccounts(chart []ledger.Account) {
	x.byCode = make(map[string]*account, len(chart))
	x.accounts = make([]account, len(chart))
	taken := make(map[string]bool, len(chart))
	held := map[money.Currency]bool{x.book: true, "": true}
	for i, a := range chart {
		full := unique(taken, roots[a.Type]+":"+x.name(a.Code, a.Name))
		x.accounts[i] = account{a, full}
		x.byCode[a.Code] = &x.accounts[i]
		if !held[a.Currency] {
			held[a.Currency] = true
			x.foreign = append(x.foreign, a.Currency)
		}
	}
}

// of finds an account. A code that the chart does not know can only be damage; it keeps its lines
// visible.
func (x *export) of(code string) *account {
	if a := x.byCode[code]; a != nil {
		return a
	}
	a := &account{ledger.Account{Code: code, Name: code, Type: ledger.Equity}, roots[ledger.Equity] + ":" + x.name("unknown", code)}
	x.byCode[code] = a
	return a
}

// priced tells whether a line is written as its foreign amount at a total price: it stands on an
// account of that currency, and both amounts have the same sign.
func (x *export) priced(a *account, l *ledger.Line) bool {
	return l.Foreign.Currency != "" && l.Foreign.Currency == a.Currency && a.Currency != x.book &&
		(l.Foreign.Minor > 0) == (l.Amount > 0) && l.Foreign.Minor != 0
}
