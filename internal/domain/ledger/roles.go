package ledger

import (
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Roles maps account roles to accounts: what a posting rule means ("card_clearing" of "visa") to the
// code that the shop's chart uses ("1150"). Key "" is the default of a role.
type Roles struct {
	accounts map[roleKey]string
}

type roleKey struct{ role, key string }

// NewRoles makes a map for tests and pure rules.
func NewRoles() Roles { return Roles{accounts: map[roleKey]string{}} }

// Set maps a role and key to an account.
func (r Roles) Set(role, key, account string) { r.accounts[roleKey{role, key}] = account }

// Find returns the account of exactly this role and key.
func (r Roles) Find(role, key string) (string, bool) {
	a, ok := r.accounts[roleKey{role, key}]
	return a, ok
}

// Default returns the account of the role and key, or else the role's default.
func (r Roles) Default(role, key string) (string, bool) {
	if a, ok := r.Find(role, key); ok {
		return a, true
	}
	return r.Find(role, "")
}

const selectRoles db.SQL = `SELECT role, key, account FROM account_roles`

// LoadRoles reads the map.
func LoadRoles(q db.Q) (Roles, error) {
	rows, err := q.Query(selectRoles)
	if err != nil {
		return Roles{}, err
	}
	defer rows.Close()
	r := NewRoles()
	for rows.Next() {
		var k roleKey
		var account string
		if err := rows.Scan(&k.role, &k.key, &account); err != nil {
			return Roles{}, err
		}
		r.accounts[k] = account
	}
	return r, rows.Err()
}

// Of returns the accounts of a role by key.
func (r Roles) Of(role string) map[string]string {
	out := map[string]string{}
	for k, account := range r.accounts {
		if k.role == role {
			out[k.key] = account
		}
	}
	return out
}
