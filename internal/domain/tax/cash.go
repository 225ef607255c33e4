package tax

import (
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
)

// CashRound rounds what is paid in cash to a multiple of step minor units (5 for Swiss rappen) and
// returns that and what the rounding added. It belongs to the cash tender alone: the sale, its taxes
// and other tenders keep their cents.
func CashRound(total, step money.Minor, mode fixed.Rounding) (payable, rounding money.Minor, err error) {
	if step < 1 {
		return 0, 0, ErrStep
	}
	if payable, err = total.Round(step, mode); err != nil {
		return 0, 0, err
	}
	return payable, payable - total, nil
}
