package stockreport

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Suggestion is an item that a store should order.
type Suggestion struct {
	Location   string  `json:"location"` // empty for an item that no store has ever had, in a shop of several stores
	Department string  `json:"department,omitempty"`
	Item       string  `json:"item"`
	Name       string  `json:"name"`
	Unit       string  `json:"unit"`
	Qty        qty.Qty `json:"qty"`        // what is there
	InTransit  qty.Qty `json:"in_transit"` // what is on its way there from another store
	Point      qty.Qty `json:"reorder_point"`
	To         qty.Qty `json:"reorder_to"`
	Order      qty.Qty `json:"order"` // enough to have To
}

const (
	selectPoints db.SQL = `SELECT sku, name, department, unit, reorder_point, reorder_to FROM items WHERE active AND kind = 'item' AND reorder_point > 0`
	selectHave   db.SQL = `SELECT l.item, l.location, l.qty FROM stock_levels l JOIN items i ON i.sku = l.item WHERE i.active AND i.reorder_point > 0`
	selectStores db.SQL = `SELECT code FROM stores`
)

// have is what each store has of an item; keys are stores.
type have struct{ there, coming map[string]qty.Qty }

// Reorder lists what is at or below its reorder point, for each store that has or had the item.
// store "" means all stores.
func Reorder(q db.Q, store string) ([]Suggestion, error) {
	levels, err := haveOf(q)
	if err != nil {
		return nil, err
	}
	only, err := onlyStore(q)
	if err != nil {
		return nil, err
	}
	rows, err := q.Query(selectPoints)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []Suggestion{}
	for rows.Next() {
		var s Suggestion
		if err := rows.Scan(&s.Item, &s.Name, &s.Department, &s.Unit, &s.Point, &s.To); err != nil {
			return nil, err
		}
		h := levels[s.Item]
		if h == nil {
			h = &have{there: map[string]qty.Qty{only: 0}}
		}
		for _, s.Location = range slices.Sorted(maps.Keys(h.there)) {
			s.Qty, s.InTransit = h.there[s.Location], h.coming[s.Location]
			s.Order = inventory.Reorder(s.Qty+s.InTransit, s.Point, s.To)
			if s.Order > 0 && (store == "" || s.Location == store || s.Location == "") {
				out = append(out, s)
			}
		}
	}
	slices.SortFunc(out, func(a, b Suggestion) int {
		return cmp.Or(strings.Compare(a.Location, b.Location), strings.Compare(a.Department, b.Department), strings.Compare(a.Item, b.Item))
	})
	return out, rows.Err()
}

// haveOf reads the levels of the items that have a reorder point.
func haveOf(q db.Q) (map[string]*have, error) {
	to, err := destinations(q)
	if err != nil {
		return nil, err
	}
	rows, err := q.Query(selectHave)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]*have{}
	for rows.Next() {
		var item, location string
		var n qty.Qty
		if err := rows.Scan(&item, &location, &n); err != nil {
			return nil, err
		}
		h := out[item]
		if h == nil {
			h = &have{map[string]qty.Qty{}, map[string]qty.Qty{}}
			out[item] = h
		}
		if !strings.HasPrefix(location, inventory.TransitPrefix) {
			h.there[location] += n
		} else if store := to[location]; n != 0 {
			h.coming[store] += n
			h.there[store] += 0 // a store that awaits its first delivery is one that will have the item
		}
	}
	return out, rows.Err()
}

// onlyStore is the shop's store when it has just one.
func onlyStore(q db.Q) (string, error) {
	rows, err := q.Query(selectStores)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var codes []string
	for rows.Next() {
		var code string
		if err := rows.Scan(&code); err != nil {
			return "", err
		}
		codes = append(codes, code)
	}
	if len(codes) != 1 {
		return "", rows.Err()
	}
	return codes[0], rows.Err()
}
