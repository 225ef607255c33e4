package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/hub/formats"
	"github.com/tillpost/tillpost/internal/hub/importer"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// reading are the flags of everything that reads a file.
type reading struct {
	File   string `arg:"" help:"The file, plain or gzipped; a folder for a source of several files."`
	Layout string `help:"Layout name, or a layout file of your own. Detected when left out." placeholder:"NAME|FILE"`
	Zone   string `help:"Time zone of times without one, as in Europe/London. Default: the store's, or the layout's." placeholder:"ZONE"`
}

func (r reading) options() (formats.Options, error) {
	o := formats.Options{Layout: r.Layout}
	if r.Zone != "" {
		zone, err := time.LoadLocation(r.Zone)
		if err != nil {
			return o, org.ErrZone.Because(err)
		}
		o.Zone = zone
	}
	return o, nil
}

type importCmd struct {
	reading  `embed:""`
	Store    string `help:"Store that the sales belong to. Default: the only one there is." placeholder:"CODE"`
	Register string `help:"Register for documents that name none." default:"IMPORT" placeholder:"CODE"`
	DryRun   bool   `help:"Read and post everything, then undo it."`
	Strict   bool   `help:"Send items and tax codes that are not known to suspense. Otherwise the file introduces them."`
	Settle   bool   `help:"For processors' files: charges settle takings whose tender is not known, instead of explaining card receipts."`
	Cost     string `help:"Provisional cost of items that the file introduces, in percent of their price." placeholder:"PERCENT"`
	Format   string `help:"text or json." enum:"text,json" default:"text"`
}

// Run imports the file. The first import into an empty database sets up a shop in the file's currency.
func (c importCmd) Run(e *env) error {
	o, err := c.importOptions()
	if err != nil {
		return err
	}
	if c.DryRun && !strings.Contains(e.dsn, "://") {
		if _, err := os.Stat(e.dsn); errors.Is(err, os.ErrNotExist) {
			dir, err := os.MkdirTemp("", "tillpost-dry-run-")
			if err != nil {
				return err
			}
			defer os.RemoveAll(dir)
			e.dsn = filepath.Join(dir, "dry.db") // a dry run leaves no database behind
		}
	}
	d, err := e.open()
	if err != nil {
		return err
	}
	defer d.Close()
	shop, err := shopFor(e, d, &o, c.File)
	if err != nil {
		return err
	}
	if o.Store, err = chooseStore(shop, c.Store); err != nil {
		return err
	}
	res, err := runImport(e, d, c.File, o, shop)
	if err != nil {
		if res.Counts.Documents > 0 && !c.DryRun {
			return fmt.Errorf("stopped after %s documents, which are recorded; run the same command to go on: %w", count(res.Counts.Documents), err)
		}
		return err
	}
	if c.Format == "json" {
		err = e.json(res)
	} else {
		writeImport(e, &res, c.DryRun)
	}
	if err == nil && res.Counts.Quarantined > 0 {
		return errFound
	}
	return err
}

func (c importCmd) importOptions() (importer.Options, error) {
	f, err := c.options()
	o := importer.Options{Formats: f, Register: c.Register, Strict: c.Strict, Settle: c.Settle, DryRun: c.DryRun}
	if err == nil && c.Cost != "" {
		o.Cost, err = money.ParsePercent(c.Cost)
	}
	return o, err
}

// shopFor loads the shop, or sets one up for the file when the database is empty.
func shopFor(e *env, d *db.DB, o *importer.Options, file string) (org.Shop, error) {
	load := func() (shop org.Shop, err error) {
		err = d.Read(e.ctx, func(v *db.View) error { shop, err = org.Load(v); return err })
		return shop, err
	}
	shop, err := load()
	if err != nil || shop.Book != "" {
		return shop, err
	}
	r, info, err := formats.Open(file, o.Formats)
	if err != nil {
		return shop, err
	}
	_ = r.Close()
	s := setupFor(info)
	if err := setup.Run(e.ctx, d, s); err != nil {
		return shop, err
	}
	fmt.Fprintf(e.stderr, "New books in %s with the %s chart of accounts, store %s (%s).\n", s.Currency, s.Chart, s.Store.Code, s.Store.Zone)
	return load()
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
	if o.Formats.Zone == nil {
		o.Formats.Zone = shop.Stores[o.Store].Rule().Zone
	}
	o.Formats.CutOver = shop.Stores[o.Store].CutOver
	b := newBar(e.stderr)
	o.Progress = func(p importer.Progress) {
		rate := float64(p.Counts.Rows) / max(p.Elapsed.Seconds(), 0.001)
		b.show(p.Bytes, p.Size, fmt.Sprintf("%s rows, %s receipts, %s rows/s", count(p.Counts.Rows), count(p.Counts.Receipts), count(int64(rate))))
	}
	res, err := importer.Run(e.ctx, d, file, o)
	b.clear()
	if errors.Is(err, context.Canceled) {
		return res, context.Canceled
	}
	return res, err
}

func writeImport(e *env, r *importer.Result, dry bool) {
	if r.Already {
		e.say("This file was imported before: nothing was changed.")
		return
	}
	verb := "Imported"
	if dry {
		verb = "Dry run of"
	}
	c := r.Counts
	e.say("%s %s (%s): %s rows, %s documents in %s", verb, filepath.Base(r.Info.Files[0]), r.Info.Layout, count(c.Rows), count(c.Documents),
		r.Elapsed.Round(10*time.Millisecond))
	for _, l := range []struct {
		n    int64
		text string
	}{
		{c.Receipts, "receipts recorded, with " + count(c.Lines) + " lines, total " + amount(r.Currency, r.Total) + " " + string(r.Currency)},
		{c.Adjustments, "stock adjustments"}, {c.Movements, "movements of processors' accounts"},
		{c.Controls, "rows that happened and post nothing"}, {c.Repeated, "documents were known already"},
		{c.Unexplained, "documents do not foot: recorded, the difference is in suspense"},
		{c.Quarantined, "documents are in quarantine: \"tillpost imports --quarantine\" shows them"},
	} {
		if l.n > 0 {
			e.say("  %10s  %s", count(l.n), l.text)
		}
	}
	if r.Resumed > 0 {
		e.say("  went on after %s documents that were settled before", count(r.Resumed))
	}
	if dry {
		e.say("Nothing was written.")
	}
}

type importsCmd struct {
	Quarantine bool   `help:"List the rows in quarantine."`
	Format     string `help:"text or json." enum:"text,json" default:"text"`
}

// quarantineMost bounds the list.
const quarantineMost = 1000

// Run lists imports or quarantine.
func (c importsCmd) Run(e *env) error {
	return e.read(func(v *db.View, _ org.Shop) error {
		if c.Quarantine {
			rows, err := importer.Quarantine(v, quarantineMost)
			if err != nil {
				return err
			}
			if c.Format == "json" {
				return e.json(rows)
			}
			for _, r := range rows {
				e.say("%s line %d  %s  %s  %s", r.File, r.Row, r.External, r.Reason, r.Raw)
			}
			e.say("%s rows in quarantine", count(int64(len(rows))))
			return nil
		}
		runs, err := importer.Runs(v)
		if err != nil {
			return err
		}
		if c.Format == "json" {
			return e.json(runs)
		}
		for _, r := range runs {
			e.say("%s  %-8s %-28s %-16s %s rows, %s receipts, %s known, %s quarantined", r.Started.Format("2006-01-02 15:04"), r.State,
				r.File, r.Source, count(r.Rows), count(r.Receipts), count(r.Repeated), count(r.Quarantined))
		}
		return nil
	})
}
