package books

import (
	"io"
	"strconv"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/table"
)

// GeneralLedger calls fn for each account in the order of the codes, first with its balances and no
// posting, then with each posting and its running balance in the order in which they count. account
// is one account and its sub-accounts ("1110" and "1110-S1-D1"), "" is all. Memory stays bounded,
// whatever the period. fn must not read from q.
func GeneralLedger(q db.Q, s Scope, account string, fn func(b *Balance, p *Posting) error) error {
	all, err := balances(q, s)
	if err != nil {
		return err
	}
	found := account == ""
	for i := range all {
		b := &all[i]
		if !belongs(b.Account, account) {
			continue
		}
		found = true
		if err := fn(b, nil); err != nil {
			return err
		}
		balance := b.Opening
		err := postings(q, s, b.Account, func(p *Posting) (err error) {
			if balance, err = balance.Add(p.Amount); err != nil {
				return err
			}
			p.Balance = balance
			return fn(b, p)
		})
		if err != nil {
			return err
		}
	}
	if !found {
		return known(q, account)
	}
	return nil
}

// WriteGeneralLedger writes the general ledger as a table, row by row.
func WriteGeneralLedger(w io.Writer, q db.Q, s Scope, account string, o table.Options) error {
	currency, err := Currency(q)
	if err != nil {
		return err
	}
	out := table.Begin(w, generalTable(s, currency), o)
	var open *Balance
	err = GeneralLedger(q, s, account, func(b *Balance, p *Posting) error {
		if p != nil {
			return out.Add(postingCells(b, p)...)
		}
		if open != nil {
			if err := out.Row(closing(open)); err != nil {
				return err
			}
		}
		open = b
		if err := out.Row(table.Row{Style: table.Heading, Cells: []table.Cell{table.Text(b.Account + " " + b.Name)}}); err != nil {
			return err
		}
		return out.Add(table.Text(b.Account), table.Text(b.Name), table.Blank(), table.Blank(), table.Blank(), table.Blank(),
			table.Text("Opening balance"), table.Blank(), table.Blank(), table.Money(b.Opening), table.Blank())
	})
	if err != nil {
		return err
	}
	if open != nil {
		if err := out.Row(closing(open)); err != nil {
			return err
		}
	}
	return out.End()
}

func generalTable(s Scope, currency money.Currency) *table.Table {
	amount := func(name string, total bool) table.Column {
		return table.Column{Name: name, Kind: table.KindMoney, Currency: currency, Total: total}
	}
	return &table.Table{Title: "General ledger", Subtitle: s.Words(currency), Columns: []table.Column{
		{Name: "account", Data: true}, {Name: "name", Data: true}, {Name: "day"}, {Name: "entry"}, {Name: "store"}, {Name: "receipt"},
		{Name: "memo"}, amount("debit", true), amount("credit", true), amount("balance", false),
		{Name: "attachment", Data: true}}}
}

func postingCells(b *Balance, p *Posting) []table.Cell {
	debit, credit := table.Money(p.Amount), table.Blank()
	if p.Amount < 0 {
		debit, credit = table.Blank(), table.Money(-p.Amount)
	}
	memo := p.Memo
	if memo == "" || memo == p.Receipt.String() {
		memo = p.Kind
	}
	if p.BusinessDay != p.EffectiveDay {
		memo += " (of " + string(p.BusinessDay) + ")"
	}
	return []table.Cell{table.Text(b.Account), table.Text(b.Name), table.Text(string(p.EffectiveDay)), table.Text(strconv.FormatInt(p.Seq, 10)),
		table.Text(p.Store), table.Text(p.Receipt.String()), table.Text(memo), debit, credit, table.Money(p.Balance), table.Text(p.Attachment)}
}

func closing(b *Balance) table.Row {
	return table.Row{Style: table.Subtotal, Cells: []table.Cell{table.Blank(), table.Blank(), table.Blank(), table.Blank(), table.Blank(),
		table.Blank(), table.Text("Closing balance"), table.Money(b.Debit), table.Money(b.Credit), table.Money(b.Closing), table.Blank()}}
}
