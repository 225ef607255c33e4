package catalog

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrNoItem       = fault.New(fault.NotFound, "catalog_no_item", "there is no item with this SKU")
	ErrNoBarcode    = fault.New(fault.NotFound, "catalog_no_barcode", "no item has this barcode")
	ErrNoPriceList  = fault.New(fault.NotFound, "catalog_no_price_list", "there is no price list with this code")
	ErrNoPrice      = fault.New(fault.NotFound, "catalog_no_price", "the list has no price of this item since that day")
	ErrNoFormat     = fault.New(fault.NotFound, "catalog_no_barcode_format", "there is no barcode format of this name")
	ErrNoTaxEntry   = fault.New(fault.NotFound, "catalog_no_tax_entry", "the shop has no tax entry of its own for this category and place since that day")
	ErrNoPromotion  = fault.New(fault.NotFound, "catalog_no_promotion", "there is no promotion with this code")
	ErrCode         = fault.New(fault.Invalid, "catalog_code", "a SKU or code has 1 to 100 bytes, no spaces at its ends and no control characters")
	ErrText         = fault.New(fault.Invalid, "catalog_text", "a name has at most 200 characters, no control characters and no card number")
	ErrKind         = fault.New(fault.Invalid, "catalog_kind", "an item is an item, service, gift_card, bottle_deposit, deposit, charity or consignment")
	ErrCost         = fault.New(fault.Invalid, "catalog_cost", "a cost or price is not negative and below a billion")
	ErrReorder      = fault.New(fault.Invalid, "catalog_reorder", "a reorder point is not negative, and goods are reordered to no less than it")
	ErrTags         = fault.New(fault.Invalid, "catalog_tags", "an item has at most 50 tags, all different, each of 1 to 100 bytes without spaces at its ends and without control characters")
	ErrAttached     = fault.New(fault.Invalid, "catalog_attached", "at most 20 different items are attached to an item, never itself, each with a quantity above zero")
	ErrConsignor    = fault.New(fault.Invalid, "catalog_consignor", "a consignment or charity item may name a consignor in 1 to 100 bytes; other kinds have none")
	ErrCommission   = fault.New(fault.Invalid, "catalog_commission", "a commission is a rate from 0 to 1, and only a consignment has one")
	ErrTermsStored  = fault.New(fault.Internal, "catalog_terms_stored", "how a stored item is sold cannot be read: put it again")
	ErrBarcode      = fault.New(fault.Invalid, "catalog_barcode", "a barcode has 1 to 80 printable characters without spaces, and stands for more than nothing")
	ErrGTIN         = fault.New(fault.Invalid, "catalog_gtin", "the barcode looks like a GTIN and its check digit is wrong: correct it, or say that it is the shop's own code")
	ErrBarcodeTaken = fault.New(fault.Conflict, "catalog_barcode_taken", "another item has this barcode")
	ErrDays         = fault.New(fault.Invalid, "catalog_days", "days are like 2026-03-14, and the last is not before the first")
	ErrPriority     = fault.New(fault.Invalid, "catalog_priority", "a priority is between -1000000 and 1000000")
	ErrBody         = fault.New(fault.Invalid, "catalog_promotion_body", "a promotion has a body of at most 65536 bytes")
	ErrTaxEntry     = fault.New(fault.Invalid, "catalog_tax_entry", "a tax entry has a category, a jurisdiction, a first day and a body of at most 65536 bytes")
	ErrTooManyTaxes = fault.New(fault.Conflict, "catalog_tax_entries", "the shop has more tax entries of its own than can be kept")
	ErrFormats      = fault.New(fault.Conflict, "catalog_barcode_formats", "there are 50 barcode formats at most")
)
