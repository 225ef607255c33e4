package setup

import (
	"errors"

	"github.com/tillpost/tillpost/internal/base/pan"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// errCard is why a text is refused.
var errCard = errors.New("it looks like a card number")

// PutAccount adds an account, or renames the one that is there: its type and currency never change. It
// returns the account as it is now, and whether it is new.
func PutAccount(tx *db.Tx, a ledger.Account) (is ledger.Account, fresh bool, err error) {
	switch {
	case pan.Found(a.Code):
		return is, false, ledger.ErrAccountCode.Because(errCard)
	case pan.Found(a.Name):
		return is, false, ledger.ErrAccountName.Because(errCard)
	}
	is, err = ledger.Find(tx, a.Code)
	switch {
	case errors.Is(err, ledger.ErrUnknownAccount):
		if err := ledger.Create(tx, a); err != nil {
			return is, false, err
		}
		is, err = ledger.Find(tx, a.Code)
		return is, err == nil, err
	case err != nil:
		return is, false, err
	case is.Type != a.Type || is.Currency != a.Currency:
		return is, false, ledger.ErrAccountDiffers.At(a.Code)
	case is.Name == a.Name:
		return is, false, nil
	}
	is.Name = a.Name
	return is, false, ledger.Rename(tx, a.Code, a.Name)
}

// UseAccount says which account a role and key post to from now on, if the account fits the role and
// no proof is parted from what it compares (posting.CheckRole). What is posted stays where it is, and so
// does what waits in suspense: a task is settled by the flow resolve.
func UseAccount(tx *db.Tx, role, key, account string) error {
	if pan.Found(key) {
		return posting.ErrRoleKey.Because(errCard)
	}
	if err := posting.CheckRole(tx, role, key, account); err != nil {
		return err
	}
	return ledger.MapRole(tx, role, key, account)
}
