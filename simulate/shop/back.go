package shop

import (
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/domain/receipt"
)

// takeBack chooses goods of an earlier sale, of any store and day.
func (s *Sim) takeBack(include *bool) (*sold, []receipt.Line, error) {
	for range 8 {
		if len(s.sold) == 0 {
			break
		}
		o := s.sold[s.r.IntN(len(s.sold))]
		if o.Kind != receipt.Sale || o.voided || include != nil && *include != o.PricesInclude {
			continue
		}
		left := receipt.Refundable(o.Receipt, o.back)
		var takes []receipt.Take
		for _, t := range left {
			switch o.Lines[t.Line-1].Kind {
			case receipt.Item, receipt.Service, receipt.Consignment:
			default:
				continue
			}
			if s.r.IntN(2) == 0 {
				continue
			}
			if t.Qty > qty.One && s.r.IntN(2) == 0 {
				t.Qty = qty.Of(1 + s.r.Int64N(int64(t.Qty/qty.One)))
			}
			t.Reason, t.Disposition = "did not fit", s.disposition()
			takes = append(takes, t)
		}
		if len(takes) == 0 {
			continue
		}
		lines, err := receipt.Refund(o.Receipt, o.back, takes)
		return o, lines, err
	}
	return nil, nil, nil
}

// refund takes goods back.
func (s *Sim) refund(t *till) error {
	o, lines, err := s.takeBack(nil)
	if o == nil || err != nil {
		return err
	}
	s.note(Returns)
	s.elsewhere(t, o)
	return s.build1(t, o.Terms(), lines, "return of "+o.till.name())
}

// exchange takes goods back and sells others.
func (s *Sim) exchange(t *till) error {
	o, lines, err := s.takeBack(&t.store.PricesInclude)
	if o == nil || err != nil {
		return err
	}
	q, err := t.rules.Quote(s.basket(t))
	if err != nil {
		return err
	}
	s.note(Exchanges)
	s.elsewhere(t, o)
	return s.build1(t, q, lines, "exchange of "+o.till.name())
}

// elsewhere notes goods that come back on another day or in another store than they were sold.
func (s *Sim) elsewhere(t *till, o *sold) {
	if o.BusinessDay != t.store.today(s.clock.now()) {
		s.note(ReturnsOtherDay)
	}
	if o.Store != t.store.Code {
		s.note(ReturnsOtherStore)
	}
}

// bring takes goods back without a receipt.
func (s *Sim) bring(t *till) error {
	it := s.items[s.r.IntN(len(s.items))]
	if it.Kind != pricing.ItemLine || it.weighed {
		return nil
	}
	b := pricing.Basket{Store: t.store.Code, At: s.clock.now(), Day: t.store.today(s.clock.now()), Jurisdiction: t.store.Jurisdiction,
		Entries: []pricing.Entry{{Item: it.SKU, Qty: -qty.Of(1 + s.r.Int64N(2)), Reason: "no receipt", Disposition: s.disposition()}}}
	q, err := t.rules.Quote(b)
	if err != nil {
		return err
	}
	s.note(ReturnsUnproven)
	return s.build1(t, q, nil, "goods without a receipt")
}

// void cancels an earlier receipt of the store.
func (s *Sim) void(t *till) error {
	for range 8 {
		if len(s.sold) == 0 {
			return nil
		}
		o := s.sold[s.r.IntN(len(s.sold))]
		if o.Kind != receipt.Sale || o.voided || len(o.back) > 0 || o.Store != t.store.Code || s.returns(o) {
			continue
		}
		r, err := receipt.Voiding(o.Receipt, s.head(t, receipt.Void))
		if err != nil {
			return err
		}
		after := map[money.Currency]int64{}
		for _, x := range r.Tenders {
			switch {
			case x.Type != "cash":
			case x.Foreign.Currency != "":
				after[x.Foreign.Currency] += int64(x.Foreign.Minor)
			default:
				after[book] += int64(x.Amount)
			}
		}
		enough := true
		for c, n := range after {
			enough = enough && (n >= 0 || t.cash[c]+n >= 0)
		}
		if !enough {
			continue
		}
		o.voided = true
		s.note(Voids)
		return s.issue(t, r, "void of "+o.till.name())
	}
	return nil
}

// returns tells whether a receipt has lines that brought something back: its void would sell them
// again, and what the original can still take back would be wrong.
func (s *Sim) returns(o *sold) bool {
	for i := range o.Lines {
		if r := o.Lines[i].Return; r != nil && !r.Receipt.IsZero() {
			return true
		}
	}
	return false
}

// empty takes a number for nothing: a training receipt or a ticket that was given up.
func (s *Sim) empty(t *till) error {
	if s.r.IntN(2) == 0 {
		r, err := receipt.Build(s.head(t, receipt.Aborted), pricing.Quote{Currency: book, PricesInclude: t.store.PricesInclude, TaxRounding: "line"}, nil, receipt.Settlement{})
		if err != nil {
			return err
		}
		return s.issue(t, r, "given up")
	}
	q, err := t.rules.Quote(s.basket(t))
	if err != nil {
		return err
	}
	h := s.head(t, receipt.Training)
	var pay []receipt.Payment
	if q.Total != 0 {
		pay = []receipt.Payment{{Type: "card", Rest: true}}
	}
	r, err := receipt.Build(h, q, nil, receipt.Settlement{Payments: pay})
	if err != nil {
		return err
	}
	return s.issue(t, r, "training")
}

// disposition is what becomes of returned goods.
func (s *Sim) disposition() string {
	return []string{"", "restock", "damaged", "none"}[s.r.IntN(4)]
}
