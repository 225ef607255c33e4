package salesreport

import (
	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/table"
)

// Daily is the daily report: date, employee, department, items sold, total sales. Store "" is all
// stores; days are business days, both included, "" being open.
func Daily(q db.Q, book money.Currency, from, to day.Day, store string) (table.Table, error) {
	g, err := parse([]string{Day, Employee, Department})
	if err != nil {
		return table.Table{}, err
	}
	s, err := newSpan(q, from, to, store)
	if err != nil {
		return table.Table{}, err
	}
	p, err := collect(q, s, &g, 0)
	if err != nil {
		return table.Table{}, err
	}
	t := table.Table{Title: "Daily report", Subtitle: s.subtitle(book), Columns: []table.Column{
		{Name: "date"}, {Name: Employee}, {Name: Department}, {Name: "items_sold", Kind: table.KindQty, Total: true},
		{Name: "total_sales", Kind: table.KindMoney, Currency: book, Total: true}}}
	for _, k := range p.shown() {
		f := p.rows[k]
		t.Add(append(dimensionCells(nil, &g, k, nil), table.Qty(f.qty), table.Money(f.total()))...)
	}
	return t, nil
}
