package receipt

import (
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
)

// checkTender looks at one tender; the fault's path is the field.
func (r *Receipt) checkTender(i int) *fault.Error {
	t := &r.Tenders[i]
	if t.Type == "" {
		return ErrTextMissing.At("type")
	}
	if f := code(t.Type); f != nil {
		return f.At("type")
	}
	if f := code(t.Drawer); f != nil {
		return f.At("drawer")
	}
	if f := free(t.Reference, MaxCode); f != nil {
		return f.At("reference")
	}
	if f := free(t.Party, MaxCode); f != nil {
		return f.At("party")
	}
	if tooLarge(t.Amount) || tooLarge(t.Foreign.Minor) {
		return ErrAmountRange.At("amount")
	}
	if !t.ID.IsZero() {
		for j := range i {
			if r.Tenders[j].ID == t.ID {
				return ErrTenderTwice.At("id")
			}
		}
	}
	if t.Foreign.Currency == "" {
		if t.Foreign.Minor != 0 || t.FX != 0 {
			return ErrForeign.At("foreign")
		}
		return nil
	}
	if _, err := money.ParseCurrency(string(t.Foreign.Currency)); err != nil {
		return money.ErrCurrency.At("foreign.currency")
	}
	if t.Foreign.Currency == r.Currency || t.FX <= 0 {
		return ErrForeign.At("foreign")
	}
	if r.TaxRounding == RoundAsGiven {
		return nil
	}
	worth, err := Convert(t.Foreign, t.FX, r.Currency)
	if err != nil || (worth-t.Amount).Abs() > 1 {
		return ErrForeign.At("amount")
	}
	return nil
}

// Convert returns what a foreign amount is worth in currency c when one major unit of it is worth fx
// major units of c, rounded half up once.
func Convert(a money.Amount, fx money.Rate, c money.Currency) (money.Minor, error) {
	up, down := c.Digits()-a.Currency.Digits(), 0
	if up < 0 {
		up, down = 0, -up
	}
	rate, err := fixed.MulDiv(int64(fx), fixed.Pow10(up), 1, fixed.Down)
	if err != nil {
		return 0, err
	}
	n, err := fixed.MulDiv(int64(a.Minor), rate, int64(money.OneRate)*fixed.Pow10(down), fixed.HalfUp)
	return money.Minor(n), err
}

// convertBack returns how many minor units of the foreign currency an amount of c is worth, rounded
// towards zero to a multiple of step: what can be given out without giving too much.
func convertBack(a money.Minor, fx money.Rate, c, foreign money.Currency, step money.Minor) (money.Minor, error) {
	up, down := foreign.Digits()-c.Digits(), 0
	if up < 0 {
		up, down = 0, -up
	}
	rate, err := fixed.MulDiv(int64(fx), fixed.Pow10(down), 1, fixed.Down)
	if err != nil || rate == 0 {
		return 0, ErrForeign
	}
	n, err := fixed.MulDiv(int64(a), int64(money.OneRate)*fixed.Pow10(up), rate, fixed.Down)
	if err != nil {
		return 0, err
	}
	return money.Minor(n).Round(step, fixed.Down)
}
