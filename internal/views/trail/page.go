package trail

import (
	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Place is where a receipt stands in a list.
type Place struct {
	Day day.Day `json:"d"`
	Seq int64   `json:"s"`
}

// Place is where the receipt stands.
func (h *Head) Place() Place { return Place{h.Day, h.Seq} }

const selectPage db.SQL = columns + ` WHERE r.business_day >= $1 AND r.business_day <= $2 AND ($3 = '' OR r.store = $3)
	AND ($4 = '' OR r.register = $4) AND (r.business_day > $5 OR r.business_day = $5 AND r.seq > $6)
	ORDER BY r.business_day, r.seq LIMIT $7`

// Page is the next most receipts of a scope behind a place, in the order of Receipts; the zero Place is
// before the first.
func Page(q db.Q, s Scope, after Place, most int) ([]Head, error) {
	var out []Head
	err := each(q, func(h *Head) error {
		out = append(out, *h)
		return nil
	}, selectPage, string(max(s.From, after.Day)), string(s.To), s.Store, s.Register, string(after.Day), after.Seq, int64(most))
	return out, err
}
