package ledger

import (
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

const putRole db.SQL = `INSERT INTO account_roles (role, key, account) VALUES ($1, $2, $3) ON CONFLICT (role, key) DO UPDATE SET account = excluded.account`

// keyMost bounds a role's key, in bytes: it is a department's or a tender's own code, whatever it is.
const keyMost = 300

type rolesKey struct{}

// MapRole says which account a role and key post to from now on. What is posted stays where it is.
// Key "" is the role's default.
func MapRole(tx *db.Tx, role, key, account string) error {
	if !oneLine(role, nameMost) || len(key) > keyMost || !storable(key) {
		return ErrRole.Named("role", role)
	}
	g, err := open(tx)
	if err != nil {
		return err
	}
	_, ok, err := g.find(tx, account)
	if err != nil {
		return err
	}
	if !ok {
		return ErrUnknownAccount.Named("account", account)
	}
	shared, err := RolesIn(tx)
	if err != nil {
		return err
	}
	if was, ok := shared.Find(role, key); ok && was == account {
		return nil
	}
	if _, err := tx.Exec(putRole, role, key, account); err != nil {
		return err
	}
	shared.Set(role, key, account)
	subject := role
	if key != "" {
		subject += "/" + key
	}
	return outbox.Add(tx, outbox.RoleMapped, subject, "")
}

// RolesIn is LoadRoles for a transaction: read once and kept; MapRole changes it. The map stays the same
// for the whole group commit.
func RolesIn(tx *db.Tx) (Roles, error) {
	return db.Kept(tx, rolesKey{}, func() (Roles, error) { return LoadRoles(tx) })
}
