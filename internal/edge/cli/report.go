package cli

import (
	"io"
	"os"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/books"
	"github.com/tillpost/tillpost/internal/views/salesreport"
	"github.com/tillpost/tillpost/internal/views/table"
	"github.com/tillpost/tillpost/internal/views/trail"
)

type reportCmd struct {
	TrialBalance  trialCmd   `cmd:"" help:"Every account with its debits, credits and balance."`
	GeneralLedger generalCmd `cmd:"" help:"The postings of an account, each with its document and receipt."`
	ProfitLoss    profitCmd  `cmd:"" help:"Income and expenses of a span of days."`
	BalanceSheet  sheetCmd   `cmd:"" help:"What the shop owns and owes on a day."`
	Sales         salesCmd   `cmd:"" help:"Sales by day, store, employee, department, item, tender, hour …"`
	Tax           taxCmd     `cmd:"" help:"Taxes by jurisdiction, code and rate, led to the tax accounts."`
	Stock         stockCmd   `cmd:"" help:"Stock and its value, the card of an item, what to order."`
	X             xCmd       `cmd:"" help:"The till's report of a day or shift that still goes on."`
	Z             zCmd       `cmd:"" help:"The till's report of a day or shift that was closed."`
}

// layout is how a report is written.
type layout struct {
	Format string `help:"table, csv or json." enum:"table,csv,json" default:"table"`
}

func (l layout) options(w io.Writer) table.Options {
	o := table.Options{Format: table.Format(l.Format)}
	if o.Format == table.FormatTable && isTerminal(w) {
		o.Color = os.Getenv("NO_COLOR") == ""
	}
	return o
}

// reporting are the flags of a report over a span of days.
type reporting struct {
	spread `embed:""`
	layout `embed:""`
}

// report reads a table and writes it.
func (e *env) report(l layout, make func(v *db.View, shop org.Shop) (*table.Table, error)) error {
	return e.read(func(v *db.View, shop org.Shop) error {
		t, err := make(v, shop)
		if err != nil {
			return err
		}
		return table.Write(e.stdout, t, l.options(e.stdout))
	})
}

// over reads a table over the flags' span and writes it.
func (r reporting) over(e *env, make func(v *db.View, shop org.Shop, s books.Scope) (*table.Table, error)) error {
	s, err := r.scope()
	if err != nil {
		return err
	}
	return e.report(r.layout, func(v *db.View, shop org.Shop) (*table.Table, error) {
		if err := known(shop, r.Store); err != nil {
			return nil, err
		}
		return make(v, shop, s)
	})
}

type trialCmd struct {
	reporting `embed:""`
}

// Run prints the trial balance.
func (c trialCmd) Run(e *env) error {
	return c.over(e, func(v *db.View, _ org.Shop, s books.Scope) (*table.Table, error) {
		t, err := books.TrialBalance(v, s)
		return t.Table(), err
	})
}

type generalCmd struct {
	reporting `embed:""`
	Account   string `help:"The account; all accounts when left out." placeholder:"CODE"`
	Receipts  bool   `help:"Sum the account's postings by receipt instead: what the figure is made of."`
}

// Run prints the general ledger.
func (c generalCmd) Run(e *env) error {
	switch {
	case c.Receipts && c.Account == "":
		return &usageError{"--receipts opens the figure of one account: name it with --account"}
	case c.Receipts:
		return c.over(e, func(v *db.View, _ org.Shop, s books.Scope) (*table.Table, error) {
			return books.TraceTable(v, s, c.Account)
		})
	}
	s, err := c.scope()
	if err != nil {
		return err
	}
	return e.read(func(v *db.View, shop org.Shop) error {
		if err := known(shop, c.Store); err != nil {
			return err
		}
		return books.WriteGeneralLedger(e.stdout, v, s, c.Account, c.options(e.stdout))
	})
}

type profitCmd struct {
	reporting `embed:""`
}

// Run prints profit and loss.
func (c profitCmd) Run(e *env) error {
	return c.over(e, func(v *db.View, _ org.Shop, s books.Scope) (*table.Table, error) {
		p, err := books.ProfitLoss(v, s)
		return p.Table(), err
	})
}

type sheetCmd struct {
	Day    string `help:"At the end of this day; the last day of the books when left out." placeholder:"DAY"`
	Store  string `help:"One store; all stores when left out." placeholder:"CODE"`
	layout `embed:""`
}

// Run prints the balance sheet.
func (c sheetCmd) Run(e *env) error {
	return e.report(c.layout, func(v *db.View, shop org.Shop) (*table.Table, error) {
		if err := known(shop, c.Store); err != nil {
			return nil, err
		}
		asOf, err := trail.Newest(v)
		if c.Day != "" {
			asOf, err = parseDay("--day", c.Day)
		}
		if err != nil {
			return nil, err
		}
		if asOf == "" {
			asOf = day.Of(now())
		}
		s, err := books.BalanceSheet(v, asOf, c.Store)
		return s.Table(), err
	})
}

type salesCmd struct {
	reporting `embed:""`
	By        []string `help:"What to group by, in order: day, month, store, register, employee, department, item, customer, channel, tender, hour. Default: the daily report." placeholder:"DIM"`
	Top       int      `help:"At most so many rows." placeholder:"N"`
}

// Run prints the sales report.
func (c salesCmd) Run(e *env) error {
	return c.over(e, func(v *db.View, shop org.Shop, s books.Scope) (*table.Table, error) {
		var t table.Table
		var err error
		if len(c.By) == 0 && c.Top == 0 {
			t, err = salesreport.Daily(v, shop.Book, s.From, s.To, c.Store)
		} else {
			t, err = salesreport.Sales(v, shop.Book, salesreport.Query{From: s.From, To: s.To, Store: c.Store, By: c.By, Top: c.Top})
		}
		return &t, err
	})
}
