package payments

import (
	"database/sql"
	"errors"

	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

const renameTender db.SQL = `UPDATE tender_types SET name = $2 WHERE code = $1`

// PutTender adds a tender type, or renames the one of that code. Another kind is ErrTenderDiffers.
func PutTender(tx *db.Tx, t TenderType) error {
	if err := AddTender(tx, t); err != nil {
		return err
	}
	was, err := GetTender(tx, t.Code)
	if err != nil || was.Name == t.Name {
		return err
	}
	if _, err = tx.Exec(renameTender, t.Code, t.Name); err != nil {
		return err
	}
	return outbox.Add(tx, outbox.TenderTypeChanged, t.Code, "")
}

// GetTender reads one tender type, or ErrNoTender.
func GetTender(q db.Q, code string) (TenderType, error) {
	var t TenderType
	err := q.QueryRow(selectTender, code).Scan(&t.Code, &t.Name, &t.Kind)
	if errors.Is(err, sql.ErrNoRows) {
		return TenderType{}, ErrNoTender.Named("tender", code)
	}
	return t, err
}
