// Package catalogue takes in what a shop sells (items, barcodes, price lists, prices, promotions) as one
// piece: all of it or nothing. It also gives the pricing engine its book, so that a basket can be priced
// from the database.
package catalogue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/strictjson"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Limits on what is taken at once.
const (
	most     = 250_000  // of each kind: the articles of a large hypermarket
	fileMost = 64 << 20 // bytes of a file
	bodyMost = 1 << 16  // bytes of a promotion
)

// Catalogue is what a shop hands over. What it does not name stays as it is.
type Catalogue struct {
	Items      []catalog.Item      `json:"items,omitempty"`
	Barcodes   []catalog.Barcode   `json:"barcodes,omitempty"`
	PriceLists []catalog.PriceList `json:"price_lists,omitempty"`
	Prices     []catalog.Price     `json:"prices,omitempty"`
	Promotions []Promotion         `json:"promotions,omitempty"`
}

// Promotion is a price rule of the pricing engine.
type Promotion struct {
	pricing.Promotion
	Retired bool `json:"retired,omitempty"` // kept, and not applied any more
}

// Read reads a catalogue in JSON. Names that are not known are refused: a misspelt one would be lost
// without a word.
func Read(r io.Reader) (Catalogue, error) {
	b, err := io.ReadAll(io.LimitReader(r, fileMost+1))
	if err != nil {
		return Catalogue{}, err
	}
	if len(b) > fileMost {
		return Catalogue{}, ErrTooLarge
	}
	var c Catalogue
	if err := strictjson.Decode(b, fileMost, &c); err != nil {
		return Catalogue{}, err
	}
	return c, c.checkSize()
}

// ParsePromotion reads the body of a promotion as the engine understands it and checks it there.
func ParsePromotion(body []byte, book money.Currency) (pricing.Promotion, error) {
	var p pricing.Promotion
	if err := strictjson.Decode(body, bodyMost, &p); err != nil {
		return p, err
	}
	return p, checkPromotion(&p, book)
}

// checkPromotion has the engine look at the promotion, in a book of its own.
func checkPromotion(p *pricing.Promotion, book money.Currency) error {
	_, err := pricing.Book{Currency: book, Promotions: []pricing.Promotion{*p}}.Compile()
	var f *fault.Error
	if errors.As(err, &f) { // its path begins with promotions[0]
		const own = "promotions[0]"
		path := f.Path
		if len(path) >= len(own) && path[:len(own)] == own {
			path = path[len(own):]
		}
		if path != "" && path[0] == '.' {
			path = path[1:]
		}
		return f.At(path)
	}
	return err
}

func (c *Catalogue) checkSize() error {
	if max(len(c.Items), len(c.Barcodes), len(c.PriceLists), len(c.Prices), len(c.Promotions)) > most {
		return ErrTooLarge
	}
	return nil
}

// Put writes a catalogue, all of it or nothing. Items, lists and promotions that are known are replaced,
// prices of the same list, item and day too; putting the same again changes nothing. Faults say where:
// "items[3].kind".
func Put(ctx context.Context, d *db.DB, c Catalogue) error {
	return d.Write(ctx, func(tx *db.Tx) error { return InTx(tx, c) })
}

// InTx is Put inside a transaction.
func InTx(tx *db.Tx, c Catalogue) error {
	if err := c.checkSize(); err != nil {
		return err
	}
	if err := c.checkTwice(); err != nil {
		return err
	}
	shop, err := org.LoadShared(tx)
	if err != nil {
		return err
	}
	if shop.Book == "" {
		return ErrNoBooks
	}
	for i := range c.Items {
		if err := catalog.Save(tx, c.Items[i]); err != nil {
			return at(err, "items[%d]", i)
		}
	}
	if err := putBarcodes(tx, c.Barcodes); err != nil {
		return err
	}
	for i, l := range c.PriceLists {
		if l.Store != "" {
			if _, err := shop.Store(l.Store); err != nil {
				return org.ErrNoStore.At(fmt.Sprintf("price_lists[%d].store", i))
			}
		}
		if err := catalog.PutPriceList(tx, l); err != nil {
			return at(err, "price_lists[%d]", i)
		}
	}
	if err := putPrices(tx, c.Prices); err != nil {
		return err
	}
	for i := range c.Promotions {
		if err := putPromotion(tx, &c.Promotions[i], shop.Book); err != nil {
			return at(err, "promotions[%d]", i)
		}
	}
	return nil
}

func putBarcodes(tx *db.Tx, barcodes []catalog.Barcode) error {
	codes, skus := make([]string, len(barcodes)), make([]string, len(barcodes))
	for i, b := range barcodes {
		codes[i], skus[i] = b.Code, b.SKU
	}
	if err := catalog.PreloadBarcodes(tx, codes); err != nil {
		return err
	}
	if _, err := catalog.Find(tx, skus); err != nil {
		return err
	}
	for i, b := range barcodes {
		if err := catalog.AddBarcode(tx, b); err != nil {
			return at(err, "barcodes[%d]", i)
		}
	}
	return nil
}

func putPrices(tx *db.Tx, prices []catalog.Price) error {
	skus := make([]string, len(prices))
	for i, p := range prices {
		skus[i] = p.SKU
	}
	if _, err := catalog.Find(tx, skus); err != nil {
		return err
	}
	for i, p := range prices {
		if err := catalog.PutPrice(tx, p); err != nil {
			return at(err, "prices[%d]", i)
		}
	}
	return nil
}

func putPromotion(tx *db.Tx, p *Promotion, book money.Currency) error {
	if err := checkPromotion(&p.Promotion, book); err != nil {
		return err
	}
	body, err := json.Marshal(p.Promotion)
	if err != nil {
		return ErrOffer.Because(err)
	}
	return catalog.PutPromotion(tx, catalog.Promotion{Code: p.Code, Body: string(body), Retired: p.Retired})
}

// checkTwice refuses two different things under one name: which of them counts would be chance.
func (c *Catalogue) checkTwice() error {
	items := map[string]int{}
	for i := range c.Items {
		if j, ok := items[c.Items[i].SKU]; ok && c.Items[i] != c.Items[j] {
			return ErrTwice.At(fmt.Sprintf("items[%d].sku", i))
		}
		items[c.Items[i].SKU] = i
	}
	lists := map[string]int{}
	for i := range c.PriceLists {
		if j, ok := lists[c.PriceLists[i].Code]; ok && c.PriceLists[i] != c.PriceLists[j] {
			return ErrTwice.At(fmt.Sprintf("price_lists[%d].code", i))
		}
		lists[c.PriceLists[i].Code] = i
	}
	prices := map[catalog.Price]money.Price{}
	for i, p := range c.Prices {
		k := catalog.Price{List: p.List, SKU: p.SKU, Since: p.Since}
		if old, ok := prices[k]; ok && old != p.Price {
			return ErrTwice.At(fmt.Sprintf("prices[%d].sku", i))
		}
		prices[k] = p.Price
	}
	offers := map[string]bool{}
	for i := range c.Promotions {
		if offers[c.Promotions[i].Code] {
			return ErrTwice.At(fmt.Sprintf("promotions[%d].code", i))
		}
		offers[c.Promotions[i].Code] = true
	}
	return nil
}

// at puts a place in front of the one that a fault points at.
func at(err error, path string, args ...any) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	path = fmt.Sprintf(path, args...)
	if f.Path != "" {
		path += "." + f.Path
	}
	return f.At(path)
}
