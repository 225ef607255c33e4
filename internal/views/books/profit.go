package books

import (
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/table"
)

// Figure is one account's line in a report. The sign is the report's: income and what is owed are
// positive when credit, costs and what is owned when debit.
type Figure struct {
	Account string      `json:"account,omitempty"` // "" for computed figures
	Name    string      `json:"name"`
	Amount  money.Minor `json:"amount"`
}

// Section is a part of a report and its sum.
type Section struct {
	Figures []Figure    `json:"figures"`
	Total   money.Minor `json:"total"`
}

// empty is a section without figures.
func empty() Section { return Section{Figures: []Figure{}} }

func (s *Section) add(account, name string, amount money.Minor) (err error) {
	if amount == 0 {
		return nil
	}
	s.Figures = append(s.Figures, Figure{account, name, amount})
	s.Total, err = s.Total.Add(amount)
	return err
}

// Profit is a profit and loss statement. Discounts and returns are negative income.
type Profit struct {
	Scope       Scope          `json:"scope"`
	Currency    money.Currency `json:"currency"`
	Income      Section        `json:"income"`
	CostOfSales Section        `json:"cost_of_sales"`
	Gross       money.Minor    `json:"gross_profit"`
	Expenses    Section        `json:"expenses"`
	Net         money.Minor    `json:"net_result"`
}

// costRoles are the account roles whose accounts are cost of sales rather than expenses.
var costRoles = [...]string{"cogs", "price_variance", "shrink", "damaged"}

// ProfitLoss reads what income and expense came to in the scope.
func ProfitLoss(q db.Q, s Scope) (Profit, error) {
	p := Profit{Scope: s, Income: empty(), CostOfSales: empty(), Expenses: empty()}
	var err error
	if p.Currency, err = Currency(q); err != nil {
		return p, err
	}
	cost, err := costAccounts(q)
	if err != nil {
		return p, err
	}
	rows, err := balances(q, s)
	if err != nil {
		return p, err
	}
	for i := range rows {
		r := &rows[i]
		moved := r.Debit - r.Credit
		parent, _, _ := strings.Cut(r.Account, "-")
		switch {
		case r.Type == ledger.Income:
			err = p.Income.add(r.Account, r.Name, -moved)
		case r.Type == ledger.Expense && (cost[r.Account] || cost[parent]):
			err = p.CostOfSales.add(r.Account, r.Name, moved)
		case r.Type == ledger.Expense:
			err = p.Expenses.add(r.Account, r.Name, moved)
		}
		if err != nil {
			return p, err
		}
	}
	if p.Gross, err = p.Income.Total.Add(-p.CostOfSales.Total); err != nil {
		return p, err
	}
	p.Net, err = p.Gross.Add(-p.Expenses.Total)
	return p, err
}

func costAccounts(q db.Q) (map[string]bool, error) {
	roles, err := ledger.LoadRoles(q)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, role := range costRoles {
		for _, account := range roles.Of(role) {
			out[account] = true
		}
	}
	return out, nil
}

// Table lays the statement out.
func (p *Profit) Table() *table.Table {
	t := &table.Table{Title: "Profit and loss", Subtitle: p.Scope.Words(p.Currency), Columns: statementColumns(p.Currency)}
	section(t, "Income", "Total income", &p.Income)
	section(t, "Cost of sales", "Total cost of sales", &p.CostOfSales)
	t.Subtotal(table.Blank(), table.Blank(), table.Text("Gross profit"), table.Money(p.Gross))
	section(t, "Expenses", "Total expenses", &p.Expenses)
	name := "Net profit"
	if p.Net < 0 {
		name = "Net loss"
	}
	t.Total(table.Blank(), table.Blank(), table.Text(name), table.Money(p.Net))
	return t
}

func statementColumns(currency money.Currency) []table.Column {
	return []table.Column{{Name: "section", Data: true}, {Name: "account"}, {Name: "name"}, {Name: "amount", Kind: table.KindMoney, Currency: currency}}
}

func section(t *table.Table, title, total string, s *Section) {
	if len(s.Figures) == 0 {
		return
	}
	t.Heading(title)
	for _, f := range s.Figures {
		t.Add(table.Text(title), table.Text(f.Account), table.Text(f.Name), table.Money(f.Amount))
	}
	t.Subtotal(table.Blank(), table.Blank(), table.Text(total), table.Money(s.Total))
}
