package posting_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/flow/posting"
)

var updateCash = flag.Bool("update-cash", false, "write the golden files of the cash rules")

// cashAccounts are the accounts of the worked entries, with the names that they have there.
var cashAccounts = []struct{ role, key, code, name string }{
	{posting.RoleDrawer, "01/R1/USD", "1110", "Drawer R1"},
	{posting.RoleDrawer, "01/R1/CAD", "1111", "Drawer R1 CAD"},
	{posting.RoleSafe, "", "1120", "Safe"},
	{posting.RoleSafe, "01/CAD", "1121", "Safe CAD"},
	{posting.RoleCashInTransit, "", "1130", "Cash in transit"},
	{posting.RoleBank, "", "1140", "Bank"},
	{posting.RoleWagesPayable, "", "2000", "Wages payable"},
	{posting.RolePayable, "", "2001", "Payables"},
	{posting.RoleInputTax, "", "2150", "Input tax"},
	{posting.RoleTips, "", "2200", "Tips payable"},
	{posting.RoleEquity, "", "3000", "Equity"},
	{posting.RoleOverShort, "", "6200", "Over/short"},
	{posting.RoleExpense, "", "6300", "Petty expense"},
	{posting.RoleSuspense, "", "9999", "Suspense"},
}

func cashBooks() posting.Books {
	roles := ledger.NewRoles()
	for _, a := range cashAccounts {
		roles.Set(a.role, a.key, a.code)
	}
	return posting.Books{Roles: roles, Book: "USD"}
}

func holder() posting.Holder {
	return posting.Holder{Shift: cashID(1), Store: "01", Register: "R1", Drawer: "R1", Employee: "E7", Day: "2026-03-14"}
}

func cashID(n int) id.ID {
	return id.Derive(time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC), "cash test", fmt.Sprint(n))
}

func usd(minor money.Minor) posting.Cash {
	return posting.Cash{Amount: money.Amount{Minor: minor, Currency: "USD"}, Book: minor}
}

func cad(minor, book money.Minor) posting.Cash {
	return posting.Cash{Amount: money.Amount{Minor: minor, Currency: "CAD"}, Book: book}
}

// journal writes entries as the worked ones are written: debits first, amounts in a column.
func journal(t *testing.T, title string, entries ...ledger.Entry) string {
	t.Helper()
	names := map[string]string{}
	for _, a := range cashAccounts {
		names[a.code] = a.name
	}
	var b strings.Builder
	fmt.Fprintln(&b, title)
	for i := range entries {
		e := &entries[i]
		if s, err := e.Sum(); s != 0 || err != nil {
			t.Fatalf("%s: an entry is off by %d, %v", title, s, err)
		}
		for _, sign := range []money.Minor{1, -1} {
			for _, l := range e.Lines {
				if l.Amount*sign < 0 {
					continue
				}
				side := map[money.Minor]string{1: "Dr", -1: "Cr"}[sign]
				note := ""
				if l.Foreign.Currency != "" {
					note = "  " + l.Foreign.String()
				}
				fmt.Fprintf(&b, "  %s %s %-44s%10s%s\n", side, l.Account, names[l.Account], money.Currency("USD").Format(l.Amount*sign), note)
			}
		}
	}
	return b.String()
}

func checkCashGolden(t *testing.T, file, got string) {
	t.Helper()
	name := filepath.Join("testdata", file)
	if *updateCash {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs:\n%s\nwant:\n%s", file, got, want)
	}
}

// known fails the test unless the rule placed everything.
func known(t *testing.T) func(ledger.Entry, []posting.Unknown, error) ledger.Entry {
	return func(e ledger.Entry, unknown []posting.Unknown, err error) ledger.Entry {
		t.Helper()
		if err != nil || len(unknown) > 0 {
			t.Fatalf("unknown %v, %v", unknown, err)
		}
		return e
	}
}

// TestJ3 is the drawer's day: float 200.00 + 512.35 - 12.00 - 400.00 = 300.35 expected, 298.35 counted.
func TestJ3(t *testing.T) {
	t.Parallel()
	b, ok := cashBooks(), known(t)
	checkCashGolden(t, "j3.golden", journal(t, "J3 shift movements and count",
		ok(posting.MoveCash(posting.CashMove{ID: cashID(2), Holder: holder(), Kind: posting.CashPaidOut, Cash: usd(1200), Tax: 200,
			Expense: "window cleaner"}, b)),
		ok(posting.MoveCash(posting.CashMove{ID: cashID(3), Holder: holder(), Kind: posting.CashDrop, Cash: usd(40000)}, b)),
		ok(posting.CountCash(posting.CashDifference{ID: cashID(4), Holder: holder(), Day: "2026-03-14", Over: []posting.Cash{usd(-200)}}, b)),
		ok(posting.MoveCash(posting.CashMove{ID: cashID(5), Holder: holder(), Kind: posting.CashSkim, Cash: usd(9835)}, b))))
}

// TestJ3Other covers what the worked entry only mentions: an overage, an opening difference, foreign
// cash, money that is no expense.
func TestJ3Other(t *testing.T) {
	t.Parallel()
	b, ok := cashBooks(), known(t)
	move := func(n int, kind posting.CashKind, c posting.Cash, p posting.CashPurpose) ledger.Entry {
		return ok(posting.MoveCash(posting.CashMove{ID: cashID(n), Holder: holder(), Kind: kind, Cash: c, Purpose: p}, b))
	}
	checkCashGolden(t, "j3-other.golden", journal(t, "float from the safe", move(2, posting.CashFloat, usd(20000), ""))+
		journal(t, "overage of 1.50, and 2.00 CAD short",
			ok(posting.CountCash(posting.CashDifference{ID: cashID(3), Holder: holder(), Day: "2026-03-14", Over: []posting.Cash{usd(150), cad(-200, -146)}}, b)))+
		journal(t, "change money from the safe", move(4, posting.CashPaidIn, usd(5000), posting.PurposeSafe))+
		journal(t, "the owner puts money in and takes it out", move(5, posting.CashPaidIn, usd(10000), posting.PurposeOwner),
			move(6, posting.CashPaidOut, usd(4000), posting.PurposeOwner))+
		journal(t, "wages and a supplier paid from the drawer", move(7, posting.CashPaidOut, usd(8000), posting.PurposeWages),
			move(8, posting.CashPaidOut, usd(6000), posting.PurposeSupplier))+
		journal(t, "an expense is paid back", move(9, posting.CashPaidIn, usd(300), posting.PurposeExpense))+
		journal(t, "drop of 40.00 CAD", move(10, posting.CashDrop, cad(4000, 2920), "")))
}

// TestJ4 is a bag from the safe to the bank.
func TestJ4(t *testing.T) {
	t.Parallel()
	b, ok := cashBooks(), known(t)
	bag := posting.Deposit{ID: cashID(1), Store: "01", Day: "2026-03-14", Amount: 49835, Memo: "bag 4711"}
	seen := bag
	seen.Day = "2026-03-16"
	checkCashGolden(t, "j4.golden", journal(t, "J4 bag 4711",
		ok(posting.SendDeposit(bag, b)), ok(posting.MatchDeposit(cashID(2), seen, 49835, b))))
	checkCashGolden(t, "j4-other.golden", journal(t, "the bank counts 5.00 less",
		ok(posting.MatchDeposit(cashID(2), seen, 49335, b))))
}

// TestJ10 is tips paid out, from the drawer and through payroll.
func TestJ10(t *testing.T) {
	t.Parallel()
	checkCashGolden(t, "j10.golden", journal(t, "J10 tips paid out", known(t)(posting.MoveCash(posting.CashMove{ID: cashID(1),
		Holder: holder(), Kind: posting.CashTipsOut, Cash: usd(1200), Payroll: 600}, cashBooks()))))
}

// Cash that moved is booked whatever the chart knows; a kind that we do not know is our caller's mistake.
func TestCashUnknowns(t *testing.T) {
	t.Parallel()
	b := cashBooks()
	gbp := posting.Cash{Amount: money.Amount{Minor: 1000, Currency: "GBP"}, Book: 1270}
	e, unknown, err := posting.MoveCash(posting.CashMove{ID: cashID(1), Holder: holder(), Kind: posting.CashDrop, Cash: gbp}, b)
	if err != nil || len(unknown) != 2 || unknown[0].Key != "account:safe/01/GBP" || unknown[1].Key != "account:drawer/01/R1/GBP" {
		t.Errorf("%+v, %v, %v", e, unknown, err)
	}
	for _, m := range []posting.CashMove{
		{Kind: "gift", Cash: usd(1)},
		{Kind: posting.CashPaidOut, Cash: usd(1), Purpose: "gift"},
		{Kind: posting.CashPaidIn, Cash: usd(1), Purpose: "gift"},
		{Kind: posting.CashPaidOut, Cash: usd(10), Purpose: posting.PurposeOwner, Tax: 2},
	} {
		if _, _, err := posting.MoveCash(m, b); !errors.Is(err, posting.ErrCashKind) {
			t.Errorf("%q %q answered %v", m.Kind, m.Purpose, err)
		}
	}
}

// Every movement balances and changes the drawer by exactly what moved, in both currencies.
func TestCashProperty(t *testing.T) {
	t.Parallel()
	b := cashBooks()
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]posting.CashKind{posting.CashFloat, posting.CashPaidIn, posting.CashPaidOut, posting.CashDrop,
			posting.CashSkim, posting.CashTipsOut}).Draw(t, "kind")
		c := usd(money.Minor(rapid.Int64Range(1, 1_000_000).Draw(t, "amount")))
		account := "1110"
		if rapid.Bool().Draw(t, "foreign") {
			c, account = cad(c.Minor, money.Minor(rapid.Int64Range(1, 1_000_000).Draw(t, "book"))), "1111"
		}
		m := posting.CashMove{ID: cashID(1), Holder: holder(), Kind: kind, Cash: c}
		if kind == posting.CashPaidOut || kind == posting.CashPaidIn {
			m.Purpose = rapid.SampledFrom([]posting.CashPurpose{"", posting.PurposeExpense, posting.PurposeSafe, posting.PurposeOwner,
				posting.PurposeWages, posting.PurposeSupplier}).Draw(t, "purpose")
			if m.Purpose == posting.PurposeExpense {
				m.Tax = money.Minor(rapid.Int64Range(0, int64(c.Book)).Draw(t, "tax"))
			}
		}
		if kind == posting.CashTipsOut {
			m.Payroll = money.Minor(rapid.Int64Range(0, 1_000_000).Draw(t, "payroll"))
		}
		e, unknown, err := posting.MoveCash(m, b)
		if err != nil || len(unknown) > 0 {
			t.Fatalf("%v %v", unknown, err)
		}
		want := c
		if kind != posting.CashFloat && kind != posting.CashPaidIn {
			want = posting.Cash{Amount: money.Amount{Minor: -c.Minor, Currency: c.Currency}, Book: -c.Book}
		}
		for _, l := range e.Lines {
			if l.Account == account && (l.Amount != want.Book || c.Currency == "CAD" && l.Foreign != want.Amount) {
				t.Fatalf("the drawer moved by %d %v, want %+v", l.Amount, l.Foreign, want)
			}
		}
		if sum, err := e.Sum(); sum != 0 || err != nil {
			t.Fatalf("off by %d, %v", sum, err)
		}
	})
}
