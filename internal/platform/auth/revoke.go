package auth

import (
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
)

const revokeKey db.SQL = `UPDATE api_keys SET revoked_ms = $1, revoked_by = $2 WHERE id = $3 AND revoked_ms = 0`

// Revoke ends a key for ever and tells whether it was not revoked before.
func Revoke(tx *db.Tx, key id.ID, by string) (bool, error) {
	if err := checkBy(by); err != nil {
		return false, err
	}
	n, err := tx.Exec(revokeKey, tx.Now.UnixMilli(), by, key[:])
	return n > 0, err
}
