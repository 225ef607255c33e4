package cli

import (
	"cmp"
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
		for _, r := range roles.All() {
			name := r.Role
			if r.Key != "" {
				name += ":" + r.Key
			}
			uses[r.Account] = append(uses[r.Account], name)
		}
		t := &table.Table{Title: "Accounts", Columns: []table.Column{{Name: "account"}, {Name: "name"}, {Name: "type"}, {Name: "currency"}, {Name: "roles"}}}
		for _, a := range accounts {
			slices.Sort(uses[a.Code])
			t.Add(table.Text(a.Code), table.Text(a.Name), table.Text(string(a.Type)), table.Text(string(a.Currency)), table.Text(strings.Join(uses[a.Code], ", ")))
		}
		return t, nil
	})
}
