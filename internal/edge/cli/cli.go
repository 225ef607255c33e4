// Package cli is the command line: it reads flags, calls one flow or view, and writes words, tables or
// JSON. It holds no rule of the shop.
//
// Exit codes: 0 fine, 1 something was found wrong, 2 could not run.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Version is set when a release is built.
var Version = "dev"

// The exit codes.
const (
	exitFine  = 0
	exitFound = 1
	exitError = 2
)

// errFound says that the command ran and found something wrong; what it is was written already.
var errFound = errors.New("something was found wrong")

// commands is the command line, as kong reads it.
type commands struct {
	DB string `help:"SQLite file, or the address of a PostgreSQL database (postgres://…)." default:"tillpost.db" env:"TILLPOST_DB" placeholder:"FILE"`

	Demo    demoCmd    `cmd:"" help:"Make a demo shop from a real retailer's year and prove its books."`
	Setup   setupCmd   `cmd:"" help:"Set up a shop: currency, chart of accounts, a first store."`
	Assess  assessCmd  `cmd:"" help:"Review a file before it is imported: what is in it, what is wrong with it."`
	Import  importCmd  `cmd:"" help:"Import sales, payouts and fees from another system's file."`
	Layouts layoutsCmd `cmd:"" help:"List the import layouts, or print one to start your own from."`
	Imports importsCmd `cmd:"" help:"List the imports and the rows in quarantine."`
	Post    postCmd    `cmd:"" help:"Post a document as JSON: a receipt, a delivery, a count, a journal entry, a shift …"`
	Task    taskCmd    `cmd:"" help:"What waits for a decision, and deciding it."`
	Period  periodCmd  `cmd:"" help:"Lock and unlock the months of the books."`
	Report  reportCmd  `cmd:"" help:"Trial balance, general ledger, profit and loss, balance sheet, sales, tax, stock, Z."`
	Export  exportCmd  `cmd:"" help:"Write the books for hledger, ledger, beancount or as CSV."`
	Proof   proofCmd   `cmd:"" help:"Show that receipts = tenders = journal = stock, for a day or a span of days."`
	Check   checkCmd   `cmd:"" help:"Recompute everything from the receipts and name what is off."`
	Backup  backupCmd  `cmd:"" help:"Write a backup while the shop goes on selling."`
	Restore restoreCmd `cmd:"" help:"Restore a backup into an empty database and check it."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

// env is what a command gets from its surroundings.
type env struct {
	ctx    context.Context
	dsn    string
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
}

// Main runs the command line and returns the exit code.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c commands
	exited := -1
	parser, err := kong.New(&c, kong.Name("tillpost"),
		kong.Description("Tillpost sells, keeps the books and keeps every outside system in step."),
		kong.Writers(stdout, stderr), kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}), kong.Vars{"kinds": documentKinds()})
	if err != nil {
		fmt.Fprintln(stderr, "tillpost:", err)
		return exitError
	}
	k, err := parser.Parse(args)
	if exited >= 0 {
		return exited // help was asked for
	}
	if err != nil {
		fmt.Fprintln(stderr, "tillpost:", err)
		fmt.Fprintln(stderr, "Run \"tillpost --help\" to see the commands.")
		return exitError
	}
	err = k.Run(&env{ctx: ctx, dsn: c.DB, stdin: stdin, stdout: stdout, stderr: stderr})
	switch {
	case err == nil:
		return exitFine
	case errors.Is(err, errFound):
		return exitFound
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "tillpost: stopped; run the same command again to go on")
		return exitError
	default:
		fmt.Fprintln(stderr, "tillpost:", explain(err))
		return exitError
	}
}

// explain is the error as a person reads it, with the stable code for who looks it up.
func explain(err error) string {
	text := err.Error()
	if code := fault.CodeOf(err); code != "" {
		text += " [" + code + "]"
	}
	return text
}

// open opens the database of the command.
func (e *env) open() (*db.DB, error) { return db.Open(e.ctx, e.dsn) }

// existing opens the database of the command, which must be there and hold a shop.
func (e *env) existing() (*db.DB, org.Shop, error) {
	if !strings.Contains(e.dsn, "://") {
		if _, err := os.Stat(e.dsn); err != nil {
			return nil, org.Shop{}, ErrNoDatabase.Because(err)
		}
	}
	d, err := e.open()
	if err != nil {
		return nil, org.Shop{}, err
	}
	var shop org.Shop
	err = d.Read(e.ctx, func(v *db.View) (err error) {
		shop, err = org.Load(v)
		return err
	})
	if err == nil && shop.Book == "" {
		err = ErrNoShop
	}
	if err != nil {
		_ = d.Close()
		return nil, shop, err
	}
	return d, shop, nil
}

// read opens the shop's database and runs fn on a snapshot of it.
func (e *env) read(fn func(v *db.View, shop org.Shop) error) error {
	d, shop, err := e.existing()
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Read(e.ctx, func(v *db.View) error { return fn(v, shop) })
}

// json writes v indented.
func (e *env) json(v any) error {
	enc := json.NewEncoder(e.stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func (e *env) say(format string, args ...any) { fmt.Fprintf(e.stdout, format+"\n", args...) }

// amount writes money with thousands grouped, as people read it: "9,747,747.93".
func amount(c money.Currency, a money.Minor) string { return group(c.Format(a)) }

// count writes a number with thousands grouped.
func count(n int64) string { return group(fmt.Sprint(n)) }

// group puts commas into the whole part of a decimal number.
func group(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, rest, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		rest = "." + rest
	}
	return sign + whole + rest
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(e *env) error {
	e.say("tillpost %s", Version)
	return nil
}
