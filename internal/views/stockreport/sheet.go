package stockreport

import (
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Sheet is a count sheet. The mark goes back with what was counted (stocktake.Count.Mark): what is
// sold after it does not look like a difference. Who counts need not see what is expected.
type Sheet struct {
	Location string `json:"location"`
	Mark     int64  `json:"mark"` // the ledger entry that comes after what the levels contain
	Lines    []Row  `json:"lines"`
}

const nextEntry db.SQL = `SELECT CAST(COALESCE(MAX(seq), 0) + 1 AS BIGINT) FROM entries`

// SheetOf is the sheet for a store, or for one of its departments.
func SheetOf(q db.Q, location, department string) (Sheet, error) {
	s := Sheet{Location: location}
	if err := q.QueryRow(nextEntry).Scan(&s.Mark); err != nil {
		return s, err
	}
	var err error
	s.Lines, err = Levels(q, Query{Location: location, Department: department})
	return s, err
}
