package receipt

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
)

// settle turns payments into tenders and sets the rounding.
func (r *Receipt) settle(s Settlement) error {
	total, err := r.safeTotal()
	if err != nil {
		return err
	}
	if len(s.Payments) == 0 {
		if total != 0 {
			return ErrShort.At("payments")
		}
		return nil
	}
	s.Payments = slices.Clone(s.Payments)
	d, err := r.count(s.Payments)
	if err != nil {
		return err
	}
	left := total - d.fixed // to be settled by the rest and by cash
	if d.rest >= 0 && !s.Payments[d.rest].Cash {
		p := &s.Payments[d.rest]
		p.Amount = left - d.cash
		left, d.rest = d.cash, -1
	}
	if d.anyCash {
		if left < min(total, 0) {
			return ErrOver.At("payments")
		}
		return r.settleCash(s, d.rest, left, d.cash)
	}
	switch {
	case left > 0 && total >= 0, left < 0 && total < 0:
		return ErrShort.At("payments")
	case left != 0:
		return ErrOver.At("payments")
	}
	r.Tenders, err = r.tenders(s.Payments, nil)
	return err
}

// declared is what the payments say before anything is worked out.
type declared struct {
	fixed   money.Minor // worth of all that is not cash
	cash    money.Minor // worth of the cash
	anyCash bool
	rest    int // index of the payment that takes the rest, -1 for none
}

// count checks the payments and adds them up. A hundred amounts of 10^15 stay below overflow.
func (r *Receipt) count(ps []Payment) (declared, error) {
	d := declared{rest: -1}
	for i := range ps {
		p := &ps[i]
		if f := r.checkPayment(p); f != nil {
			return d, f.At(join(fmt.Sprintf("payments[%d]", i), f.Path))
		}
		d.anyCash = d.anyCash || p.Cash
		if p.Rest {
			if d.rest >= 0 {
				return d, ErrPayment.At(fmt.Sprintf("payments[%d].rest", i))
			}
			d.rest = i
			continue
		}
		worth, err := r.worth(p, p.Amount)
		if err != nil || tooLarge(worth) {
			return d, ErrAmountRange.At(fmt.Sprintf("payments[%d].amount", i))
		}
		if p.Cash {
			d.cash += worth
		} else {
			d.fixed += worth
		}
	}
	return d, nil
}

// settleCash rounds what is due in cash, gives change, and writes the tenders.
func (r *Receipt) settleCash(s Settlement, rest int, left, given money.Minor) error {
	step := stepOf(s.Steps, r.Currency)
	due, err := left.Round(step.Step, step.Mode)
	if err != nil {
		return err
	}
	if rest >= 0 {
		p := &s.Payments[rest]
		if p.Amount, err = r.inCurrency(p, due-given); err != nil {
			return err
		}
		worth, err := r.worth(p, p.Amount)
		if err != nil {
			return err
		}
		given += worth
		if p.Currency != "" && p.Currency != r.Currency {
			due = given // what the foreign coins cannot express is rounding, not change
		}
	}
	if given < due {
		return ErrShort.At("payments")
	}
	if due, err = payable(s, r.Currency, step, left, given, due); err != nil {
		return err
	}
	change, err := r.change(s, given-due)
	if err != nil {
		return err
	}
	if r.Tenders, err = r.tenders(s.Payments, change); err != nil {
		return err
	}
	r.Rounding = r.Tendered() - r.Total()
	if r.Rounding != 0 && len(r.Tenders) == 0 { // two cents, rounded to nothing: still a cash sale
		for _, p := range s.Payments {
			if p.Cash {
				r.Tenders = append(r.Tenders, Tender{ID: p.ID, Type: p.Type, Drawer: p.Drawer})
				break
			}
		}
	}
	return nil
}

// payable is what is due so that the change can be paid in the coins that there are. Foreign cash may be
// worth an amount that they cannot express; then this, and not zero, is where the steps begin.
func payable(s Settlement, currency money.Currency, step CashStep, left, given, due money.Minor) (money.Minor, error) {
	if step.Step <= 1 || given == due || s.Change != nil && s.Change.Currency != "" && s.Change.Currency != currency {
		return due, nil
	}
	for i := range s.Payments {
		if p := &s.Payments[i]; p.Cash && p.Currency != "" && p.Currency != currency {
			off := given % step.Step
			n, err := (left - off).Round(step.Step, step.Mode)
			return min(n+off, given), err
		}
	}
	return due, nil
}

// change returns the payment, negative, that gives the change back; nil for none.
func (r *Receipt) change(s Settlement, amount money.Minor) (*Payment, error) {
	if amount == 0 {
		return nil, nil
	}
	c := &Payment{Cash: true, Currency: r.Currency}
	if s.Change != nil {
		c.Type, c.Drawer, c.FX = s.Change.Type, s.Change.Drawer, s.Change.FX
		if s.Change.Currency != "" {
			c.Currency = s.Change.Currency
		}
	} else {
		for _, p := range s.Payments {
			local := p.Currency == "" || p.Currency == r.Currency
			if p.Cash && (c.Type == "" || local) {
				if c.Type = p.Type; local {
					c.Drawer = p.Drawer
					break
				}
			}
		}
	}
	c.Amount = -amount
	if c.Currency != r.Currency {
		step := stepOf(s.Steps, c.Currency)
		n, err := convertBack(amount, c.FX, r.Currency, c.Currency, step.Step)
		if err != nil {
			return nil, at(err, "change.fx")
		}
		c.Amount = -n
	}
	return c, nil
}

// tenders writes the payments down, cash of one kind merged and net of change.
func (r *Receipt) tenders(ps []Payment, change *Payment) ([]Tender, error) {
	if change != nil {
		ps = append(ps[:len(ps):len(ps)], *change)
	}
	merged := make([]Payment, 0, len(ps))
	for _, p := range ps {
		if p.Currency == r.Currency {
			p.Currency = ""
		}
		at := -1
		for i, m := range merged {
			if p.Cash && m.Cash && m.Type == p.Type && m.Drawer == p.Drawer && m.Currency == p.Currency && m.FX == p.FX {
				at = i
			}
		}
		if at < 0 {
			merged = append(merged, p)
			continue
		}
		merged[at].Amount += p.Amount
	}
	out := make([]Tender, 0, len(merged))
	for i := range merged {
		p := &merged[i]
		if p.Cash && p.Amount == 0 {
			continue // all of it went back
		}
		t := Tender{ID: p.ID, Type: p.Type, Amount: p.Amount, Drawer: p.Drawer, Reference: p.Reference, Party: p.Party}
		if p.Currency != "" {
			worth, err := r.worth(p, p.Amount)
			if err != nil {
				return nil, err
			}
			t.Amount, t.Foreign, t.FX = worth, money.Amount{Minor: p.Amount, Currency: p.Currency}, p.FX
		}
		out = append(out, t)
	}
	return out, nil
}

func (r *Receipt) checkPayment(p *Payment) *fault.Error {
	foreign := p.Currency != "" && p.Currency != r.Currency
	switch {
	case p.Type == "":
		return ErrTextMissing.At("type")
	case p.Rest && p.Amount != 0, !p.Rest && p.Amount == 0:
		return ErrPayment.At("amount")
	case foreign != (p.FX != 0), p.FX < 0, foreign && p.Rest && !p.Cash:
		return ErrPayment.At("fx")
	case tooLarge(p.Amount):
		return ErrAmountRange.At("amount")
	}
	if foreign {
		if _, err := money.ParseCurrency(string(p.Currency)); err != nil {
			return money.ErrCurrency.At("currency")
		}
	}
	return nil
}

// worth is an amount of the payment's currency in the receipt's.
func (r *Receipt) worth(p *Payment, amount money.Minor) (money.Minor, error) {
	if p.Currency == "" || p.Currency == r.Currency {
		return amount, nil
	}
	return Convert(money.Amount{Minor: amount, Currency: p.Currency}, p.FX, r.Currency)
}

// inCurrency is an amount of the receipt's currency in the payment's, rounded up: what settles it.
func (r *Receipt) inCurrency(p *Payment, amount money.Minor) (money.Minor, error) {
	if p.Currency == "" || p.Currency == r.Currency {
		return amount, nil
	}
	n, err := convertBack(amount, p.FX, r.Currency, p.Currency, 1)
	if err != nil {
		return 0, err
	}
	if w, err := r.worth(p, n); err != nil || amount > 0 && w < amount {
		return n + 1, err
	}
	return n, nil
}

// at points a fault at a place in the input.
func at(err error, path string) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.At(path)
	}
	return err
}

// safeTotal is Total for lines that were not validated.
func (r *Receipt) safeTotal() (money.Minor, error) {
	var total int64
	for i := range r.Lines {
		l := &r.Lines[i]
		terms := make([]int64, 0, 1+len(l.Taxes))
		terms = append(terms, total, int64(l.Net))
		for _, t := range l.Taxes {
			terms = append(terms, int64(t.Amount))
		}
		var err error
		if total, err = fixed.Sum(terms...); err != nil || tooLarge(money.Minor(total)) {
			return 0, ErrAmountRange.At("lines")
		}
	}
	return money.Minor(total), nil
}

// stepOf returns the cash step of a currency, one minor unit when none is declared.
func stepOf(steps []CashStep, c money.Currency) CashStep {
	for _, s := range steps {
		if s.Currency == c {
			if s.Mode == "" {
				s.Mode = fixed.HalfUp
			}
			return s
		}
	}
	return CashStep{Currency: c, Step: 1, Mode: fixed.HalfUp}
}
