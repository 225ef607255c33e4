package receipt

import "github.com/tillpost/tillpost/internal/base/fault"

// Faults of this package; the codes are part of the API.
var (
	ErrHashSyntax = fault.New(fault.Invalid, "bad_hash", "a hash has 64 hexadecimal digits")

	// What every text may be.
	ErrTextUTF8    = fault.New(fault.Invalid, "text_not_utf8", "the text is not valid UTF-8")
	ErrTextControl = fault.New(fault.Invalid, "text_control_character", "the text has control characters or line breaks")
	ErrTextLong    = fault.New(fault.Invalid, "text_too_long", "the text is longer than a receipt keeps")
	ErrTextMissing = fault.New(fault.Invalid, "text_missing", "this field must be filled in")
	ErrCardNumber  = fault.New(fault.Invalid, "card_number", "this looks like a payment card number, which must never be stored; remove it")

	// The receipt's head.
	ErrIDMissing    = fault.New(fault.Invalid, "receipt_id_missing", "the receipt has no id")
	ErrKind         = fault.New(fault.Invalid, "receipt_kind_unknown", "this is not a kind of receipt")
	ErrNumber       = fault.New(fault.Invalid, "receipt_number", "receipt numbers count from 1; an unnumbered receipt is not sealed either")
	ErrDay          = fault.New(fault.Invalid, "business_day", "the business day is missing, is not a date, or lies in the future")
	ErrTimeFuture   = fault.New(fault.Invalid, "device_time_future", "the device's clock is ahead by days; set it and send again")
	ErrTimePast     = fault.New(fault.Invalid, "device_time_past", "the device's clock has no plausible date; set it and send again")
	ErrTaxRounding  = fault.New(fault.Invalid, "tax_rounding_unknown", "this is not a tax rounding policy")
	ErrEmpty        = fault.New(fault.Invalid, "receipt_empty", "a receipt without lines is an aborted one")
	ErrNotEmpty     = fault.New(fault.Invalid, "aborted_not_empty", "an aborted receipt has no lines, tenders or rounding")
	ErrVoids        = fault.New(fault.Invalid, "void_reference", "a void names another receipt that it cancels, and nothing else does")
	ErrTooManyLines = fault.New(fault.Invalid, "too_many_lines", "a receipt has at most %d lines; split the sale", MaxLines)
	ErrTooMany      = fault.New(fault.Invalid, "too_many_parts", "there are more tenders, discounts or taxes than a receipt keeps")
	ErrAmountRange  = fault.New(fault.Invalid, "amount_too_large", "the amount is larger than any shop has taken")

	// Lines.
	ErrLineNo       = fault.New(fault.Invalid, "line_number", "lines are numbered from 1 without a gap")
	ErrLineKind     = fault.New(fault.Invalid, "line_kind_unknown", "this is not a kind of line")
	ErrQtyZero      = fault.New(fault.Invalid, "qty_zero", "the quantity is zero")
	ErrPrice        = fault.New(fault.Invalid, "unit_price_negative", "a unit price is not negative; a return has a negative quantity")
	ErrSign         = fault.New(fault.Invalid, "sign_mismatch", "quantity and amounts of a line have one sign: positive for a sale, negative for a return")
	ErrReduction    = fault.New(fault.Invalid, "reduction_kind_unknown", "this is not a kind of discount")
	ErrOverReduced  = fault.New(fault.Invalid, "reduced_below_zero", "the discounts are larger than the line")
	ErrFoot         = fault.New(fault.Invalid, "line_does_not_foot", "price less discounts is not net amount and tax")
	ErrNetDiscount  = fault.New(fault.Invalid, "net_discount", "the net discount is not the net value of the discounts")
	ErrTaxTwice     = fault.New(fault.Invalid, "tax_twice", "one tax stands twice on a line")
	ErrCommission   = fault.New(fault.Invalid, "commission", "a commission is a part of a consignment line's net amount")
	ErrReturn       = fault.New(fault.Invalid, "return_reference", "a return line is negative and points to a line of another receipt, or to none")
	ErrDisposition  = fault.New(fault.Invalid, "disposition_unknown", "returned goods are for restock, damaged, or none came back")
	ErrTenderTwice  = fault.New(fault.Invalid, "tender_twice", "two tenders have one id")
	ErrForeign      = fault.New(fault.Invalid, "foreign_tender", "a foreign amount needs another currency, a rate, and must be worth the tender's amount")
	ErrTendersFoot  = fault.New(fault.Invalid, "tenders_do_not_foot", "the tenders are not the total and its cash rounding")
	ErrRoundingSize = fault.New(fault.Invalid, "rounding_too_large", "the rounding is larger than any cash rounding")

	// The chain.
	ErrUnsealed = fault.New(fault.Invalid, "receipt_unsealed", "the receipt has no number or no hash")
	ErrHash     = fault.New(fault.Conflict, "hash_mismatch", "the receipt's content does not match its hash: it was changed")
	ErrChain    = fault.New(fault.Conflict, "chain_broken", "the receipt does not continue its register's chain")
	ErrGap      = fault.New(fault.Conflict, "number_gap", "a receipt number of the register is missing or doubled")

	// Making receipts.
	ErrShort        = fault.New(fault.Invalid, "tenders_short", "the payments do not settle the total")
	ErrOver         = fault.New(fault.Invalid, "over_tendered", "only cash can be given for more than is due")
	ErrPayment      = fault.New(fault.Invalid, "payment_invalid", "a payment has an amount or takes the rest (one only), and a rate if its currency is another one")
	ErrMixed        = fault.New(fault.Invalid, "exchange_mixed", "returned and sold lines differ in whether tax is inside the price; make two receipts")
	ErrNotSale      = fault.New(fault.Conflict, "not_a_sale", "only a sale can be refunded or voided")
	ErrRefundLine   = fault.New(fault.NotFound, "refund_line", "the receipt has no such line that could come back")
	ErrRefundMuch   = fault.New(fault.Conflict, "refund_too_much", "more would come back than was sold")
	ErrRefundPast   = fault.New(fault.Conflict, "refund_history", "earlier returns of this line do not fit the sale; refund it by hand")
	ErrRefundAmount = fault.New(fault.Invalid, "refund_qty_not_positive", "the quantity to refund is not positive")
)
