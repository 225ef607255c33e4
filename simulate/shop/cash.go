package shop

import (
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/shift"
)

// fxRate is what a dollar is worth where the books have none to compare with.
const fxRate = 9_200_000_000

var fxRates = map[string]int64{string(foreign): fxRate}

func pieces(amount int64) []shifts.Piece {
	if amount <= 0 {
		return nil
	}
	out := []shifts.Piece{}
	for _, v := range []int64{5000, 500, 1} {
		if n := amount / v; n > 0 {
			out = append(out, shifts.Piece{Value: money.Minor(v), Number: n})
			amount -= n * v
		}
	}
	return out
}

// lose takes a little cash out of a drawer, or finds some: nobody knows why.
func (s *Sim) lose(t *till, c money.Currency) {
	if s.r.IntN(3) > 0 {
		return
	}
	n := max(s.r.Int64N(500)-300, -t.cash[c])
	t.cash[c] += n
	if n != 0 && !t.lost {
		t.lost = true
		s.note(Differences)
	}
	if c == book {
		s.lost -= n
	}
}

// openShift opens a till's shift.
func (s *Sim) openShift(t *till) error {
	o := shift.Opening{ID: s.newID("shift"), Store: t.store.Code, Register: t.code, Employee: "anna",
		At: s.clock.now().Add(t.skew), Sent: s.clock.now().Add(t.skew)}
	counted := map[string]int64(nil)
	float := int64(0)
	switch {
	case !t.opened:
		t.cash[book] = 15_000
		counted = map[string]int64{string(book): 15_000, string(foreign): 0}
	case s.r.IntN(2) == 0:
		float = 1000 * (1 + s.r.Int64N(5))
		t.cash[book] += float
		o.FromSafe = []money.Amount{{Minor: money.Minor(float), Currency: book}}
	}
	if t.opened && s.r.IntN(3) == 0 {
		s.lose(t, book)
		counted = map[string]int64{string(book): t.cash[book]}
		if s.r.IntN(2) == 0 {
			s.lose(t, foreign)
			counted[string(foreign)] = t.cash[foreign]
		}
	}
	for _, c := range []money.Currency{book, foreign} {
		if n, ok := counted[string(c)]; ok {
			x := shift.Counting{Currency: c, Pieces: pieces(n)}
			if c != book {
				x.Rate = fxRate
			}
			o.Counts = append(o.Counts, x)
		}
	}
	s.say("%s opens shift %.8s, float %d, counted %v", t.name(), o.ID.String(), float, counted)
	got, err := shift.Open(s.ctx, s.d, o)
	if err != nil {
		return err
	}
	on := t.store.today(s.clock.now())
	if got.Shift.Day != on {
		s.b.Complain("shift %s is of %s, not of %s", o.ID, got.Shift.Day, on)
	}
	s.b.OpenShift(o.ID.String(), t.store.Code, t.code, string(on), float, counted, fxRates)
	t.shift, t.opened, t.counted, t.lost = o.ID, true, false, false
	s.note(Shifts)
	return nil
}

// moveCash moves cash without a receipt.
func (s *Sim) moveCash(t *till) error {
	if t.shift.IsZero() || t.counted {
		return nil
	}
	a := 100 + s.r.Int64N(3000)
	m := shift.Movement{ID: s.newID("cash"), Shift: t.shift, Kind: posting.CashPaidOut, Amount: money.Amount{Minor: money.Minor(a), Currency: book}, Reason: "because"}
	key := func(role string) [2]string { return [2]string{role, ""} }
	safe := [2]string{"safe", t.store.Code}
	against := map[[2]string]int64{}
	sign := int64(-1)
	switch s.r.IntN(8) {
	case 0:
		m.Kind, against[safe] = posting.CashDrop, a
	case 1:
		m.Kind, m.Purpose, sign, against[safe] = posting.CashPaidIn, posting.PurposeSafe, 1, -a
	case 2:
		m.Kind, m.Purpose, sign, against[key("equity")] = posting.CashPaidIn, posting.PurposeOwner, 1, -a
	case 3:
		m.Purpose, against[key("wages_payable")] = posting.PurposeWages, a
	case 4:
		m.Purpose, against[key("payable")] = posting.PurposeSupplier, a
	case 5:
		payroll := s.r.Int64N(300)
		m.Kind, m.Payroll, m.Reason = posting.CashTipsOut, money.Minor(payroll), ""
		against[key("tips_payable")], against[key("wages_payable")] = a+payroll, -payroll
	case 6:
		m.Kind, m.Purpose, m.Expense, sign, against[[2]string{"petty_expense", "refund"}] = posting.CashPaidIn, posting.PurposeExpense, "refund", 1, -a
	default:
		tax := a / 6
		m.Expense, m.Tax, m.TaxCode = "cleaning", money.Minor(tax), "VAT20"
		against[[2]string{"petty_expense", "cleaning"}], against[[2]string{"input_tax", "VAT20"}] = a-tax, tax
	}
	if sign < 0 && t.cash[book] < a {
		return nil
	}
	s.say("%s moves cash: %s %s %d", t.name(), m.Kind, m.Purpose, sign*a)
	if _, err := shift.Move(s.ctx, s.d, m); err != nil {
		return err
	}
	t.cash[book] += sign * a
	s.note(CashMoves)
	s.b.CashMove(t.shift.String(), sign*a, against)
	return nil
}

// countShift counts a drawer blind, now and then wrongly at first.
func (s *Sim) countShift(t *till) error {
	w, b := s.counting(t)
	wrong := s.r.IntN(8) == 0
	if wrong {
		b.Counts[0].Pieces = pieces(max(t.cash[book]+700, 0))
	}
	if err := w.do(); err != nil {
		return err
	}
	if wrong {
		b.Counts[0].Pieces, b.Reason = pieces(t.cash[book]), "counted wrongly"
		if _, err := shift.Recount(s.ctx, s.d, *b); err != nil {
			return err
		}
		s.b.Tell("shift.counted", t.shift.String())
	}
	w.then()
	return nil
}

// counting is a blind count of what lies in a drawer.
func (s *Sim) counting(t *till) (write, *shift.Blind) {
	s.lose(t, book)
	if s.r.IntN(4) == 0 {
		s.lose(t, foreign)
	}
	b := &shift.Blind{Shift: t.shift}
	counted := map[string]int64{}
	for _, c := range []money.Currency{book, foreign} {
		counted[string(c)] = max(t.cash[c], 0)
		b.Counts = append(b.Counts, shift.Counting{Currency: c, Pieces: pieces(t.cash[c])})
	}
	s.say("%s counts %v", t.name(), counted)
	var got shift.Counted
	return write{
		do: func() (err error) {
			got, err = shift.Count(s.ctx, s.d, *b)
			return err
		},
		then: func() {
			want := s.b.Expected(t.shift.String())
			for _, r := range got.Counts {
				if int64(r.Expected) != want[string(r.Currency)] {
					s.b.Complain("shift %s expects %d %s, the auditor %d", t.shift, r.Expected, r.Currency, want[string(r.Currency)])
				}
			}
			s.b.CountShift(t.shift.String(), counted)
			t.counted = true
		},
	}, b
}

// closeShift closes a counted shift.
func (s *Sim) closeShift(t *till) error {
	keep := int64(10_000)
	c := shift.Closing{Shift: t.shift, Keep: []money.Amount{{Minor: money.Minor(keep), Currency: book}}, Rates: map[money.Currency]money.Rate{foreign: fxRate}}
	s.say("%s closes its shift", t.name())
	if _, err := shift.Close(s.ctx, s.d, c); err != nil {
		return err
	}
	s.b.CloseShift(t.shift.String(), keep, fxRates)
	t.cash[book] = min(t.cash[book], keep)
	t.shift, t.counted = id.ID{}, false
	return nil
}

// bank sends a bag to the bank, or finds one on a statement.
func (s *Sim) bank(st *store) error {
	on := string(st.today(s.clock.now()))
	if len(s.bags) > 0 && s.r.IntN(2) == 0 {
		b := s.bags[0]
		s.bags = s.bags[1:]
		credited := int64(b.Amount)
		if s.r.IntN(4) == 0 {
			credited += s.r.Int64N(2000) - 1000
		}
		s.say("%s: the bank credits %d of %d", b.Store, credited, b.Amount)
		if _, err := shift.MatchDeposit(s.ctx, s.d, shift.Shown{ID: s.newID("match"), Bag: b.ID, Statement: "line", Credited: money.Minor(credited)}); err != nil {
			return err
		}
		s.banked += int64(b.Amount) - credited
		s.note(Bank)
		s.b.Tell("bank_deposit.matched", b.ID.String())
		s.b.Credited(b.Store, string(s.store(b.Store).today(s.clock.now())), int64(b.Amount), credited)
		return nil
	}
	b := shift.Bag{ID: s.newID("bag"), Store: st.Code, Amount: money.Minor(5000 + s.r.Int64N(20_000)), Reference: "bag"}
	s.say("%s sends %d to the bank", st.Code, b.Amount)
	if _, err := shift.BankDeposit(s.ctx, s.d, b); err != nil {
		return err
	}
	s.note(Bank)
	s.b.Tell("bank_deposit.sent", b.ID.String())
	s.b.Bag(st.Code, on, int64(b.Amount))
	s.bags = append(s.bags, b)
	return nil
}
