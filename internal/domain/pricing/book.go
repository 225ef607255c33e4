package pricing

import (
	"slices"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/gtin"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/tax"
)

// Kind is what a line is; the values are those of a receipt's lines.
type Kind string

// The kinds of line. Goods, services and consigned goods take discounts and take part in promotions;
// the others are what they are.
const (
	ItemLine      Kind = "item"
	ServiceLine   Kind = "service"
	ServiceCharge Kind = "service_charge"
	Tip           Kind = "tip"
	GiftCard      Kind = "gift_card"
	StoreCredit   Kind = "store_credit"
	Deposit       Kind = "deposit"
	BottleDeposit Kind = "bottle_deposit"
	Charity       Kind = "charity"
	Consignment   Kind = "consignment"
	Fee           Kind = "fee"
	OnAccount     Kind = "on_account"
)

// Limits on what a price book may hold, so that a broken feed cannot exhaust a till's memory.
const (
	MaxItems      = 1_000_000 // four times the articles of a large hypermarket
	MaxLists      = 10_000
	MaxPromotions = 10_000
	MaxAttached   = 20 // deposits, levies and crates of one article
)

// Book is what a shop has decided beforehand: items, prices, promotions, taxes and policies.
type Book struct {
	Currency      money.Currency `json:"currency"`
	PricesInclude bool           `json:"prices_include_tax"`
	TaxPolicy     tax.Policy     `json:"tax_policy"`
	// PriceRounding is how quantity x unit price becomes minor units; half_up unless stated.
	PriceRounding fixed.Rounding `json:"price_rounding,omitempty"`
	Items         []Item         `json:"items"`
	Lists         []PriceList    `json:"price_lists,omitempty"`
	Promotions    []Promotion    `json:"promotions,omitempty"`
	Taxes         tax.Table      `json:"taxes"`
	Barcodes      []gtin.Format  `json:"barcodes,omitempty"` // in-store formats, first fit wins
}

// Item is what the till must know of an article.
type Item struct {
	SKU         string       `json:"sku"`
	Kind        Kind         `json:"kind,omitempty"` // item unless stated
	Name        string       `json:"name"`
	Department  string       `json:"department,omitempty"`
	TaxCategory string       `json:"tax_category,omitempty"`
	Tags        []string     `json:"tags,omitempty"`        // groups that promotions name
	Barcodes    []string     `json:"barcodes,omitempty"`    // GTINs in any form, or the shop's own codes
	Packs       []Pack       `json:"packs,omitempty"`       // barcodes that stand for several units: a case of twelve
	ItemNumber  string       `json:"item_number,omitempty"` // its number inside in-store barcodes
	Weighed     bool         `json:"weighed,omitempty"`     // the price is for a kilogram (or metre, litre)
	Price       *money.Price `json:"price,omitempty"`       // used when no price list has one; none: the till asks
	NoDiscount  bool         `json:"no_discount,omitempty"` // by law or contract: books, tobacco, stamps
	// Attached items come along with each unit: bottle deposits, crates, levies.
	Attached []Attached `json:"attached,omitempty"`
	// Consignor owns the goods; Commission is the shop's part of the net price.
	Consignor  string     `json:"consignor,omitempty"`
	Commission money.Rate `json:"commission,omitempty"`
}

// Pack is a barcode on several units that are sold at the price of so many single ones; what a case
// saves is a promotion.
type Pack struct {
	Barcode string  `json:"barcode"`
	Qty     qty.Qty `json:"qty"`
}

// Attached is an item that is sold along with another.
type Attached struct {
	SKU string  `json:"sku"`
	Qty qty.Qty `json:"qty"` // for each unit of the item it is attached to
}

// PriceList holds prices that differ by date, store or customer group. Of the lists that hold a
// price for the item and match the basket, the one counts that is most specific (store and group
// named, then group, then store, then neither), then the one with the highest Priority, then the
// newest From, then the first Code by alphabet. The item's own price is the last resort.
type PriceList struct {
	Code     string      `json:"code"`
	Priority int         `json:"priority,omitempty"`
	From     day.Day     `json:"from,omitempty"` // first business day
	To       day.Day     `json:"to,omitempty"`   // last business day
	Stores   []string    `json:"stores,omitempty"`
	Groups   []string    `json:"groups,omitempty"`
	Prices   []ListPrice `json:"prices"`
}

// ListPrice is an item's unit price in a list.
type ListPrice struct {
	SKU   string      `json:"sku"`
	Price money.Price `json:"price"`
}

// Rules is a Book that has been checked and indexed. It is read-only and may be shared.
type Rules struct {
	book    Book
	items   map[string]*Item
	prices  map[string][]listed
	byGTIN  map[string]coded // by 14-digit GTIN or the shop's own code
	byPLU   map[string]*Item
	promos  []*Promotion // by priority downwards, then code
	rounded fixed.Rounding
}

// Compile checks the book and prepares it for quoting.
func (b Book) Compile() (*Rules, error) {
	if _, err := money.ParseCurrency(string(b.Currency)); err != nil {
		return nil, at(err, "currency")
	}
	if len(b.Items) > MaxItems || len(b.Lists) > MaxLists || len(b.Promotions) > MaxPromotions || len(b.Barcodes) > gtin.MaxFormats {
		return nil, ErrBookTooLarge
	}
	b.Items = slices.Clone(b.Items) // kinds are filled in; the caller's book stays as it is
	r := &Rules{
		book: b, rounded: b.PriceRounding,
		items: make(map[string]*Item, len(b.Items)), prices: make(map[string][]listed),
		byGTIN: make(map[string]coded), byPLU: make(map[string]*Item),
	}
	if r.rounded == "" {
		r.rounded = fixed.HalfUp
	}
	if err := r.indexItems(); err != nil {
		return nil, err
	}
	if err := r.indexLists(); err != nil {
		return nil, err
	}
	if err := r.indexPromotions(); err != nil {
		return nil, err
	}
	if err := b.Taxes.Validate(); err != nil {
		return nil, at(err, "taxes")
	}
	if err := b.TaxPolicy.Check(); err != nil {
		return nil, at(err, "tax_policy")
	}
	for i, f := range b.Barcodes {
		if err := f.Check(); err != nil {
			return nil, at(err, "barcodes[%d]", i)
		}
	}
	return r, nil
}

func (r *Rules) indexItems() error {
	for i := range r.book.Items {
		it := &r.book.Items[i]
		if it.Kind == "" {
			it.Kind = ItemLine
		}
		switch {
		case it.SKU == "":
			return at(ErrItemUnknown, "items[%d].sku", i)
		case !it.Kind.known():
			return at(ErrKind, "items[%d].kind", i)
		case it.Price != nil && *it.Price < 0:
			return at(ErrPriceNegative, "items[%d].price", i)
		case it.Commission != 0 && it.Kind != Consignment, it.Commission < 0 || it.Commission > money.OneRate:
			return at(ErrDiscount, "items[%d].commission", i)
		case r.items[it.SKU] != nil:
			return at(ErrItemTwice, "items[%d].sku", i)
		}
		r.items[it.SKU] = it
		for j, code := range it.Barcodes {
			if err := r.indexCode(code, coded{it, qty.One}); err != nil {
				return at(err, "items[%d].barcodes[%d]", i, j)
			}
		}
		for j, p := range it.Packs {
			if p.Qty <= 0 || p.Qty > MaxQty {
				return at(ErrPack, "items[%d].packs[%d].qty", i, j)
			}
			if err := r.indexCode(p.Barcode, coded{it, p.Qty}); err != nil {
				return at(err, "items[%d].packs[%d].barcode", i, j)
			}
		}
		if it.ItemNumber != "" {
			if r.byPLU[it.ItemNumber] != nil {
				return at(ErrBarcodeTwice, "items[%d].item_number", i)
			}
			r.byPLU[it.ItemNumber] = it
		}
	}
	for i := range r.book.Items {
		it := &r.book.Items[i]
		for j, a := range it.Attached {
			o := r.items[a.SKU]
			if o == nil || len(o.Attached) > 0 || a.Qty <= 0 || j >= MaxAttached {
				return at(ErrAttached, "items[%d].attached[%d]", i, j)
			}
		}
	}
	return nil
}

func (k Kind) known() bool {
	switch k {
	case ItemLine, ServiceLine, ServiceCharge, Tip, GiftCard, StoreCredit, Deposit, BottleDeposit, Charity, Consignment, Fee, OnAccount:
		return true
	}
	return false
}

// goods tells whether lines of this kind take discounts and count as spending.
func (k Kind) goods() bool { return k == ItemLine || k == ServiceLine || k == Consignment }

// taxable tells whether a line of this kind without a tax category is worth a warning.
func (k Kind) taxable() bool { return k.goods() || k == ServiceCharge }
