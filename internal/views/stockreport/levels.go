package stockreport

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// By says what one row of Levels stands for.
type By string

// The groupings. ByItem has a row for each item at each location.
const (
	ByItem       By = "item"
	ByDepartment By = "department"
	ByLocation   By = "location"
)

// Query says which stock. Empty fields do not narrow it.
type Query struct {
	By         By
	Location   string
	Department string
	Item       string
	// AsOf is the last business day that counts: what was there when it ended, also when the till told
	// us later. Empty means now.
	AsOf day.Day
}

// Row is the stock of an item at a location, or of a department or location.
type Row struct {
	Location    string      `json:"location,omitempty"`    // a store, or "transit:" and a transfer's id
	Destination string      `json:"destination,omitempty"` // of goods in transit: the store that they are meant for
	Department  string      `json:"department,omitempty"`
	Item        string      `json:"item,omitempty"`
	Name        string      `json:"name,omitempty"`
	Unit        string      `json:"unit,omitempty"`
	Qty         qty.Qty     `json:"qty"`                 // of several items: the sum, whatever their units
	UnitCost    money.Price `json:"unit_cost,omitempty"` // the average of an item's row
	Value       money.Minor `json:"value"`
	Items       int         `json:"items"` // how many levels are in the row
}

const (
	selectLevels db.SQL = `SELECT l.location, l.item, COALESCE(i.name, ''), COALESCE(i.department, ''), COALESCE(i.unit, ''), l.qty, l.value
	FROM stock_levels l LEFT JOIN items i ON i.sku = l.item
	WHERE (CAST($1 AS TEXT) = '' OR l.location = $1) AND (CAST($2 AS TEXT) = '' OR i.department = $2) AND (CAST($3 AS TEXT) = '' OR l.item = $3)`
	selectTransfers db.SQL = `SELECT id, other FROM stock_docs WHERE kind = 'transfer'`
)

// Levels is the stock and its value. Rows are sorted by what they stand for; items with nothing there
// are left out.
func Levels(q db.Q, query Query) ([]Row, error) {
	if query.AsOf == "" && (query.By == ByDepartment || query.By == ByLocation) {
		return sums(q, query)
	}
	currency, _, err := org.Setting(q, org.SettingBook)
	if err != nil {
		return nil, err
	}
	rows, err := levels(q, query)
	if err != nil {
		return nil, err
	}
	if query.AsOf != "" {
		if err := takeBack(q, query, rows); err != nil {
			return nil, err
		}
	}
	rows = slices.DeleteFunc(rows, func(r Row) bool { return r.Qty == 0 && r.Value == 0 })
	return group(rows, query.By, money.Currency(currency))
}

// levels is what there is now, one row for each level.
func levels(q db.Q, query Query) ([]Row, error) {
	to, err := destinations(q)
	if err != nil {
		return nil, err
	}
	rows, err := q.Query(selectLevels, query.Location, query.Department, query.Item)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []Row{}
	for rows.Next() {
		r := Row{Items: 1}
		if err := rows.Scan(&r.Location, &r.Item, &r.Name, &r.Department, &r.Unit, &r.Qty, &r.Value); err != nil {
			return nil, err
		}
		r.Destination = to[r.Location]
		out = append(out, r)
	}
	return out, rows.Err()
}

// takeBack leads the levels back to the end of query.AsOf: what is there now less what came later.
// Recent days are asked for most, and few moves are later. Whatever has moved has a level.
func takeBack(q db.Q, query Query, rows []Row) error {
	at := make(map[place]*Row, len(rows))
	for i := range rows {
		at[place{rows[i].Location, rows[i].Item}] = &rows[i]
	}
	return eachMove(q, selectLater, []any{string(query.AsOf), query.Location, query.Item}, func(where place, n qty.Qty, v money.Minor) {
		if r := at[where]; r != nil { // else it is of another department
			r.Qty, r.Value = r.Qty-n, r.Value-v
		}
	})
}

// destinations are the stores that goods in transit are meant for, by location.
func destinations(q db.Q) (map[string]string, error) {
	rows, err := q.Query(selectTransfers)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	to := map[string]string{}
	for rows.Next() {
		var u id.ID
		var store string
		if err := rows.Scan(&u, &store); err != nil {
			return nil, err
		}
		to[inventory.Transit(u)] = store
	}
	return to, rows.Err()
}

// group adds up the rows, each of one item at one location.
func group(rows []Row, by By, c money.Currency) ([]Row, error) {
	if by == "" || by == ByItem {
		for i := range rows {
			rows[i].UnitCost = average(rows[i].Value, rows[i].Qty, c)
		}
		slices.SortFunc(rows, compare)
		return rows, nil
	}
	sums := map[Row]*Row{}
	out := []Row{}
	for _, r := range rows {
		key := Row{Location: r.Location, Destination: r.Destination}
		if by == ByDepartment {
			key = Row{Department: r.Department}
		}
		s := sums[key]
		if s == nil {
			k := key
			s = &k
			sums[key] = s
		}
		n, err := fixed.Add(int64(s.Qty), int64(r.Qty))
		if err != nil {
			return nil, err
		}
		s.Qty = qty.Qty(n)
		if s.Value, err = s.Value.Add(r.Value); err != nil {
			return nil, err
		}
		s.Items++
	}
	for _, s := range sums {
		out = append(out, *s)
	}
	slices.SortFunc(out, compare)
	return out, nil
}

func compare(a, b Row) int {
	return cmp.Or(strings.Compare(a.Location, b.Location), strings.Compare(a.Department, b.Department), strings.Compare(a.Item, b.Item))
}

// average is the value of one unit, 0 when there is none.
func average(v money.Minor, q qty.Qty, c money.Currency) money.Price {
	if q == 0 {
		return 0
	}
	n, err := fixed.MulDiv(int64(v), fixed.Pow10(money.PricePlaces+qty.Places-c.Digits()), int64(q), fixed.HalfUp)
	if err != nil {
		return 0 // the value of a crumb, as a price, is beyond what can be shown
	}
	return money.Price(n)
}
