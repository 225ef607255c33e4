package pricing

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrTooMany        = fault.New(fault.Invalid, "basket_too_long", "there are more entries than one basket may have; split it")
	ErrTooLarge       = fault.New(fault.Invalid, "basket_too_large", "the basket is worth more than can be sold at once; check the quantities")
	ErrItemUnknown    = fault.New(fault.NotFound, "item_unknown", "no such item")
	ErrItemTwice      = fault.New(fault.Invalid, "item_twice", "two items have the same SKU")
	ErrNoPrice        = fault.New(fault.NotFound, "price_missing", "the item has no price here and now; enter one")
	ErrPriceNegative  = fault.New(fault.Invalid, "price_negative", "a price cannot be negative; return the item instead")
	ErrQtyZero        = fault.New(fault.Invalid, "entry_qty_missing", "the quantity is missing or zero")
	ErrKind           = fault.New(fault.Invalid, "entry_kind_unknown", "this is not a kind of line")
	ErrReasonMissing  = fault.New(fault.Invalid, "reason_missing", "a manual price or discount needs a reason")
	ErrDiscount       = fault.New(fault.Invalid, "discount_invalid", "a discount has either a rate from 0 to 1, an amount or a price")
	ErrCharge         = fault.New(fault.Invalid, "charge_invalid", "a charge is a service charge or a tip, with a rate from 0 to 1 or an amount")
	ErrAmountMissing  = fault.New(fault.Invalid, "amount_missing", "this kind of line needs an amount")
	ErrPromotion      = fault.New(fault.Invalid, "promotion_invalid", "the promotion is not complete or contradicts itself")
	ErrPromotionTwice = fault.New(fault.Invalid, "promotion_twice", "two promotions have the same code")
	ErrWindow         = fault.New(fault.Invalid, "window_invalid", "days are mon to sun, hours are like 17:30, dates are like 2026-03-14")
	ErrList           = fault.New(fault.Invalid, "price_list_invalid", "the price list is not complete or contradicts itself")
	ErrAttached       = fault.New(fault.Invalid, "attached_invalid", "an attached item must exist and have nothing attached itself")
	ErrBarcode        = fault.New(fault.NotFound, "barcode_unknown", "no item has this barcode")
	ErrBarcodeTwice   = fault.New(fault.Invalid, "barcode_twice", "one barcode stands for two things")
	ErrPack           = fault.New(fault.Invalid, "pack_invalid", "a pack stands for more than nothing, and at most a billion units")
	ErrExemptInclude  = fault.New(fault.Invalid, "exempt_with_tax_included", "prices include tax: quote a tax-exempt customer from a price list without tax")
	ErrDay            = fault.New(fault.Invalid, "basket_day_missing", "the basket has no business day")
	ErrBookTooLarge   = fault.New(fault.Invalid, "price_book_too_large", "the price book has more entries than can be kept")
)
