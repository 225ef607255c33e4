// Package receipt is the sealed document that a till makes: lines with their frozen discounts and
// taxes, tenders, the register's sequence number and the hash chain. It is pure: the same code runs
// in the server and, as WebAssembly, in the till. What stands on a receipt is never computed again;
// books, stock and reports only ever sum it.
//
// Signs: a sale is positive, a return is negative, in quantities and in every amount. Money that
// the shop takes is a positive tender, money that it gives (refund, change) a negative one.
package receipt

import (
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
)

// Kind says what a receipt does.
type Kind string

// The kinds of receipt. Sale covers returns and exchanges too: the sign of a line says what it is.
// Void cancels the receipt named in Voids by repeating it with all signs turned. Training posts
// nothing but keeps its number, so that the sequence has no gap. Aborted is a number that was taken
// and not used (a cancelled ticket): no lines, no tenders.
const (
	Sale     Kind = "sale"
	Void     Kind = "void"
	Training Kind = "training"
	Aborted  Kind = "aborted"
)

// LineKind says what a line is, and so which account role it posts to.
type LineKind string

// The kinds of line. Item moves stock; the others do not. All but Item, Service and ServiceCharge
// are not revenue: tips, gift cards and deposits are owed to somebody.
const (
	Item          LineKind = "item"           // goods
	Service       LineKind = "service"        // gift wrap, repair, delivery: revenue without stock
	ServiceCharge LineKind = "service_charge" // mandatory charge: revenue, taxable
	Tip           LineKind = "tip"            // owed to staff
	GiftCard      LineKind = "gift_card"      // multi-purpose voucher sold or topped up: a liability
	StoreCredit   LineKind = "store_credit"   // credit issued to a customer: a liability
	Deposit       LineKind = "deposit"        // layaway or order deposit taken
	BottleDeposit LineKind = "bottle_deposit" // container deposit, pass-through
	Charity       LineKind = "charity"        // collected for somebody else
	Consignment   LineKind = "consignment"    // goods of a consignor: only the commission is ours
	Fee           LineKind = "fee"            // charge of a bank or processor recharged or borne on the document
	OnAccount     LineKind = "on_account"     // customer pays an older debt: reduces the receivable
)

// TaxRounding is the declared policy by which the receipt's taxes became minor units.
type TaxRounding string

// The tax rounding policies: each line's tax is rounded; the sum per rate is rounded and spread over
// the lines by largest remainder; the receipt's whole tax is rounded and spread.
const (
	RoundPerLine    TaxRounding = "line"
	RoundPerRate    TaxRounding = "rate"
	RoundPerReceipt TaxRounding = "receipt"
	RoundAsGiven    TaxRounding = "given" // taxes were taken from another system's document
)

// Receipt is one completed document of one register.
type Receipt struct {
	ID       id.ID  `json:"id"`
	Kind     Kind   `json:"kind"`
	Store    string `json:"store"`
	Register string `json:"register"`
	// Number counts the register's receipts from 1 without a gap. Zero means that the server numbers
	// and seals the receipt (imports, where the outside number is kept in External).
	Number        int64          `json:"number"`
	BusinessDay   day.Day        `json:"business_day"`
	DeviceTime    time.Time      `json:"device_time"` // the till's clock; milliseconds count
	Currency      money.Currency `json:"currency"`
	Shift         id.ID          `json:"shift,omitzero"` // in which it was sold
	Employee      string         `json:"employee,omitempty"`
	Customer      string         `json:"customer,omitempty"` // a code, never a name or address
	Channel       string         `json:"channel,omitempty"`  // "store", "web", a marketplace
	PricesInclude bool           `json:"prices_include_tax"`
	TaxRounding   TaxRounding    `json:"tax_rounding"`
	TaxMode       fixed.Rounding `json:"tax_mode,omitempty"` // half_up unless stated
	Lines         []Line         `json:"lines"`
	Tenders       []Tender       `json:"tenders"`
	// Rounding is what cash rounding added to the total: sum of tenders = Total() + Rounding.
	Rounding money.Minor `json:"rounding,omitempty"`
	Voids    id.ID       `json:"voids,omitzero"` // of a void: the receipt that it cancels
	Note     string      `json:"note,omitempty"`
	Source   string      `json:"source,omitempty"`   // outside system that the receipt came from
	External string      `json:"external,omitempty"` // its number there
	PrevHash Hash        `json:"prev_hash,omitzero"` // hash of the register's receipt Number-1, zero for the first
	Hash     Hash        `json:"hash,omitzero"`      // of what stands on it and of PrevHash
}

// Line is one position. Amounts are minor units of the receipt's currency.
type Line struct {
	No         int         `json:"no"` // from 1
	Kind       LineKind    `json:"kind"`
	Item       string      `json:"item,omitempty"` // SKU
	Name       string      `json:"name,omitempty"`
	Department string      `json:"department,omitempty"`
	Party      string      `json:"party,omitempty"` // consignor, charity, card code (masked), customer of a payment
	Qty        qty.Qty     `json:"qty"`
	UnitPrice  money.Price `json:"unit_price"`
	// Extended is quantity x unit price as shown to the customer (with tax when PricesInclude).
	Extended money.Minor `json:"extended"`
	// Reductions are the discounts, in the same terms as Extended; positive reduces a sale.
	Reductions []Reduction `json:"reductions,omitempty"`
	// Net is what is left without tax. Net + NetDiscount is the revenue before discounts.
	Net         money.Minor `json:"net"`
	NetDiscount money.Minor `json:"net_discount,omitempty"`
	Taxes       []Tax       `json:"taxes,omitempty"`
	Return      *Return     `json:"return,omitempty"` // set on lines that bring something back
	// Commission is the shop's own part of a consignment line's Net.
	Commission money.Minor `json:"commission,omitempty"`
}

// Reduction is one discount on a line, frozen.
type Reduction struct {
	Kind      string      `json:"kind"`                // "line", "basket", "promotion", "override", "coupon"
	Reason    string      `json:"reason,omitempty"`    // why, in the shop's words
	Promotion string      `json:"promotion,omitempty"` // code of the promotion
	Amount    money.Minor `json:"amount"`
}

// Tax is one tax's frozen share on a line.
type Tax struct {
	Code   string      `json:"code"` // "VAT20", "US-NY", stable
	Rate   money.Rate  `json:"rate"`
	Base   money.Minor `json:"base"`
	Amount money.Minor `json:"amount"`
}

// Return links a line to what it brings back.
type Return struct {
	Receipt     id.ID  `json:"receipt,omitzero"` // zero: bought without a receipt that we know
	Line        int    `json:"line,omitempty"`
	Reason      string `json:"reason,omitempty"`
	Disposition string `json:"disposition,omitempty"` // "restock" (the default), "damaged", "none" (nothing came back)
}

// Tender is one payment, or money given back.
type Tender struct {
	ID   id.ID  `json:"id,omitzero"`
	Type string `json:"type"` // code of a tender type: "cash", "visa", "giftcard"
	// Amount is what it settles, in the receipt's currency; cash is net of change.
	Amount money.Minor `json:"amount"`
	Drawer string      `json:"drawer,omitempty"` // for cash: the drawer it went into, default the register's
	// Foreign is what was handed over when the currency is another one, and FX what one major unit of
	// it was worth in the receipt's currency.
	Foreign   money.Amount `json:"foreign,omitzero"`
	FX        money.Rate   `json:"fx,omitempty"`
	Reference string       `json:"reference,omitempty"` // authorisation or card code, masked; never a card number
	Party     string       `json:"party,omitempty"`     // customer on account, coupon issuer
}

// Total is what the customer owes before cash rounding: the lines' net amounts and taxes.
func (r *Receipt) Total() money.Minor {
	var t money.Minor
	for i := range r.Lines {
		t += r.Lines[i].Total()
	}
	return t
}

// Total is the line's net amount and taxes.
func (l *Line) Total() money.Minor { return l.Net + l.Tax() }

// Tax is the sum of the line's taxes.
func (l *Line) Tax() money.Minor {
	var t money.Minor
	for i := range l.Taxes {
		t += l.Taxes[i].Amount
	}
	return t
}

// Reduced is the sum of the line's discounts, in the terms of Extended.
func (l *Line) Reduced() money.Minor {
	var t money.Minor
	for i := range l.Reductions {
		t += l.Reductions[i].Amount
	}
	return t
}

// Tendered is the sum of the tenders in the receipt's currency.
func (r *Receipt) Tendered() money.Minor {
	var t money.Minor
	for i := range r.Tenders {
		t += r.Tenders[i].Amount
	}
	return t
}

// Posts tells whether the receipt moves money and stock.
func (r *Receipt) Posts() bool { return r.Kind == Sale || r.Kind == Void }
