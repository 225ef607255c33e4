package catalog

import (
	"database/sql"
	"errors"
	"time"

	"github.com/tillpost/tillpost/internal/platform/db"
)

const (
	selectFormat db.SQL = `SELECT name, pattern, decimals, active FROM barcode_formats WHERE name = $1`
	selectPrice  db.SQL = `SELECT list, sku, since, price FROM prices WHERE list = $1 AND sku = $2 AND since = $3`
	selectTax    db.SQL = `SELECT category, jurisdiction, since, body, active FROM tax_entries WHERE category = $1 AND jurisdiction = $2 AND since = $3`

	searchItems db.SQL = `SELECT ` + itemColumns + `, updated_ms FROM items WHERE sku > $1 AND ($2 = '' OR department = $2)
		AND ($3 = '' OR active = ($3 = 'active')) AND updated_ms >= $4 ORDER BY sku LIMIT $5`
)

// one reads a row, or answers missing.
func one[T any](row scanner, scan func(scanner) (T, error), missing error) (T, error) {
	v, err := scan(row)
	if errors.Is(err, sql.ErrNoRows) {
		err = missing
	}
	return v, err
}

// GetBarcodeFormat reads one format, or ErrNoFormat.
func GetBarcodeFormat(q db.Q, name string) (BarcodeFormat, error) {
	return one(q.QueryRow(selectFormat, name), scanFormat, ErrNoFormat.Named("name", name))
}

// GetPriceList reads one price list, or ErrNoPriceList.
func GetPriceList(q db.Q, code string) (PriceList, error) {
	return one(q.QueryRow(selectList, code), scanList, ErrNoPriceList.Named("list", code))
}

// GetPrice reads the price of a list, item and first day, or ErrNoPrice.
func GetPrice(q db.Q, of Price) (Price, error) {
	return one(q.QueryRow(selectPrice, of.List, of.SKU, string(of.Since)), scanPrice, ErrNoPrice.Named("sku", of.SKU))
}

// GetTaxEntry reads the entry of a category, jurisdiction and first day, or ErrNoTaxEntry.
func GetTaxEntry(q db.Q, of TaxEntry) (TaxEntry, error) {
	return one(q.QueryRow(selectTax, of.Category, of.Jurisdiction, string(of.Since)), scanTax, ErrNoTaxEntry)
}

// The states of an item, for Filter.
const (
	Active  = "active"
	Retired = "retired"
)

// Filter says which items are searched; what is empty does not restrict.
type Filter struct {
	Department string
	State      string    // Active or Retired
	Since      time.Time // put at this moment or later
}

// Listed is an item and when it was put last.
type Listed struct {
	Item
	UpdatedMs int64 `json:"updated_ms"`
}

// Search reads a page of the items of a filter behind a SKU ("" for the first page), in the database's
// order of SKUs.
func Search(q db.Q, f Filter, after string, limit int) ([]Listed, error) {
	var since int64
	if !f.Since.IsZero() {
		since = f.Since.UnixMilli()
	}
	return list(q, searchItems, []any{after, f.Department, f.State, since, page(limit)}, func(row scanner) (l Listed, err error) {
		l.Item, err = scanItem(behind{row, &l.UpdatedMs})
		return l, err
	})
}

// behind scans a column more than asked for.
type behind struct {
	row  scanner
	into any
}

// Scan reads the columns and the one behind them.
func (b behind) Scan(into ...any) error { return b.row.Scan(append(into, b.into)...) }
