package posting

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"pgregory.net/rapid"
)

// FuzzReclass: whatever the key, the answer is a fault or lines that balance and leave nothing of the
// key behind.
func FuzzReclass(f *testing.F) {
	for _, key := range []string{"tender:x", "tender:cash", "tender:giftcard", "tax:US-STATE", "tax:new", "item:a", "account:sales",
		"account:drawer/S01/R1/EUR", "account:drawer", "account:moon", "difference:till", "line:wish", "movement:adjustment/p", "", ":", "x:", "tender"} {
		f.Add(key, int64(3000), true)
	}
	f.Fuzz(func(t *testing.T, key string, amount int64, debit bool) {
		open := []Suspended{{Account: "9999", Store: "S01", Register: "R1", Department: "apparel", Tender: "x", Debit: debit, Amount: money.Minor(amount)}}
		if open[0].Amount.CheckRange() != nil {
			return
		}
		lines, unknown, err := Reclass(key, open, Target{Store: "S01"}, nil, workedBooks("USD"))
		if err != nil {
			if code := fault.CodeOf(err); code != ErrKey.Code && code != ErrNoTarget.Code {
				t.Fatal(err)
			}
			return
		}
		var sum, left money.Minor
		for _, l := range lines {
			sum += l.Amount
			if l.Unknown == key {
				left += l.Amount
			}
		}
		if sum != 0 || len(unknown) == 0 && left != -money.Minor(amount) {
			t.Fatalf("sum %d, counter line %d: %+v", sum, left, lines)
		}
	})
}

// TestReclassUndoesSuspense: any sale booked with unknowns and then reclassed key by key ends where
// the same sale would be if everything had been known.
func TestReclassUndoesSuspense(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r, costs, _ := anyReceipt(t)
		lines := r.Lines[:0]
		for _, l := range r.Lines {
			if l.Kind != "odd" {
				lines = append(lines, l)
			}
		}
		r.Lines = lines
		for i := range r.Tenders {
			r.Tenders[i].Foreign = money.Amount{} // euros need a drawer of their own
		}
		unexplained := r.Tendered() - r.Total() - r.Rounding
		if unexplained != 0 {
			r.Tenders = append(r.Tenders, pay("card", -unexplained))
		}
		costs = knownCosts(costs, len(lines))
		first, _, err := Sale(r, costs, 0, anyBooks())
		if err != nil {
			t.Fatal(err)
		}
		known := anyBooks()
		known.Items = nil
		known.Tenders["PayLater-X"] = payments.Card
		known.Roles.Set(RoleTax, "NEW-TAX", "2199")
		want, unknown, err := Sale(r, costs, 0, known)
		if err != nil || len(unknown) != 0 {
			t.Fatal(err, unknown)
		}
		got := first.Lines
		for _, l := range first.Lines {
			if l.Unknown == "" {
				continue
			}
			s := Suspended{Account: l.Account, Store: l.Store, Register: r.Register, Department: l.Department, TaxCode: l.TaxCode,
				Tender: l.Tender, Party: l.Party, Debit: isReturned(r.Lines, l), Amount: l.Amount, Foreign: l.Foreign, Lines: 1}
			cured, unknown, err := Reclass(l.Unknown, []Suspended{s}, Target{Store: "S01"}, nil, known)
			if err != nil || len(unknown) != 0 {
				t.Fatal(err, unknown)
			}
			got = append(got, cured...)
		}
		compareAccounts(t, got, want.Lines)
	})
}

// isReturned tells for an item's suspended line whether it was brought back: revenue of items that
// are both sold and returned on one receipt stands on one line, so only the sum is compared then.
func isReturned(lines []receipt.Line, l ledger.Line) bool {
	for i := range lines {
		if "item:"+lines[i].Item == l.Unknown && lines[i].Department == l.Department {
			return lines[i].Return != nil
		}
	}
	return false
}

// compareAccounts compares balances; sales and returns count as one, see isReturned.
func compareAccounts(t *rapid.T, got, want []ledger.Line) {
	sums := map[string]money.Minor{}
	account := func(l ledger.Line) string {
		switch roleOf(l.Account) {
		case RoleSales, RoleReturns:
			return "revenue " + l.Department
		}
		return l.Account
	}
	for _, l := range got {
		sums[account(l)] += l.Amount
	}
	for _, l := range want {
		sums[account(l)] -= l.Amount
	}
	for k, v := range sums {
		if v != 0 {
			t.Fatalf("%s differs by %d", k, v)
		}
	}
}

// TestMovementMemo keeps long notes of processors short and whole letters whole.
func TestMovementMemo(t *testing.T) {
	t.Parallel()
	m := movement(payments.FeeOnly, -100, 0)
	m.Note = "line one\n\tline two " + strings.Repeat("é", 400)
	memo := movementMemo(m)
	if len(memo) > memoMost || !utf8.ValidString(memo) || !strings.HasPrefix(memo, "fee card x1 line one line two é") {
		t.Errorf("%q", memo)
	}
}

func knownCosts(costs []inventory.Cost, lines int) []inventory.Cost {
	kept := costs[:0]
	for _, c := range costs {
		if c.Line <= lines {
			kept = append(kept, c)
		}
	}
	return kept
}
