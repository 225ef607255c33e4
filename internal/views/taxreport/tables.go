package taxreport

import (
	"strconv"

	"github.com/tillpost/tillpost/internal/views/table"
)

// Tables lays the report out: the tax by code and rate, how each code came into the books, what the
// tax accounts took in, and the late arrivals when there are any. The first alone is what goes into a
// return; the others prove it.
func (r *Report) Tables() []*table.Table {
	out := []*table.Table{r.rateTable(), r.codeTable(), r.accountTable()}
	if len(r.Late) > 0 {
		out = append(out, r.lateTable())
	}
	return out
}

func (r *Report) start(title string, columns ...table.Column) *table.Table {
	return &table.Table{Title: title, Subtitle: r.Scope.Words(r.Currency), Columns: columns}
}

func (r *Report) money(names ...string) []table.Column {
	out := make([]table.Column, len(names))
	for i, n := range names {
		out[i] = table.Column{Name: n, Kind: table.KindMoney, Currency: r.Currency, Total: true}
	}
	return out
}

func (r *Report) rateTable() *table.Table {
	t := r.start("Tax collected", append([]table.Column{{Name: "jurisdiction"}, {Name: "code"}, {Name: "rate", Kind: table.KindPercent}}, r.money("base", "tax")...)...)
	t.Columns[3].Total = false // a base under two taxes would count twice
	for _, x := range r.Rates {
		t.Add(table.Text(x.Jurisdiction), table.Text(x.Code), table.Percent(x.Rate), table.Money(x.Base), table.Money(x.Tax))
	}
	return t
}

func (r *Report) codeTable() *table.Table {
	t := r.start("From receipts to books", append([]table.Column{{Name: "code"}}, r.money("receipts", "late_out", "late_in", "suspended", "booked", "difference")...)...)
	for _, c := range r.Codes {
		t.Add(table.Text(c.Code), table.Money(c.Receipts), table.Money(c.LateOut), table.Money(c.LateIn), table.Money(c.Suspended),
			table.Money(c.Booked), table.Money(c.Difference))
		if c.Suspended != 0 {
			t.Note(c.Code + " has tax in suspense: give the tax code an account.")
		}
	}
	return t
}

func (r *Report) accountTable() *table.Table {
	t := r.start("Tax accounts", append([]table.Column{{Name: "account"}, {Name: "name"}}, r.money("sales", "other", "ledger", "difference")...)...)
	for _, a := range r.Accounts {
		t.Add(table.Text(a.Account), table.Text(a.Name), table.Money(a.Sales), table.Money(a.Other), table.Money(a.Ledger), table.Money(a.Difference))
	}
	return t
}

func (r *Report) lateTable() *table.Table {
	t := r.start("Late arrivals", append([]table.Column{{Name: "business_day", Label: "Happened"}, {Name: "effective_day", Label: "Counts"}, {Name: "entry"},
		{Name: "store"}, {Name: "memo"}, {Name: "code"}}, r.money("tax")...)...)
	t.Columns[6].Total = false // ins and outs are not one sum
	for _, l := range r.Late {
		t.Add(table.Text(string(l.BusinessDay)), table.Text(string(l.EffectiveDay)), table.Text(strconv.FormatInt(l.Seq, 10)),
			table.Text(l.Store), table.Text(l.Memo), table.Text(l.Code), table.Money(l.Tax))
	}
	if r.LateMore > 0 {
		t.Note("and " + strconv.FormatInt(r.LateMore, 10) + " more")
	}
	return t
}
