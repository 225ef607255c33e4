package setup

import (
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// UseAccount says which account a role and key post to from now on, if the account fits the role and
// no proof is parted from what it compares (posting.CheckRole). What is posted stays where it is, and so
// does what waits in suspense: a task is settled by the flow resolve.
func UseAccount(tx *db.Tx, role, key, account string) error {
	if err := posting.CheckRole(tx, role, key, account); err != nil {
		return err
	}
	return ledger.MapRole(tx, role, key, account)
}
