package cli

import (
	"errors"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/table"
)

type accountCmd struct {
	List   accountListCmd   `cmd:"" help:"List the accounts and what they are used for."`
	Add    accountAddCmd    `cmd:"" help:"Add an account."`
	Rename accountRenameCmd `cmd:"" help:"Change what an account is called."`
	Use    accountUseCmd    `cmd:"" help:"Say which account the postings of a role go to from now on."`
	Tax    accountTaxCmd    `cmd:"" help:"Give a tax code an account of its own."`
	Roles  accountRolesCmd  `cmd:"" help:"List the roles: what the postings ask for, and the accounts that answer."`
}

type accountListCmd struct {
	layout `embed:""`
}

// Run lists the chart with the roles of each account.
func (c accountListCmd) Run(e *env) error {
	return e.report(c.layout, func(v *db.View, _ org.Shop) (*table.Table, error) {
		accounts, err := ledger.Accounts(v)
		if err != nil {
			return nil, err
		}
		roles, err := ledger.LoadRoles(v)
		if err != nil {
			return nil, err
		}
		uses := map[string][]string{}
		for _, r := range posting.Rules() {
			for key, account := range roles.Of(r.Role) {
				uses[account] = append(uses[account], strings.TrimSuffix(r.Role+":"+key, ":"))
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

// purpose is what an account is used for.
type purpose struct {
	Role string `help:"The role that posts to it, as in card_fees or petty_expense; \"tillpost account roles\" lists them." placeholder:"ROLE"`
	Key  string `help:"For this one only: a department, a tender, a processor, a tax code, a kind of expense. Default: all that have no account of their own." placeholder:"KEY"`
}

// check refuses a role that does not exist, and names those that do.
func (p purpose) check() error {
	if _, ok := posting.RuleOf(p.Role); ok || p.Role == "" {
		return nil
	}
	rules := posting.Rules()
	names := make([]string, len(rules))
	for i, r := range rules {
		names[i] = r.Role
	}
	slices.Sort(names)
	return ErrRole.At(p.Role).Because(errors.New("there are " + strings.Join(names, ", ")))
}

// use maps the role to the account, and tells what waits in suspense for it.
func (p purpose) use(tx *db.Tx, account string) (waits string, err error) {
	if p.Role == "" {
		return "", nil
	}
	if err := setup.UseAccount(tx, p.Role, p.Key, account); err != nil {
		return "", err
	}
	keys := []string{"account:" + p.Role, "account:" + p.Role + "/" + p.Key}
	if p.Role == posting.RoleTax {
		keys = []string{"tax:" + p.Key}
	}
	for _, key := range keys {
		switch _, err := tasks.Find(tx, key); {
		case err == nil:
			waits = key
		case !errors.Is(err, tasks.ErrNotFound):
			return "", err
		}
	}
	return waits, nil
}

// tell says how what waits for the role gets out of suspense.
func (p purpose) tell(e *env, waits, account string) {
	if waits != "" {
		e.say("What waits for it leaves suspense with: tillpost task map %s --account %s", waits, account)
	}
}

type accountRolesCmd struct {
	layout `embed:""`
}

// Run lists what the postings ask for, and what answers them.
func (c accountRolesCmd) Run(e *env) error {
	return e.report(c.layout, func(v *db.View, _ org.Shop) (*table.Table, error) {
		roles, err := ledger.LoadRoles(v)
		if err != nil {
			return nil, err
		}
		t := &table.Table{Title: "Roles", Columns: []table.Column{{Name: "role"}, {Name: "account"}, {Name: "type"}, {Name: "key", Label: "A key is a"},
			{Name: "keyed", Label: "Accounts by key"}, {Name: "follows", Label: "Equals"}}}
		for _, r := range posting.Rules() {
			var keyed []string
			for key, account := range roles.Of(r.Role) {
				if key != "" {
					keyed = append(keyed, key+"="+account)
				}
			}
			slices.Sort(keyed)
			types := make([]string, len(r.Types))
			for i, is := range r.Types {
				types[i] = string(is)
			}
			account, _ := roles.Find(r.Role, "")
			t.Add(table.Text(r.Role), table.Text(account), table.Text(strings.Join(types, " or ")), table.Text(r.Key), table.Text(strings.Join(keyed, ", ")), table.Text(r.Follows))
		}
		t.Note("A role that equals something keeps its account once it has postings.")
		return t, nil
	})
}

type accountTaxCmd struct {
	Code string `arg:"" help:"The tax code as it stands on the receipts."`
	Name string `help:"What the tax is called. Default: the code." placeholder:"NAME"`
}

// Run gives a tax code an account of its own; the same again changes nothing.
func (c accountTaxCmd) Run(e *env) error {
	if c.Name == "" {
		c.Name = c.Code
	}
	p, account, waits := purpose{Role: posting.RoleTax, Key: c.Code}, "", ""
	err := e.write(func(tx *db.Tx, _ org.Shop) error {
		if err := setup.PutTaxCode(tx, c.Code, c.Name); err != nil {
			return err
		}
		roles, err := ledger.RolesIn(tx)
		if err != nil {
			return err
		}
		account, _ = roles.Find(posting.RoleTax, c.Code)
		waits, err = p.use(tx, account)
		return err
	})
	if err == nil {
		e.say("Tax code %s posts to account %s.", c.Code, account)
		p.tell(e, waits, account)
	}
	return err
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
	if err := c.check(); err != nil {
		return err
	}
	waits := ""
	err := e.write(func(tx *db.Tx, _ org.Shop) (err error) {
		if err = setup.AddAccount(tx, ledger.Account{Code: c.Code, Name: c.Name, Type: ledger.Type(c.Type), Currency: money.Currency(c.Currency)}); err == nil {
			waits, err = c.use(tx, c.Code)
		}
		return err
	})
	if err == nil {
		e.say("Account %s %s is in the chart.", c.Code, c.Name)
		c.tell(e, waits, c.Code)
	}
	return err
}

type accountRenameCmd struct {
	Code string `arg:"" help:"The account."`
	Name string `arg:"" help:"What it is called from now on."`
}

// Run renames the account.
func (c accountRenameCmd) Run(e *env) error {
	err := e.write(func(tx *db.Tx, _ org.Shop) error { return setup.RenameAccount(tx, c.Code, c.Name) })
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
	if err := c.check(); err != nil {
		return err
	}
	waits := ""
	err := e.write(func(tx *db.Tx, _ org.Shop) (err error) {
		waits, err = c.use(tx, c.Code)
		return err
	})
	if err == nil {
		e.say("From now on %s posts to account %s.", strings.TrimSuffix(c.Role+":"+c.Key, ":"), c.Code)
		c.tell(e, waits, c.Code)
	}
	return err
}
