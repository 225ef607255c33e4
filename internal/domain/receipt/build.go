package receipt

import (
	"fmt"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/domain/tax"
)

// Head is what the till knows of a receipt besides its lines and tenders.
type Head struct {
	ID          id.ID     `json:"id"`
	Kind        Kind      `json:"kind,omitempty"` // sale unless stated; training and aborted are the others
	Store       string    `json:"store"`
	Register    string    `json:"register"`
	Number      int64     `json:"number"`
	BusinessDay day.Day   `json:"business_day"`
	DeviceTime  time.Time `json:"device_time"`
	Shift       id.ID     `json:"shift,omitzero"`
	Employee    string    `json:"employee,omitempty"`
	Customer    string    `json:"customer,omitempty"`
	Channel     string    `json:"channel,omitempty"`
	Note        string    `json:"note,omitempty"`
}

func (h Head) receipt() Receipt {
	kind := h.Kind
	if kind == "" {
		kind = Sale
	}
	return Receipt{
		ID: h.ID, Kind: kind, Store: h.Store, Register: h.Register, Number: h.Number, BusinessDay: h.BusinessDay,
		DeviceTime: h.DeviceTime, Shift: h.Shift, Employee: h.Employee, Customer: h.Customer, Channel: h.Channel, Note: h.Note,
		Lines: []Line{}, Tenders: []Tender{},
	}
}

// Build makes the receipt of a quote, of returned lines (see Refund), or of both: an exchange. The
// payments must settle it to the cent; see Settlement. It is not sealed yet. Returned lines come
// first; all lines are numbered anew.
//
// For a receipt of returned lines alone, the quote is the empty one of Terms. An aborted receipt has
// neither lines nor payments, and only the quote's currency.
func Build(h Head, q pricing.Quote, returns []Line, s Settlement) (Receipt, error) {
	if h.Kind == Void {
		return Receipt{}, ErrVoids.At("head.kind") // Voiding makes these
	}
	r := h.receipt()
	r.Currency, r.PricesInclude = q.Currency, q.PricesInclude
	r.TaxRounding, r.TaxMode = TaxRounding(q.TaxRounding), q.TaxMode
	for i, l := range returns {
		if l.Return == nil {
			return Receipt{}, ErrReturn.At(fmt.Sprintf("returns[%d].return", i))
		}
		if r.TaxRounding != RoundAsGiven && l.checkSums(r.PricesInclude) != nil {
			return Receipt{}, ErrMixed.At(fmt.Sprintf("returns[%d]", i))
		}
		l.No = len(r.Lines) + 1
		r.Lines = append(r.Lines, l)
	}
	for i := range q.Lines {
		l := fromQuote(&q.Lines[i])
		l.No = len(r.Lines) + 1
		r.Lines = append(r.Lines, l)
	}
	if len(r.Lines) > MaxLines {
		return Receipt{}, ErrTooManyLines.At("lines")
	}
	if len(s.Payments) > MaxTenders {
		return Receipt{}, ErrTooMany.At("payments")
	}
	if err := r.settle(s); err != nil {
		return Receipt{}, err
	}
	return r, Validate(r, builtAt(&r))
}

// Terms returns an empty quote in the currency and on the tax terms of a receipt: what a receipt is
// built from that only brings back lines of it.
func (r *Receipt) Terms() pricing.Quote {
	return pricing.Quote{
		Currency: r.Currency, PricesInclude: r.PricesInclude, TaxRounding: tax.Rounding(r.TaxRounding), TaxMode: r.TaxMode,
		Lines: []pricing.Line{},
	}
}

// fromQuote freezes a quoted line.
func fromQuote(l *pricing.Line) Line {
	out := Line{
		No: l.No, Kind: LineKind(l.Kind), Item: l.Item, Name: l.Name, Department: l.Department, Party: l.Party,
		Qty: l.Qty, UnitPrice: l.UnitPrice, Extended: l.Extended, Net: l.Net, NetDiscount: l.NetDiscount, Commission: l.Commission,
	}
	for _, d := range l.Reductions {
		out.Reductions = append(out.Reductions, Reduction{Kind: d.Kind, Reason: d.Reason, Promotion: d.Promotion, Amount: d.Amount})
	}
	for _, t := range l.Taxes {
		out.Taxes = append(out.Taxes, Tax{Code: t.Code, Rate: t.Rate, Base: t.Base, Amount: t.Amount})
	}
	goods := out.Kind == Item || out.Kind == Service || out.Kind == Consignment
	if l.Qty < 0 && goods {
		out.Return = &Return{Reason: l.Reason, Disposition: l.Disposition}
	}
	return out
}

// Payment is one thing that the customer hands over, or gets: a card payment, a bank note, a voucher.
type Payment struct {
	ID   id.ID  `json:"id,omitzero"`
	Type string `json:"type"` // code of the tender type
	Cash bool   `json:"cash,omitempty"`
	// Amount is what is handed over, in Currency; negative for money given back. Rest instead of it
	// takes what the other payments leave, of one payment only.
	Amount    money.Minor    `json:"amount,omitempty"`
	Rest      bool           `json:"rest,omitempty"`
	Currency  money.Currency `json:"currency,omitempty"` // the receipt's unless stated
	FX        money.Rate     `json:"fx,omitempty"`       // worth of one major unit of Currency in the receipt's
	Drawer    string         `json:"drawer,omitempty"`
	Reference string         `json:"reference,omitempty"`
	Party     string         `json:"party,omitempty"`
}

// CashStep is the smallest cash amount of a currency: 5 for Swiss rappen. Only cash is rounded to it.
type CashStep struct {
	Currency money.Currency `json:"currency"`
	Step     money.Minor    `json:"step"`
	Mode     fixed.Rounding `json:"mode,omitempty"` // half_up unless stated
}

// Change says how change is given when it is not simply taken out of the cash of the receipt's
// currency.
type Change struct {
	Type     string         `json:"type"` // tender type of that cash
	Currency money.Currency `json:"currency,omitempty"`
	FX       money.Rate     `json:"fx,omitempty"`
	Drawer   string         `json:"drawer,omitempty"`
}

// Settlement is how a receipt is paid.
//
// Payments that are not cash count as they are and may never be more than is due. What they leave is
// due in cash, rounded to the cash step of the receipt's currency; without cash there is no rounding.
// Cash beyond that is given back. Cash tenders on the receipt are net of change: change in the
// currency of the receipt is taken out of the cash of that currency, or is a negative tender of its
// own when all cash was foreign. A cent that foreign money cannot express is part of the rounding.
type Settlement struct {
	Payments []Payment  `json:"payments,omitempty"`
	Change   *Change    `json:"change,omitempty"`
	Steps    []CashStep `json:"cash_steps,omitempty"`
}

// builtAt is the moment against which a till validates what it has built. A clock that is days slow
// must not stop a till that was told the right business day: the later of the two counts.
func builtAt(r *Receipt) time.Time {
	if d := r.BusinessDay.Time(); d.After(r.DeviceTime) {
		return d
	}
	return r.DeviceTime
}
