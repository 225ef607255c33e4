package pricing

import (
	"slices"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/tax"
)

// Quote is the priced basket. Total is what the customer owes before cash rounding.
type Quote struct {
	Currency      money.Currency `json:"currency"`
	PricesInclude bool           `json:"prices_include_tax"`
	TaxRounding   tax.Rounding   `json:"tax_rounding"`
	TaxMode       fixed.Rounding `json:"tax_mode"`
	Lines         []Line         `json:"lines"`
	Taxes         []tax.Summary  `json:"taxes"`
	Extended      money.Minor    `json:"extended"`
	Reduced       money.Minor    `json:"reduced"`
	Net           money.Minor    `json:"net"`
	Tax           money.Minor    `json:"tax"`
	Total         money.Minor    `json:"total"`
	Promotions    []Applied      `json:"promotions,omitempty"`     // in the order of application
	UnusedCoupons []string       `json:"unused_coupons,omitempty"` // presented, but nothing came of them
	Warnings      []Warning      `json:"warnings,omitempty"`
}

// Line is a priced position, with all that a receipt's line freezes.
type Line struct {
	No          int         `json:"no"`
	Ref         string      `json:"ref,omitempty"`
	AttachedTo  int         `json:"attached_to,omitempty"` // number of the line that brought this one along
	Kind        Kind        `json:"kind"`
	Item        string      `json:"item,omitempty"`
	Name        string      `json:"name,omitempty"`
	Department  string      `json:"department,omitempty"`
	Party       string      `json:"party,omitempty"`
	Qty         qty.Qty     `json:"qty"`
	UnitPrice   money.Price `json:"unit_price"`
	Extended    money.Minor `json:"extended"`
	Reductions  []Reduction `json:"reductions,omitempty"`
	Net         money.Minor `json:"net"`
	NetDiscount money.Minor `json:"net_discount,omitempty"`
	Taxes       []tax.Share `json:"taxes,omitempty"`
	Commission  money.Minor `json:"commission,omitempty"`
	TaxCategory string      `json:"tax_category,omitempty"`
	Reason      string      `json:"reason,omitempty"`      // of a return without receipt
	Disposition string      `json:"disposition,omitempty"` // of a return without receipt
}

// Reduction is one discount on a line. Kind is "override", "promotion", "coupon", "line" or "basket".
type Reduction struct {
	Kind      string      `json:"kind"`
	Reason    string      `json:"reason,omitempty"`
	Promotion string      `json:"promotion,omitempty"`
	Amount    money.Minor `json:"amount"`
}

// Applied is a promotion that took effect.
type Applied struct {
	Code   string      `json:"code"`
	Name   string      `json:"name"`
	Times  int64       `json:"times"`  // how often the basket met it
	Amount money.Minor `json:"amount"` // what it took off
}

// Warning is something that the cashier should know and that does not stop the sale.
type Warning struct {
	Code string `json:"code"` // "tax_unknown": no tax is known for the line's category, here, today
	Line int    `json:"line"`
}

// position is a line while it is being priced.
type position struct {
	Line
	item    *Item // nil for a line without item
	left    money.Minor
	sharing bool // takes part in promotions
	reduces bool // takes part in basket discounts
}

// Price compiles the book and quotes one basket; who quotes often keeps the compiled Rules.
func Price(b Basket, book Book) (Quote, error) {
	r, err := book.Compile()
	if err != nil {
		return Quote{}, at(err, "book")
	}
	return r.Quote(b)
}

// Quote prices a basket. The same basket and rules always give the same quote. Faults point into
// the basket ("entries[3].price").
func (r *Rules) Quote(b Basket) (Quote, error) {
	if err := b.check(); err != nil {
		return Quote{}, err
	}
	ps, err := r.positions(&b)
	if err != nil {
		return Quote{}, err
	}
	if err := checkWorth(ps); err != nil {
		return Quote{}, err
	}
	applied, err := r.promote(&b, ps)
	if err != nil {
		return Quote{}, err
	}
	if err := discountLines(&b, ps, r.book.Currency, r.rounded); err != nil {
		return Quote{}, err
	}
	if err := discountBasket(&b, ps); err != nil {
		return Quote{}, err
	}
	if ps, err = charge(&b, ps, r.book.Currency); err != nil {
		return Quote{}, err
	}
	if err := checkWorth(ps); err != nil {
		return Quote{}, err
	}
	q := Quote{
		Currency: r.book.Currency, PricesInclude: r.book.PricesInclude,
		Promotions: applied, UnusedCoupons: r.unusedCoupons(&b, applied),
	}
	return q, r.settle(&b, ps, &q)
}

// settle taxes the positions and sums them up.
func (r *Rules) settle(b *Basket, ps []position, q *Quote) error {
	warnings, err := r.tax(b, ps, q)
	if err != nil {
		return err
	}
	q.Warnings = warnings
	q.Lines = make([]Line, len(ps))
	for i := range ps {
		p := &ps[i]
		if p.item != nil && p.item.Commission != 0 {
			if p.Commission, err = p.Net.Times(p.item.Commission, fixed.HalfUp); err != nil {
				return err
			}
		}
		q.Lines[i] = p.Line
		q.Extended += p.Extended // sums stay far below overflow: MaxWorth
		q.Reduced += p.Extended - p.left
		q.Net += p.Net
		for _, t := range p.Taxes {
			q.Tax += t.Amount
		}
	}
	q.Total = q.Net + q.Tax
	return nil
}

// reduce takes at most what is left off the line. amount is positive; the sign follows the line.
func (p *position) reduce(kind, reason, promotion string, amount money.Minor) {
	amount = min(amount, p.left.Abs())
	if amount <= 0 {
		return
	}
	if p.left < 0 {
		amount = -amount
	}
	p.left -= amount
	p.Reductions = append(p.Reductions, Reduction{Kind: kind, Reason: reason, Promotion: promotion, Amount: amount})
}

// checkWorth keeps every later sum, also in millionths, inside 63 bits.
func checkWorth(ps []position) error {
	var worth money.Minor
	for i := range ps {
		e := ps[i].Extended
		if e > MaxWorth || e < -MaxWorth {
			return ErrTooLarge.At("entries")
		}
		if worth += e.Abs(); worth > MaxWorth {
			return ErrTooLarge.At("entries")
		}
	}
	return nil
}

func (r *Rules) unusedCoupons(b *Basket, applied []Applied) []string {
	var unused []string
	for _, c := range b.Coupons {
		used := slices.ContainsFunc(applied, func(a Applied) bool {
			return slices.ContainsFunc(r.promos, func(p *Promotion) bool { return p.Code == a.Code && p.Coupon == c })
		})
		if !used && !slices.Contains(unused, c) {
			unused = append(unused, c)
		}
	}
	return unused
}
