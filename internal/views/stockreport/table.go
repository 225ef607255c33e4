package stockreport

import (
	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/views/table"
)

// Table lays levels out, as they were at the end of a day, "" being now.
func Table(rows []Row, book money.Currency, asOf day.Day) *table.Table {
	when := "now"
	if asOf != "" {
		when = "at the end of " + string(asOf)
	}
	t := &table.Table{Title: "Stock", Subtitle: []string{when, string(book)}, Columns: []table.Column{{Name: "location"},
		{Name: "department"}, {Name: "item"}, {Name: "name"}, {Name: "quantity", Kind: table.KindQty, Total: true},
		{Name: "value", Kind: table.KindMoney, Currency: book, Total: true}}}
	for _, r := range rows {
		t.Add(table.Text(r.Location), table.Text(r.Department), table.Text(r.Item), table.Text(r.Name), table.Qty(r.Qty), table.Money(r.Value))
	}
	return t
}
