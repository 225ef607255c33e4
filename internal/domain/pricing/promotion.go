package pricing

import (
	"cmp"
	"slices"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
)

// Scheme is the shape of a promotion.
type Scheme string

// The schemes.
//
//	discount        each matching unit gets the benefit ("20 % off shoes", happy hour)
//	buy_get         of Buy.Count + Get.Count units, the got ones get the benefit ("3 for 2")
//	mix_match       any Parts[0].Count matching units together get the benefit ("any 3 for 10.00")
//	bundle          one set of all Parts together gets the benefit ("menu: burger, fries, drink")
//	quantity_break  all matching units get the benefit of the highest tier that their quantity reaches
//	spend           the matching lines together get the benefit ("5.00 off from 50.00")
const (
	PerUnit       Scheme = "discount"
	BuyGet        Scheme = "buy_get"
	MixMatch      Scheme = "mix_match"
	Bundle        Scheme = "bundle"
	QuantityBreak Scheme = "quantity_break"
	Spend         Scheme = "spend"
)

// Stacking says how a promotion gets along with others.
type Stacking string

// The stackings. Units is the default.
const (
	Units     Stacking = ""          // its units take part in no other promotion of this kind
	Shared    Stacking = "shared"    // comes on top of others, on the price that they left
	Exclusive Stacking = "exclusive" // the only promotion of the basket
)

// Limits on one promotion.
const (
	MaxParts = 20
	MaxTiers = 50
)

// Promotion is a price rule as data.
//
// Which promotions apply, and in which order, is decided like this:
//
//  1. Higher Priority goes first. Every unit takes part in at most one promotion with Units stacking.
//  2. Within one priority, the order of the Units promotions that saves the customer most is chosen:
//     with up to four of them by trying all orders, with more by taking the largest saving first.
//     Equal savings go by Code.
//  3. Then the Shared promotions of that priority apply in the order of their codes, to all matching
//     units, on the price left.
//  4. An Exclusive promotion applies only when nothing of a higher priority did. It wins when it saves
//     more than all others of its priority together; then nothing of a lower priority applies either.
//
// Within a promotion the customer gets the better choice too: the dearest units are grouped first,
// and of each buy_get group over one set the cheapest units are the got ones. Weighed goods and broken
// quantities count as one unit.
type Promotion struct {
	Code     string      `json:"code"`
	Name     string      `json:"name"` // printed as the reason
	Scheme   Scheme      `json:"scheme"`
	Priority int         `json:"priority,omitempty"`
	Stacking Stacking    `json:"stacking,omitempty"`
	When     Window      `json:"when,omitzero"`
	Coupon   string      `json:"coupon,omitempty"`    // applies only when this coupon is presented
	MinSpend money.Minor `json:"min_spend,omitempty"` // at list prices, by the lines that match
	Limit    int64       `json:"limit,omitempty"`     // groups (discount: units) per basket, 0 for none; not for quantity_break and spend
	Match    Match       `json:"match,omitzero"`      // discount, quantity_break, spend
	Buy      *Part       `json:"buy,omitempty"`       // buy_get
	Get      *Part       `json:"get,omitempty"`       // buy_get; without a Match of its own: the same set as Buy
	Dearest  bool        `json:"dearest,omitempty"`   // buy_get over two sets: the dearest is got, not the cheapest
	Parts    []Part      `json:"parts,omitempty"`     // mix_match (one), bundle
	Tiers    []Tier      `json:"tiers,omitempty"`     // quantity_break
	Together bool        `json:"together,omitempty"`  // quantity_break counts all matching items together, not each SKU
	Benefit  Benefit     `json:"benefit,omitzero"`
}

// Match names a set of lines: those with one of the items, departments or tags, less the excepted
// items. With nothing named it is everything.
type Match struct {
	Items       []string `json:"items,omitempty"`
	Departments []string `json:"departments,omitempty"`
	Tags        []string `json:"tags,omitempty"`
	Except      []string `json:"except,omitempty"`
}

// Part is a number of units of a set.
type Part struct {
	Match Match `json:"match,omitzero"`
	Count int64 `json:"count"`
}

// Tier is a step of a quantity break.
type Tier struct {
	Min     qty.Qty `json:"min"`
	Benefit Benefit `json:"benefit"`
}

// Benefit is what the customer gets: exactly one of Rate (1 is free), Amount (off) or Price (the new
// price). It is for one unit in the schemes discount, buy_get and quantity_break (for a kilogram of
// weighed goods), for the group in mix_match and bundle, and for all lines in spend (no Price).
type Benefit struct {
	Rate   *money.Rate  `json:"rate,omitempty"`
	Amount *money.Minor `json:"amount,omitempty"`
	Price  *money.Price `json:"price,omitempty"`
}

func (r *Rules) indexPromotions() error {
	seen := make(map[string]bool, len(r.book.Promotions))
	for i := range r.book.Promotions {
		p := &r.book.Promotions[i]
		if err := p.check(); err != nil {
			return at(err, "promotions[%d]", i)
		}
		if seen[p.Code] {
			return at(ErrPromotionTwice, "promotions[%d].code", i)
		}
		seen[p.Code] = true
		r.promos = append(r.promos, p)
	}
	slices.SortFunc(r.promos, func(a, b *Promotion) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(a.Code, b.Code))
	})
	return nil
}

func (p *Promotion) check() error {
	if err := p.When.check(); err != nil {
		return at(err, "when")
	}
	switch {
	case p.Code == "":
		return ErrPromotion.At("code")
	case p.Stacking != Units && p.Stacking != Shared && p.Stacking != Exclusive:
		return ErrPromotion.At("stacking")
	case p.Limit < 0:
		return ErrPromotion.At("limit")
	case p.MinSpend < 0:
		return ErrPromotion.At("min_spend")
	case len(p.Parts) > MaxParts:
		return ErrPromotion.At("parts")
	case len(p.Tiers) > MaxTiers:
		return ErrPromotion.At("tiers")
	case (p.Scheme == BuyGet) != (p.Buy != nil) || (p.Buy == nil) != (p.Get == nil):
		return ErrPromotion.At("buy")
	case (p.Scheme == MixMatch || p.Scheme == Bundle) != (len(p.Parts) > 0), p.Scheme == MixMatch && len(p.Parts) != 1:
		return ErrPromotion.At("parts")
	case (p.Scheme == QuantityBreak) != (len(p.Tiers) > 0):
		return ErrPromotion.At("tiers")
	case p.Scheme == Spend && p.Benefit.Price != nil:
		return ErrPromotion.At("benefit")
	}
	for _, part := range append([]Part{orOne(p.Buy), orOne(p.Get)}, p.Parts...) {
		if part.Count < 1 {
			return ErrPromotion.At("count")
		}
	}
	switch p.Scheme {
	case PerUnit, BuyGet, MixMatch, Bundle, Spend:
		return at(p.Benefit.check(), "benefit")
	case QuantityBreak:
		for i, t := range p.Tiers {
			if t.Min <= 0 || i > 0 && t.Min <= p.Tiers[i-1].Min || t.Benefit.check() != nil {
				return at(ErrPromotion, "tiers[%d]", i)
			}
		}
		return nil
	}
	return ErrPromotion.At("scheme")
}

func orOne(p *Part) Part {
	if p == nil {
		return Part{Count: 1}
	}
	return *p
}

func (b Benefit) check() error {
	n := 0
	if b.Rate != nil {
		n++
		if *b.Rate <= 0 || *b.Rate > money.OneRate {
			return ErrPromotion
		}
	}
	if b.Amount != nil {
		n++
		if *b.Amount <= 0 || *b.Amount > MaxWorth {
			return ErrPromotion
		}
	}
	if b.Price != nil {
		n++
		if *b.Price < 0 {
			return ErrPromotion
		}
	}
	if n != 1 {
		return ErrPromotion
	}
	return nil
}

// has tells whether a line is in the set.
func (m *Match) has(l *position) bool {
	if slices.Contains(m.Except, l.Item) {
		return false
	}
	if len(m.Items) == 0 && len(m.Departments) == 0 && len(m.Tags) == 0 {
		return true
	}
	if slices.Contains(m.Items, l.Item) || l.Department != "" && slices.Contains(m.Departments, l.Department) {
		return true
	}
	return l.item != nil && slices.ContainsFunc(m.Tags, func(t string) bool { return slices.Contains(l.item.Tags, t) })
}

// empty tells whether nothing is named, not even an exception.
func (m *Match) empty() bool {
	return len(m.Items) == 0 && len(m.Departments) == 0 && len(m.Tags) == 0 && len(m.Except) == 0
}

// runs tells whether the promotion can apply to the basket at all, apart from its lines.
func (p *Promotion) runs(b *Basket) bool {
	return p.When.open(b) && (p.Coupon == "" || slices.Contains(b.Coupons, p.Coupon))
}
