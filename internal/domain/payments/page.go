package payments

import (
	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Wanted says which movements a list has. Empty fields do not narrow it; both days are included.
type Wanted struct {
	From, To  day.Day
	Processor string
	Kind      MovementKind
}

// Place is where a movement stands in a list.
type Place struct {
	Day day.Day `json:"d"`
	ID  id.ID   `json:"i"`
}

const selectMovementPage db.SQL = `SELECT id, processor, kind, at_ms, business_day, currency, gross, fee, net, reference, payout, external, source
	FROM movements WHERE business_day >= $1 AND business_day <= $2 AND ($3 = '' OR processor = $3) AND ($4 = '' OR kind = $4)
	AND (business_day > $5 OR business_day = $5 AND id > $6) ORDER BY business_day, id LIMIT $7`

// Page is the next most movements behind a place, by business day and then by their ids; the zero Place
// is before the first.
func Page(q db.Q, w Wanted, after Place, most int) ([]Movement, error) {
	if w.To == "" {
		w.To = "9999-12-31"
	}
	rows, err := q.Query(selectMovementPage, string(max(w.From, after.Day)), string(w.To), w.Processor, string(w.Kind),
		string(after.Day), after.ID[:], int64(most))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Movement
	for rows.Next() {
		m, err := scanMovement(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, rows.Err()
}
