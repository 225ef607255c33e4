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

// AddAccount adds an account to the chart; one that is there already is a conflict.
func AddAccount(tx *db.Tx, a ledger.Account) error {
	switch {
	case pan.Found(a.Code):
		return ledger.ErrAccountCode.Because(errCard)
	case pan.Found(a.Name):
		return ledger.ErrAccountName.Because(errCard)
	}
	return ledger.Create(tx, a)
}

// RenameAccount changes what an account is called.
func RenameAccount(tx *db.Tx, code, name string) error {
	if pan.Found(name) {
		return ledger.ErrAccountName.Because(errCard)
	}
	return ledger.Rename(tx, code, name)
}

// PutAccount adds an account, or renames the one that is there: its type and currency never change. It
// returns the account as it is now, and whether it is new.
func PutAccount(tx *db.Tx, a ledger.Account) (is ledger.Account, fresh bool, err error) {
	is, err = ledger.Find(tx, a.Code)
	switch {
	case errors.Is(err, ledger.ErrUnknownAccount):
		if err := AddAccount(tx, a); err != nil {
			return is, false, err
		}
		is, err = ledger.Find(tx, a.Code)
		return is, err == nil, err
	case err != nil:
		return is, false, err
	case is.Type != a.Type || is.Currency != a.Currency:
		return is, false, ledger.ErrAccountDiffers.Named("code", a.Code)
	case is.Name == a.Name:
		return is, false, nil
	}
	is.Name = a.Name
	return is, false, RenameAccount(tx, a.Code, a.Name)
}

// PutTaxCode is TaxCode for what a person types.
func PutTaxCode(tx *db.Tx, code, name string) error {
	switch {
	case pan.Found(code):
		return posting.ErrRoleKey.Because(errCard)
	case pan.Found(name):
		return ledger.ErrAccountName.Because(errCard)
	}
	return TaxCode(tx, code, name)
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
