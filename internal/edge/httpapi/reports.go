package httpapi

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/hub/formats/journals"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/books"
	"github.com/tillpost/tillpost/internal/views/salesreport"
	"github.com/tillpost/tillpost/internal/views/stockreport"
	"github.com/tillpost/tillpost/internal/views/table"
	"github.com/tillpost/tillpost/internal/views/taxreport"
	"github.com/tillpost/tillpost/internal/views/trail"
)

// asCSV is what all reports say of their forms.
const asCSV = " JSON, or with \"Accept: text/csv\" a table for a spreadsheet."

// reports registers the operations on figures.
func (a *API) reports() {
	report(a, operation{ID: "trialBalance", Path: "/reports/trial-balance", Tag: tagReports, Scope: auth.ReportsRead, Summary: "Every account with its debits, credits and balance",
		Doc: "Days are those on which entries count." + asCSV},
		inSpan(func(v *db.View, _ org.Shop, s books.Scope) (books.Trial, func() *table.Table, error) {
			t, err := books.TrialBalance(v, s)
			return t, t.Table, err
		}))
	report(a, operation{ID: "profitLoss", Path: "/reports/profit-loss", Tag: tagReports, Scope: auth.ReportsRead, Summary: "Income and expenses",
		Doc: "Days are those on which entries count." + asCSV},
		inSpan(func(v *db.View, _ org.Shop, s books.Scope) (books.Profit, func() *table.Table, error) {
			p, err := books.ProfitLoss(v, s)
			return p, p.Table, err
		}))
	report(a, operation{ID: "balanceSheet", Path: "/reports/balance-sheet", Tag: tagReports, Scope: auth.ReportsRead, Summary: "What the shop owns and owes on a day",
		Doc: "At the end of the day; of the last day of the books when none is named." + asCSV}, balanceSheet)
	report(a, operation{ID: "taxReport", Path: "/reports/tax", Tag: tagReports, Scope: auth.ReportsRead, Summary: "Taxes by jurisdiction, code and rate, led to the tax accounts",
		Doc: "Receipts count by business day, the books by the day on which entries count; what came late is the only difference, and is listed. CSV has the rates." + asCSV},
		inSpan(func(v *db.View, _ org.Shop, s books.Scope) (taxreport.Report, func() *table.Table, error) {
			r, err := taxreport.Read(v, s)
			return r, func() *table.Table { return r.Tables()[0] }, err
		}))
	report(a, operation{ID: "stockReport", Path: "/reports/stock", Tag: tagReports, Scope: auth.ReportsRead, Summary: "Stock and its value, now or at the end of a day",
		Doc: "Rows of items, departments or locations." + asCSV}, stockValue)
	a.longReports()
	a.proof()
	a.exports()
}

// longReports are written row by row.
func (a *API) longReports() {
	kinds := map[string]*huma.Schema{typeJSON: a.schema(reflect.TypeFor[ReportTable]()), typeCSV: {Type: huma.TypeString}}
	streamLong(a, operation{ID: "generalLedger", Path: "/reports/general-ledger", Tag: tagReports, Scope: auth.ReportsRead, Summary: "The postings of an account, each with its receipt",
		Doc: "With opening and running balances, in the order in which they count. With by=receipt each entry is one row: what the figure of an account is made of." + asCSV}, kinds, generalLedger)
	streamLong(a, operation{ID: "salesReport", Path: "/reports/sales", Tag: tagReports, Scope: auth.ReportsRead, Summary: "Sales by day, store, employee, department, item, tender, hour …",
		Doc: "Without by and top: the daily report. Amounts are without tax but for tax and total_sales." + asCSV}, kinds, salesReport)
}

// report registers a report that is small enough to be held.
func report[I, O any](a *API, op operation, read func(c *Call, in *I) (O, func() *table.Table, error)) {
	kinds := map[string]*huma.Schema{typeJSON: a.schema(reflect.TypeFor[O]()), typeCSV: {Type: huma.TypeString}}
	o := stream(a, op, kinds, func(c *Call, in *I, out *reply) error {
		body, rows, err := read(c, in)
		if err != nil {
			return err
		}
		out.w.Header().Set("Vary", "Accept")
		if c.wantsCSV() {
			out.kind = typeCSV
			return table.Write(out, rows(), table.Options{Format: table.FormatCSV})
		}
		tag := etag(body)
		out.w.Header().Set("ETag", tag)
		if match(c.request.Header.Get("If-None-Match"), tag) {
			out.begun = true
			out.w.WriteHeader(http.StatusNotModified)
			return nil
		}
		return writeJSON(out, body)
	})
	cacheable(o)
}

// inSpan is a report over a span of days, in a store or all of them, on one snapshot.
func inSpan[O any](read func(v *db.View, shop org.Shop, s books.Scope) (O, func() *table.Table, error)) func(c *Call, in *Span) (O, func() *table.Table, error) {
	return func(c *Call, in *Span) (out O, rows func() *table.Table, err error) {
		s, err := in.scope()
		if err != nil {
			return out, nil, err
		}
		err = c.over(in.Store, func(v *db.View, shop org.Shop) error {
			out, rows, err = read(v, shop, s)
			return err
		})
		return out, rows, err
	}
}

// ReportTable is a report as a table that is written row by row.
type ReportTable struct {
	Title    string           `json:"title"`
	Subtitle []string         `json:"subtitle" doc:"What it covers, in words."`
	Columns  []ReportColumn   `json:"columns"`
	Rows     []map[string]any `json:"rows" doc:"Objects by the names of the columns. Money is whole minor units, quantities and percentages are decimal texts, an empty cell is null."`
	Totals   map[string]any   `json:"totals,omitempty" doc:"The sums below the columns."`
	Notes    []string         `json:"notes"`
}

// ReportColumn describes a column of a ReportTable.
type ReportColumn struct {
	Name     string         `json:"name"`
	Label    string         `json:"label,omitempty"`
	Kind     string         `json:"kind" enum:"text,money,count,qty,percent"`
	Currency money.Currency `json:"currency,omitempty" doc:"Of a money column; absent when each cell is {\"minor\", \"currency\"}."`
}

// format is the form that is asked for.
func (c *Call) format(out *reply) table.Options {
	out.w.Header().Set("Vary", "Accept")
	if c.wantsCSV() {
		out.kind = typeCSV
		return table.Options{Format: table.FormatCSV}
	}
	return table.Options{Format: table.FormatJSON}
}

func generalLedger(c *Call, in *struct {
	Span
	Account string `query:"account" doc:"Only this account and its sub-accounts."`
	By      string `query:"by" enum:"posting,receipt" default:"posting" doc:"receipt: one row for each entry of the account, which has to be named."`
}, out *reply) error {
	s, err := in.scope()
	if err == nil && in.By == "receipt" && in.Account == "" {
		err = ErrParameter.At("query.account")
	}
	if err != nil {
		return err
	}
	return c.over(in.Store, func(v *db.View, _ org.Shop) error {
		if in.By == "receipt" {
			return books.WriteTrace(out, v, s, in.Account, c.format(out))
		}
		return books.WriteGeneralLedger(out, v, s, in.Account, c.format(out))
	})
}

func salesReport(c *Call, in *struct {
	Span
	By  string `query:"by" doc:"What to group by, in order, with commas: day, month, store, register, employee, department, item, customer, channel, tender, hour."`
	Top int    `query:"top" minimum:"0" doc:"At most so many rows, the largest first."`
}, out *reply) error {
	s, err := in.scope()
	if err != nil {
		return err
	}
	return c.over(in.Store, func(v *db.View, shop org.Shop) error {
		if in.By == "" && in.Top == 0 {
			t, err := salesreport.Daily(v, shop.Book, s.From, s.To, s.Store)
			if err != nil {
				return err
			}
			return table.Write(out, &t, c.format(out))
		}
		q := salesreport.Query{From: s.From, To: s.To, Store: s.Store, Top: in.Top}
		if in.By != "" {
			q.By = []string{in.By}
		}
		return salesreport.Write(out, v, shop.Book, q, c.format(out))
	})
}

func balanceSheet(c *Call, in *struct {
	Day   string `query:"day" format:"date" doc:"At the end of this day."`
	Store string `query:"store" doc:"Only this store. A key for one store means that one, a key for several has to name one."`
}) (s books.Sheet, rows func() *table.Table, err error) {
	asOf, err := optionalDay("query.day", in.Day)
	if err != nil {
		return s, nil, err
	}
	err = c.over(in.Store, func(v *db.View, _ org.Shop) error {
		if asOf == "" {
			if asOf, err = trail.Newest(v); err != nil {
				return err
			}
		}
		if asOf == "" {
			asOf = day.Of(c.DB().Now())
		}
		s, err = books.BalanceSheet(v, asOf, in.Store)
		return err
	})
	return s, s.Table, err
}

// StockReport is the stock and its value.
type StockReport struct {
	Day      day.Day           `json:"day,omitempty" doc:"At the end of this day; absent for now."`
	Currency money.Currency    `json:"currency"`
	Rows     []stockreport.Row `json:"rows"`
	Value    money.Minor       `json:"value" doc:"Of all rows."`
}

func stockValue(c *Call, in *struct {
	Day        string `query:"day" format:"date" doc:"At the end of this business day; now when left out."`
	Store      string `query:"store" doc:"Only this store. A key for one store means that one, a key for several has to name one."`
	Department string `query:"department" doc:"Only this department."`
	Item       string `query:"item" doc:"Only this item."`
	By         string `query:"by" enum:"item,department,location" default:"item" doc:"What a row stands for."`
}) (out StockReport, rows func() *table.Table, err error) {
	if out.Day, err = optionalDay("query.day", in.Day); err != nil {
		return out, nil, err
	}
	err = c.over(in.Store, func(v *db.View, shop org.Shop) error {
		out.Currency = shop.Book
		out.Rows, err = stockreport.Levels(v, stockreport.Query{By: stockreport.By(in.By), Location: in.Store, Department: in.Department, Item: in.Item, AsOf: out.Day})
		for i := 0; err == nil && i < len(out.Rows); i++ {
			out.Value, err = out.Value.Add(out.Rows[i].Value)
		}
		return err
	})
	return out, func() *table.Table { return stockreport.Table(out.Rows, out.Currency, out.Day) }, err
}

// exportFiles are the formats of the books as files, with their media types and names.
var exportFiles = map[journals.Format]struct{ kind, name string }{
	journals.Hledger:   {typeText, "books.journal"},
	journals.Ledger:    {typeText, "books.ledger"},
	journals.Beancount: {typeText, "books.beancount"},
	journals.CSV:       {typeCSV, "books.csv"},
}

// exports registers the books as files.
func (a *API) exports() {
	kinds := map[string]*huma.Schema{typeText: {Type: huma.TypeString}, typeCSV: {Type: huma.TypeString}}
	streamLong(a, operation{ID: "exportBooks", Path: "/exports/{format}", Tag: tagReports, Scope: auth.ReportsRead, Summary: "The journal as a file for hledger, Ledger, Beancount or a spreadsheet",
		Doc: "Entries stand under the day on which they count. Books of any length are written as they are read."}, kinds,
		func(c *Call, in *struct {
			Format string `path:"format" enum:"hledger,ledger,beancount,csv"`
			Span
		}, out *reply) error {
			s, err := in.scope()
			if err != nil {
				return err
			}
			return c.over(in.Store, func(v *db.View, _ org.Shop) error {
				f := exportFiles[journals.Format(in.Format)]
				out.kind = f.kind
				out.save(f.name)
				_, err := journals.Export(out, v, journals.Format(in.Format), s)
				return err
			})
		})
}
