package catalog

import (
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// PageMost is how many rows a reading function returns at once. The next page begins behind the last
// row of this one; a page that is not full is the last.
const PageMost = 1000

const (
	selectItem       db.SQL = `SELECT ` + itemColumns + ` FROM items WHERE sku = $1`
	pageItems        db.SQL = `SELECT ` + itemColumns + ` FROM items WHERE sku > $1 ORDER BY sku LIMIT $2`
	itemBarcodes     db.SQL = `SELECT code, sku, qty FROM barcodes WHERE sku = $1 ORDER BY code`
	pageBarcodes     db.SQL = `SELECT code, sku, qty FROM barcodes WHERE code > $1 ORDER BY code LIMIT $2`
	selectList       db.SQL = `SELECT code, name, store, customer_group, since, until, priority FROM price_lists WHERE code = $1`
	selectLists      db.SQL = `SELECT code, name, store, customer_group, since, until, priority FROM price_lists`
	selectPromotion  db.SQL = `SELECT code, body, active FROM promotions WHERE code = $1`
	selectPromotions db.SQL = `SELECT code, body, active FROM promotions`
	departments      db.SQL = `SELECT DISTINCT department FROM items WHERE department <> ''`

	pagePrices db.SQL = `SELECT list, sku, since, price FROM prices WHERE list = $1 AND (sku, since) > ($2, $3)
		ORDER BY sku, since LIMIT $4`

	itemPrices db.SQL = `SELECT list, sku, since, price FROM prices WHERE sku = $1 ORDER BY list, since`
)

// Get reads one item, or ErrNoItem.
func Get(q db.Q, sku string) (Item, error) {
	it, err := scanItem(q.QueryRow(selectItem, sku))
	if errors.Is(err, sql.ErrNoRows) {
		return Item{}, ErrNoItem.Named("sku", sku)
	}
	return it, err
}

// Items reads a page of items behind a SKU ("" for the first page), in the database's order of SKUs.
func Items(q db.Q, after string, limit int) ([]Item, error) {
	return list(q, pageItems, []any{after, page(limit)}, scanItem)
}

// ItemBarcodes reads all barcodes of an item.
func ItemBarcodes(q db.Q, sku string) ([]Barcode, error) {
	return list(q, itemBarcodes, []any{sku}, scanBarcode)
}

// Barcodes reads a page of barcodes behind a code.
func Barcodes(q db.Q, after string, limit int) ([]Barcode, error) {
	return list(q, pageBarcodes, []any{after, page(limit)}, scanBarcode)
}

// FindBarcode reads the barcode that stands for the same article number as code, however many zeros
// either has in front, or ErrNoBarcode.
func FindBarcode(q db.Q, code string) (Barcode, error) {
	var found []Barcode
	err := lookup(q, selectBarcodes, forms(code), func(rows *sql.Rows) error {
		b, err := scanBarcode(rows)
		found = append(found, b)
		return err
	})
	if err == nil && len(found) == 0 {
		err = ErrNoBarcode.At("code")
	}
	if err != nil {
		return Barcode{}, err
	}
	return found[0], nil
}

// Departments reads the departments that items are in, by name.
func Departments(q db.Q) ([]string, error) {
	out, err := list(q, departments, nil, func(row scanner) (d string, err error) { return d, row.Scan(&d) })
	slices.Sort(out)
	return out, err
}

// PriceLists reads all price lists, by code.
func PriceLists(q db.Q) ([]PriceList, error) {
	out, err := list(q, selectLists, nil, scanList)
	slices.SortFunc(out, func(a, b PriceList) int { return strings.Compare(a.Code, b.Code) })
	return out, err
}

// Prices reads a page of a list's prices behind one of them (a zero Price for the first page), by SKU
// and first day.
func Prices(q db.Q, code string, after Price, limit int) ([]Price, error) {
	return list(q, pagePrices, []any{code, after.SKU, string(after.Since), page(limit)}, scanPrice)
}

// ItemPrices reads all prices of an item, past and future.
func ItemPrices(q db.Q, sku string) ([]Price, error) {
	return list(q, itemPrices, []any{sku}, scanPrice)
}

// Promotions reads all promotions, by code.
func Promotions(q db.Q) ([]Promotion, error) {
	out, err := list(q, selectPromotions, nil, scanPromotion)
	slices.SortFunc(out, func(a, b Promotion) int { return strings.Compare(a.Code, b.Code) })
	return out, err
}

// GetPromotion reads one promotion, or ErrNoPromotion.
func GetPromotion(q db.Q, code string) (Promotion, error) {
	p, err := scanPromotion(q.QueryRow(selectPromotion, code))
	if errors.Is(err, sql.ErrNoRows) {
		return Promotion{}, ErrNoPromotion.Named("code", code)
	}
	return p, err
}

const (
	inForce = `FROM prices p JOIN price_lists l ON l.code = p.list WHERE (l.store = '' OR l.store = $51) AND (l.since = '' OR l.since <= $52)
		AND (l.until = '' OR l.until >= $52) AND p.since = (SELECT MAX(x.since) FROM prices x WHERE x.list = p.list AND x.sku = p.sku AND x.since <= $52)`

	pricesOf db.SQL = `SELECT p.list, p.sku, p.since, p.price ` + inForce + ` AND p.sku IN (` + fifty + `)`

	allPrices db.SQL = `SELECT p.list, p.sku, p.since, p.price FROM prices p JOIN price_lists l ON l.code = p.list
		WHERE (l.store = '' OR l.store = $1) AND (l.since = '' OR l.since <= $2) AND (l.until = '' OR l.until >= $2)
		AND p.since = (SELECT MAX(x.since) FROM prices x WHERE x.list = p.list AND x.sku = p.sku AND x.since <= $2)`
)

// PricesOn reads the prices that hold in a store on a business day, of some items or (nil) of all: for
// each list and item the newest that has begun.
func PricesOn(q db.Q, store string, on day.Day, skus []string) ([]Price, error) {
	var out []Price
	add := func(rows *sql.Rows) error {
		p, err := scanPrice(rows)
		out = append(out, p)
		return err
	}
	if skus == nil {
		err := each(q, allPrices, []any{store, string(on)}, add)
		return out, err
	}
	args := make([]any, chunk+2)
	args[chunk], args[chunk+1] = store, string(on)
	for len(skus) > 0 {
		n := min(chunk, len(skus))
		for i := range chunk {
			args[i] = skus[min(i, n-1)]
		}
		if err := each(q, pricesOf, args, add); err != nil {
			return nil, err
		}
		skus = skus[n:]
	}
	return out, nil
}

const barcodesOf db.SQL = `SELECT code, sku, qty FROM barcodes WHERE sku IN (` + fifty + `)`

// BarcodesOf reads the barcodes of some items.
func BarcodesOf(q db.Q, skus []string) ([]Barcode, error) {
	var out []Barcode
	err := lookup(q, barcodesOf, skus, func(rows *sql.Rows) error {
		b, err := scanBarcode(rows)
		out = append(out, b)
		return err
	})
	return out, err
}

func page(limit int) int64 {
	if limit <= 0 || limit > PageMost {
		return PageMost
	}
	return int64(limit)
}

func list[T any](q db.Q, query db.SQL, args []any, scan func(scanner) (T, error)) ([]T, error) {
	var out []T
	err := each(q, query, args, func(rows *sql.Rows) error {
		v, err := scan(rows)
		out = append(out, v)
		return err
	})
	return out, err
}

func scanList(row scanner) (PriceList, error) {
	var l PriceList
	err := row.Scan(&l.Code, &l.Name, &l.Store, &l.CustomerGroup, &l.Since, &l.Until, &l.Priority)
	return l, err
}

func scanPrice(row scanner) (Price, error) {
	var p Price
	err := row.Scan(&p.List, &p.SKU, &p.Since, &p.Price)
	return p, err
}

func scanPromotion(row scanner) (Promotion, error) {
	var p Promotion
	var active bool
	err := row.Scan(&p.Code, &p.Body, &active)
	p.Retired = !active
	return p, err
}
