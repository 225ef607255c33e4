package pricing

import (
	"errors"
	"fmt"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
)

// Limits on one basket.
const (
	MaxEntries   = 5_000 // the largest real receipt we know has 1,114 lines
	MaxDiscounts = 20    // manual discounts on one line or basket; more is a stuck key
	MaxCharges   = 20
	MaxCoupons   = 100
	// MaxQty is the largest quantity on one line: a billion units, so that sums of them fit 63 bits.
	MaxQty = 1_000_000_000 * qty.One
	// MaxWorth is what the lines of one basket may be worth together, returns counted as positive. In
	// millionths of a currency without decimals it still fits 63 bits.
	MaxWorth money.Minor = 1_000_000_000_000
)

// Basket is what the customer brings to the till.
type Basket struct {
	Store  string   `json:"store,omitempty"`
	Groups []string `json:"groups,omitempty"` // the customer's price groups
	// At is the moment of the sale with the store's UTC offset: what it shows in its own zone is the
	// wall clock by which happy hours run. The till has no time zone tables.
	At           time.Time  `json:"at,omitzero"`
	Day          day.Day    `json:"day,omitempty"` // business day: price lists, promotion dates and taxes go by it
	Jurisdiction string     `json:"jurisdiction,omitempty"`
	TaxExempt    string     `json:"tax_exempt,omitempty"` // why the customer pays no tax: number of the certificate
	Entries      []Entry    `json:"entries"`
	Coupons      []string   `json:"coupons,omitempty"`
	Discounts    []Discount `json:"discounts,omitempty"` // on the whole basket
	Charges      []Charge   `json:"charges,omitempty"`
}

// Entry is one position as the cashier entered it. Quantities of returns without a receipt are
// negative; such lines take no part in promotions and basket discounts.
type Entry struct {
	Ref  string `json:"ref,omitempty"`  // the till's own mark, comes back on the line
	Item string `json:"item,omitempty"` // SKU; without one the fields below describe the line
	Kind Kind   `json:"kind,omitempty"` // for a line without item
	// Name, Department, TaxCategory and Party are used for a line without item; Party also names the
	// customer or card of an item's line.
	Name        string       `json:"name,omitempty"`
	Department  string       `json:"department,omitempty"`
	TaxCategory string       `json:"tax_category,omitempty"`
	Party       string       `json:"party,omitempty"`
	Qty         qty.Qty      `json:"qty,omitempty"`
	Price       *money.Price `json:"price,omitempty"` // manual price of a unit, with Reason
	Reason      string       `json:"reason,omitempty"`
	// Amount fixes what the line costs: the price on a scale's label, the value of a gift card, a tip.
	Amount      *money.Minor `json:"amount,omitempty"`
	Discounts   []Discount   `json:"discounts,omitempty"`
	NoPromotion bool         `json:"no_promotion,omitempty"` // promotions leave the line alone
	// Disposition says what becomes of goods returned without a receipt ("restock", "damaged", "none").
	Disposition string `json:"disposition,omitempty"`
}

// Discount is a manual reduction: exactly one of Rate (of what is left), Amount (off what is left),
// Price (the new price of a unit; lines only) or Total (the new price of the whole).
type Discount struct {
	Rate   *money.Rate  `json:"rate,omitempty"`   // of what is left
	Amount *money.Minor `json:"amount,omitempty"` // off what is left
	Price  *money.Price `json:"price,omitempty"`  // the new one; lines only
	Total  *money.Minor `json:"total,omitempty"`  // the new price of the whole
	Reason string       `json:"reason"`
}

// Charge is a service charge or a tip: a Rate of the goods and services after discounts, or an
// Amount. A service charge is revenue and taxed by its TaxCategory; a tip is neither.
type Charge struct {
	Kind        Kind         `json:"kind"`
	Name        string       `json:"name"`
	Rate        *money.Rate  `json:"rate,omitempty"`
	Amount      *money.Minor `json:"amount,omitempty"`
	TaxCategory string       `json:"tax_category,omitempty"`
	Department  string       `json:"department,omitempty"`
	Party       string       `json:"party,omitempty"` // who gets the tip
}

func (b *Basket) check() error {
	switch {
	case len(b.Entries) > MaxEntries:
		return at(ErrTooMany, "entries")
	case len(b.Discounts) > MaxDiscounts:
		return at(ErrTooMany, "discounts")
	case len(b.Charges) > MaxCharges:
		return at(ErrTooMany, "charges")
	case len(b.Coupons) > MaxCoupons:
		return at(ErrTooMany, "coupons")
	}
	if _, err := day.Parse(string(b.Day)); err != nil {
		return at(ErrDay, "day")
	}
	for i, d := range b.Discounts {
		if err := d.check(false); err != nil {
			return at(err, "discounts[%d]", i)
		}
	}
	for i, c := range b.Charges {
		if err := c.check(); err != nil {
			return at(err, "charges[%d]", i)
		}
	}
	for i := range b.Entries {
		e := &b.Entries[i]
		if len(e.Discounts) > MaxDiscounts {
			return at(ErrTooMany, "entries[%d].discounts", i)
		}
		for j, d := range e.Discounts {
			if err := d.check(true); err != nil {
				return at(err, "entries[%d].discounts[%d]", i, j)
			}
		}
	}
	return nil
}

func (d Discount) check(line bool) error {
	n := 0
	if d.Rate != nil {
		n++
		if *d.Rate < 0 || *d.Rate > money.OneRate {
			return ErrDiscount
		}
	}
	if d.Amount != nil {
		n++
		if *d.Amount < 0 {
			return ErrDiscount
		}
	}
	if d.Price != nil {
		n++
		if *d.Price < 0 || !line {
			return ErrDiscount
		}
	}
	if d.Total != nil {
		n++
		if *d.Total < 0 {
			return ErrDiscount
		}
	}
	if n != 1 {
		return ErrDiscount
	}
	if d.Reason == "" {
		return ErrReasonMissing
	}
	return nil
}

func (c Charge) check() error {
	if c.Kind != ServiceCharge && c.Kind != Tip || (c.Rate == nil) == (c.Amount == nil) {
		return ErrCharge
	}
	if c.Rate != nil && (*c.Rate < 0 || *c.Rate > money.OneRate) || c.Amount != nil && *c.Amount < 0 {
		return ErrCharge
	}
	return nil
}

// at points a fault at a place in the input, in front of the place that it already points at.
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
