package closeday

import (
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// LateReceipt is a receipt of a closed day that arrived after the close.
type LateReceipt struct {
	ID       id.ID       `json:"id"`
	Kind     string      `json:"kind"`
	Register string      `json:"register"`
	Number   int64       `json:"number"`
	Total    money.Minor `json:"total"`
	ServerMs int64       `json:"server_ms"`
}

// lateMost bounds the list; who has more late receipts than that has another problem.
const lateMost = 10_000

const (
	selectLate db.SQL = `SELECT id, kind, register, number, total, server_ms FROM receipts
		WHERE business_day = $1 AND store = $2 AND seq > $3 ORDER BY seq LIMIT $4`
	selectDue db.SQL = `SELECT DISTINCT day FROM totals_receipts t WHERE store = $1 AND day < $2 AND NOT EXISTS (
		SELECT 1 FROM day_closes c WHERE c.store = t.store AND c.business_day = t.day AND c.register = '') ORDER BY day`
)

// Late lists the receipts that came after a day was closed, in the order in which they came. The day
// must be closed.
func Late(q db.Q, store string, d day.Day) ([]LateReceipt, error) {
	closed, err := Read(q, store, d)
	if err != nil {
		return nil, err
	}
	rows, err := q.Query(selectLate, string(d), store, closed.Store.LastSeq, int64(lateMost))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []LateReceipt{}
	for rows.Next() {
		var r LateReceipt
		if err := rows.Scan(&r.ID, &r.Kind, &r.Register, &r.Number, &r.Total, &r.ServerMs); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// Due lists the business days before now's that have sales and were not closed: closes that somebody
// forgot. Each can be closed at any later time, as the day that it is.
func Due(q db.Q, store string, now time.Time) ([]day.Day, error) {
	shop, err := org.Load(q)
	if err != nil {
		return nil, err
	}
	s, err := shop.Store(store)
	if err != nil {
		return nil, err
	}
	rows, err := q.Query(selectDue, store, string(s.Rule().Of(now)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []day.Day{}
	for rows.Next() {
		var d day.Day
		if err := rows.Scan(&d); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, rows.Err()
}
