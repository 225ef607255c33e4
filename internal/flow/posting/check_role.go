package posting

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// CheckRole tells whether a person may give role and key an account, before ledger.MapRole does it:
// the account must be of the right type, and where something else must equal the account, nothing may
// part the two. The account that the role has already is always fine.
func CheckRole(tx *db.Tx, role, key, account string) error {
	rule, ok := RuleOf(role)
	if !ok {
		return ErrNoRole.Named("role", role)
	}
	shop, err := org.LoadShared(tx)
	if err != nil {
		return err
	}
	if err := rule.checkKey(shop, key); err != nil {
		return err
	}
	a, err := ledger.Find(tx, account)
	if err != nil {
		return err
	}
	if err := rule.checkAccount(shop, key, &a); err != nil {
		return err
	}
	roles, err := ledger.RolesIn(tx)
	if err != nil {
		return err
	}
	was, own := roles.Find(role, key)
	if own && was == account {
		return nil
	}
	same, err := rule.checkShared(roles, key, account)
	if err != nil {
		return err
	}
	if err := rule.checkMoved(tx, roles, key, account); err != nil {
		return err
	}
	if !rule.Alone || same {
		return nil
	}
	posted, err := ledger.Posted(tx, account, "")
	if err == nil && posted {
		err = ErrRolePosted.Named("account", account)
	}
	return err
}

// name is a role with its key, as people write it.
func name(role, key string) string { return strings.TrimSuffix(role+":"+key, ":") }

// checkKey refuses keys that no posting would ask with.
func (r *Rule) checkKey(shop org.Shop, key string) error {
	wrong := func(format string, args ...any) error {
		return ErrRoleKey.At(name(r.Role, key)).Because(fmt.Errorf(format, args...))
	}
	switch {
	case key == "" && r.Exact:
		return wrong("each %s needs its own: name it as the key", r.Key)
	case key == "":
		return nil
	case r.Key == "":
		return wrong("the role has one account for all, and takes no key")
	}
	parts := strings.Split(key, "/")
	switch r.Key {
	case keyDrawer:
		if len(parts) != 3 || parts[1] == "" {
			return wrong("it is STORE/DRAWER/CURRENCY")
		}
	case keySafe:
		if len(parts) > 2 {
			return wrong("it is STORE, or STORE/CURRENCY for foreign cash")
		}
	case keyStore:
		parts = []string{key}
	default:
		return nil
	}
	if _, err := shop.Store(parts[0]); err != nil {
		return wrong("%w", err)
	}
	if len(parts) > 1 {
		if _, err := money.ParseCurrency(parts[len(parts)-1]); err != nil {
			return wrong("%w", err)
		}
	}
	return nil
}

// checkAccount looks at the account's type and currency.
func (r *Rule) checkAccount(shop org.Shop, key string, a *ledger.Account) error {
	if !slices.Contains(r.Types, a.Type) {
		words := make([]string, len(r.Types))
		for i, t := range r.Types {
			words[i] = string(t)
		}
		return ErrRoleType.At("account").Because(fmt.Errorf("%s needs an account of type %s, and this is %s", r.Role, strings.Join(words, " or "), a.Type))
	}
	holds := a.Currency
	if holds == "" {
		holds = shop.Book
	}
	needs := holds
	if !r.Foreign {
		needs = shop.Book
	}
	if r.Role == RoleDrawer || r.Role == RoleSafe {
		needs = shop.Book
		if i := strings.LastIndexByte(key, '/'); i >= 0 {
			needs = money.Currency(key[i+1:])
		}
	}
	if holds != needs {
		return ErrRoleCurrency.At("account").Because(fmt.Errorf("it holds %s, and %s posts %s", holds, name(r.Role, key), needs))
	}
	return nil
}

// checkShared refuses an account that another role needs for itself, or that has other roles when this
// one needs it for itself. It tells whether this role has the account already, under another key.
func (r *Rule) checkShared(roles ledger.Roles, key, account string) (same bool, err error) {
	for i := range rules {
		other := &rules[i]
		for k, is := range roles.Of(other.Role) {
			switch {
			case is != account || other.Role == r.Role && k == key:
			case other.Role == r.Role && !r.Each:
				same = true
			case r.Alone || other.Alone:
				return false, ErrRoleTaken.At("account").Because(fmt.Errorf("%s posts to it", name(other.Role, k)))
			}
		}
	}
	return same, nil
}

// checkMoved refuses to take from a role the account that must equal something.
func (r *Rule) checkMoved(tx *db.Tx, roles ledger.Roles, key, account string) error {
	if r.Follows == "" {
		return nil
	}
	was, ok := roles.Find(r.Role, key)
	if !ok && !r.Exact { // the default stood in for the key until now
		was, ok = roles.Find(r.Role, "")
	}
	if !ok || was == account {
		return nil
	}
	posted, err := ledger.Posted(tx, was, r.store(key))
	if err != nil || !posted {
		return err
	}
	return ErrRoleInUse.At(name(r.Role, key)).Because(fmt.Errorf("account %s has to equal %s", was, r.Follows))
}

// store is the store that a key belongs to, "" when it is no store's.
func (r *Rule) store(key string) string {
	switch r.Key {
	case keyStore, keySafe, keyDrawer:
		store, _, _ := strings.Cut(key, "/")
		return store
	}
	return ""
}
