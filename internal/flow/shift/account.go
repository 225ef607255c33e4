package shift

import (
	"strings"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Numbers of the chart templates, for a shop whose chart has no default account for the role.
const (
	drawerNumber = "1110"
	safeNumber   = "1120"
)

// EnsureDrawerAccount gives a drawer its own ledger account in a currency, as 1110-S01-R1-GBP, and
// returns its code. An account that the shop has mapped by itself stays.
func EnsureDrawerAccount(tx *db.Tx, store, drawer string, currency money.Currency) (string, error) {
	key := posting.DrawerKey(store, drawer, currency)
	return ensure(tx, posting.RoleDrawer, key, drawerNumber, []string{store, drawer, string(currency)},
		"Drawer "+drawer+" of "+store+", "+string(currency), currency)
}

// EnsureSafeAccount gives a store's safe its own account for a foreign currency. Cash of the book
// currency is in the account that the chart names.
func EnsureSafeAccount(tx *db.Tx, store string, currency money.Currency) (string, error) {
	shop, err := org.LoadShared(tx)
	if err != nil {
		return "", err
	}
	key := posting.CashSafeKey(store, currency, shop.Book)
	if roles, err := ledger.RolesIn(tx); err != nil || key == store {
		account, _ := roles.Default(posting.RoleSafe, key)
		return account, err
	}
	return ensure(tx, posting.RoleSafe, key, safeNumber, []string{store, string(currency)}, "Safe of "+store+", "+string(currency), currency)
}

// ensure finds the account of role and key, or makes it under the role's default account.
func ensure(tx *db.Tx, role, key, number string, parts []string, name string, currency money.Currency) (string, error) {
	roles, err := ledger.RolesIn(tx)
	if err != nil {
		return "", err
	}
	if account, ok := roles.Find(role, key); ok {
		return account, nil
	}
	shop, err := org.LoadShared(tx)
	if err != nil {
		return "", err
	}
	if currency == shop.Book {
		currency = ""
	}
	if account, ok := roles.Find(role, ""); ok {
		number = account
	}
	code := number
	for _, p := range parts {
		// A dash within a part is doubled: no two drawers share an account.
		code += "-" + strings.ReplaceAll(p, "-", "--")
	}
	if err := ledger.EnsureAccount(tx, code, ledger.AccountName(name), ledger.Asset, currency); err != nil {
		return "", err
	}
	return code, ledger.MapRole(tx, role, key, code)
}
