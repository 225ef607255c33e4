package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/table"
	"github.com/tillpost/tillpost/internal/views/trail"
)

type receiptCmd struct {
	Show   receiptShowCmd   `cmd:"" help:"Print a receipt as a till would, then its journal entries and stock moves."`
	List   receiptListCmd   `cmd:"" help:"List the receipts of a span of days."`
	Refund receiptRefundCmd `cmd:"" help:"Take goods of a receipt back and give the money back."`
	Sell   receiptSellCmd   `cmd:"" help:"Price a basket and record it as sold."`
	Void   receiptVoidCmd   `cmd:"" help:"Cancel a whole receipt."`
}

// named is a choice of receipt.
type named struct {
	Name string `arg:"" name:"receipt" help:"Its id, STORE/REGISTER/NUMBER, or its number in the system that it came from."`
}

// find is the one receipt of that name.
func (n named) find(q db.Q) (trail.Head, error) {
	found, err := trail.Find(q, n.Name)
	if err != nil {
		return trail.Head{}, err
	}
	if len(found) > 1 {
		names := make([]string, len(found))
		for i := range found {
			names[i] = found[i].Name()
		}
		return trail.Head{}, ErrWhichReceipt.Because(errors.New(strings.Join(names, ", ")))
	}
	return found[0], nil
}

type receiptShowCmd struct {
	named  `embed:""`
	Format string `help:"text or json." enum:"text,json" default:"text"`
}

// shown is a receipt with everything that it made.
type shown struct {
	sales.Sale
	Entries []ledger.Entry `json:"entries"`
	Moves   []trail.Move   `json:"stock_moves"`
}

// Run shows the receipt.
func (c receiptShowCmd) Run(e *env) error {
	return e.read(func(v *db.View, shop org.Shop) error {
		found, err := c.find(v)
		if err != nil {
			return err
		}
		var s shown
		if s.Sale, err = sales.Get(v, found.ID); err != nil {
			return err
		}
		if s.Entries, err = ledger.ByDoc(v, found.ID); err != nil {
			return err
		}
		if s.Moves, err = trail.Moves(v, found.ID); err != nil {
			return err
		}
		if c.Format == "json" {
			return e.json(s)
		}
		accounts, err := ledger.Accounts(v)
		if err != nil {
			return err
		}
		writeReceipt(e.stdout, shop, &s)
		for i := range s.Entries {
			writeEntry(e.stdout, shop.Book, accounts, &s.Entries[i])
		}
		writeMoves(e.stdout, shop.Book, s.Moves)
		return nil
	})
}

// writeReceipt prints the receipt as a till would.
func writeReceipt(w io.Writer, shop org.Shop, s *shown) {
	r := &s.Receipt
	p := slip{w, r.Currency}
	store := shop.Stores[r.Store]
	fmt.Fprintf(w, "%s\n", cmp.Or(store.Name, "Store "+r.Store))
	p.pair(fmt.Sprintf("Receipt %s/%s/%d", r.Store, r.Register, r.Number), r.DeviceTime.In(store.Rule().Zone).Format("2006-01-02 15:04"))
	for _, x := range [][2]string{{"Business day", string(r.BusinessDay)}, {"Number at " + r.Source, r.External}, {"Employee", r.Employee},
		{"Customer", r.Customer}, {"Note", r.Note}} {
		if x[1] != "" {
			p.pair(x[0], x[1])
		}
	}
	if r.Kind != receipt.Sale {
		p.pair(strings.ToUpper(string(r.Kind)), "")
	}
	p.rule()
	for i := range r.Lines {
		writeLine(p, &r.Lines[i])
	}
	p.rule()
	for _, t := range taxesOf(r) {
		p.tax(t.Code, t.Rate, t.Base, t.Amount, r.PricesInclude)
	}
	p.sum("Total "+string(r.Currency), r.Total())
	if r.Rounding != 0 {
		p.sum("Cash rounding", r.Rounding)
	}
	if s.Unexplained != 0 {
		p.sum("Paid beyond that, not explained", s.Unexplained)
	}
	for _, t := range r.Tenders {
		text := t.Type
		if t.Foreign.Currency != "" {
			text += " (" + t.Foreign.String() + ")"
		}
		if t.Reference != "" {
			text += " " + t.Reference
		}
		p.sum(text, t.Amount)
	}
	p.rule()
	fmt.Fprintf(w, "id %s\nhash %s\n", r.ID, r.Hash)
}

func writeLine(p slip, l *receipt.Line) {
	name := l.Name
	if l.Kind != receipt.Item {
		name = strings.TrimSpace(name + " [" + strings.ReplaceAll(string(l.Kind), "_", " ") + "]")
	}
	p.line(l.Item, name, l.Qty, l.UnitPrice, l.Extended)
	for _, d := range l.Reductions {
		p.reduction(d.Kind, d.Promotion, d.Reason, d.Amount)
	}
	if l.Return != nil && l.Return.Reason != "" {
		p.pair("    returned: "+l.Return.Reason, "")
	}
}

// taxesOf sums the frozen taxes by code and rate.
func taxesOf(r *receipt.Receipt) []receipt.Tax {
	var out []receipt.Tax
	for i := range r.Lines {
		for _, t := range r.Lines[i].Taxes {
			at := slices.IndexFunc(out, func(x receipt.Tax) bool { return x.Code == t.Code && x.Rate == t.Rate })
			if at < 0 {
				out = append(out, t)
				continue
			}
			out[at].Base += t.Base
			out[at].Amount += t.Amount
		}
	}
	return out
}

// writeEntry prints a journal entry with the names of its accounts.
func writeEntry(w io.Writer, book money.Currency, accounts []ledger.Account, en *ledger.Entry) {
	names := map[string]string{}
	for _, a := range accounts {
		names[a.Code] = a.Name
	}
	counts := ""
	if en.EffectiveDay != en.BusinessDay {
		counts = ", counts on " + string(en.EffectiveDay)
	}
	fmt.Fprintf(w, "\nJournal entry %s (%s, %s%s)\n", count(en.Seq), en.Kind, en.BusinessDay, counts)
	for _, l := range en.Lines {
		debit, credit := amount(book, l.Amount), ""
		if l.Amount < 0 {
			debit, credit = "", amount(book, -l.Amount)
		}
		var why []string
		for _, x := range []string{l.Department, l.TaxCode, l.Tender, l.Unknown} {
			if x != "" {
				why = append(why, x)
			}
		}
		line := fmt.Sprintf("  %-10s %-28s %14s %14s  %s", l.Account, cut(names[l.Account], 28), debit, credit, strings.Join(why, ", "))
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}

func writeMoves(w io.Writer, book money.Currency, moves []trail.Move) {
	if len(moves) == 0 {
		return
	}
	fmt.Fprintf(w, "\nStock moves\n")
	for _, m := range moves {
		fmt.Fprintf(w, "  %-10s %-28s %14s %14s  %s\n", m.Location, cut(m.Item, 28), group(m.Qty.String()), amount(book, m.Value), m.Kind)
	}
}

// cut shortens a text to so many characters.
func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

type receiptListCmd struct {
	reporting `embed:""`
	Register  string `help:"One register." placeholder:"CODE"`
}

// Run lists the receipts.
func (c receiptListCmd) Run(e *env) error {
	from, to, err := c.days()
	if err != nil {
		return err
	}
	return e.read(func(v *db.View, shop org.Shop) error {
		if err := known(shop, c.Store); err != nil {
			return err
		}
		t := &table.Table{Title: "Receipts", Subtitle: []string{spanWords(from, to), storeWords(c.Store), string(shop.Book)}, Columns: []table.Column{
			{Name: "business_day"}, {Name: "time"}, {Name: "receipt"}, {Name: "kind"}, {Name: "outside_number"}, {Name: "employee"},
			{Name: "customer"}, {Name: "lines", Kind: table.KindCount, Total: true},
			{Name: "tax", Kind: table.KindMoney, Currency: shop.Book, Total: true}, {Name: "total", Kind: table.KindMoney, Currency: shop.Book, Total: true},
			{Name: "id", Data: true}}}
		w := table.Begin(e.stdout, t, c.options(e.stdout))
		err := trail.Receipts(v, trail.Scope{From: from, To: to, Store: c.Store, Register: c.Register}, func(h *trail.Head) error {
			at := time.UnixMilli(h.DeviceMs).In(shop.Stores[h.Store].Rule().Zone).Format("15:04")
			tax, total := table.Money(h.Tax), table.Money(h.Total)
			if h.Kind == string(receipt.Training) {
				tax, total = table.Blank(), table.Blank() // it moved no money
			}
			return w.Add(table.Text(string(h.Day)), table.Text(at), table.Text(h.Name()), table.Text(h.Kind), table.Text(h.External),
				table.Text(h.Employee), table.Text(h.Customer), table.Count(h.Lines), tax, total, table.Text(h.ID.String()))
		})
		if err != nil {
			return err
		}
		return w.End()
	})
}
