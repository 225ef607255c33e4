package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/hub/demo"
	"github.com/tillpost/tillpost/internal/hub/importer"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/books"
	"github.com/tillpost/tillpost/internal/views/table"
	"github.com/tillpost/tillpost/internal/views/tieout"
)

type demoCmd struct {
	File  string `help:"The retailer's year." default:"${demo_file}" placeholder:"FILE"`
	Into  string `help:"Database of the demo shop. Default: demo.db, or what --db says." placeholder:"FILE|ADDRESS"`
	Fresh bool   `help:"Begin anew: delete the SQLite demo database first."`
}

// demoFile is where the project keeps the retailer's year.
const demoFile = "examples/online-retail/online_retail.csv.gz"

// demoStore is what the demo calls its store: by it a demo's database is known.
const demoStore = "Online gift shop"

// proofDay is the demo's busiest day.
const proofDay day.Day = "2011-12-05"

// Help is the text below the flags.
func (demoCmd) Help() string {
	return `The data is "Online Retail", UCI Machine Learning Repository, CC BY 4.0: 541,909 lines of a gift shop's invoices. The demo can
be stopped and run again; what is there already is only shown.`
}

// Run makes the demo shop, or goes on with one that was begun, and prints its proof.
func (c demoCmd) Run(e *env) error {
	if e.dsn == defaultDB {
		e.dsn = "demo.db"
	}
	e.dsn = cmp.Or(c.Into, e.dsn)
	if _, err := os.Stat(c.File); err != nil {
		return ErrNoDemoFile.At(c.File)
	}
	if c.Fresh {
		if err := e.discard(); err != nil {
			return err
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
		return stopped(e, &res, false, err)
	}
	writeImport(e, &res, false, false)
	e.say("")
	holds, err := c.show(e, d)
	if err != nil {
		return err
	}
	e.say("\nDone in %s.", round(time.Since(began)))
	suggest(e)
	if !holds {
		fmt.Fprintln(e.stderr, "The proof does not hold.")
		return errFound
	}
	return nil
}

// discard deletes a SQLite demo database. One that holds another shop is left alone.
func (e *env) discard() error {
	if onServer(e.dsn) {
		return ErrFresh
	}
	if !e.there() {
		return nil
	}
	d, err := e.open()
	if err != nil {
		return err
	}
	if err := errors.Join(isDemo(e, d), d.Close()); err != nil {
		return err
	}
	removeSQLite(e.dsn)
	return nil
}

// isDemo refuses a database that holds another shop than the demo's: nobody wants a year of somebody
// else's sales in his books.
func isDemo(e *env, d *db.DB) error {
	return d.Read(e.ctx, func(v *db.View) error {
		shop, err := org.Load(v)
		if err == nil && shop.Book != "" && (len(shop.Stores) != 1 || shop.Stores[demo.Store].Name != demoStore) {
			err = ErrNotDemo.At(e.dsn)
		}
		return err
	})
}

func (c demoCmd) fill(e *env, d *db.DB) (importer.Result, error) {
	if err := errors.Join(isDemo(e, d), e.ctx.Err()); err != nil {
		return importer.Result{}, err
	}
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

// show prints the proof of a day and of the year, the tie to the file's control figure and the trial
// balance. It tells whether all of them hold.
func (c demoCmd) show(e *env, d *db.DB) (bool, error) {
	control, err := readControl(c.File)
	if err != nil {
		return false, err
	}
	holds := true
	err = d.Read(e.ctx, func(v *db.View) error {
		var total money.Minor
		for _, s := range []tieout.Scope{{From: proofDay, To: proofDay}, {From: "2010-12-01", To: "2011-12-09"}} {
			p, err := tieout.Prove(v, demo.Currency, s)
			if err != nil {
				return err
			}
			writeProof(e.stdout, &p)
			holds = holds && p.Holds()
			total = money.Minor(p.Equations[0].Left.Value) // of the receipts
		}
		debts, err := badDebts(v)
		if err != nil {
			return err
		}
		agrees, err := writeControl(e.stdout, control, total, debts)
		if err != nil {
			return err
		}
		holds = holds && agrees
		t, err := books.TrialBalance(v, books.Scope{To: "2011-12-31"})
		if err != nil {
			return err
		}
		return table.Write(e.stdout, t.Table(), layout{}.options(e.stdout))
	})
	return holds, err
}

// suggest prints what to try next, as it can be typed in the project's folder.
func suggest(e *env) {
	at := " --db " + quoteWord(e.dsn)
	switch {
	case e.dsn == defaultDB || e.dsn == os.Getenv("TILLPOST_DB"):
		at = "" // the next command finds it the same way
	case onServer(e.dsn):
		at = " --db ADDRESS" // it may hold a password
	}
	command := "tillpost"
	if len(os.Args) > 0 {
		command = quoteWord(os.Args[0])
	}
	e.say("To try next:")
	for _, l := range [][2]string{
		{"check" + at, "recompute all of it from the receipts"},
		{"proof --month 2011-11" + at, "the proof of a month"},
		{"report profit-loss --year 2011" + at, "what the shop earned"},
		{"report sales --month 2011-11" + at, "the daily report"},
		{"report sales --by item --top 10" + at, "what sells best"},
		{"report general-ledger --account 6400 --receipts" + at, "what a figure is made of"},
		{"receipt show 536365" + at, "a receipt, its entry and its stock moves"},
		{"export hledger -o demo.journal" + at, "the books for hledger"},
		{"assess examples/sample-exports/square", "the review of an export; try your own"},
	} {
		e.say("  %-*s  %s", len(command)+len(at)+48, command+" "+l[0], l[1])
	}
}

// quoteWord writes a word so that a shell reads it as one.
func quoteWord(s string) string {
	if strings.ContainsAny(s, " '\"\\$&;()<>|*?[]~#`") {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}
