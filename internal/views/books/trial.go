package books

import (
	"errors"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/table"
)

// Trial is a trial balance: every account that has moved, with what stood in it before, its debits,
// its credits and what stands in it now.
type Trial struct {
	Scope    Scope          `json:"scope"`
	Currency money.Currency `json:"currency"`
	Rows     []Balance      `json:"rows"`
	Opening  money.Minor    `json:"opening"` // sums over the rows
	Debit    money.Minor    `json:"debit"`
	Credit   money.Minor    `json:"credit"`
	Closing  money.Minor    `json:"closing"`
}

// Balanced tells whether debits and credits are equal, before, in and after the scope. For all stores
// it must hold. For one store it holds unless entries go from store to store.
func (t *Trial) Balanced() bool { return t.Opening == 0 && t.Debit == t.Credit && t.Closing == 0 }

// TrialBalance reads the trial balance.
func TrialBalance(q db.Q, s Scope) (Trial, error) {
	t := Trial{Scope: s}
	var err error
	if t.Currency, err = Currency(q); err != nil {
		return t, err
	}
	if t.Rows, err = balances(q, s); err != nil {
		return t, err
	}
	var opening, debit, credit, closing error
	for i := range t.Rows {
		r := &t.Rows[i]
		t.Opening, opening = t.Opening.Add(r.Opening)
		t.Debit, debit = t.Debit.Add(r.Debit)
		t.Credit, credit = t.Credit.Add(r.Credit)
		t.Closing, closing = t.Closing.Add(r.Closing)
		if err := errors.Join(opening, debit, credit, closing); err != nil {
			return t, err
		}
	}
	return t, nil
}

// Table lays the report out.
func (t *Trial) Table() *table.Table {
	amount := func(name string) table.Column {
		return table.Column{Name: name, Kind: table.KindMoney, Currency: t.Currency, Total: true}
	}
	tb := &table.Table{Title: "Trial balance", Subtitle: t.Scope.Words(t.Currency)}
	tb.Columns = []table.Column{{Name: "account"}, {Name: "name"}, {Name: "type", Data: true}, amount("opening"), amount("debit"), amount("credit"), amount("closing")}
	if t.Scope.From == "" {
		tb.Columns[3].Data = true // nothing is before the beginning
	}
	for i := range t.Rows {
		r := &t.Rows[i]
		tb.Add(table.Text(r.Account), table.Text(r.Name), table.Text(string(r.Type)), table.Money(r.Opening), table.Money(r.Debit),
			table.Money(r.Credit), table.Money(r.Closing))
	}
	if !t.Balanced() {
		if t.Scope.Store != "" {
			tb.Note("This store alone does not balance: entries go from store to store.")
		} else {
			tb.Note("The books do not balance. Run the check of the books; nothing that Tillpost posts can do this.")
		}
	}
	return tb
}
