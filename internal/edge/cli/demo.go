package cli

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/hub/demo"
	"github.com/tillpost/tillpost/internal/hub/importer"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/books"
	"github.com/tillpost/tillpost/internal/views/table"
	"github.com/tillpost/tillpost/internal/views/tieout"
)

type demoCmd struct {
	File  string `help:"The retailer's year." default:"examples/online-retail/online_retail.csv.gz" placeholder:"FILE"`
	Into  string `help:"Database of the demo shop. Default: demo.db, or what --db says." placeholder:"FILE"`
	Fresh bool   `help:"Begin anew: delete the SQLite demo database first."`
}

// proofDay is the demo's busiest day.
const proofDay day.Day = "2011-12-05"

// Run makes the demo shop, or goes on with one that was begun, and prints its proof.
func (c demoCmd) Run(e *env) error {
	if e.dsn == "tillpost.db" {
		e.dsn = "demo.db"
	}
	if c.Into != "" {
		e.dsn = c.Into
	}
	if _, err := os.Stat(c.File); err != nil {
		return ErrNoDemoFile.Because(err)
	}
	if c.Fresh {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			if err := os.Remove(e.dsn + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
	}
	began := time.Now()
	d, err := e.open()
	if err != nil {
		return err
	}
	defer d.Close()
	e.say("A demo shop from a real retailer's year: \"Online Retail\", UCI Machine Learning Repository, CC BY 4.0.")
	res, err := c.fill(e, d)
	if err != nil {
		return err
	}
	writeImport(e, &res, false)
	e.say("")
	return c.show(e, d, began)
}

func (c demoCmd) fill(e *env, d *db.DB) (importer.Result, error) {
	if err := demo.Setup(e.ctx, d); err != nil {
		return importer.Result{}, err
	}
	b := newBar(e.stderr)
	deliveries, err := demo.Stock(e.ctx, d, c.File, func(done, total int64) { b.show(done, total, "stocking the shop") })
	b.clear()
	if err != nil {
		return importer.Result{}, err
	}
	e.say("Stocked the shop with %d monthly deliveries. The set names no costs: the demo takes half of the first price.", deliveries)
	var shop org.Shop
	err = d.Read(e.ctx, func(v *db.View) (err error) { shop, err = org.Load(v); return err })
	if err != nil {
		return importer.Result{}, err
	}
	return runImport(e, d, c.File, demo.ImportOptions(), shop)
}

// show prints the proof of a day and of the year, the trial balance and what to try next.
func (c demoCmd) show(e *env, d *db.DB, began time.Time) error {
	holds := true
	err := d.Read(e.ctx, func(v *db.View) error {
		for _, s := range []tieout.Scope{{From: proofDay, To: proofDay}, {From: "2010-12-01", To: "2011-12-09"}} {
			p, err := tieout.Prove(v, demo.Currency, s)
			if err != nil {
				return err
			}
			writeProof(e.stdout, &p)
			holds = holds && p.Holds()
		}
		t, err := books.TrialBalance(v, books.Scope{To: "2011-12-31"})
		if err != nil {
			return err
		}
		return table.Write(e.stdout, t.Table(), layout{}.options(e.stdout))
	})
	if err != nil {
		return err
	}
	at := ""
	if e.dsn != "tillpost.db" {
		at = " --db " + e.dsn
	}
	e.say("\nDone in %s. To try next:", time.Since(began).Round(100*time.Millisecond))
	for _, l := range [][2]string{
		{"tillpost check" + at, "recompute all of it from the receipts"},
		{"tillpost proof --month 2011-11" + at, "the proof of a month"},
		{"tillpost report profit-loss --year 2011" + at, "what the shop earned"},
		{"tillpost report sales --by day --month 2011-11" + at, "the daily report"},
		{"tillpost export hledger" + at + " > year.journal", "the books for hledger"},
		{"tillpost assess YOUR-EXPORT.csv", "what your own export would do"},
	} {
		e.say("  bin/%-62s %s", l[0], l[1])
	}
	if !holds {
		fmt.Fprintln(e.stderr, "The proof does not hold.")
		return errFound
	}
	return nil
}
