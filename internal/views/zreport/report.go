// Package zreport is the till's own report: of a shift or of a business day, at any time without
// changing anything (X), and after the close as it was sealed (Z). Every figure is a sum of what was
// frozen on receipts and of what was counted; nothing is computed again.
package zreport

import (
	"slices"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/shifts"
)

// The kinds of report.
const (
	X = "X" // of something that still goes on
	Z = "Z" // of something closed: it never changes
)

// The scopes of a report.
const (
	OfShift = "shift"
	OfDay   = "day"
)

// Report is an X or Z report. Amounts are minor units of Currency unless another one is named. Net
// sales + taxes + other + rounding + unexplained = the sum of the tenders.
type Report struct {
	Kind      string         `json:"kind"`  // X or Z
	Scope     string         `json:"scope"` // "shift" or "day"
	Store     string         `json:"store"`
	StoreName string         `json:"store_name,omitempty"`
	Register  string         `json:"register,omitempty"` // "" is all registers of the store
	Drawer    string         `json:"drawer,omitempty"`
	Employee  string         `json:"employee,omitempty"`
	Shift     id.ID          `json:"shift,omitzero"` // zero for a day's report
	Day       day.Day        `json:"business_day"`
	Number    int64          `json:"number,omitempty"` // the Z number: of the register's shifts, or of the closed days
	Currency  money.Currency `json:"currency"`
	Opened    string         `json:"opened,omitempty"` // by the store's wall clock: "2026-03-14 08:02"
	Closed    string         `json:"closed,omitempty"`
	Printed   string         `json:"printed"`

	Receipts    Receipts       `json:"receipts"`
	Blind       bool           `json:"blind,omitempty"` // amounts are left out until the drawers are counted
	Sales       *Sales         `json:"sales,omitempty"`
	Taxes       []Tax          `json:"taxes,omitzero"`
	Other       []Other        `json:"other,omitzero"` // taken and owed to others: tips, gift cards, deposits …
	Rounding    money.Minor    `json:"rounding"`       // 0 on a blind report
	Unexplained money.Minor    `json:"unexplained"`    // 0 on a blind report
	Tenders     []Tender       `json:"tenders,omitzero"`
	Movements   []Movement     `json:"movements"`
	Cash        []Cash         `json:"cash"`
	Missing     int64          `json:"missing"` // receipt numbers that have not arrived, by the time of the close
	Gaps        []Gap          `json:"gaps"`
	Late        Late           `json:"late"`
	Registers   []RegisterLine `json:"registers,omitempty"` // of a day's report
}

// Receipts counts documents. Posted are those that move money: sales, refunds and voids.
type Receipts struct {
	Count    int64       `json:"count"` // everything with a number
	First    int64       `json:"first_number,omitempty"`
	Last     int64       `json:"last_number,omitempty"`
	Posted   int64       `json:"posted"`
	Voids    int64       `json:"voids"`
	Voided   money.Minor `json:"voided"` // what the voids took back, negative for voided sales; 0 on a blind report
	Training int64       `json:"training"`
	Aborted  int64       `json:"aborted"`
}

// Sales is revenue without tax: Gross - Discounts - Returns = Net.
type Sales struct {
	Gross     money.Minor `json:"gross"`
	Discounts money.Minor `json:"discounts"`
	Returns   money.Minor `json:"returns"`
	Net       money.Minor `json:"net"`
	Tax       money.Minor `json:"tax"`
	Other     money.Minor `json:"other"`
	Total     money.Minor `json:"total"` // Net + Tax + Other: what customers owed before cash rounding
}

// Tax is one tax code at one rate.
type Tax struct {
	Code   string      `json:"code"`
	Rate   money.Rate  `json:"rate"`
	Base   money.Minor `json:"base"`
	Amount money.Minor `json:"amount"`
}

// Other is money taken that is not revenue, by kind of receipt line.
type Other struct {
	Kind   string      `json:"kind"`
	Count  int64       `json:"count"`
	Amount money.Minor `json:"amount"`
}

// Tender is one way to pay in one currency.
type Tender struct {
	Type     string         `json:"type"`
	Name     string         `json:"name,omitempty"`
	Currency money.Currency `json:"currency"`
	Count    int64          `json:"count"`
	Amount   money.Minor    `json:"amount"` // in Currency
	Book     money.Minor    `json:"book"`   // in the report's currency
}

// Movement sums the cash movements of one kind, purpose and currency.
type Movement struct {
	Kind     string         `json:"kind"`
	Purpose  string         `json:"purpose,omitempty"`
	Currency money.Currency `json:"currency"`
	Count    int64          `json:"count"`
	Amount   money.Minor    `json:"amount"` // into the drawer positive
}

// Cash is one drawer's cash of one currency. Expected and what follows from it stay nil while the
// drawer is not counted, unless Options.Expected asks for it: a blind count is blind.
type Cash struct {
	Shift      id.ID          `json:"shift"`
	Drawer     string         `json:"drawer"`
	Currency   money.Currency `json:"currency"`
	Float      money.Minor    `json:"float"`             // what the shift began with
	Takings    *money.Minor   `json:"takings,omitempty"` // cash of its receipts, net of change and refunds
	Moved      money.Minor    `json:"moved"`             // paid in and out, drops, tips
	Expected   *money.Minor   `json:"expected,omitempty"`
	Counted    *money.Minor   `json:"counted,omitempty"`
	Difference *money.Minor   `json:"difference,omitempty"`
	Skim       money.Minor    `json:"skim"` // what went to the safe at the end
}

// Gap is a run of missing receipt numbers of a register.
type Gap struct {
	Register string `json:"register"`
	shifts.Gap
}

// Late are receipts that arrived after the count of the shift or the close of the day. They are in the
// books and in no other figure of this report.
type Late struct {
	Count int64       `json:"count"`
	Total money.Minor `json:"total"`
}

// RegisterLine is one register in a day's report.
type RegisterLine struct {
	Register string       `json:"register"`
	Count    int64        `json:"count"`
	First    int64        `json:"first_number"`
	Last     int64        `json:"last_number"`
	Total    *money.Minor `json:"total,omitempty"` // nil on a blind report
}

// Blinded is the report without the amounts by which who counts could work out what a drawer should hold,
// as long as one of its drawers is not counted: what was sold and how it was paid. All of it, not cash
// alone: the card terminal tells its own total, and the rest is the cash.
func (r Report) Blinded() Report {
	if !slices.ContainsFunc(r.Cash, func(c Cash) bool { return c.Expected == nil }) {
		return r
	}
	r.Blind, r.Sales, r.Taxes, r.Other, r.Tenders = true, nil, nil, nil, nil
	r.Rounding, r.Unexplained, r.Receipts.Voided = 0, 0, 0
	r.Registers = slices.Clone(r.Registers)
	for i := range r.Registers {
		r.Registers[i].Total = nil
	}
	return r
}

// Options say what a reader may see.
type Options struct {
	// Expected shows what a drawer should hold before it was counted. Who counts must not ask for it.
	Expected bool
}
