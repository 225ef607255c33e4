package ledger_test

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

var ctx = context.Background()

// books is a database with the UK chart.
func books(t testing.TB, d *db.DB) *db.DB {
	t.Helper()
	write(t, d, func(tx *db.Tx) error { return ledger.Setup(tx, "uk", "GBP") })
	return d
}

func write(t testing.TB, d *db.DB, body func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(ctx, body); err != nil {
		t.Fatal(err)
	}
}

func refused(t testing.TB, d *db.DB, want *fault.Error, body func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(ctx, body); fault.CodeOf(err) != want.Code {
		t.Errorf("answered %v, want %s", err, want.Code)
	}
}

func read(t testing.TB, d *db.DB, fn func(q db.Q) error) {
	t.Helper()
	if err := d.Read(ctx, func(v *db.View) error { return fn(v) }); err != nil {
		t.Fatal(err)
	}
}

// entry is a balanced entry: debit one account, credit another.
func entry(key string, on day.Day, debit, credit string, amount money.Minor) *ledger.Entry {
	return &ledger.Entry{ID: id.Derive(dbtest.Now, "test", key), Kind: "manual", Store: "S1", BusinessDay: on,
		Lines: []ledger.Line{{Account: debit, Amount: amount, Store: "S1"}, {Account: credit, Amount: -amount, Store: "S1"}}}
}

func post(t testing.TB, d *db.DB, e *ledger.Entry) *ledger.Entry {
	t.Helper()
	write(t, d, func(tx *db.Tx) error { return ledger.Post(tx, e) })
	return e
}

func TestPostRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		books(t, d)
		write(t, d, func(tx *db.Tx) error {
			return ledger.EnsureAccount(tx, "1110-USD", "Dollars", ledger.Asset, "USD")
		})
		change := func(f func(e *ledger.Entry)) func(tx *db.Tx) error {
			return func(tx *db.Tx) error {
				e := entry("x", "2026-03-14", "1110-USD", "4010", 500)
				f(e)
				return ledger.Post(tx, e)
			}
		}
		refused(t, d, ledger.ErrEmpty, change(func(e *ledger.Entry) { e.Lines = nil }))
		refused(t, d, ledger.ErrNoID, change(func(e *ledger.Entry) { e.ID = id.ID{} }))
		refused(t, d, ledger.ErrNoBusinessDay, change(func(e *ledger.Entry) { e.BusinessDay = "" }))
		refused(t, d, day.ErrSyntax, change(func(e *ledger.Entry) { e.BusinessDay = "2026-02-30" }))
		refused(t, d, ledger.ErrUnbalanced, change(func(e *ledger.Entry) { e.Lines[0].Amount++ }))
		refused(t, d, ledger.ErrUnknownAccount, change(func(e *ledger.Entry) { e.Lines[0].Account = "7" }))
		refused(t, d, ledger.ErrZeroLine, change(func(e *ledger.Entry) { e.Lines = append(e.Lines, ledger.Line{Account: "4010"}) }))
		refused(t, d, ledger.ErrText, change(func(e *ledger.Entry) { e.Memo = "a\x00b" }))
		refused(t, d, ledger.ErrText, change(func(e *ledger.Entry) { e.Memo = strings.Repeat("a", 3000) }))
		refused(t, d, ledger.ErrText, change(func(e *ledger.Entry) { e.Lines[0].Party = "\xff" }))
		refused(t, d, ledger.ErrAccountCurrency, change(func(e *ledger.Entry) { e.Lines[0].Foreign = money.Amount{Minor: 1, Currency: "EUR"} }))
		refused(t, d, fixed.ErrOverflow, change(func(e *ledger.Entry) { e.Lines[0].Amount, e.Lines[1].Amount = 1<<62, -1<<62 }))
		write(t, d, change(func(e *ledger.Entry) { e.Lines[0].Foreign = money.Amount{Minor: 640, Currency: "USD"} }))
		read(t, d, func(q db.Q) error {
			n := 0
			return errors.Join(ledger.Each(q, 0, func(e *ledger.Entry) error { n++; return nil }), want(t, n, 1))
		})
	})
}

func want[T comparable](t testing.TB, got, want T) error {
	t.Helper()
	if got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	return nil
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		books(t, d)
		write(t, d, func(tx *db.Tx) error { return ledger.Rename(tx, "4010", "Bread and cakes") })
		write(t, d, func(tx *db.Tx) error { return ledger.Setup(tx, "uk", "GBP") })
		refused(t, d, ledger.ErrChart, func(tx *db.Tx) error { return ledger.Setup(tx, "../charts/uk", "GBP") })
		refused(t, d, money.ErrCurrency, func(tx *db.Tx) error { return ledger.Setup(tx, "uk", "XXX") })
		refused(t, d, ledger.ErrAccountExists, func(tx *db.Tx) error {
			return ledger.Create(tx, ledger.Account{Code: "4010", Name: "x", Type: ledger.Income})
		})
		refused(t, d, ledger.ErrUnknownAccount, func(tx *db.Tx) error { return ledger.Rename(tx, "nope", "x") })
		refused(t, d, ledger.ErrAccountName, func(tx *db.Tx) error { return ledger.Rename(tx, "4010", "two\nlines") })
		refused(t, d, ledger.ErrAccountDiffers, func(tx *db.Tx) error { return ledger.EnsureAccount(tx, "4010", "x", ledger.Asset, "") })
		refused(t, d, ledger.ErrAccountType, func(tx *db.Tx) error { return ledger.EnsureAccount(tx, "1", "x", "other", "") })
		refused(t, d, money.ErrCurrency, func(tx *db.Tx) error { return ledger.EnsureAccount(tx, "1", "x", ledger.Asset, "QQQ") })
		for _, code := range []string{"", "a b", "a:b", "a;b", `a"b`, " a", "a\n", strings.Repeat("a", 81)} {
			refused(t, d, ledger.ErrAccountCode, func(tx *db.Tx) error { return ledger.EnsureAccount(tx, code, "x", ledger.Asset, "") })
		}
		refused(t, d, ledger.ErrUnknownAccount, func(tx *db.Tx) error { return ledger.MapRole(tx, "bank", "", "nope") })
		refused(t, d, ledger.ErrRole, func(tx *db.Tx) error { return ledger.MapRole(tx, "", "", "1140") })
		// An account that comes with its first use is known to the entry of the same body.
		write(t, d, func(tx *db.Tx) error {
			before, err := ledger.RolesIn(tx)
			if err != nil {
				return err
			}
			name := ledger.AccountName("  VAT\t20 %\u0007 ")
			err = errors.Join(ledger.EnsureAccount(tx, "2100-VAT20", name, ledger.Liability, ""),
				ledger.EnsureAccount(tx, "2100-VAT20", "another name", ledger.Liability, ""),
				ledger.MapRole(tx, "tax_payable", "VAT20", "2100-VAT20"))
			if got, _ := before.Find("tax_payable", "VAT20"); got != "2100-VAT20" {
				t.Errorf("a map handed out before MapRole answers %q", got)
			}
			return errors.Join(err, ledger.Post(tx, entry("x", "2026-03-14", "1110", "2100-VAT20", 5)))
		})
		read(t, d, func(q db.Q) error {
			all, err := ledger.Accounts(q)
			names := map[string]string{}
			for i, a := range all {
				names[a.Code] = a.Name
				if i > 0 && all[i-1].Code >= a.Code {
					t.Errorf("%s stands after %s", a.Code, all[i-1].Code)
				}
			}
			roles, rerr := ledger.LoadRoles(q)
			bank, _ := roles.Default("bank", "any")
			return errors.Join(err, rerr, want(t, names["4010"], "Bread and cakes"), want(t, names["2100-VAT20"], "VAT 20 %"), want(t, bank, "1140"))
		})
	})
}

// Each template has an account for every role that the posting rules use, with the number that the
// rules name.
func TestChartsCoverRoles(t *testing.T) {
	t.Parallel()
	roles := postingRoles(t)
	if len(roles) < 35 {
		t.Fatalf("only %d roles were read", len(roles))
	}
	for _, name := range ledger.Charts() {
		c, err := ledger.LoadChart(name)
		if err != nil || c.Chart != name || c.Title == "" {
			t.Fatalf("%s: %v, %+v", name, err, c)
		}
		has, codes := map[string]string{}, map[string]bool{}
		for _, a := range c.Accounts {
			if codes[a.Code] || a.Role != "" && has[a.Role] != "" || a.Name == "" || ledger.AccountName(a.Name) != a.Name {
				t.Errorf("%s: account %+v is there twice or has a bad name", name, a)
			}
			codes[a.Code] = true
			if a.Role != "" {
				has[a.Role] = a.Code
			}
		}
		for role, code := range roles {
			if role == "tax_payable" && name == "us" {
				code = "" // jurisdictions get accounts of their own; an unknown one must not hide among them
			}
			if has[role] != code {
				t.Errorf("chart %s has account %q for role %s, want %q", name, has[role], role, code)
			}
			delete(has, role)
		}
		if len(has) > 0 {
			t.Errorf("chart %s names roles that nothing uses: %v", name, has)
		}
	}
}

// postingRoles reads the role constants and the numbers behind them from the source.
func postingRoles(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../flow/posting/roles.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	number := regexp.MustCompile(`^// (\d{4})`)
	roles := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(v.Names[0].Name, "Role") {
			return true
		}
		role, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
		m := number.FindStringSubmatch(v.Comment.List[0].Text)
		if err != nil || m == nil {
			t.Fatalf("%s has no number", v.Names[0].Name)
		}
		roles[role] = m[1]
		return true
	})
	return roles
}

// The bookkeeper's guide lists every role with its number.
func TestGuideListsRoles(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../../docs/accounting/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for role, code := range postingRoles(t) {
		if !strings.Contains(string(guide), "| `"+role+"` | "+code+" |") {
			t.Errorf("the guide does not list %s with %s", role, code)
		}
	}
}

// Find reads an account; Posted sees what the same group commit posts as well as what is in the books.
func TestFindAndPosted(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		books(t, d)
		posted := func(tx *db.Tx, account, store string, want bool) {
			t.Helper()
			if is, err := ledger.Posted(tx, account, store); err != nil || is != want {
				t.Errorf("posted to %s for %q: %t, %v", account, store, is, err)
			}
		}
		for range 2 { // in the group, and after its commit
			write(t, d, func(tx *db.Tx) error {
				if _, err := ledger.Get(tx, entry("once", "2026-03-14", "1150", "4010", 100).ID); err != nil {
					posted(tx, "1150", "", false)
					if err := ledger.Post(tx, entry("once", "2026-03-14", "1150", "4010", 100)); err != nil {
						return err
					}
				}
				posted(tx, "1150", "", true)
				posted(tx, "1150", "S1", true)
				posted(tx, "1150", "S2", false)
				posted(tx, "1300", "", false)
				return nil
			})
		}
		read(t, d, func(q db.Q) error {
			a, err := ledger.Find(q, "1150")
			if a.Type != ledger.Asset || a.Name == "" || a.CreatedMs == 0 {
				t.Errorf("1150 is %+v", a)
			}
			for _, code := range []string{"", "4711", "11\x0050"} {
				if _, err := ledger.Find(q, code); !errors.Is(err, ledger.ErrUnknownAccount) {
					t.Errorf("account %q answered %v", code, err)
				}
			}
			return err
		})
	})
}
