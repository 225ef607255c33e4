// Package catalogue takes in what a shop sells and how it is taxed (tax entries, barcode formats, items,
// barcodes, price lists, prices, promotions) as one piece: all of it or nothing. It also gives the
// pricing engine its book, so that a basket can be priced from the database.
package catalogue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/strictjson"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// FileMost bounds a document in bytes.
const FileMost = 64 << 20

// Limits on what is taken at once.
const (
	most     = 250_000 // of each kind: the articles of a large hypermarket
	bodyMost = 1 << 16 // bytes of a promotion
)

// Catalogue is what a shop hands over. What it does not name stays as it is. The order is that in which
// the parts are checked: with a fault in one, those behind it are not looked at.
type Catalogue struct {
	Taxes          []TaxEntry              `json:"taxes,omitempty"`
	BarcodeFormats []catalog.BarcodeFormat `json:"barcode_formats,omitempty"`
	Items          []catalog.Item          `json:"items,omitempty"`
	Barcodes       []catalog.Barcode       `json:"barcodes,omitempty"`
	PriceLists     []catalog.PriceList     `json:"price_lists,omitempty"`
	Prices         []catalog.Price         `json:"prices,omitempty"`
	Promotions     []Promotion             `json:"promotions,omitempty"`
}

// Promotion is a price rule of the pricing engine.
type Promotion struct {
	pricing.Promotion
	Retired bool `json:"retired,omitempty"` // kept, and not applied any more
}

// Read reads a catalogue in JSON. Names that are not known are refused: a misspelt one would be lost
// without a word.
func Read(r io.Reader) (Catalogue, error) {
	b, err := io.ReadAll(io.LimitReader(r, FileMost+1))
	if err != nil {
		return Catalogue{}, err
	}
	return Decode(b)
}

// Decode is Read of a text.
func Decode(b []byte) (Catalogue, error) {
	if len(b) > FileMost {
		return Catalogue{}, ErrTooLarge
	}
	var c Catalogue
	if err := strictjson.Decode(b, FileMost, &c); err != nil {
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
	if !isText(p.Name) {
		return catalog.ErrText.At("name")
	}
	_, err := pricing.Book{Currency: book, Promotions: []pricing.Promotion{*p}}.Compile()
	return inside(err, "promotions[0]")
}

// inside takes the place of the whole away from the one that a fault points at.
func inside(err error, whole string) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	return f.At(strings.TrimPrefix(strings.TrimPrefix(f.Path, whole), "."))
}

func (c *Catalogue) checkSize() error {
	if max(len(c.Taxes), len(c.BarcodeFormats), len(c.Items), len(c.Barcodes), len(c.PriceLists), len(c.Prices), len(c.Promotions)) > most {
		return ErrTooLarge
	}
	return nil
}

// Put writes a catalogue, all of it or nothing. What is known under the same name is replaced, prices of
// the same list, item and day too; putting the same again changes nothing. What is wrong comes back as
// Faults, which say where: "items[3].kind".
func Put(ctx context.Context, d *db.DB, c Catalogue) error {
	return d.Write(ctx, func(tx *db.Tx) error { return InTx(tx, c) })
}

// Try is Put that checks everything, also against what is stored, and writes nothing.
func Try(ctx context.Context, d *db.DB, c Catalogue) error {
	return d.Try(ctx, func(tx *db.Tx) error { return InTx(tx, c) })
}

// InTx is Put inside a transaction.
func InTx(tx *db.Tx, c Catalogue) error {
	if err := c.checkSize(); err != nil {
		return err
	}
	shop, err := org.LoadShared(tx)
	if err != nil {
		return err
	}
	if shop.Book == "" {
		return ErrNoBooks
	}
	p := &putting{tx: tx, c: &c, shop: shop}
	for _, part := range []func() error{p.checkTwice, p.taxes, p.formats, p.items, p.attached, p.barcodes, p.lists, p.prices, p.promotions} {
		if err := part(); err != nil {
			return err
		}
		if len(p.faults) > 0 {
			return p.faults
		}
	}
	return nil
}

type putting struct {
	tx     *db.Tx
	c      *Catalogue
	shop   org.Shop
	faults Faults
}

// fault keeps what is wrong with the catalogue, and returns what else went wrong.
func (p *putting) fault(err error, path string, args ...any) error {
	var f *fault.Error
	if err == nil || !errors.As(err, &f) || f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		return err
	}
	if len(p.faults) < faultsMost {
		path = fmt.Sprintf(path, args...)
		if f.Path != "" {
			path += "." + f.Path
		}
		p.faults = append(p.faults, f.At(path))
	}
	return nil
}

func (p *putting) formats() error {
	for i, f := range p.c.BarcodeFormats {
		if err := p.fault(catalog.PutBarcodeFormat(p.tx, f), "barcode_formats[%d]", i); err != nil {
			return err
		}
	}
	return nil
}

func (p *putting) items() error {
	skus := make([]string, len(p.c.Items))
	for i := range p.c.Items {
		skus[i] = p.c.Items[i].SKU
	}
	if _, err := catalog.Find(p.tx, skus); err != nil {
		return err
	}
	for i := range p.c.Items {
		if err := p.fault(catalog.Save(p.tx, p.c.Items[i]), "items[%d]", i); err != nil {
			return err
		}
	}
	return nil
}

func (p *putting) barcodes() error {
	codes, skus := make([]string, len(p.c.Barcodes)), make([]string, len(p.c.Barcodes))
	for i, b := range p.c.Barcodes {
		codes[i], skus[i] = b.Code, b.SKU
	}
	if err := catalog.PreloadBarcodes(p.tx, codes); err != nil {
		return err
	}
	if _, err := catalog.Find(p.tx, skus); err != nil {
		return err
	}
	for i, b := range p.c.Barcodes {
		if err := p.fault(catalog.AddBarcode(p.tx, b), "barcodes[%d]", i); err != nil {
			return err
		}
	}
	return nil
}

func (p *putting) lists() error {
	for i, l := range p.c.PriceLists {
		err := catalog.PutPriceList(p.tx, l)
		if l.Store != "" && err == nil {
			if _, unknown := p.shop.Store(l.Store); unknown != nil {
				err = org.ErrNoStore.At("store")
			}
		}
		if err := p.fault(err, "price_lists[%d]", i); err != nil {
			return err
		}
	}
	return nil
}

func (p *putting) prices() error {
	skus, lists := make([]string, len(p.c.Prices)), map[string][]string{}
	for i, one := range p.c.Prices {
		skus[i] = one.SKU
		lists[one.List] = append(lists[one.List], one.SKU)
	}
	if _, err := catalog.Find(p.tx, skus); err != nil {
		return err
	}
	for _, code := range slices.Sorted(maps.Keys(lists)) {
		if err := catalog.PreloadPrices(p.tx, code, lists[code]); err != nil {
			return err
		}
	}
	for i, one := range p.c.Prices {
		if err := p.fault(catalog.PutPrice(p.tx, one), "prices[%d]", i); err != nil {
			return err
		}
	}
	return nil
}

func (p *putting) promotions() error {
	for i := range p.c.Promotions {
		if err := p.fault(p.promotion(&p.c.Promotions[i]), "promotions[%d]", i); err != nil {
			return err
		}
	}
	return nil
}

func (p *putting) promotion(one *Promotion) error {
	if err := checkPromotion(&one.Promotion, p.shop.Book); err != nil {
		return err
	}
	body, err := json.Marshal(one.Promotion)
	if err != nil {
		return ErrOffer.Because(err)
	}
	return catalog.PutPromotion(p.tx, catalog.Promotion{Code: one.Code, Body: string(body), Retired: one.Retired})
}
