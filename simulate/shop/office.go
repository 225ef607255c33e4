package shop

import (
	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/flow/closeday"
	"github.com/tillpost/tillpost/internal/flow/closeperiod"
	"github.com/tillpost/tillpost/internal/flow/journal"
	"github.com/tillpost/tillpost/internal/flow/resolve"
)

// prices changes some prices.
func (s *Sim) prices() error {
	for _, it := range s.items {
		if s.r.IntN(3) == 0 && it.Kind == pricing.ItemLine {
			it.Price = price(1 + s.r.Int64N(int64(*it.Price)/5000+100))
		}
	}
	s.say("prices change")
	s.note(Prices)
	return s.compile()
}

// mapOne settles one of the things that were unknown.
func (s *Sim) mapOne() error {
	if len(s.unmapped) == 0 {
		return nil
	}
	i := s.r.IntN(len(s.unmapped))
	key := s.unmapped[i]
	s.unmapped = append(s.unmapped[:i], s.unmapped[i+1:]...)
	return s.mapKey(key)
}

func (s *Sim) mapKey(key string) error {
	today := map[string]string{}
	for _, st := range s.stores {
		today[st.Code] = string(st.today(s.clock.now()))
	}
	s.say("maps %s", key)
	s.note(Mapped)
	m := resolve.Mapping{Key: key}
	switch key {
	case "tender:PayLater-X":
		m.Kind = "card"
		s.b.MapTender("PayLater-X", "card", today)
	case "tender:TownCard":
		m.Kind = "gift_card"
		s.b.MapTender("TownCard", "gift_card", today)
	case "tax:VAT21":
		m.Account = "2100"
		s.b.MapTax("VAT21", today)
	case "tax:CITY":
		m.Account = "2100"
		s.b.MapTax("CITY", today)
	default:
		it := s.find(key[len("item:"):])
		m.Department, m.Service, m.Cost = "late", it.service, 1_230_000
		it.cost = 1_230_000
		s.departments[it.SKU] = "late"
		s.b.MapItem(it.SKU, "late", it.service, int64(it.cost), today)
	}
	_, err := resolve.Map(s.ctx, s.d, m)
	return err
}

// journal books an entry by hand, corrects one or takes one back.
func (s *Sim) journal(st *store) error {
	on := st.today(s.clock.now()).Add(-s.r.IntN(8))
	s.note(Manual)
	s.pushed(on)
	if len(s.manual) > 0 && s.r.IntN(2) == 0 {
		e := s.manual[0]
		s.manual = s.manual[1:]
		a := int64(e.Lines[0].Amount)
		on = max(on, e.BusinessDay)
		if s.r.IntN(2) == 0 {
			s.say("%s corrects an entry by hand on %s", e.Store, on)
			lines := []journal.Line{{Account: "6510", Amount: e.Lines[0].Amount}, e.Lines[1]}
			_, _, err := journal.Correct(s.ctx, s.d, journal.Correction{ID: s.newID("correction"), Doc: e.ID, BusinessDay: on, Memo: "power, not rent", Lines: lines})
			s.b.Manual(e.Store, string(on), map[string]int64{"6500": -a, "6510": a})
			return err
		}
		s.say("%s takes an entry by hand back on %s", e.Store, on)
		_, _, err := journal.Reverse(s.ctx, s.d, journal.Reversal{Entry: e.ID, BusinessDay: on, Memo: "wrong"})
		s.b.Manual(e.Store, string(on), map[string]int64{"6500": -a, "1140": a})
		return err
	}
	a := 100 + s.r.Int64N(100_000)
	e := journal.Entry{ID: s.newID("manual"), Store: st.Code, BusinessDay: on, Memo: "rent",
		Lines: []journal.Line{{Account: "6500", Amount: money.Minor(a), Party: "landlord"}, {Account: "1140", Amount: -money.Minor(a)}}}
	s.say("%s books %d by hand on %s", st.Code, a, on)
	if _, _, err := journal.Post(s.ctx, s.d, e); err != nil {
		return err
	}
	s.b.Manual(st.Code, string(on), map[string]int64{"6500": a, "1140": -a})
	s.manual = append(s.manual, e)
	return nil
}

// lock closes the month of the first day, and now and then opens it again.
func (s *Sim) lock() error {
	o := closeperiod.Order{From: s.first.Add(1 - s.first.Time().Day()), To: s.first.Add(s.monthLeft() - 1), By: ledger.By{Who: "the accountant", Reason: "month end"}, DespiteSuspense: true}
	var err error
	if s.locked {
		s.say("the month is opened again")
		s.note(Reopenings)
		_, err = closeperiod.Reopen(s.ctx, s.d, o)
		s.b.Unlock(string(o.From), string(o.To))
	} else {
		s.say("the month is locked")
		s.note(Locks)
		_, err = closeperiod.Close(s.ctx, s.d, o)
		s.b.Lock(string(o.From), string(o.To))
	}
	s.locked = !s.locked
	return err
}

// pushed notes what cannot count on its day.
func (s *Sim) pushed(on day.Day) {
	if s.locked && on.Month() == s.first.Month() {
		s.note(Pushed)
	}
}

// closeDays closes what a store has not closed yet, up to today or yesterday.
func (s *Sim) closeDays(st *store, all bool) error {
	for len(st.wait) > 0 {
		d := st.wait[0]
		if d >= st.today(s.clock.now()) && !all {
			return nil
		}
		st.wait = st.wait[1:]
		s.say("%s closes %s", st.Code, d)
		if _, err := closeday.Close(s.ctx, s.d, closeday.Command{Store: st.Code, Day: d, Force: true}); err != nil {
			return err
		}
		s.b.CloseDay(st.Code, string(d))
		st.closed[d] = true
	}
	return nil
}

func (s *Sim) newID(what string) id.ID {
	s.ids++
	return id.Derive(s.clock.now(), "simulator", what+" "+itoa(int64(s.o.Seed))+" "+itoa(int64(s.ids)))
}
