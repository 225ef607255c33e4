package inventory

import (
	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Wanted says which documents a list has. Empty fields do not narrow it.
type Wanted struct {
	Kind     string
	Location string  // of a transfer also where it goes
	From, To day.Day // business days, both included
	State    string
	Supplier string
}

const selectDocPage db.SQL = `SELECT id, kind, location, other, state, supplier, reference, business_day, created_ms, entry_seq, open_value
	FROM stock_docs WHERE id > $1 AND ($2 = '' OR kind = $2) AND ($3 = '' OR location = $3 OR kind = 'transfer' AND other = $3)
	AND business_day >= $4 AND business_day <= $5 AND ($6 = '' OR state = $6) AND ($7 = '' OR supplier = $7) ORDER BY id LIMIT $8`

// Page is the next most documents behind one, without their lines, in the order of their ids: as they were
// made, where ids are UUIDs of version 7.
func Page(q db.Q, w Wanted, after id.ID, most int) ([]Doc, error) {
	if w.To == "" {
		w.To = "9999-12-31"
	}
	rows, err := q.Query(selectDocPage, after[:], w.Kind, w.Location, string(w.From), string(w.To), w.State, w.Supplier, int64(most))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Doc
	for rows.Next() {
		var d Doc
		if err := rows.Scan(&d.ID, &d.Kind, &d.Location, &d.Other, &d.State, &d.Supplier, &d.Reference, &d.BusinessDay, &d.CreatedMs,
			&d.EntrySeq, &d.Open); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, rows.Err()
}
