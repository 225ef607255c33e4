package cli

import (
	"errors"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/table"
)

type accountCmd struct {
	List   accountListCmd   `cmd:"" help:"List the accounts and what they are used for."`
	Add    accountAddCmd    `cmd:"" help:"Add an account."`
	Rename accountRenameCmd `cmd:"" help:"Change what an account is called."`
	Use    accountUseCmd    `cmd:"" help:"Say which account the postings of a role go to from now on."`
}

type accountListCmd struct {
	layout `embed:""`
}

// Run lists the chart with the roles of each account.
func (c accountListCmd) Run(e *env) error {
	return e.report(c.layout, func(v *db.View, shop org.Shop) (*table.Table, error) {
		accounts, err := ledger.Accounts(v)
		if err != nil {
			return nil, err
		}
		roles, err := ledger.LoadRoles(v)
		if err != nil {
			return nil, err
		}
		uses := map[string][]string{}
		names, err := roleNames(shop)
		if err != nil {
			return nil, err
		}
		for _, role := range names {
			for key, account := range roles.Of(role) {
				uses[account] = append(uses[account], strings.TrimSuffix(role+":"+key, ":"))
			}
		}
		t := &table.Table{Title: "Accounts", Columns: []table.Column{{Name: "account"}, {Name: "name"}, {Name: "type"}, {Name: "currency"}, {Name: "roles"}}}
		for _, a := range accounts {
			slices.Sort(uses[a.Code])
			t.Add(table.Text(a.Code), table.Text(a.Name), table.Text(string(a.Type)), table.Text(string(a.Currency)), table.Text(strings.Join(uses[a.Code], ", ")))
		}
		return t, nil
	})
}

// roleNames are the roles that the postings know, as the shop's chart template has them.
func roleNames(shop org.Shop) ([]string, error) {
	chart, err := ledger.LoadChart(shop.Chart)
	var names []string
	for _, a := range chart.Accounts {
		if a.Role != "" {
			names = append(names, a.Role)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), err
}

// purpose is what an account is used for.
type purpose struct {
	Role string `help:"The role that posts to it, as in card_fees or petty_expense; \"tillpost account list\" shows them." placeholder:"ROLE"`
	Key  string `help:"For this one only: a department, a tender, a processor, a kind of expense. Default: all that have no account of their own." placeholder:"KEY"`
}

// use maps the role to the account.
func (p purpose) use(tx *db.Tx, shop org.Shop, account string) error {
	if p.Role == "" {
		return nil
	}
	names, err := roleNames(shop)
	if err != nil {
		return err
	}
	if !slices.Contains(names, p.Role) {
		return ErrRole.At(p.Role).Because(errors.New("there are " + strings.Join(names, ", ")))
	}
	return ledger.MapRole(tx, p.Role, p.Key, account)
}

type accountAddCmd struct {
	Code     string `arg:"" help:"Its code. It never changes."`
	Name     string `help:"What it is called." required:""`
	Type     string `help:"asset, liability, equity, income or expense. It never changes." enum:"asset,liability,equity,income,expense" required:""`
	Currency string `help:"Only for an account that holds a foreign currency." placeholder:"CODE"`
	purpose  `embed:""`
}

// Run adds the account.
func (c accountAddCmd) Run(e *env) error {
	err := e.write(func(tx *db.Tx, shop org.Shop) error {
		if err := ledger.Create(tx, ledger.Account{Code: c.Code, Name: c.Name, Type: ledger.Type(c.Type), Currency: money.Currency(c.Currency)}); err != nil {
			return err
		}
		return c.use(tx, shop, c.Code)
	})
	if err == nil {
		e.say("Account %s %s is in the chart.", c.Code, c.Name)
	}
	return err
}

type accountRenameCmd struct {
	Code string `arg:"" help:"The account."`
	Name string `arg:"" help:"What it is called from now on."`
}

// Run renames the account.
func (c accountRenameCmd) Run(e *env) error {
	err := e.write(func(tx *db.Tx, _ org.Shop) error { return ledger.Rename(tx, c.Code, c.Name) })
	if err == nil {
		e.say("Account %s is called %s.", c.Code, c.Name)
	}
	return err
}

type accountUseCmd struct {
	Code    string `arg:"" help:"The account."`
	purpose `embed:""`
}

// Run maps the role. What is posted stays where it is.
func (c accountUseCmd) Run(e *env) error {
	if c.Role == "" {
		return &usageError{"say with --role what the account is for"}
	}
	err := e.write(func(tx *db.Tx, shop org.Shop) error { return c.use(tx, shop, c.Code) })
	if err == nil {
		e.say("From now on %s posts to account %s.", strings.TrimSuffix(c.Role+":"+c.Key, ":"), c.Code)
	}
	return err
}
