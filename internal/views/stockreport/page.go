package stockreport

import (
	"strings"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Level is the stock of an item at a location now.
type Level struct {
	Location    string      `json:"location"`              // a store, or "transit:" and a transfer's id
	Destination string      `json:"destination,omitempty"` // of goods in transit: the store that they are meant for
	Item        string      `json:"item"`
	Name        string      `json:"name,omitempty"`
	Department  string      `json:"department,omitempty"`
	Unit        string      `json:"unit,omitempty"`
	Qty         qty.Qty     `json:"qty"`
	Value       money.Minor `json:"value"`
	UnitCost    money.Price `json:"unit_cost,omitempty"` // the average
	Point       qty.Qty     `json:"reorder_point,omitempty"`
	To          qty.Qty     `json:"reorder_to,omitempty"`
}

// Place is where the level stands in a list.
func (l *Level) Place() Place { return Place{l.Location, l.Item} }

// Place is where a level stands in a list.
type Place struct {
	Location string `json:"l"`
	Item     string `json:"i"`
}

// Wanted says which levels a list has. Empty fields do not narrow it.
type Wanted struct {
	Location, Item, Department string
	BelowZero                  bool
	BelowPoint                 bool // at or below its reorder point
}

const (
	selectLevelPage db.SQL = `SELECT l.location, l.item, COALESCE(i.name, ''), COALESCE(i.department, ''), COALESCE(i.unit, ''), l.qty, l.value,
		COALESCE(i.reorder_point, 0), COALESCE(i.reorder_to, 0)
	FROM stock_levels l LEFT JOIN items i ON i.sku = l.item
	WHERE (l.location, l.item) > ($1, $2) AND ($3 = '' OR l.location = $3) AND ($4 = '' OR l.item = $4) AND ($5 = '' OR i.department = $5)
	AND (CAST($6 AS BIGINT) = 0 OR l.qty < 0) AND (CAST($7 AS BIGINT) = 0 OR i.reorder_point > 0 AND l.qty <= i.reorder_point)
	ORDER BY l.location, l.item LIMIT $8`
	selectGoing db.SQL = `SELECT COALESCE(MAX(other), '') FROM stock_docs WHERE id = $1`
)

// Page is the next most levels behind a place, by location and item; the zero Place is before the first.
// An item that was there once has a level, also when nothing of it is left.
func Page(q db.Q, w Wanted, after Place, most int) ([]Level, error) {
	currency, _, err := org.Setting(q, org.SettingBook)
	if err != nil {
		return nil, err
	}
	out, err := levelPage(q, w, after, most)
	if err != nil {
		return nil, err
	}
	to := map[string]string{}
	for i := range out {
		l := &out[i]
		l.UnitCost = average(l.Value, l.Qty, money.Currency(currency))
		text, transit := strings.CutPrefix(l.Location, inventory.TransitPrefix)
		if !transit {
			continue
		}
		store, known := to[text]
		if !known {
			if store, err = going(q, text); err != nil {
				return nil, err
			}
			to[text] = store
		}
		l.Destination = store
	}
	return out, nil
}

func levelPage(q db.Q, w Wanted, after Place, most int) ([]Level, error) {
	rows, err := q.Query(selectLevelPage, after.Location, after.Item, w.Location, w.Item, w.Department, flag(w.BelowZero), flag(w.BelowPoint), int64(most))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Level
	for rows.Next() {
		var l Level
		if err := rows.Scan(&l.Location, &l.Item, &l.Name, &l.Department, &l.Unit, &l.Qty, &l.Value, &l.Point, &l.To); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, rows.Err()
}

func flag(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// going is the store that a transfer goes to.
func going(q db.Q, transfer string) (store string, err error) {
	u, err := id.Parse(transfer)
	if err != nil {
		return "", nil // nothing that Tillpost writes
	}
	err = q.QueryRow(selectGoing, u[:]).Scan(&store)
	return store, err
}
