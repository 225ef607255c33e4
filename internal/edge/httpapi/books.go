package httpapi

import (
	"errors"
	"maps"
	"slices"

	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// books registers the operations on accounts, entries and periods.
func (a *API) books() {
	get(a, operation{ID: "listAccounts", Path: "/accounts", Tag: tagBooks, Scope: auth.BooksRead, Summary: "The chart of accounts",
		Doc: "In the order of the codes. What stands on them is in the trial balance."}, listAccounts)
	get(a, operation{ID: "getAccount", Path: "/accounts/{code}", Tag: tagBooks, Scope: auth.BooksRead, Summary: "One account"}, getAccount)
	put(a, operation{ID: "putAccount", Path: "/accounts/{code}", Tag: tagBooks, Scope: auth.BooksWrite, Conflicts: true, Summary: "Add an account, or rename it",
		Doc: "The type and the currency of an account never change. created_ms is not read."}, putAccount)
	get(a, operation{ID: "listAccountRoles", Path: "/account-roles", Tag: tagBooks, Scope: auth.BooksRead, Summary: "What the postings ask for, and the accounts that answer",
		Doc: "A posting asks for a role, as card_fees or petty_expense, and for some with a key: a department, a tender, a processor. The accounts by key come first, then the role's own."}, listRoles)
	get(a, operation{ID: "getAccountRole", Path: "/account-roles/{role}", Tag: tagBooks, Scope: auth.BooksRead, Summary: "One role and its accounts"}, getRole)
	put(a, operation{ID: "putAccountRole", Path: "/account-roles/{role}", Tag: tagBooks, Scope: auth.BooksWrite, Conflicts: true, Summary: "Say which account a role posts to from now on",
		Doc: "What is posted stays where it is. What waits in suspense for the role leaves it with POST /v1/task-decisions. A role that equals something keeps its account once it has postings."}, putRole)
	a.entries()
	a.movements()
	a.periods()
}

func listAccounts(c *Call, in *struct {
	Type string `query:"type" enum:"asset,liability,equity,income,expense" doc:"Only these."`
	Paged
}) (Page[ledger.Account], error) {
	var place string
	if err := in.after(&place); err != nil {
		return Page[ledger.Account]{}, err
	}
	var rows []ledger.Account
	err := c.Read(func(v *db.View) (err error) {
		rows, err = ledger.Accounts(v)
		return err
	})
	rows = slices.DeleteFunc(rows, func(a ledger.Account) bool { return in.Type != "" && string(a.Type) != in.Type })
	rows = behind(rows, place, func(a *ledger.Account) string { return a.Code })
	return page(rows, in.Limit, func(a ledger.Account) any { return a.Code }), err
}

func getAccount(c *Call, in *struct {
	Code string `path:"code"`
}) (a ledger.Account, err error) {
	err = c.Read(func(v *db.View) error {
		a, err = ledger.Find(v, in.Code)
		return err
	})
	return a, err
}

func putAccount(c *Call, in *struct {
	Code string `path:"code"`
}, doc ledger.Account) (out ledger.Account, fresh bool, err error) {
	if doc.Code == "" {
		doc.Code = in.Code
	}
	if doc.Code != in.Code {
		return out, false, ErrCodeDiffers.At("code")
	}
	if err := c.Who.NeedStore(""); err != nil {
		return out, false, err
	}
	err = c.Write(func(tx *db.Tx) error {
		var before any
		switch is, err := ledger.Find(tx, in.Code); {
		case err == nil:
			before = is
		case !errors.Is(err, ledger.ErrUnknownAccount):
			return err
		}
		if err := c.Unchanged(before); err != nil {
			return err
		}
		out, fresh, err = setup.PutAccount(tx, doc)
		return err
	})
	return out, fresh, err
}

// Role is what a posting asks for, and the accounts that answer.
type Role struct {
	Role    string         `json:"role"`
	Types   []ledger.Type  `json:"types" doc:"The account must be of one of these types."`
	KeyIs   string         `json:"key_is,omitempty" doc:"What a key of the role names; absent when the postings never ask with one."`
	Exact   bool           `json:"exact,omitempty" doc:"No account stands in for a key without one of its own."`
	Follows string         `json:"follows,omitempty" doc:"What the balance must equal, in words: then the role keeps its account once it has postings."`
	Account string         `json:"account,omitempty" doc:"The account of all keys without one of their own."`
	Keyed   []KeyedAccount `json:"keyed" doc:"The accounts of single keys."`
}

// KeyedAccount is the account of one key of a role.
type KeyedAccount struct {
	Key     string `json:"key"`
	Account string `json:"account"`
}

// RoleAccount says which account a role and key post to.
type RoleAccount struct {
	Role    string `json:"role,omitempty"`
	Key     string `json:"key,omitempty" doc:"For this one only: a department, a tender, a processor, a tax code … Absent: for all without an account of their own."`
	Account string `json:"account"`
}

func roleOf(roles ledger.Roles, rule *posting.Rule) Role {
	r := Role{Role: rule.Role, Types: rule.Types, KeyIs: rule.Key, Exact: rule.Exact, Follows: rule.Follows, Keyed: []KeyedAccount{}}
	all := roles.Of(rule.Role)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if key == "" {
			r.Account = all[key]
		} else {
			r.Keyed = append(r.Keyed, KeyedAccount{key, all[key]})
		}
	}
	return r
}

func listRoles(c *Call, in *Paged) (Page[Role], error) {
	var place string
	if err := in.after(&place); err != nil {
		return Page[Role]{}, err
	}
	rules := posting.Rules()
	slices.SortFunc(rules, func(a, b posting.Rule) int {
		if a.Role < b.Role {
			return -1
		}
		return 1
	})
	rules = behind(rules, place, func(r *posting.Rule) string { return r.Role })
	var rows []Role
	err := c.Read(func(v *db.View) error {
		roles, err := ledger.LoadRoles(v)
		for i := range rules {
			rows = append(rows, roleOf(roles, &rules[i]))
		}
		return err
	})
	return page(rows, in.Limit, func(r Role) any { return r.Role }), err
}

func getRole(c *Call, in *struct {
	Role string `path:"role"`
}) (out Role, err error) {
	rule, ok := posting.RuleOf(in.Role)
	if !ok {
		return out, posting.ErrNoRole.Named("role", in.Role)
	}
	err = c.Read(func(v *db.View) error {
		roles, err := ledger.LoadRoles(v)
		out = roleOf(roles, &rule)
		return err
	})
	return out, err
}

func putRole(c *Call, in *struct {
	Role string `path:"role"`
}, doc RoleAccount) (out Role, fresh bool, err error) {
	rule, ok := posting.RuleOf(in.Role)
	switch {
	case !ok:
		return out, false, posting.ErrNoRole.Named("role", in.Role)
	case doc.Role != "" && doc.Role != in.Role:
		return out, false, ErrCodeDiffers.At("role")
	}
	if err := c.Who.NeedStore(""); err != nil {
		return out, false, err
	}
	err = c.Write(func(tx *db.Tx) error {
		roles, err := ledger.RolesIn(tx)
		if err != nil {
			return err
		}
		if err := c.Unchanged(roleOf(roles, &rule)); err != nil {
			return err
		}
		_, had := roles.Find(in.Role, doc.Key)
		if err := setup.UseAccount(tx, in.Role, doc.Key, doc.Account); err != nil {
			return err
		}
		if roles, err = ledger.RolesIn(tx); err != nil {
			return err
		}
		out, fresh = roleOf(roles, &rule), !had
		return nil
	})
	return out, fresh, err
}
