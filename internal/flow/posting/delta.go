package posting

import (
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/domain/ledger"
)

// Delta is what must be posted beside old so that both together say want (J21): the lines that
// differ, sorted by account. It is empty when they say the same.
func Delta(old, want []ledger.Line) ([]ledger.Line, error) {
	type key struct {
		account, store, department, tax, tender, party, unknown, currency string
	}
	at := make(map[key]int, len(old)+len(want))
	var out []ledger.Line
	add := func(l ledger.Line) error {
		k := key{l.Account, l.Store, l.Department, l.TaxCode, l.Tender, l.Party, l.Unknown, string(l.Foreign.Currency)}
		i, ok := at[k]
		if !ok {
			at[k] = len(out)
			out = append(out, l)
			return nil
		}
		var err error
		if out[i].Amount, err = out[i].Amount.Add(l.Amount); err != nil {
			return err
		}
		out[i].Foreign.Minor, err = out[i].Foreign.Minor.Add(l.Foreign.Minor)
		return err
	}
	for _, l := range want {
		if err := add(l); err != nil {
			return nil, err
		}
	}
	for _, l := range Mirror(old) {
		if err := add(l); err != nil {
			return nil, err
		}
	}
	out = slices.DeleteFunc(out, func(l ledger.Line) bool { return l.Amount == 0 })
	slices.SortStableFunc(out, func(x, y ledger.Line) int { return strings.Compare(x.Account, y.Account) })
	return out, nil
}

// Mirror returns the lines with their signs turned: a reversal.
func Mirror(lines []ledger.Line) []ledger.Line {
	out := make([]ledger.Line, len(lines))
	for i, l := range lines {
		l.Amount, l.Foreign.Minor = -l.Amount, -l.Foreign.Minor
		out[i] = l
	}
	return out
}
