package cli

import (
	"fmt"
	"strings"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/table"
	"github.com/tillpost/tillpost/internal/views/zreport"
)

// tillReport are the flags of the till's own reports.
type tillReport struct {
	ofStore  `embed:""`
	Register string `help:"One register; all of the store when left out." placeholder:"CODE"`
	Shift    string `help:"The report of a shift instead of a day's." placeholder:"ID"`
	Expected bool   `help:"Show what a drawer should hold before it was counted. Who counts must not see it."`
	Format   string `help:"text (a till roll), csv or json." enum:"text,csv,json" default:"text"`
}

type zCmd struct {
	tillReport `embed:""`
}

// Help is the text below the flags.
func (zCmd) Help() string {
	return `A Z report is of a day that was closed ("tillpost day close") or of a shift that was closed ("tillpost shift close"). It
never changes.`
}

// Run prints the Z report.
func (c zCmd) Run(e *env) error {
	return c.print(e, func(r *zreport.Report) error {
		switch {
		case r.Kind == zreport.Z:
			return nil
		case r.Scope == zreport.OfShift:
			return ErrNotZ
		default:
			return ErrDayIsOpen.At(string(r.Day))
		}
	})
}

type xCmd struct {
	tillReport `embed:""`
}

// Help is the text below the flags.
func (xCmd) Help() string {
	return `An X report may be printed at any time and changes nothing. Of something closed it is the Z report.`
}

// Run prints the X report.
func (c xCmd) Run(e *env) error {
	return c.print(e, func(*zreport.Report) error { return nil })
}

func (c tillReport) print(e *env, accept func(*zreport.Report) error) error {
	return e.read(func(v *db.View, shop org.Shop) error {
		r, err := c.read(v, shop)
		if err == nil {
			err = accept(&r)
		}
		if err != nil {
			return err
		}
		switch c.Format {
		case "json":
			return e.json(r)
		case "csv":
			return table.Write(e.stdout, tillTable(&r), table.Options{Format: table.FormatCSV})
		default:
			_, err := fmt.Fprint(e.stdout, r.Text())
			return err
		}
	})
}

func (c tillReport) read(v *db.View, shop org.Shop) (zreport.Report, error) {
	o := zreport.Options{Expected: c.Expected}
	if c.Shift != "" {
		if c.ofStore.Day+c.Register != "" {
			return zreport.Report{}, &usageError{"--shift names one shift; --day and --register do not go with it"}
		}
		u, err := id.Parse(c.Shift)
		if err != nil {
			return zreport.Report{}, id.ErrSyntax.At("--shift")
		}
		return zreport.Shift(v, u, now(), o)
	}
	store, on, err := c.choose(shop)
	if err != nil {
		return zreport.Report{}, err
	}
	if c.Register != "" {
		if _, err := shop.Register(store, c.Register); err != nil {
			return zreport.Report{}, err
		}
	}
	return zreport.Day(v, store, on, c.Register, now(), o)
}

// tillTable is the report in rows, for spreadsheets.
func tillTable(r *zreport.Report) *table.Table {
	t := &table.Table{Columns: []table.Column{{Name: "section"}, {Name: "name"}, {Name: "count", Kind: table.KindCount}, {Name: "amount", Kind: table.KindMoney}}}
	add := func(section, name string, n int64, c money.Currency, a money.Minor) {
		count := table.Blank()
		if n >= 0 {
			count = table.Count(n)
		}
		t.Add(table.Text(section), table.Text(name), count, table.MoneyIn(money.Amount{Minor: a, Currency: c}))
	}
	s := r.Sales
	add("sales", "gross", r.Receipts.Posted, r.Currency, s.Gross)
	add("sales", "discounts", -1, r.Currency, s.Discounts)
	add("sales", "returns", -1, r.Currency, s.Returns)
	add("sales", "net", -1, r.Currency, s.Net)
	for _, x := range r.Taxes {
		add("tax", x.Code+" "+x.Rate.Percent()+" %", -1, r.Currency, x.Amount)
	}
	for _, x := range r.Other {
		add("other", x.Kind, x.Count, r.Currency, x.Amount)
	}
	add("total", "total", -1, r.Currency, s.Total)
	for _, x := range r.Tenders {
		add("tender", x.Type, x.Count, x.Currency, x.Amount)
	}
	for _, x := range r.Movements {
		add("cash", strings.TrimSuffix(x.Kind+" "+x.Purpose, " "), x.Count, x.Currency, x.Amount)
	}
	for _, x := range r.Cash {
		add("drawer "+x.Drawer, "float", -1, x.Currency, x.Float)
		for _, f := range []struct {
			name string
			a    *money.Minor
		}{{"takings", x.Takings}, {"expected", x.Expected}, {"counted", x.Counted}, {"difference", x.Difference}} {
			if f.a != nil {
				add("drawer "+x.Drawer, f.name, -1, x.Currency, *f.a)
			}
		}
	}
	return t
}
