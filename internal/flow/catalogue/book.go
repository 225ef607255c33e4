package catalogue

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/gtin"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/domain/tax"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Scope says for which sales a book is good: one store, one business day.
type Scope struct {
	Store string
	Day   day.Day
	Items []string // the SKUs that are wanted; nil is all that are sold
	// Taxes is the law; nil is the shop's own over what comes with the program, of the store's country.
	Taxes *tax.Table
}

// LoadBook reads what the pricing engine needs: the items that are sold, the prices that hold, the
// promotions, the taxes, the formats of the scales' barcodes, and the store's policies. A barcode of at
// most six digits is also the item's number on scales.
func LoadBook(q db.Q, s Scope) (pricing.Book, error) {
	shop, err := org.Load(q)
	if err != nil {
		return pricing.Book{}, err
	}
	if shop.Book == "" {
		return pricing.Book{}, ErrNoBooks
	}
	store, err := shop.Store(s.Store)
	if err != nil {
		return pricing.Book{}, err
	}
	if _, err := day.Parse(string(s.Day)); err != nil {
		return pricing.Book{}, err
	}
	b := pricing.Book{Currency: shop.Book, PricesInclude: store.PricesInclude}
	if r := tax.Rounding(store.TaxRounding); r != tax.AsGiven { // a store that only imports has no policy of its own
		b.TaxPolicy.Rounding = r
	}
	if b.Taxes, err = loadTaxes(q, &s, store.Jurisdiction); err != nil {
		return b, err
	}
	if b.Barcodes, err = loadFormats(q); err != nil {
		return b, err
	}
	if s.Items != nil {
		s.Items = slices.Compact(slices.Sorted(slices.Values(s.Items)))
	}
	if b.Items, err = loadItems(q, &s); err != nil {
		return b, err
	}
	if b.Lists, err = loadLists(q, &s); err != nil {
		return b, err
	}
	b.Promotions, err = loadPromotions(q)
	return b, err
}

// Quote prices a basket from the database. The basket's store and day choose the book; without a
// jurisdiction it is taxed where the store is.
func Quote(q db.Q, basket pricing.Basket, s Scope) (pricing.Quote, error) {
	s.Store, s.Day, s.Items = basket.Store, basket.Day, []string{}
	for i := range basket.Entries {
		if sku := basket.Entries[i].Item; sku != "" {
			s.Items = append(s.Items, sku)
		}
	}
	if len(s.Items) > pricing.MaxEntries {
		return pricing.Quote{}, pricing.ErrTooMany.At("entries")
	}
	book, err := LoadBook(q, s)
	if err != nil {
		return pricing.Quote{}, err
	}
	if basket.Jurisdiction == "" {
		shop, err := org.Load(q)
		if err != nil {
			return pricing.Quote{}, err
		}
		basket.Jurisdiction = shop.Stores[basket.Store].Jurisdiction
	}
	return pricing.Price(basket, book)
}

// measured are the units that are weighed or measured out; all others are counted.
var measured = []string{"kg", "g", "lb", "oz", "l", "ml", "cl", "gal", "m", "cm", "m2", "ft", "yd"}

// loadGoods reads items as the pricing engine takes them.
func loadGoods(q db.Q, skus []string) ([]pricing.Item, error) {
	items, barcodes, err := readItems(q, skus)
	if err != nil {
		return nil, err
	}
	out := make([]pricing.Item, 0, len(items))
	at := make(map[string]int, len(items))
	for _, it := range items {
		if it.Retired {
			continue
		}
		at[it.SKU] = len(out)
		one := pricing.Item{SKU: it.SKU, Kind: pricing.Kind(it.Kind), Name: it.Name, Department: it.Department,
			TaxCategory: it.TaxCategory, Weighed: slices.Contains(measured, strings.ToLower(it.Unit)),
			Tags: it.Tags, NoDiscount: it.NoDiscount, Consignor: it.Consignor, Commission: it.Commission}
		for _, a := range it.Attached {
			one.Attached = append(one.Attached, pricing.Attached{SKU: a.SKU, Qty: a.Qty})
		}
		out = append(out, one)
	}
	for _, b := range barcodes {
		i, ok := at[b.SKU]
		if !ok {
			continue
		}
		if b.Qty != qty.One {
			out[i].Packs = append(out[i].Packs, pricing.Pack{Barcode: b.Code, Qty: b.Qty})
			continue
		}
		out[i].Barcodes = append(out[i].Barcodes, b.Code)
		if out[i].ItemNumber == "" && isItemNumber(b.Code) {
			out[i].ItemNumber = b.Code
		}
	}
	return out, nil
}

// readItems reads some items with their barcodes, or all of them page by page.
func readItems(q db.Q, skus []string) (items []catalog.Item, barcodes []catalog.Barcode, err error) {
	if skus != nil {
		found, err := catalog.Lookup(q, skus)
		if err != nil {
			return nil, nil, err
		}
		for _, sku := range skus {
			if it, ok := found[sku]; ok {
				items = append(items, it)
			}
		}
		barcodes, err = catalog.BarcodesOf(q, skus)
		return items, barcodes, err
	}
	for after := ""; ; {
		page, err := catalog.Items(q, after, catalog.PageMost)
		if err != nil {
			return nil, nil, err
		}
		if items = append(items, page...); len(items) > pricing.MaxItems {
			return nil, nil, pricing.ErrBookTooLarge
		}
		if len(page) < catalog.PageMost {
			break
		}
		after = page[len(page)-1].SKU
	}
	slices.SortFunc(items, func(a, b catalog.Item) int { return strings.Compare(a.SKU, b.SKU) }) // not every database sorts by bytes
	for after := ""; ; {
		page, err := catalog.Barcodes(q, after, catalog.PageMost)
		if err != nil {
			return nil, nil, err
		}
		barcodes = append(barcodes, page...)
		if len(page) < catalog.PageMost {
			return items, barcodes, nil
		}
		after = page[len(page)-1].Code
	}
}

func loadFormats(q db.Q) ([]gtin.Format, error) {
	stored, err := catalog.BarcodeFormats(q)
	var out []gtin.Format
	for _, f := range stored {
		if !f.Retired {
			out = append(out, f.Format)
		}
	}
	return out, err
}

func isItemNumber(code string) bool {
	return len(code) <= 6 && strings.Trim(code, "0123456789") == ""
}

// loadLists are the lists that hold in the store on the day, with the prices that hold.
func loadLists(q db.Q, s *Scope) ([]pricing.PriceList, error) {
	lists, err := catalog.PriceLists(q)
	if err != nil {
		return nil, err
	}
	prices, err := catalog.PricesOn(q, s.Store, s.Day, s.Items)
	if err != nil {
		return nil, err
	}
	of := map[string][]pricing.ListPrice{}
	for _, p := range prices {
		of[p.List] = append(of[p.List], pricing.ListPrice{SKU: p.SKU, Price: p.Price})
	}
	var out []pricing.PriceList
	for _, l := range lists {
		ps := of[l.Code]
		if len(ps) == 0 {
			continue
		}
		slices.SortFunc(ps, func(a, b pricing.ListPrice) int { return strings.Compare(a.SKU, b.SKU) })
		one := pricing.PriceList{Code: l.Code, Priority: int(l.Priority), From: l.Since, To: l.Until, Prices: ps}
		if l.Store != "" {
			one.Stores = []string{l.Store}
		}
		if l.CustomerGroup != "" {
			one.Groups = []string{l.CustomerGroup}
		}
		out = append(out, one)
	}
	return out, nil
}

func loadPromotions(q db.Q) ([]pricing.Promotion, error) {
	stored, err := catalog.Promotions(q)
	if err != nil {
		return nil, err
	}
	var out []pricing.Promotion
	for _, p := range stored {
		if p.Retired {
			continue
		}
		var one pricing.Promotion
		if err := json.Unmarshal([]byte(p.Body), &one); err != nil {
			return nil, ErrOffer.At("promotion " + p.Code).Because(err)
		}
		out = append(out, one)
	}
	return out, nil
}
