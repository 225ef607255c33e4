package catalog

import (
	"cmp"
	"maps"
	"slices"

	"github.com/tillpost/tillpost/internal/platform/db"
)

// group is what the bodies of one group commit have looked up and changed. Changes are written once,
// when the group commits: items first, because barcodes and prices name them.
type group struct {
	items      map[string]*Item // kept from group to group; nil: looked up and not there
	planned    []string         // SKUs that are wanted
	introduced []*Item
	saved      map[string]*Item

	barcodes map[string]*Barcode // by code as stored; nil: looked up and not there
	coded    map[string]*Barcode // to be written

	lists   map[string]*PriceList // nil: looked up and not there
	listed  map[string]*PriceList
	prices  map[Price]*Price // what is stored or put, of what was asked; the key has no price
	asked   map[Price]bool   // lists and items whose prices were looked up
	priced  map[Price]*Price // to be written
	offered map[string]*Promotion

	taxes   map[TaxEntry]*TaxEntry // what is stored and what was put, by key (no body); nil: not read yet
	taxed   map[TaxEntry]*TaxEntry // to be written
	formats map[string]*BarcodeFormat
	formed  map[string]*BarcodeFormat // to be written
}

type (
	groupKey struct{}
	keptKey  struct{}
)

// keptMost bounds the items that stay in memory: some megabytes.
const keptMost = 50_000

func open(tx *db.Tx) (*group, error) {
	return db.Shared(tx, groupKey{}, func() (*group, error) {
		items, err := db.Kept(tx, keptKey{}, func() (map[string]*Item, error) { return map[string]*Item{}, nil })
		if err != nil {
			return nil, err
		}
		if len(items) > keptMost {
			clear(items)
		}
		g := &group{items: items, saved: map[string]*Item{}, barcodes: map[string]*Barcode{}, coded: map[string]*Barcode{},
			lists: map[string]*PriceList{}, listed: map[string]*PriceList{}, prices: map[Price]*Price{}, asked: map[Price]bool{},
			priced: map[Price]*Price{}, offered: map[string]*Promotion{}, taxed: map[TaxEntry]*TaxEntry{}, formed: map[string]*BarcodeFormat{}}
		tx.OnFlush(func() error { return g.save(tx) })
		return g, nil
	})
}

var itemsTable = db.Table{Name: "items", Columns: []string{"sku", "name", "department", "kind", "unit", "tax_category", "cost",
	"reorder_point", "reorder_to", "terms", "active", "created_ms", "updated_ms"}, Conflict: "ON CONFLICT (sku) DO NOTHING"}

var savedTable = db.Table{Name: "items", Columns: []string{"sku", "name", "department", "kind", "unit", "tax_category", "cost",
	"reorder_point", "reorder_to", "terms", "active", "created_ms", "updated_ms"}, Conflict: `ON CONFLICT (sku) DO UPDATE SET name = excluded.name,
	department = excluded.department, kind = excluded.kind, unit = excluded.unit, tax_category = excluded.tax_category, cost = excluded.cost,
	reorder_point = excluded.reorder_point, reorder_to = excluded.reorder_to, terms = excluded.terms, active = excluded.active,
	updated_ms = excluded.updated_ms`}

var barcodesTable = db.Table{Name: "barcodes", Columns: []string{"code", "sku", "qty"},
	Conflict: "ON CONFLICT (code) DO UPDATE SET sku = excluded.sku, qty = excluded.qty"}

var listsTable = db.Table{Name: "price_lists", Columns: []string{"code", "name", "store", "customer_group", "since", "until", "priority"},
	Conflict: `ON CONFLICT (code) DO UPDATE SET name = excluded.name, store = excluded.store, customer_group = excluded.customer_group,
	since = excluded.since, until = excluded.until, priority = excluded.priority`}

var pricesTable = db.Table{Name: "prices", Columns: []string{"list", "sku", "since", "price"},
	Conflict: "ON CONFLICT (list, sku, since) DO UPDATE SET price = excluded.price"}

var promotionsTable = db.Table{Name: "promotions", Columns: []string{"code", "body", "active"},
	Conflict: "ON CONFLICT (code) DO UPDATE SET body = excluded.body, active = excluded.active"}

// save writes in key order, so that two writers never wait for each other.
func (g *group) save(tx *db.Tx) error {
	if err := g.saveItems(tx); err != nil {
		return err
	}
	for _, code := range slices.Sorted(maps.Keys(g.coded)) {
		b := g.coded[code]
		tx.Insert(&barcodesTable, b.Code, b.SKU, int64(b.Qty))
	}
	for _, code := range slices.Sorted(maps.Keys(g.listed)) {
		l := g.listed[code]
		tx.Insert(&listsTable, l.Code, l.Name, l.Store, l.CustomerGroup, string(l.Since), string(l.Until), l.Priority)
	}
	for _, k := range slices.SortedFunc(maps.Keys(g.priced), func(a, b Price) int {
		return cmp.Or(cmp.Compare(a.List, b.List), cmp.Compare(a.SKU, b.SKU), cmp.Compare(a.Since, b.Since))
	}) {
		p := g.priced[k]
		tx.Insert(&pricesTable, p.List, p.SKU, string(p.Since), int64(p.Price))
	}
	for _, code := range slices.Sorted(maps.Keys(g.offered)) {
		p := g.offered[code]
		tx.Insert(&promotionsTable, p.Code, p.Body, !p.Retired)
	}
	g.saveTaxes(tx)
	g.saveFormats(tx)
	return nil
}

func (g *group) saveItems(tx *db.Tx) error {
	put := func(t *db.Table, it *Item) error {
		terms, err := it.text()
		if err != nil {
			return err
		}
		tx.Insert(t, it.SKU, it.Name, it.Department, it.Kind, it.Unit, it.TaxCategory, int64(it.Cost), int64(it.ReorderPoint),
			int64(it.ReorderTo), terms, !it.Retired, tx.Now.UnixMilli(), tx.Now.UnixMilli())
		return nil
	}
	slices.SortFunc(g.introduced, func(a, b *Item) int { return cmp.Compare(a.SKU, b.SKU) })
	for _, it := range g.introduced {
		if err := put(&itemsTable, it); err != nil {
			return err
		}
	}
	for _, sku := range slices.Sorted(maps.Keys(g.saved)) {
		if err := put(&savedTable, g.saved[sku]); err != nil {
			return err
		}
	}
	return nil
}
