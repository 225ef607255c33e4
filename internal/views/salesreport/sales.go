// Package salesreport answers what was sold: by day, store, employee, department, item, tender, hour and
// what else a receipt knows. It sums what was frozen on the receipts and computes nothing anew: the
// totals of any report over a span are those of the receipts of that span.
//
// Whatever the running totals can answer costs its answer and not the shop's history; item, customer
// and channel are read from the lines of the span.
package salesreport

import (
	"fmt"
	"slices"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/table"
)

// Query says what a report covers.
type Query struct {
	From, To day.Day  // business days, both included; "" is the first or the last there is
	Store    string   // "" is all stores
	By       []string // the dimensions, in the order of the columns; none gives one line for the span
	// Top asks for the largest groups alone, with one more line for all others; 0 is all groups.
	Top int
}

// Sales is the report: one row for each group, in the order of the dimensions, or the largest first
// with Top. Amounts are without tax but for tax and total_sales; total_sales is what the receipts come
// to, with other takings that are not revenue (tips, gift cards, deposits). With Tender the report is
// about payments, and says what was taken and what was handed over.
//
// Errors: the faults of this package, org.ErrNoStore.
func Sales(q db.Q, book money.Currency, query Query) (table.Table, error) {
	g, err := parse(query.By)
	if err != nil {
		return table.Table{}, err
	}
	s, err := newSpan(q, query.From, query.To, query.Store)
	if err != nil {
		return table.Table{}, err
	}
	if query.Top < 0 || query.Top > topMost {
		return table.Table{}, ErrTop
	}
	if g.has(Tender) {
		return tenders(q, book, s, &g, query.Top)
	}
	p, err := collect(q, s, &g, query.Top)
	if err != nil {
		return table.Table{}, err
	}
	return salesTable(q, book, s, &g, p)
}

// span is the checked scope of a report, as parameters of a statement.
type span struct {
	from, to, store string
}

// The days that an open span runs between; day.Parse accepts no others.
const firstDay, lastDay = "1970-01-01", "9998-12-31"

func newSpan(q db.Q, from, to day.Day, store string) (*span, error) {
	s := &span{from: string(from), to: string(to), store: store}
	if from == "" {
		s.from = firstDay
	}
	if to == "" {
		s.to = lastDay
	}
	for _, d := range []string{s.from, s.to} {
		if _, err := day.Parse(d); err != nil {
			return nil, ErrSpan.At(d).Because(err)
		}
	}
	if s.from > s.to {
		return nil, ErrSpan.At(s.from + " to " + s.to)
	}
	if store == "" {
		return s, nil
	}
	shop, err := org.Load(q)
	if err != nil {
		return nil, err
	}
	_, err = shop.Store(store)
	return s, err
}

// subtitle says for people what the report covers.
func (s *span) subtitle(book money.Currency) []string {
	days := s.from + " to " + s.to
	switch {
	case s.from == firstDay && s.to == lastDay:
		days = "all days"
	case s.from == firstDay:
		days = "until " + s.to
	case s.to == lastDay:
		days = "since " + s.from
	case s.from == s.to:
		days = s.from
	}
	store := "all stores"
	if s.store != "" {
		store = "store " + s.store
	}
	return []string{days, store, string(book)}
}

func collect(q db.Q, s *span, g *grouping, top int) (*pile[figures], error) {
	p := newPile(g, top, (*figures).total, (*figures).add)
	if g.has(Item, Customer, Channel) {
		p.once = true
		return p, fromLines(q, s, g, p)
	}
	return p, fromTotals(q, s, g, p)
}

func salesTable(q db.Q, book money.Currency, s *span, g *grouping, p *pile[figures]) (table.Table, error) {
	t := table.Table{Title: title("Sales", g.by), Subtitle: s.subtitle(book)}
	keys := p.prune(p.sorted())
	names, err := itemNames(q, g, keys)
	if err != nil {
		return t, err
	}
	t.Columns = append(dimensionColumns(g), measures(book, g, p)...)
	for i := range keys {
		t.Add(append(dimensionCells(g, &keys[i], names), values(g, p.rows[keys[i]])...)...)
	}
	if p.dropped > 0 {
		cells := append(othersCells(g, p.dropped), values(g, &p.others)...)
		if g.has(Item) { // one receipt may be in many of the groups
			cells[slices.IndexFunc(t.Columns, func(c table.Column) bool { return c.Name == "receipts" })] = table.Blank()
		}
		t.Add(cells...)
	}
	return t, nil
}

// title is "Sales by day and store".
func title(what string, by []string) string {
	joined := ""
	shown := slices.DeleteFunc(slices.Clone(by), func(n string) bool { return n == currency })
	for i, n := range shown {
		switch {
		case i == 0:
			joined = " by " + n
		case i == len(shown)-1:
			joined += " and " + n
		default:
			joined += ", " + n
		}
	}
	return what + joined
}

func dimensionColumns(g *grouping) []table.Column {
	var out []table.Column
	for _, n := range g.by {
		if n == currency {
			continue // it stands beside the amount
		}
		out = append(out, table.Column{Name: n})
		if n == Item {
			out = append(out, table.Column{Name: "name"})
		}
	}
	return out
}

func dimensionCells(g *grouping, k *key, names map[string]string) []table.Cell {
	var out []table.Cell
	for n, i := range g.at {
		if g.by[n] == currency {
			continue
		}
		out = append(out, table.Text(k[i]))
		if g.by[n] == Item {
			out = append(out, table.Text(names[k[i]]))
		}
	}
	return out
}

// othersCells name the line of the groups that are not shown.
func othersCells(g *grouping, n int64) []table.Cell {
	out := make([]table.Cell, len(dimensionColumns(g)))
	if len(out) > 0 {
		out[0] = table.Text(fmt.Sprintf("%d others", n))
	}
	return out
}

// measures are the columns of figures. Receipts are left out by department, for a receipt may have
// several; by item they are shown, and not added up for the same reason.
func measures(book money.Currency, g *grouping, p *pile[figures]) []table.Column {
	amount := func(name string) table.Column {
		return table.Column{Name: name, Kind: table.KindMoney, Currency: book, Total: true}
	}
	var out []table.Column
	if !g.has(Department) || g.has(Item) {
		out = append(out, table.Column{Name: "receipts", Kind: table.KindCount, Total: !g.has(Item)})
	}
	other := amount("other")
	other.Label, other.Data = "Other takings", true // shown where there are some
	for _, f := range p.rows {
		other.Data = other.Data && f.other == 0
	}
	other.Data = other.Data && p.others.other == 0
	return append(out, table.Column{Name: "items_sold", Kind: table.KindQty, Total: true}, amount("gross_sales"), amount("discounts"),
		amount("returns"), amount("net_sales"), amount("tax"), other, amount("total_sales"))
}

func values(g *grouping, f *figures) []table.Cell {
	var out []table.Cell
	if !g.has(Department) || g.has(Item) {
		out = append(out, table.Count(f.receipts))
	}
	return append(out, table.Qty(f.qty), table.Money(f.gross), table.Money(f.discounts), table.Money(f.returns), table.Money(f.net),
		table.Money(f.taxes), table.Money(f.other), table.Money(f.total()))
}

// itemNames looks the names of the shown items up in the catalogue; what is not in it has none.
func itemNames(q db.Q, g *grouping, keys []key) (map[string]string, error) {
	at := slices.Index(g.by, Item)
	if at < 0 {
		return nil, nil
	}
	at = g.at[at]
	seen := map[string]bool{}
	var skus []string
	for i := range keys {
		if sku := keys[i][at]; sku != "" && !seen[sku] {
			seen[sku] = true
			skus = append(skus, sku)
		}
	}
	items, err := catalog.Lookup(q, skus)
	names := make(map[string]string, len(items))
	for sku, it := range items {
		names[sku] = it.Name
	}
	return names, err
}
