package closeday

import (
	"fmt"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Finding is one seal that no longer says what the receipts say, or that was changed.
type Finding struct {
	Seal    shifts.Seal `json:"seal"`
	Message string      `json:"message"`
}

const selectSealed db.SQL = `SELECT COUNT(*), COALESCE(MIN(number), 0), COALESCE(MAX(number), 0),
	CAST(COALESCE(SUM(CASE WHEN kind IN ('sale', 'void') THEN total ELSE 0 END), 0) AS BIGINT)
	FROM receipts WHERE business_day = $1 AND store = $2 AND (register = $3 OR $3 = '') AND seq <= $4`

// Verify recomputes every seal: its hash and place in the chain, and from the receipts what it holds.
func Verify(q db.Q) ([]Finding, error) {
	seals, err := shifts.AllSeals(q)
	if err != nil {
		return nil, err
	}
	var out []Finding
	var before shifts.Seal
	for _, s := range seals {
		if s.Store != before.Store || s.Register != before.Register {
			before = shifts.Seal{}
		}
		message, err := verify(q, s, before)
		if err != nil {
			return nil, err
		}
		if message != "" {
			out = append(out, Finding{s, message})
		}
		before = s
	}
	return out, nil
}

// verify names the first thing that is wrong with a seal, "" when nothing is.
func verify(q db.Q, s, before shifts.Seal) (string, error) {
	switch {
	case s.Z != before.Z+1:
		return fmt.Sprintf("its number is %d and the one before is %d", s.Z, before.Z), nil
	case s.PrevHash != before.Hash:
		return "it does not follow the seal before", nil
	case s.Hash != s.Sum():
		return "its content was changed after the close", nil
	}
	var receipts, first, last int64
	var total money.Minor
	if err := q.QueryRow(selectSealed, string(s.Day), s.Store, s.Register, s.LastSeq).Scan(&receipts, &first, &last, &total); err != nil {
		return "", err
	}
	if receipts != s.Receipts || total != s.Total || s.Register != "" && (first != s.First || last != s.Last) {
		return fmt.Sprintf("it seals %d receipts with numbers %d to %d and a total of %d; there are %d, %d to %d, %d",
			s.Receipts, s.First, s.Last, s.Total, receipts, first, last, total), nil
	}
	if s.Register == "" {
		return "", nil
	}
	var hash []byte
	if err := q.QueryRow(selectHash, s.Store, s.Register, s.Last).Scan(&hash); err != nil {
		return "", err
	}
	if string(hash) != string(s.LastHash[:]) {
		return "the last receipt has another hash", nil
	}
	return "", nil
}
