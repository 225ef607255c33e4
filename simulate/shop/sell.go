package shop

import (
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/domain/receipt"
)

// sold is a receipt that a till has issued.
type sold struct {
	*receipt.Receipt
	till   *till
	rules  *pricing.Rules     // by which it was priced
	asked  map[string][]int64 // prices that somebody typed in, by item
	back   []receipt.Line     // lines that came back, of all receipts
	voided bool
}

func rateOf(r int64) *money.Rate   { x := money.Rate(r); return &x }
func minorOf(m int64) *money.Minor { x := money.Minor(m); return &x }

// basket fills a basket.
func (s *Sim) basket(t *till) pricing.Basket {
	clear(s.asked)
	b := pricing.Basket{Store: t.store.Code, At: s.clock.now(), Day: t.store.today(s.clock.now()), Jurisdiction: t.store.Jurisdiction}
	for range 1 + s.r.IntN(5) {
		it := s.items[s.r.IntN(len(s.items))]
		if it.Kind == pricing.BottleDeposit && s.r.IntN(3) > 0 {
			continue
		}
		e := pricing.Entry{Item: it.SKU, Qty: qty.Of(1 + s.r.Int64N(4))}
		if it.weighed {
			e.Qty = qty.Qty(1000 * (50 + s.r.Int64N(3000)))
			if s.r.IntN(3) == 0 {
				e.Qty, e.Amount = 0, minorOf(1+s.r.Int64N(1500))
			}
		}
		if it.Kind == pricing.BottleDeposit {
			e.Qty = -e.Qty // empty bottles
		}
		goods := it.Kind == pricing.ItemLine || it.Kind == pricing.ServiceLine || it.Kind == pricing.Consignment
		if goods && !it.NoDiscount && s.r.IntN(6) == 0 {
			e.Discounts = append(e.Discounts, s.discount(true))
		}
		if goods && e.Amount == nil && s.r.IntN(20) == 0 {
			e.Price, e.Reason = price(1+s.r.Int64N(3000)), "shelf said so"
			s.asked[e.Item] = append(s.asked[e.Item], int64(*e.Price))
		}
		b.Entries = append(b.Entries, e)
	}
	if s.r.IntN(12) == 0 {
		b.Entries = append(b.Entries, pricing.Entry{Kind: pricing.GiftCard, Name: "Gift card", Amount: minorOf(500 * (1 + s.r.Int64N(10))), Qty: qty.One})
	}
	if s.r.IntN(15) == 0 {
		b.Entries = append(b.Entries, pricing.Entry{Kind: pricing.Charity, Name: "Round up", Party: "red cross", Amount: minorOf(1 + s.r.Int64N(99)), Qty: qty.One})
	}
	if s.r.IntN(25) == 0 {
		b.Entries = append(b.Entries, pricing.Entry{Kind: pricing.OnAccount, Name: "Payment", Party: "C17", Amount: minorOf(100 + s.r.Int64N(5000)), Qty: qty.One})
	}
	if s.r.IntN(25) == 0 {
		b.Entries = append(b.Entries, pricing.Entry{Kind: pricing.Deposit, Name: "Deposit", Amount: minorOf(100 + s.r.Int64N(5000)), Qty: qty.One})
	}
	if len(b.Entries) == 0 {
		b.Entries = []pricing.Entry{{Item: "GRO-1", Qty: qty.One}}
	}
	if s.r.IntN(6) == 0 {
		b.Discounts = append(b.Discounts, s.discount(false))
	}
	if s.r.IntN(8) == 0 {
		b.Coupons = []string{"SAVE"}
	}
	if s.r.IntN(8) == 0 {
		b.Charges = append(b.Charges, pricing.Charge{Kind: pricing.Tip, Name: "Tip", Amount: minorOf(50 + s.r.Int64N(500)), Party: "anna"})
	}
	if s.r.IntN(12) == 0 {
		b.Charges = append(b.Charges, pricing.Charge{Kind: pricing.ServiceCharge, Name: "Service", Rate: rateOf(1_000_000_000), TaxCategory: "standard", Department: "services"})
	}
	return b
}

func (s *Sim) discount(line bool) pricing.Discount {
	switch s.r.IntN(3) {
	case 0:
		return pricing.Discount{Rate: rateOf(s.r.Int64N(10) * 1_000_000_000), Reason: "regular"}
	case 1:
		return pricing.Discount{Amount: minorOf(1 + s.r.Int64N(700)), Reason: "scratched"}
	}
	if line {
		return pricing.Discount{Price: price(s.r.Int64N(2000)), Reason: "last one"}
	}
	return pricing.Discount{Rate: rateOf(333_333_333), Reason: "staff"}
}

// sell makes a sale at a till.
func (s *Sim) sell(t *till) error {
	q, err := t.rules.Quote(s.basket(t))
	if err != nil {
		return err
	}
	s.note(Sales)
	return s.build1(t, q, nil, "sale")
}

// build1 builds, pays and issues a receipt.
func (s *Sim) build1(t *till, q pricing.Quote, returns []receipt.Line, what string) error {
	due := int64(q.Total)
	for i := range returns {
		due += int64(returns[i].Total())
	}
	h := s.head(t, receipt.Sale)
	pay, how := s.pay(t, due, h.ID)
	r, err := receipt.Build(h, q, returns, receipt.Settlement{Payments: pay, Steps: t.store.steps})
	if err != nil {
		s.say("%s cannot build: %+v", t.name(), pay)
		return err
	}
	for i := range r.Lines {
		if l := &r.Lines[i]; l.Return != nil {
			if o := s.by[l.Return.Receipt]; o != nil {
				o.back = append(o.back, *l)
			}
		}
	}
	return s.issue(t, r, what+" by "+how)
}

// pay chooses how a total is settled.
func (s *Sim) pay(t *till, due int64, u id.ID) ([]receipt.Payment, string) {
	card := receipt.Payment{ID: u, Type: "card", Rest: true}
	switch {
	case due == 0:
		return nil, "nothing"
	case due < 0:
		switch {
		case s.r.IntN(2) == 0 && t.cash[book] > -due+100:
			return []receipt.Payment{{Type: "cash", Cash: true, Rest: true}}, "cash back"
		case s.r.IntN(3) == 0:
			return []receipt.Payment{{Type: "store_credit", Rest: true, Party: "C17"}}, "credit"
		}
		return []receipt.Payment{card}, "card back"
	}
	part := 1 + s.r.Int64N(due)
	switch s.r.IntN(14) {
	case 0, 1, 2:
		return []receipt.Payment{{Type: "cash", Cash: true, Rest: true}}, "exact cash"
	case 3, 4:
		note := []int64{500, 1000, 5000, 10000}[s.r.IntN(4)]
		return []receipt.Payment{{Type: "cash", Cash: true, Amount: money.Minor((due + note) / note * note)}}, "cash with change"
	case 5:
		return []receipt.Payment{{ID: u, Type: "card", Amount: money.Minor(part)}, {Type: "cash", Cash: true, Rest: true}}, "card and cash"
	case 6:
		if t.cash[book] < 6000 { // for the change
			break
		}
		fx := 9_000_000_000 + s.r.Int64N(500_000_000)
		return []receipt.Payment{{Type: "cash", Cash: true, Currency: foreign, FX: money.Rate(fx), Amount: money.Minor(due*10/9/1000*1000 + 2000)}}, "dollars"
	case 7:
		if s.cards > 0 {
			return []receipt.Payment{{Type: "gift_card", Amount: money.Minor(min(due, s.cards)), Reference: "**17"}, rest(due > s.cards)}[:1+boolInt(due > s.cards)], "gift card"
		}
	case 8:
		return []receipt.Payment{{Type: "on_account", Rest: true, Party: "C17"}}, "account"
	case 9:
		if c := min(due, 150); c < due {
			return []receipt.Payment{{Type: "coupon", Amount: money.Minor(c), Party: "maker"}, card}, "coupon and card"
		}
	case 10:
		return []receipt.Payment{{Type: s.odd(), Rest: true}}, "an odd tender"
	case 11:
		if part < due {
			return []receipt.Payment{{ID: u, Type: "card", Amount: money.Minor(part)}, {Type: "check", Rest: true}}, "card and cheque"
		}
	}
	return []receipt.Payment{card}, "card"
}

func rest(bool) receipt.Payment { return receipt.Payment{Type: "card", Rest: true} }

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// odd is a tender that the books do not know at first.
func (s *Sim) odd() string { return []string{"PayLater-X", "TownCard"}[s.r.IntN(2)] }
