package books

import (
	"io"
	"strconv"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/table"
)

// Source is an entry's part in a figure.
type Source struct {
	Seq          int64       `json:"seq"`
	Entry        id.ID       `json:"entry"`
	Kind         string      `json:"kind"`
	Doc          id.ID       `json:"doc,omitzero"`
	BusinessDay  day.Day     `json:"business_day"`
	EffectiveDay day.Day     `json:"effective_day"`
	Memo         string      `json:"memo,omitempty"`
	Receipt      Receipt     `json:"receipt,omitzero"`
	Amount       money.Minor `json:"amount"` // debit positive
}

// Trace calls fn for every entry that an account's movement in the scope is made of, with the receipt
// that it books, in the order in which they count, and returns their sum: the figure of the reports.
// From "" traces a closing balance. fn must not read from q.
func Trace(q db.Q, s Scope, account string, fn func(*Source) error) (money.Minor, error) {
	var total money.Minor
	var now *Source
	err := postings(q, s, account, func(p *Posting) (err error) {
		if total, err = total.Add(p.Amount); err != nil {
			return err
		}
		if now != nil && now.Seq == p.Seq {
			now.Amount, err = now.Amount.Add(p.Amount)
			return err
		}
		if now != nil {
			if err := fn(now); err != nil {
				return err
			}
		}
		now = &Source{p.Seq, p.Entry, p.Kind, p.Doc, p.BusinessDay, p.EffectiveDay, p.Memo, p.Receipt, p.Amount}
		return nil
	})
	if err != nil {
		return 0, err
	}
	if now == nil {
		return 0, known(q, account)
	}
	return total, fn(now)
}

// known is nil when the account, or a sub-account of it, exists.
func known(q db.Q, account string) error {
	accounts, err := ledger.Accounts(q)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if belongs(a.Code, account) {
			return nil
		}
	}
	return ErrNoAccount.At(account)
}

// TraceTable lays a trace out; it holds all rows, so it is for figures that a person can read.
func TraceTable(q db.Q, s Scope, account string) (*table.Table, error) {
	currency, err := Currency(q)
	if err != nil {
		return nil, err
	}
	t := traceTable(s, account, currency)
	_, err = Trace(q, s, account, func(s *Source) error {
		t.Add(sourceCells(s)...)
		return nil
	})
	return t, err
}

// WriteTrace writes a trace as a table, row by row.
func WriteTrace(w io.Writer, q db.Q, s Scope, account string, o table.Options) error {
	currency, err := Currency(q)
	if err != nil {
		return err
	}
	out := table.Begin(w, traceTable(s, account, currency), o)
	if _, err := Trace(q, s, account, func(s *Source) error { return out.Add(sourceCells(s)...) }); err != nil {
		return err
	}
	return out.End()
}

func traceTable(s Scope, account string, currency money.Currency) *table.Table {
	return &table.Table{Title: "What account " + account + " is made of", Subtitle: s.Words(currency), Columns: []table.Column{
		{Name: "day"}, {Name: "entry"}, {Name: "entry_id", Data: true}, {Name: "kind"}, {Name: "receipt"}, {Name: "memo"},
		{Name: "amount", Kind: table.KindMoney, Currency: currency, Total: true}}}
}

func sourceCells(s *Source) []table.Cell {
	return []table.Cell{table.Text(string(s.EffectiveDay)), table.Text(strconv.FormatInt(s.Seq, 10)), table.Text(s.Entry.String()),
		table.Text(s.Kind), table.Text(s.Receipt.String()), table.Text(s.Memo), table.Money(s.Amount)}
}
