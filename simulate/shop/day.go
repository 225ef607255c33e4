package shop

import (
	"time"
)

// oneDay runs a day of the shop: most of what happens happens by itself, and now and then many write at
// the same moment.
func (s *Sim) oneDay(n int) error {
	s.say("day %d", n)
	if err := s.morning(n); err != nil {
		return err
	}
	for left := s.o.Ops; left > 0; {
		k := 1
		switch x := s.r.IntN(16); {
		case x == 0:
			k = greatMoment + s.r.IntN(greatMoment)
		case x < 5:
			k = 2 + s.r.IntN(5)
		}
		k = min(k, left)
		left -= k
		var err error
		if k > 1 {
			err = s.moment(k)
		} else {
			err = s.operation()
		}
		if err != nil {
			return err
		}
		s.step()
	}
	return s.evening()
}

func (s *Sim) morning(n int) error {
	if n == s.restartOn {
		if err := s.restart(); err != nil {
			return err
		}
	}
	if n == s.changeOn {
		s.unmapped = append(s.unmapped, "tax:VAT21", "tax:CITY")
	}
	if n > 0 && s.r.IntN(2) == 0 {
		if err := s.prices(); err != nil {
			return err
		}
	}
	if n > s.monthLeft() && s.r.IntN(3) > map[bool]int{false: 0, true: 1}[s.locked] {
		if err := s.lock(); err != nil {
			return err
		}
	}
	for _, st := range s.stores {
		if n == 0 || s.r.IntN(2) == 0 {
			if err := s.receive(st); err != nil {
				return err
			}
		}
		if s.r.IntN(3) > 0 {
			if err := s.closeDays(st, false); err != nil {
				return err
			}
		}
		for _, t := range st.tills {
			if err := s.wake(t); err != nil {
				return err
			}
		}
	}
	return nil
}

// wake begins a till's day: its clock is right or wrong, and it fetches its price book when it can.
func (s *Sim) wake(t *till) error {
	t.skew = []time.Duration{0, 0, -3 * time.Hour, 26 * time.Hour, -90 * 24 * time.Hour, 7 * time.Minute}[s.r.IntN(6)]
	if !t.offline {
		t.rules = t.store.rules
	}
	if !t.shift.IsZero() {
		return nil
	}
	return s.openShift(t)
}

// monthLeft is the day from which the first day's month is over in every store.
func (s *Sim) monthLeft() int {
	n := 0
	for s.first.Add(n).Month() == s.first.Month() {
		n++
	}
	return n
}

// operation does one thing in a store.
func (s *Sim) operation() error {
	st := s.stores[s.r.IntN(len(s.stores))]
	t := st.tills[s.r.IntN(len(st.tills))]
	switch n := s.r.IntN(100); {
	case n < 26:
		return s.sell(t)
	case n < 31:
		return s.refund(t)
	case n < 34:
		return s.exchange(t)
	case n < 36:
		return s.bring(t)
	case n < 39:
		return s.void(t)
	case n < 41:
		return s.empty(t)
	case n < 47:
		return s.moveCash(t)
	case n < 54:
		return s.line2(t)
	case n < 59:
		return s.adjust(st)
	case n < 62:
		return s.beginCount(st)
	case n < 67:
		return s.count(st)
	case n < 72:
		return s.ship(st)
	case n < 77:
		return s.arrive()
	case n < 81:
		return s.bill(st)
	case n < 83:
		return s.receive(st)
	case n < 89:
		return s.bank(st)
	case n < 94:
		return s.journal(st)
	case n < 97:
		return s.mapOne()
	default:
		return s.swapShift(t)
	}
}

// line2 cuts a till's line, or mends it.
func (s *Sim) line2(t *till) error {
	t.offline = !t.offline
	s.say("%s offline: %t", t.name(), t.offline)
	if t.offline {
		s.note(Offline)
		return nil
	}
	t.rules = t.store.rules
	return s.flush(t)
}

// swapShift ends a shift in the middle of the day and begins the next.
func (s *Sim) swapShift(t *till) error {
	if t.shift.IsZero() {
		return nil
	}
	if err := s.countShift(t); err != nil {
		return err
	}
	if err := s.closeShift(t); err != nil {
		return err
	}
	return s.openShift(t)
}

func (s *Sim) evening() error {
	for _, st := range s.stores {
		for _, t := range st.tills {
			if t.shift.IsZero() || s.r.IntN(5) > 1 {
				continue // stays open over night
			}
			if s.r.IntN(3) > 0 && t.offline {
				if err := s.line2(t); err != nil {
					return err
				}
			}
			if err := s.countShift(t); err != nil {
				return err
			}
			if err := s.closeShift(t); err != nil {
				return err
			}
		}
		if s.r.IntN(3) == 0 {
			if err := s.closeDays(st, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// end brings everything home: what is offline arrives, what is unknown is mapped, all is closed.
func (s *Sim) end() error {
	s.say("the end")
	for _, st := range s.stores {
		for _, t := range st.tills {
			t.offline = false
			if err := s.flush(t); err != nil {
				return err
			}
		}
	}
	for len(s.unmapped) > 0 {
		key := s.unmapped[0]
		s.unmapped = s.unmapped[1:]
		if err := s.mapKey(key); err != nil {
			return err
		}
	}
	for _, st := range s.stores {
		for _, t := range st.tills {
			if t.shift.IsZero() { // what came late is settled by the next shift
				if err := s.openShift(t); err != nil {
					return err
				}
			}
			if err := s.countShift(t); err != nil {
				return err
			}
			if err := s.closeShift(t); err != nil {
				return err
			}
		}
		if err := s.closeDays(st, true); err != nil {
			return err
		}
	}
	s.settled()
	return nil
}

// settled compares what must be once nothing is under way: all returns, what is missing in the
// drawers and at the bank, and what is in the drawers.
func (s *Sim) settled() {
	s.b.JudgeReturns()
	if over := s.b.Balance("over_short", ""); over != s.lost+s.banked {
		s.b.Complain("over/short is %d in the end; %d were lost and %d missing at the bank", over, s.lost, s.banked)
	}
	for _, st := range s.stores {
		for _, t := range st.tills {
			if n := s.b.Drawer(st.Code, t.code, string(book)); n != t.cash[book] {
				s.b.Complain("drawer %s holds %d, the auditor says %d", t.name(), t.cash[book], n)
			}
		}
	}
}
