package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/hub/formats"
	"github.com/tillpost/tillpost/internal/hub/importer"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// reading are the flags of everything that reads a file.
type reading struct {
	File     string `arg:"" help:"The file, plain or gzipped; a folder for a source of several files."`
	Layout   string `help:"Layout name, or a layout file of your own. Detected when left out." placeholder:"NAME|FILE"`
	Zone     string `help:"Time zone of times without one, as in Europe/London. Default: the store's, or the layout's." placeholder:"ZONE"`
	Currency string `help:"Currency of a file that states none. Default: that of the books." placeholder:"CODE"`
}

func (r reading) options() (formats.Options, error) {
	o := formats.Options{Layout: r.Layout}
	_, err := os.Stat(r.File)
	if err != nil {
		return o, err
	}
	if r.Zone != "" {
		if o.Zone, err = time.LoadLocation(r.Zone); err != nil {
			return o, org.ErrZone.At("--zone")
		}
	}
	if r.Currency != "" {
		if o.Currency, err = money.ParseCurrency(r.Currency); err != nil {
			return o, money.ErrCurrency.At("--currency")
		}
	}
	return o, nil
}

type importCmd struct {
	reading  `embed:""`
	Store    string `help:"Store that the sales belong to. Default: the only one there is." placeholder:"CODE"`
	Register string `help:"Register for documents that name none (IMPORT when left out)." default:"IMPORT" placeholder:"CODE"`
	DryRun   bool   `help:"Read and post everything, then undo it."`
	Strict   bool   `help:"Send items and tax codes that are not known to suspense. Otherwise the file introduces them."`
	Settle   bool   `help:"For processors' files: charges settle takings whose tender is not known, instead of explaining card receipts."`
	Cost     string `help:"Provisional cost of items that the file introduces, in percent of their price." placeholder:"PERCENT"`
	Format   string `help:"text or json." enum:"text,json" default:"text"`
}

// Help is the text below the flags.
func (importCmd) Help() string {
	return `The first import into an empty database sets up a shop in the file's currency. The import can be stopped at any moment
and run again: it goes on where it was, and a file that was imported changes nothing. What cannot be understood
waits in quarantine while the rest goes on; then it ends with 1.`
}

// Run imports the file.
func (c importCmd) Run(e *env) error {
	o, err := c.importOptions()
	if err != nil {
		return err
	}
	d, shop, tidy, err := c.books(e, &o)
	if err != nil {
		return err
	}
	defer tidy()
	if o.Store, err = chooseStore(shop, c.Store); err != nil {
		return err
	}
	res, err := runImport(e, d, c.File, o, shop)
	if err != nil {
		return stopped(e, &res, c.DryRun, err)
	}
	if c.Format == "json" {
		err = e.json(res)
	} else if writeImport(e, &res, c.Settle, c.DryRun); !c.DryRun {
		err = sayTasks(e, d)
	}
	if err == nil && res.Counts.Quarantined > 0 {
		return errFound
	}
	return err
}

// books opens the database with a shop in it. The first import sets the shop up; a dry run does so in a
// database that is gone afterwards.
func (c importCmd) books(e *env, o *importer.Options) (*db.DB, org.Shop, func(), error) {
	tidy := func() {}
	shop, err := e.shop()
	fresh := errors.Is(err, ErrNoDatabase) || errors.Is(err, ErrNoShop)
	if err != nil && !fresh {
		return nil, shop, nil, err
	}
	var first setup.Shop
	if fresh {
		r, info, err := formats.Open(c.File, o.Formats) // before a database is made for nothing
		if err != nil {
			return nil, shop, nil, err
		}
		_ = r.Close()
		first = setupFor(info)
	}
	if fresh && c.DryRun {
		dir, err := os.MkdirTemp("", "tillpost-dry-run-")
		if err != nil {
			return nil, shop, nil, err
		}
		tidy = func() { _ = os.RemoveAll(dir) }
		e.dsn = filepath.Join(dir, "dry.db")
	}
	d, shut, err := e.openFresh()
	if err != nil {
		tidy()
		return nil, shop, nil, err
	}
	if fresh {
		if shop, err = begin(e, d, first); err != nil {
			shut(err)
			tidy()
		}
	}
	return d, shop, func() { shut(nil); tidy() }, err
}

// begin sets the shop up that a first file needs.
func begin(e *env, d *db.DB, s setup.Shop) (shop org.Shop, err error) {
	if err := setup.Run(e.ctx, d, s); err != nil {
		return shop, err
	}
	fmt.Fprintf(e.stderr, "New books in %s with the %s chart of accounts, store %s (%s).\n", s.Currency, s.Chart, s.Store.Code, s.Store.Zone)
	err = d.Read(e.ctx, func(v *db.View) (err error) { shop, err = org.Load(v); return err })
	return shop, err
}

// stopped says how far an import came that did not end.
func stopped(e *env, r *importer.Result, dry bool, err error) error {
	if dry || r.Counts.Documents == 0 {
		return err
	}
	far := plural(r.Counts.Documents, "document is", "documents are") + " recorded"
	if e.ctx.Err() != nil {
		return ErrStopped.Because(errors.New(far + "; run the same command again to go on from there"))
	}
	return fmt.Errorf("%s, then: %w", far, err)
}

// sayTasks tells whether something waits for a decision.
func sayTasks(e *env, d *db.DB) error {
	return d.Read(e.ctx, func(v *db.View) error {
		open, err := tasks.List(v, tasks.StateOpen)
		if err == nil && len(open) > 0 {
			e.say("%s for a decision: \"tillpost task list\" says what.", plural(int64(len(open)), "thing waits", "things wait"))
		}
		return err
	})
}

func (c importCmd) importOptions() (importer.Options, error) {
	f, err := c.options()
	o := importer.Options{Formats: f, Register: c.Register, Strict: c.Strict, Settle: c.Settle, DryRun: c.DryRun}
	if err == nil && c.Cost != "" {
		if o.Cost, err = money.ParsePercent(c.Cost); err != nil {
			err = ErrPercent.At("--cost")
		}
	}
	return o, err
}

// setupFor is the shop that suits a file best when nobody has said anything.
func setupFor(info formats.Info) setup.Shop {
	s := setup.Shop{Currency: info.Currency, Chart: "us", FiscalYearStart: "01-01",
		Store: org.Store{Code: "S01", Name: "Store 1", Zone: info.Zone, TaxRounding: "rate", CashStep: 1}}
	if s.Currency == "" {
		s.Currency = "USD"
	}
	switch {
	case s.Currency == "GBP":
		s.Chart = "uk"
	case s.Currency != "USD":
		s.Chart = "eu"
	}
	s.Store.PricesInclude = s.Chart != "us"
	if s.Store.Zone == "" {
		s.Store.Zone = "UTC"
	}
	return s
}

// runImport imports with a progress line.
func runImport(e *env, d *db.DB, file string, o importer.Options, shop org.Shop) (importer.Result, error) {
	o.Currency = shop.Book
	if o.Formats.Currency == "" {
		o.Formats.Currency = shop.Book
	}
	if o.Formats.Zone == nil {
		o.Formats.Zone = shop.Stores[o.Store].Rule().Zone
	}
	o.Formats.CutOver = shop.Stores[o.Store].CutOver
	b := newBar(e.stderr)
	var first *importer.Progress // what an earlier run had done says nothing about the pace
	o.Progress = func(p importer.Progress) {
		if first == nil {
			first = &p
		}
		rate := ""
		if gone := (p.Elapsed - first.Elapsed).Seconds(); gone > 0.5 {
			rate = ", " + count(int64(float64(p.Counts.Rows-first.Counts.Rows)/gone)) + " rows/s"
		}
		b.show(p.Bytes, p.Size, count(p.Counts.Rows)+" rows, "+count(p.Counts.Receipts)+" receipts"+rate)
	}
	res, err := importer.Run(e.ctx, d, file, o)
	b.clear()
	return res, err
}

func writeImport(e *env, r *importer.Result, settle, dry bool) {
	if r.Already {
		e.say("This file was imported before: nothing was changed.")
		return
	}
	verb := "Imported"
	if dry {
		verb = "Dry run of"
	}
	c := r.Counts
	e.say("%s %s (%s): %s, %s in %s", verb, filepath.Base(r.Info.Files[0]), r.Info.Layout, plural(c.Rows, "row", "rows"),
		plural(c.Documents, "document", "documents"), round(r.Elapsed))
	for _, n := range r.Info.Notes {
		e.say("  note: %s", n)
	}
	for _, l := range []struct {
		n         int64
		one, many string
		rest      string
	}{
		{c.Receipts, "receipt", "receipts", " with " + plural(c.Lines, "line", "lines") + ", total " + amount(r.Currency, r.Total) + " " + string(r.Currency)},
		{c.Adjustments, "stock adjustment", "stock adjustments", ""},
		{c.Movements, "movement of a processor's account", "movements of processors' accounts", ""},
		{c.Controls, "document happened and posts nothing", "documents happened and post nothing", ""},
		{c.Repeated, "document was known already", "documents were known already", ""},
		{c.Unexplained, "document does not foot", "documents do not foot", ": recorded, the difference is in suspense"},
		{c.Cured, "row left the quarantine", "rows left the quarantine", ""},
		{c.Quarantined, "document is in quarantine", "documents are in quarantine", ": \"tillpost imports --quarantine\" says why"},
	} {
		if words := strings.TrimPrefix(plural(l.n, l.one, l.many), count(l.n)+" "); l.n > 0 {
			e.say("  %10s  %s%s", count(l.n), words, l.rest)
		}
	}
	if c.Movements > 0 && c.Receipts+c.Repeated == 0 && !settle {
		e.say("  The sales that these charges belong to are not in this file. When no other file or till brings them, import it into a\n" +
			"  fresh database with --settle: the charges then count as takings whose sales are not known.")
	}
	if r.Resumed > 0 {
		e.say("  It went on after %s that an earlier run had recorded.", plural(r.Resumed, "document", "documents"))
	}
	if dry {
		e.say("Nothing was written.")
	}
}
