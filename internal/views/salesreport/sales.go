// Package salesreport answers what was sold: by day, store, employee, department, item, tender, hour and
// what else a receipt knows. It sums what was frozen on the receipts and computes nothing anew: the
// totals of any report over a span are those of the receipts of that span.
//
// Whatever the running totals can answer costs its answer and not the shop's history; item, customer
// and channel are read from the lines of the span.
package salesreport

import (
	"fmt"
	"io"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/table"
)

// Sales is the report as a table: one row for each group, in the order of the dimensions, or the largest
// first with Top. Amounts are without tax but for tax and total_sales; total_sales is what the receipts
// come to, with other takings that are not revenue (tips, gift cards, deposits, consigned goods). With
// Tender the report is about payments, and says what was taken and what was handed over.
//
// Errors: the faults of this package, org.ErrNoStore.
func Sales(q db.Q, book money.Currency, query Query) (table.Table, error) {
	r, err := prepare(q, book, query)
	if err != nil {
		return table.Table{}, err
	}
	if len(r.keys) > tableMost {
		return table.Table{}, ErrTooLong
	}
	t := r.head
	err = r.each(func(cells ...table.Cell) error { t.Add(cells...); return nil })
	return t, err
}

// Write is Sales for long reports: the rows are written one after the other and not held as a table.
func Write(w io.Writer, q db.Q, book money.Currency, query Query, o table.Options) error {
	r, err := prepare(q, book, query)
	if err != nil {
		return err
	}
	out := table.Begin(w, &r.head, o)
	if err := r.each(out.Add); err != nil {
		return err
	}
	return out.End()
}

// report is what Sales and Write show.
type report struct {
	head table.Table
	keys []string
	row  func(key string) []table.Cell
	last []table.Cell // of the groups that are not shown, nil when all are
}

// each gives the rows to add.
func (r *report) each(add func(...table.Cell) error) error {
	for _, k := range r.keys {
		if err := add(r.row(k)...); err != nil {
			return err
		}
	}
	if r.last != nil {
		return add(r.last...)
	}
	return nil
}

func prepare(q db.Q, book money.Currency, query Query) (*report, error) {
	g, err := parse(query.By)
	if err != nil {
		return nil, err
	}
	s, err := newSpan(q, query.From, query.To, query.Store)
	if err != nil {
		return nil, err
	}
	if query.Top < 0 || query.Top > topMost {
		return nil, ErrTop
	}
	if g.has(Tender) {
		return paidReport(q, book, s, &g, query.Top)
	}
	p, err := collect(q, s, &g, query.Top)
	if err != nil {
		return nil, err
	}
	return soldReport(q, book, s, p)
}

func collect(q db.Q, s *span, g *grouping, top int) (*pile[figures], error) {
	p := newPile(g, top, (*figures).total, (*figures).add)
	if g.has(Item, Customer, Channel) {
		return p, fromLines(q, s, p)
	}
	return p, fromTotals(q, s, p)
}

// soldReport is the report about sales.
func soldReport(q db.Q, book money.Currency, s *span, p *pile[figures]) (*report, error) {
	r := &report{head: table.Table{Title: title("Sales", p.g.by), Subtitle: s.subtitle(book)}, keys: p.shown()}
	names, err := itemNames(q, p.g, r.keys)
	if err != nil {
		return nil, err
	}
	dims := dimensionColumns(p.g)
	r.head.Columns = append(dims, measures(book, p)...)
	width := len(r.head.Columns)
	r.row = func(key string) []table.Cell {
		return values(p.g, p.rows[key], dimensionCells(make([]table.Cell, 0, width), p.g, key, names))
	}
	if p.dropped > 0 {
		r.last = values(p.g, &p.others, othersCells(len(dims), p.dropped))
		if p.g.has(Item) { // one receipt may be in many of the groups
			r.last[len(dims)] = table.Blank()
		}
	}
	return r, nil
}

// title is "Sales by day and store".
func title(what string, by []string) string {
	var shown []string
	for _, n := range by {
		if n != currency {
			shown = append(shown, n)
		}
	}
	for i, n := range shown {
		switch {
		case i == 0:
			what += " by " + n
		case i == len(shown)-1:
			what += " and " + n
		default:
			what += ", " + n
		}
	}
	return what
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

func dimensionCells(out []table.Cell, g *grouping, key string, names map[string]string) []table.Cell {
	for i, text := range g.texts(key) {
		if g.by[i] == currency {
			continue
		}
		out = append(out, table.Text(text))
		if g.by[i] == Item {
			out = append(out, table.Text(names[text]))
		}
	}
	return out
}

// othersCells name the line of the groups that are not shown.
func othersCells(columns int, n int64) []table.Cell {
	out := make([]table.Cell, columns)
	if len(out) > 0 {
		out[0] = table.Text(fmt.Sprintf("%d others", n))
	}
	return out
}

// countsReceipts tells whether the number of receipts is shown: not by department alone, for a receipt
// may have several. By item it is shown, and not added up for the same reason.
func countsReceipts(g *grouping) bool { return !g.has(Department) || g.has(Item) }

// measures are the columns of figures.
func measures(book money.Currency, p *pile[figures]) []table.Column {
	amount := func(name string) table.Column {
		return table.Column{Name: name, Kind: table.KindMoney, Currency: book, Total: true}
	}
	var out []table.Column
	if countsReceipts(p.g) {
		out = append(out, table.Column{Name: "receipts", Kind: table.KindCount, Total: !p.g.has(Item)})
	}
	other := amount("other")
	other.Label, other.Data = "Other takings", true // people see it where there are some
	for _, f := range p.rows {
		other.Data = other.Data && f.other == 0
	}
	return append(out, table.Column{Name: "items_sold", Kind: table.KindQty, Total: true}, amount("gross_sales"), amount("discounts"),
		amount("returns"), amount("net_sales"), amount("tax"), other, amount("total_sales"))
}

func values(g *grouping, f *figures, out []table.Cell) []table.Cell {
	if countsReceipts(g) {
		out = append(out, table.Count(f.receipts))
	}
	return append(out, table.Qty(f.qty), table.Money(f.gross), table.Money(f.discounts), table.Money(f.returns), table.Money(f.net()),
		table.Money(f.taxes), table.Money(f.other), table.Money(f.total()))
}

// itemNames looks the names of the shown items up in the catalogue; what is not in it has none.
func itemNames(q db.Q, g *grouping, keys []string) (map[string]string, error) {
	names := map[string]string{}
	if !g.has(Item) {
		return names, nil
	}
	var skus []string
	for _, k := range keys {
		for i, text := range g.texts(k) {
			if _, seen := names[text]; g.by[i] == Item && text != "" && !seen {
				names[text] = ""
				skus = append(skus, text)
			}
		}
	}
	items, err := catalog.Lookup(q, skus)
	for sku, it := range items {
		names[sku] = it.Name
	}
	return names, err
}
