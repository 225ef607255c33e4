package tax

import (
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
)

// Kind says how a tax is computed.
type Kind string

// The kinds of tax. The empty Kind means Percent.
const (
	Percent  Kind = "percent"  // Rate of the base
	Fixed    Kind = "fixed"    // PerUnit for each unit of quantity, as on bottles or bags
	Division Kind = "division" // Rate of the price that contains the tax: base / (1 - rate) * rate
)

// Treatment says how a return shows a line. It changes no arithmetic: what is not taxed must have
// the amount zero by itself.
type Treatment string

// The treatments. The empty Treatment means Taxed. All but Taxed keep their base in the result, so
// that a tax return can show it, and may not have a rate other than zero.
const (
	Taxed         Treatment = "taxed"
	Zero          Treatment = "zero"           // taxable at 0 %: input tax may be deducted
	Exempt        Treatment = "exempt"         // not taxed by law
	OutOfScope    Treatment = "out_of_scope"   // not a supply that this tax knows (deposits, vouchers)
	ReverseCharge Treatment = "reverse_charge" // the customer declares the tax
)

// Component is one tax on a line: a VAT rate, or one of the state, county and city taxes.
type Component struct {
	Code         string      `json:"code"` // stable and unique within a jurisdiction: "GB-VAT-20"
	Name         string      `json:"name,omitempty"`
	Jurisdiction string      `json:"jurisdiction,omitempty"` // "GB", "US-PA-101"
	Kind         Kind        `json:"kind,omitempty"`
	Rate         money.Rate  `json:"rate"`
	PerUnit      money.Price `json:"per_unit,omitempty"`    // for Fixed
	Included     bool        `json:"included,omitempty"`    // the price contains this tax
	Compound     bool        `json:"compound,omitempty"`    // later taxes of the line are computed on base + this tax
	Independent  bool        `json:"independent,omitempty"` // this tax ignores earlier compound ones
	Treatment    Treatment   `json:"treatment,omitempty"`
}

// Rounding is the declared step at which taxes become minor units; the values are those of a receipt.
type Rounding string

// The rounding policies. The empty Rounding means PerRate.
const (
	PerLine    Rounding = "line"    // each tax of each line
	PerRate    Rounding = "rate"    // the document's sum of each rate, spread over the lines
	PerReceipt Rounding = "receipt" // the document's whole tax, spread over rates and lines
	AsGiven    Rounding = "given"   // taken from another system's document; Compute refuses it
)

// Policy is the declared way to round. The zero Policy is PerRate, half up, to one minor unit.
type Policy struct {
	Rounding Rounding       `json:"rounding,omitempty"`
	Mode     fixed.Rounding `json:"mode,omitempty"` // half_up unless stated
	Step     money.Minor    `json:"step,omitempty"` // taxes are multiples of Step minor units; 0 means 1
}

// Line is one position to be taxed.
type Line struct {
	Price money.Price `json:"price"`
	Qty   qty.Qty     `json:"qty"` // negative for a return; Fixed taxes count it
	// Reduction is the discount in the terms of the price (with tax when the price contains it); it
	// reduces a positive line and is negative on a return.
	Reduction money.Minor `json:"reduction,omitempty"`
	// Extended is quantity x price already in minor units, used when ExtendedGiven. Otherwise price x
	// quantity keeps all its decimals until the policy rounds.
	Extended      money.Minor `json:"extended,omitempty"`
	ExtendedGiven bool        `json:"extended_given,omitempty"`
	Components    []Component `json:"components"`
}

// Share is what one tax takes of one line.
type Share struct {
	Code   string      `json:"code"`
	Rate   money.Rate  `json:"rate"`
	Base   money.Minor `json:"base"` // what the tax was computed on, rounded
	Amount money.Minor `json:"amount"`
}

// LineResult is a line after tax: Net + the amounts of Taxes = Total.
type LineResult struct {
	Net   money.Minor `json:"net"` // without tax, after the reduction
	Total money.Minor `json:"total"`
	Taxes []Share     `json:"taxes"` // in the order of the line's components
}

// Summary is one rate over the whole document: the sum of the lines' shares with this code and rate.
type Summary struct {
	Code      string      `json:"code"`
	Rate      money.Rate  `json:"rate"`
	Treatment Treatment   `json:"treatment,omitempty"`
	Base      money.Minor `json:"base"`
	Amount    money.Minor `json:"amount"`
}

// Result is the taxed document. Net + Tax = Total, and each is the sum of the lines'.
type Result struct {
	Lines []LineResult `json:"lines"`
	Taxes []Summary    `json:"taxes"` // in the order in which the rates first appear
	Net   money.Minor  `json:"net"`
	Tax   money.Minor  `json:"tax"`
	Total money.Minor  `json:"total"`
}
