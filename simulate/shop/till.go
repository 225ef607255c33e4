package shop

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/flow/checkout"
	"github.com/tillpost/tillpost/simulate/shop/auditor"
)

// till is a register with a drawer, a clock that may be wrong, and a line that may be down.
type till struct {
	store   *store
	code    string
	number  int64
	hash    receipt.Hash
	skew    time.Duration
	offline bool
	rules   *pricing.Rules // its price book: that of the store when it last had a line in the morning
	came    int64          // the highest number that arrived
	queue   []receipt.Receipt
	shift   id.ID // open, zero for none
	counted bool  // the shift is counted and not closed
	opened  bool  // it ever had one
	lost    bool  // something was lost or found in it
	cash    map[money.Currency]int64
}

func (t *till) name() string { return t.store.Code + "/" + t.code }

// head begins the till's next receipt.
func (s *Sim) head(t *till, kind receipt.Kind) receipt.Head {
	return receipt.Head{ID: s.newID("receipt"), Kind: kind, Store: t.store.Code, Register: t.code, Number: t.number + 1,
		BusinessDay: t.store.today(s.clock.now()), DeviceTime: s.clock.now().Add(t.skew), Shift: t.shift,
		Employee: []string{"anna", "bob", ""}[s.r.IntN(3)], Customer: []string{"", "", "C17"}[s.r.IntN(3)], Channel: "store"}
}

// issue seals a receipt and keeps it: from now on the number is taken and the cash has moved.
func (s *Sim) issue(t *till, r receipt.Receipt, what string) error {
	r.Seal(t.hash)
	t.number, t.hash = r.Number, r.Hash
	kept := r
	o := &sold{Receipt: &kept, till: t, rules: t.rules, asked: maps.Clone(s.asked)}
	clear(s.asked)
	s.sold, s.by[r.ID] = append(s.sold, o), o
	s.tallyOf(o)
	if r.Posts() {
		for i := range r.Tenders {
			if x := &r.Tenders[i]; x.Type == "cash" {
				if x.Foreign.Currency != "" {
					t.cash[x.Foreign.Currency] += int64(x.Foreign.Minor)
				} else {
					t.cash[book] += int64(x.Amount)
				}
			}
			if x := &r.Tenders[i]; x.Type == "gift_card" {
				s.cards -= int64(x.Amount)
			}
		}
		for i := range r.Lines {
			if r.Lines[i].Kind == receipt.GiftCard {
				s.cards += int64(r.Lines[i].Net)
			}
		}
		if days := t.store.wait; len(days) == 0 || days[len(days)-1] != r.BusinessDay {
			t.store.wait = append(days, r.BusinessDay)
		}
	}
	s.say("%s #%d %s, total %d, shift %.8s%s", t.name(), r.Number, what, r.Total(), r.Shift.String(), map[bool]string{true: " (offline)"}[t.offline])
	t.queue = append(t.queue, r)
	if t.offline || s.hold {
		return nil
	}
	return s.flush(t)
}

// tallyOf notes what is odd about a receipt.
func (s *Sim) tallyOf(o *sold) {
	if o.till.offline {
		s.note(OfflineReceipts)
	}
	if o.till.skew != 0 {
		s.note(WrongClocks)
	}
	if o.till.rules != o.till.store.rules {
		s.note(OldPrices)
	}
	for i := range o.Lines {
		for _, x := range o.Lines[i].Taxes {
			if x.Code == "VAT21" || x.Code == "STATE" && x.Rate == newState {
				s.note(NewTaxes)
				return
			}
		}
	}
}

// flush sends what waits: out of order, some of it twice, all at once or one by one.
func (s *Sim) flush(t *till) error {
	ws := s.writes(s.lane(t))
	if len(ws) > 1 && s.r.IntN(4) > 0 {
		return s.together(ws)
	}
	for _, w := range ws {
		if err := w.one(); err != nil {
			return err
		}
	}
	return nil
}

// sending sends a receipt that was never acknowledged.
func (s *Sim) sending(r *receipt.Receipt) write {
	return write{
		do: func() error {
			sale, fresh, err := checkout.Complete(s.ctx, s.d, *r)
			if err != nil {
				return fmt.Errorf("%s/%s #%d is refused: %w", r.Store, r.Register, r.Number, err)
			}
			if !fresh || sale.Receipt.Hash != r.Hash {
				return fmt.Errorf("%s/%s #%d: fresh %t, hash %s", r.Store, r.Register, r.Number, fresh, sale.Receipt.Hash)
			}
			return nil
		},
		then: func() { s.arrived(r) },
	}
}

// again sends a receipt that was acknowledged: the answer is the same, and nothing changes.
func (s *Sim) again(r *receipt.Receipt) write {
	return write{
		do: func() error {
			sale, fresh, err := checkout.Complete(s.ctx, s.d, *r)
			if err != nil || fresh || sale.Receipt.Hash != r.Hash {
				return fmt.Errorf("%s/%s #%d again: fresh %t, %w", r.Store, r.Register, r.Number, fresh, err)
			}
			return nil
		},
		then: func() { s.note(Repeated) },
	}
}

// arrived books a receipt with the auditor.
func (s *Sim) arrived(r *receipt.Receipt) {
	s.here[r.ID] = true
	s.b.Receive(s.plain(r))
	t := s.by[r.ID].till
	if r.Number < t.came {
		s.note(Reordered)
	}
	t.came = max(t.came, r.Number)
	if t.store.today(s.clock.now()) > r.BusinessDay {
		s.note(LateReceipts)
	}
	if t.store.closed[r.BusinessDay] {
		s.note(AfterClose)
	}
	if r.Posts() {
		s.pushed(r.BusinessDay)
	}
}

// tampered sends what is broken. The first receipt of a till has no predecessor to break.
func (s *Sim) tampered(r receipt.Receipt) (write, bool) {
	want := ""
	switch s.r.IntN(4) {
	case 0:
		r.Note, want = "changed", "receipt_broken_seal"
	case 1:
		r.PrevHash[3] ^= 1
		if r.Number == 1 {
			return write{}, false
		}
		want = "receipt_broken_seal" // the hash no longer fits
	case 2:
		r.DeviceTime, want = r.DeviceTime.AddDate(1, 0, 0), "device_time_future"
	case 3:
		r.Rounding++
		want = "tenders_do_not_foot"
		if !r.Posts() && r.Kind == receipt.Aborted {
			want = "aborted_not_empty"
		} else if len(r.Tenders) == 0 {
			want = "rounding_too_large"
		}
	}
	return s.refused(r, want), true
}

// plain is a receipt as the auditor reads it.
func (s *Sim) plain(r *receipt.Receipt) *auditor.Receipt {
	st := s.store(r.Store)
	zone, err := time.LoadLocation(st.Zone)
	if err != nil {
		zone = time.UTC
	}
	p := &auditor.Receipt{ID: r.ID.String(), Kind: string(r.Kind), Store: r.Store, Register: r.Register, Number: r.Number, Day: string(r.BusinessDay),
		Employee: r.Employee, Customer: r.Customer, Shift: r.Shift.String(), Hour: r.DeviceTime.In(zone).Hour(), Hash: r.Hash.String(),
		Include: r.PricesInclude, TaxRounding: string(r.TaxRounding), Voids: r.Voids.String(), Rounding: int64(r.Rounding), Currency: string(r.Currency),
		Place: st.Jurisdiction, Step: int64(st.CashStep)}
	o := s.by[r.ID]
	for i := range r.Lines {
		l := &r.Lines[i]
		x := auditor.Line{No: l.No, Kind: string(l.Kind), Item: l.Item, Department: l.Department, Party: l.Party, Qty: int64(l.Qty), Price: int64(l.UnitPrice),
			Extended: int64(l.Extended), Reduced: int64(l.Reduced()), Net: int64(l.Net), NetDiscount: int64(l.NetDiscount), Commission: int64(l.Commission)}
		if it := s.find(l.Item); it != nil {
			x.Fallback, x.List, x.Category = int64(it.cost), s.listed[o.rules][l.Item], it.TaxCategory
			if slices.Contains(o.asked[l.Item], int64(l.UnitPrice)) {
				x.List = int64(l.UnitPrice)
			}
			x.Listed = !it.weighed && (l.Return == nil || l.Return.Receipt.IsZero())
		}
		if l.Kind == receipt.ServiceCharge {
			x.Category = "standard"
		}
		for _, t := range l.Taxes {
			x.Taxes = append(x.Taxes, auditor.Tax{Code: t.Code, Rate: int64(t.Rate), Base: int64(t.Base), Amount: int64(t.Amount)})
		}
		if l.Return != nil {
			x.Return, x.Disposition, x.Of, x.OfLine = true, l.Return.Disposition, l.Return.Receipt.String(), l.Return.Line
		}
		if r.Kind == receipt.Void {
			x.Listed = false
		}
		p.Lines = append(p.Lines, x)
	}
	for _, t := range r.Tenders {
		p.Tenders = append(p.Tenders, auditor.Tender{Type: t.Type, Drawer: t.Drawer, Currency: string(t.Foreign.Currency), Party: t.Party,
			Amount: int64(t.Amount), Foreign: int64(t.Foreign.Minor)})
	}
	return p
}
