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
	"regexp"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

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
	DB string `help:"SQLite file, or the address of a PostgreSQL database (postgres://…)." default:"${db}" env:"TILLPOST_DB" placeholder:"FILE|ADDRESS"`

	Demo  demoCmd  `cmd:"" group:"start" help:"Make a demo shop from a real retailer's year and prove its books."`
	Setup setupCmd `cmd:"" group:"start" help:"Set up a shop: currency, chart of accounts, a first store."`

	Assess  assessCmd  `cmd:"" group:"data" help:"Review a file before it is imported."`
	Import  importCmd  `cmd:"" group:"data" help:"Import sales, payouts and fees from another system's file."`
	Imports importsCmd `cmd:"" group:"data" help:"List the imports and the rows in quarantine."`
	Layouts layoutsCmd `cmd:"" group:"data" help:"List the import layouts, or print one to start your own from."`
	Export  exportCmd  `cmd:"" group:"data" help:"Write the books for hledger, ledger, beancount or as CSV."`
	Post    postCmd    `cmd:"" group:"data" help:"Post JSON documents: receipts, deliveries, journal entries …"`
	Webhook webhookCmd `cmd:"" group:"data" help:"Tell outside programs what happens."`

	Shift     shiftCmd     `cmd:"" group:"shop" help:"Open, count and close a drawer; cash in and out."`
	Day       dayCmd       `cmd:"" group:"shop" help:"Close business days and look at their seals."`
	Quote     quoteCmd     `cmd:"" group:"shop" help:"Price a basket without selling it."`
	Receipt   receiptCmd   `cmd:"" group:"shop" help:"Show receipts and what they made in books and stock."`
	Catalogue catalogueCmd `cmd:"" group:"shop" help:"What the shop sells: import and list it."`
	Store     storeCmd     `cmd:"" group:"shop" help:"The stores."`
	Register  registerCmd  `cmd:"" group:"shop" help:"The registers of the stores."`
	Tender    tenderCmd    `cmd:"" group:"shop" help:"The ways to pay."`

	Report  reportCmd  `cmd:"" group:"books" help:"Trial balance, profit and loss, sales, tax, stock, Z …"`
	Proof   proofCmd   `cmd:"" group:"books" help:"Show that receipts = tenders = journal = stock."`
	Account accountCmd `cmd:"" group:"books" help:"The chart of accounts."`
	Task    taskCmd    `cmd:"" group:"books" help:"What waits for a decision, and deciding it."`
	Period  periodCmd  `cmd:"" group:"books" help:"Lock and unlock the months of the books."`

	Key     keyCmd     `cmd:"" group:"care" help:"Keys for other programs to use the HTTP API with."`
	Log     logCmd     `cmd:"" group:"care" help:"What happened, to what, where, when and by whom."`
	Check   checkCmd   `cmd:"" group:"care" help:"Recompute everything from the receipts and name what is off."`
	Backup  backupCmd  `cmd:"" group:"care" help:"Write a backup while the shop goes on selling."`
	Restore restoreCmd `cmd:"" group:"care" help:"Restore a backup into an empty database and check it."`
	Serve   serveCmd   `cmd:"" group:"care" help:"Serve the HTTP API."`
	Version versionCmd `cmd:"" group:"care" help:"Print the version."`
}

// groups are the headings under which the help lists the commands.
var groups = []kong.Group{{Key: "start", Title: "To begin with"}, {Key: "data", Title: "Data in and out"}, {Key: "shop", Title: "The shop"},
	{Key: "books", Title: "The books"}, {Key: "care", Title: "Taking care"}}

const description = `Tillpost sells, keeps the books and keeps every outside system in step.

Every command works on one database: a SQLite file, tillpost.db unless --db or TILLPOST_DB says otherwise, or PostgreSQL.
It ends with 0 when all is fine, 1 when it found something wrong, 2 when it could not run.`

// defaultDB is the database when nobody names one.
const defaultDB = "tillpost.db"

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
	defer context.AfterFunc(ctx, stop)() // a second Ctrl-C ends it at once
	var c commands
	out := &output{Writer: stdout}
	e := &env{ctx: db.As(ctx, "cli"), stdin: stdin, stdout: out, stderr: stderr}
	exited := -1
	parser, err := kong.New(&c, kong.Name("tillpost"), kong.Description(description), kong.ExplicitGroups(groups),
		kong.Writers(stdout, stderr), kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 110, NoAppDescFormat: true}),
		kong.Vars{"db": defaultDB, "demo_file": demoFile, "kinds": documentKinds(), "tenders": tenderKinds(", "), "tender_kinds": tenderKinds(","), "checks": checkNames()})
	if err != nil {
		return e.complain(err)
	}
	if len(args) == 0 {
		_, _ = parser.Parse([]string{"--help"})
		return exitError
	}
	k, err := parser.Parse(args)
	if exited >= 0 {
		return exited // help was asked for
	}
	if err != nil {
		return e.complain(usage(err))
	}
	if c.DB == "" && !slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "--db") }) {
		c.DB = defaultDB // TILLPOST_DB is there and empty
	}
	if e.dsn = c.DB; !plausible(e.dsn) {
		return e.complain(ErrAddress)
	}
	err = k.Run(e)
	if out.err != nil && (err == nil || errors.Is(err, errFound)) {
		err = out.err // who reads only a part must not take it for the whole
	}
	switch {
	case err == nil:
		return exitFine
	case errors.Is(err, errFound):
		return exitFound
	default:
		return e.complain(err)
	}
}

// output is the standard output, which remembers that it could not be written.
type output struct {
	io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	if err != nil && o.err == nil {
		o.err = ErrOutput.Because(errors.Unwrap(err))
	}
	return n, err
}

// usage says where to read on after a mistake in the command itself.
func usage(err error) error {
	command := "tillpost"
	var p *kong.ParseError
	if errors.As(err, &p) && p.Context != nil {
		for n := p.Context.Selected(); n != nil && n.Type == kong.CommandNode; n = n.Parent {
			command = n.FullPath()
			break
		}
	}
	text := err.Error()
	switch m := missing.FindStringSubmatch(text); {
	case strings.HasPrefix(text, "expected one of"):
		return &usageError{fmt.Sprintf("say what to do; \"%s --help\" lists it", command)}
	case m != nil:
		text = strings.ToUpper(m[1]) + " is missing"
	}
	text = inside.ReplaceAllString(wholeNumber.ReplaceAllString(text, "a whole number is expected, not"), "")
	return &usageError{fmt.Sprintf("%s; \"%s --help\" says more", text, command)}
}

// wholeNumber is how kong asks for one.
var wholeNumber = regexp.MustCompile(`expected a valid \d+ bit u?int but got`)

// inside is what the standard library adds to a value that it cannot read.
var inside = regexp.MustCompile(`: (time|strconv[.A-Za-z]*): .*$`)

// missing is how kong says that an argument is not there.
var missing = regexp.MustCompile(`^expected "<([a-z-]+)>`)

// usageError is a mistake in the command line.
type usageError struct{ text string }

func (u *usageError) Error() string { return u.text }

// Unwrap gives it its code.
func (u *usageError) Unwrap() error { return ErrUsage }

// open opens the database of the command.
func (e *env) open(opts ...db.Option) (*db.DB, error) { return db.Open(e.ctx, e.dsn, opts...) }

// openFresh opens the database, which may not be there yet. The function that it returns closes it; when
// what was to be set up in it failed, a file that was made for it is taken away again.
func (e *env) openFresh() (*db.DB, func(err error), error) {
	made := !e.there()
	d, err := e.open()
	shut := func(err error) {
		if d != nil {
			_ = d.Close()
		}
		if made && err != nil {
			removeSQLite(e.dsn)
		}
	}
	if err != nil {
		shut(err)
	}
	return d, shut, err
}

// removeSQLite deletes a database file and its log.
func removeSQLite(file string) {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(file + suffix)
	}
}

// existing opens the database of the command, which must be there and hold a shop.
func (e *env) existing(opts ...db.Option) (*db.DB, org.Shop, error) {
	if !e.there() {
		return nil, org.Shop{}, ErrNoDatabase.At(e.dsn)
	}
	d, err := e.open(opts...)
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

// there tells whether the database exists; of one on a server nobody knows before it is opened.
func (e *env) there() bool {
	if onServer(e.dsn) {
		return true
	}
	_, err := os.Stat(e.dsn)
	return err == nil || !errors.Is(err, os.ErrNotExist)
}

func onServer(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

// plausible refuses the address of a server that would be taken for a file name.
func plausible(dsn string) bool {
	return onServer(dsn) || !strings.Contains(dsn, "://") && !strings.Contains(dsn, "host=") && !strings.Contains(dsn, "dbname=")
}

// shop reads what the shop is.
func (e *env) shop() (shop org.Shop, err error) {
	err = e.read(func(_ *db.View, s org.Shop) error { shop = s; return nil })
	return shop, err
}

// write opens the shop's database and runs fn in a transaction.
func (e *env) write(fn func(tx *db.Tx, shop org.Shop) error) error {
	d, shop, err := e.existing()
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Write(e.ctx, func(tx *db.Tx) error { return fn(tx, shop) })
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

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(e *env) error {
	e.say("tillpost %s", Version)
	return nil
}
