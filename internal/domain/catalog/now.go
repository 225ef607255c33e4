package catalog

import (
	"github.com/tillpost/tillpost/internal/base/gtin"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// What stands under a name now, with what the group of writes has put and not written yet: an edit is
// compared with it.

// ItemIn is Get inside a group of writes.
func ItemIn(tx *db.Tx, sku string) (Item, error) {
	items, err := Find(tx, []string{sku})
	if err != nil {
		return Item{}, err
	}
	if items[sku] == nil {
		return Item{}, ErrNoItem.Named("sku", sku)
	}
	return *items[sku], nil
}

// BarcodeIn is FindBarcode inside a group of writes.
func BarcodeIn(tx *db.Tx, code string) (Barcode, error) {
	b, err := owner(tx, code)
	if err != nil {
		return Barcode{}, err
	}
	if b == nil {
		return Barcode{}, ErrNoBarcode.At("code")
	}
	out := *b
	out.Own = claimsGTIN(out.Code) && !gtin.Valid(out.Code) // as it is read back
	return out, nil
}

// BarcodeFormatIn is the format of a name inside a group of writes, or ErrNoFormat.
func BarcodeFormatIn(tx *db.Tx, name string) (BarcodeFormat, error) {
	g, err := open(tx)
	if err != nil {
		return BarcodeFormat{}, err
	}
	if f := g.formats[name]; f != nil {
		return *f, nil
	}
	return GetBarcodeFormat(tx, name)
}

// PriceListIn is GetPriceList inside a group of writes.
func PriceListIn(tx *db.Tx, code string) (PriceList, error) {
	g, err := open(tx)
	if err != nil {
		return PriceList{}, err
	}
	if l := g.listed[code]; l != nil {
		return *l, nil
	}
	return GetPriceList(tx, code)
}

// PriceIn is GetPrice inside a group of writes.
func PriceIn(tx *db.Tx, of Price) (Price, error) {
	g, err := open(tx)
	if err != nil {
		return Price{}, err
	}
	if p := g.prices[Price{List: of.List, SKU: of.SKU, Since: of.Since}]; p != nil {
		return *p, nil
	}
	return GetPrice(tx, of)
}

// PromotionIn is GetPromotion inside a group of writes.
func PromotionIn(tx *db.Tx, code string) (Promotion, error) {
	g, err := open(tx)
	if err != nil {
		return Promotion{}, err
	}
	if p := g.offered[code]; p != nil {
		return *p, nil
	}
	return GetPromotion(tx, code)
}

// TaxEntryIn is GetTaxEntry inside a group of writes.
func TaxEntryIn(tx *db.Tx, of TaxEntry) (TaxEntry, error) {
	g, err := open(tx)
	if err != nil {
		return TaxEntry{}, err
	}
	if err := g.readTaxes(tx); err != nil {
		return TaxEntry{}, err
	}
	if e := g.taxes[of.key()]; e != nil {
		return *e, nil
	}
	return TaxEntry{}, ErrNoTaxEntry
}
