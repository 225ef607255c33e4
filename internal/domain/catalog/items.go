// Package catalog owns what the shop sells: items, barcodes, price lists, promotions.
package catalog

import (
	"database/sql"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// Item is a thing with a SKU.
type Item struct {
	SKU          string      `json:"sku"`
	Name         string      `json:"name"`
	Department   string      `json:"department,omitempty"`
	Kind         string      `json:"kind"` // "item" moves stock; the others do not
	Unit         string      `json:"unit"`
	TaxCategory  string      `json:"tax_category,omitempty"`
	Cost         money.Price `json:"cost"` // provisional unit cost, used while stock is not known
	ReorderPoint qty.Qty     `json:"reorder_point"`
	ReorderTo    qty.Qty     `json:"reorder_to"`
	Terms
	Retired bool `json:"retired,omitempty"` // no longer sold; what was sold keeps its name
}

// usual fills in what most items are.
func (it Item) usual() Item {
	if it.Kind == "" {
		it.Kind = KindItem
	}
	if it.Unit == "" {
		it.Unit = Each
	}
	it.Terms = it.Terms.usual()
	return it
}

// Introduce adds items that are not known yet; items that are known stay as they are. It refuses
// nothing: items come along with sales that happened.
func Introduce(tx *db.Tx, items ...Item) error {
	skus := make([]string, len(items))
	for i := range items {
		skus[i] = items[i].SKU
	}
	known, err := Find(tx, skus)
	if err != nil {
		return err
	}
	g, err := open(tx)
	if err != nil {
		return err
	}
	for _, it := range items {
		if known[it.SKU] != nil {
			continue
		}
		it = it.usual()
		g.items[it.SKU] = &it
		g.introduced = append(g.introduced, &it)
		if err := outbox.Add(tx, outbox.ItemChanged, it.SKU, ""); err != nil {
			return err
		}
	}
	return nil
}

// Save adds an item or replaces what is known of it; the same again changes nothing. Receipts keep what
// they were sold under.
func Save(tx *db.Tx, it Item) error {
	it = it.usual()
	if err := it.check(); err != nil {
		return err
	}
	known, err := Find(tx, []string{it.SKU})
	if err != nil {
		return err
	}
	if old := known[it.SKU]; old != nil && old.Equal(it) {
		return nil
	}
	g, err := open(tx)
	if err != nil {
		return err
	}
	g.items[it.SKU] = &it
	g.saved[it.SKU] = &it
	return outbox.Add(tx, outbox.ItemChanged, it.SKU, "")
}

// chunk is how many keys one statement looks up.
const chunk = 50

const (
	itemColumns = `sku, name, department, kind, unit, tax_category, cost, reorder_point, reorder_to, terms, active`
	fifty       = `$1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,` +
		`$26,$27,$28,$29,$30,$31,$32,$33,$34,$35,$36,$37,$38,$39,$40,$41,$42,$43,$44,$45,$46,$47,$48,$49,$50`

	selectItems db.SQL = `SELECT ` + itemColumns + ` FROM items WHERE sku IN (` + fifty + `)`
)

var itemsLookup = db.Lookup{Table: "items", Keys: []string{"sku"}, Columns: []string{"sku", "name", "department", "kind", "unit",
	"tax_category", "cost", "reorder_point", "reorder_to", "terms", "active"}}

// Find looks up items by SKU. The result is the group's own map of all that was looked up: nil stands
// for a SKU that is not known.
func Find(tx *db.Tx, skus []string) (map[string]*Item, error) {
	g, err := open(tx)
	if err != nil {
		return nil, err
	}
	ask := g.missing(nil, skus)
	if len(ask) > 0 {
		ask = g.missing(ask, g.planned)
		g.planned = nil
	}
	return g.items, tx.Lookup(&itemsLookup, ask, func(rows *sql.Rows) error {
		it, err := scanItem(rows)
		g.items[it.SKU] = &it
		return err
	})
}

// Want has items looked up together with those that others want.
func Want(tx *db.Tx, skus []string) error {
	g, err := open(tx)
	if err == nil {
		g.planned = append(g.planned, skus...)
	}
	return err
}

// missing adds the SKUs to ask that are not in memory yet; the caller looks them up.
func (g *group) missing(ask []any, skus []string) []any {
	for _, s := range skus {
		if _, ok := g.items[s]; !ok {
			g.items[s] = nil
			if storable(s) {
				ask = append(ask, s)
			}
		}
	}
	return ask
}

// Lookup reads items by SKU; what is not known is not in the result. It does not see what the same
// group of writes has saved.
func Lookup(q db.Q, skus []string) (map[string]Item, error) {
	out := make(map[string]Item, len(skus))
	return out, lookup(q, selectItems, skus, func(rows *sql.Rows) error {
		it, err := scanItem(rows)
		out[it.SKU] = it
		return err
	})
}

// lookup runs a statement over any number of keys: the first fifty parameters are keys, behind them comes
// what is the same for all.
func lookup(q db.Q, query db.SQL, keys []string, scan func(*sql.Rows) error, rest ...any) error {
	args := append(make([]any, chunk), rest...)
	for len(keys) > 0 {
		n := min(chunk, len(keys))
		for i := range chunk {
			args[i] = keys[min(i, n-1)]
		}
		if err := each(q, query, args, scan); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

// each calls scan for every row of a query.
func each(q db.Q, query db.SQL, args []any, scan func(*sql.Rows) error) error {
	rows, err := q.Query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

type scanner interface{ Scan(into ...any) error }

func scanItem(row scanner) (Item, error) {
	var it Item
	var terms string
	var active bool
	err := row.Scan(&it.SKU, &it.Name, &it.Department, &it.Kind, &it.Unit, &it.TaxCategory, &it.Cost, &it.ReorderPoint, &it.ReorderTo, &terms, &active)
	it.Retired = !active
	if err == nil {
		it.Terms, err = parseTerms(it.SKU, terms)
	}
	return it, err
}
