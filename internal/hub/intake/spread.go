package intake

import (
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
)

// Spread divides an amount of the whole document (a tax, a discount) over its lines so that the
// shares sum to it exactly. Weights are the lines' amounts; on an exchange some are negative, and
// their shares then have the opposite sign. When the weights sum to nothing the first line takes all.
func Spread(total money.Minor, weights []int64) []money.Minor {
	if len(weights) == 0 {
		return nil
	}
	negative := false
	for _, w := range weights {
		negative = negative || w < 0
	}
	if !negative {
		if shares, err := money.Split(total, weights); err == nil {
			return shares
		}
	}
	shares := make([]money.Minor, len(weights))
	sum, err := fixed.Sum(weights...)
	if err != nil || sum == 0 {
		shares[0] = total
		return shares
	}
	left, largest := total, 0
	for i, w := range weights {
		n, err := fixed.MulDiv(int64(total), w, sum, fixed.Down)
		if err != nil {
			clear(shares)
			shares[0] = total
			return shares
		}
		shares[i] = money.Minor(n)
		left -= shares[i]
		if max(w, -w) > max(weights[largest], -weights[largest]) {
			largest = i
		}
	}
	shares[largest] += left
	return shares
}
