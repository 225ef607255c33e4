package setup_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/flow/shoptest"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

func shop(t *testing.T, d *db.DB, chart string) {
	t.Helper()
	for _, store := range []string{"S01", "S02"} {
		err := setup.Run(t.Context(), d, setup.Shop{Currency: "EUR", Chart: chart, Store: org.Store{Code: store, Name: store, Zone: "UTC", TaxRounding: "line"},
			Registers: []org.Register{{Code: "R1", Name: "Till 1", Kind: org.Till}}})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// use gives a role an account and wants the code of the answer, "" for none.
func use(t *testing.T, d *db.DB, role, key, account, want string) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *db.Tx) error { return setup.UseAccount(tx, role, key, account) })
	if fault.CodeOf(err) != want || err != nil && want == "" {
		t.Errorf("%s:%s -> %s answered %v, want %q", role, key, account, err, want)
	}
}

// add makes an account.
func add(t *testing.T, d *db.DB, code string, typ ledger.Type, currency money.Currency) string {
	t.Helper()
	if err := d.Write(t.Context(), func(tx *db.Tx) error { return ledger.EnsureAccount(tx, code, "Account "+code, typ, currency) }); err != nil {
		t.Fatal(err)
	}
	return code
}

// post books an amount by hand.
func post(t *testing.T, d *db.DB, debit, credit, store string) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		return ledger.Post(tx, &ledger.Entry{ID: id.Derive(dbtest.Now, "test", debit+credit+store), Kind: "manual", BusinessDay: shoptest.Today,
			Lines: []ledger.Line{{Account: debit, Amount: 100, Store: store}, {Account: credit, Amount: -100, Store: store}}})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestUseAccount(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		shop(t, d, "us")
		add(t, d, "1301", ledger.Asset, "")
		add(t, d, "1302", ledger.Asset, "")
		add(t, d, "1111", ledger.Asset, "")
		add(t, d, "1112", ledger.Asset, "USD")
		add(t, d, "4012", ledger.Income, "USD")
		add(t, d, "4011", ledger.Income, "")
		var (
			typ, key, currency = posting.ErrRoleType.Code, posting.ErrRoleKey.Code, posting.ErrRoleCurrency.Code
			taken              = posting.ErrRoleTaken.Code
		)
		for _, c := range [][4]string{
			// What a review found.
			{"suspense", "", "4010", typ}, {"drawer", "", "4010", typ}, {"sales", "", "2300", typ},
			// Wrong types, codes, roles, keys.
			{"cogs", "food", "4010", typ}, {"tax_payable", "NY", "1150", typ}, {"rounding", "", "4900", typ},
			{"gold", "", "4010", posting.ErrNoRole.Code}, {"sales", "", "4711", ledger.ErrUnknownAccount.Code}, {"sales", "", "", ledger.ErrUnknownAccount.Code},
			{"suspense", "x", "9999", key}, {"bad_debt", "x", "6400", key}, {"tax_payable", "", "2100", key}, {"inventory", "S09", "1301", key},
			{"drawer", "S01", "1111", key}, {"drawer", "S01/R1/XXXX", "1111", key}, {"drawer", "S01//EUR", "1111", key}, {"drawer", "S09/R1/EUR", "1111", key}, {"safe", "S01/R1/EUR", "1111", key},
			{"safe", "S01/euro", "1111", key},
			// Currencies.
			{"sales", "", "4012", currency}, {"drawer", "S01/R1/EUR", "1112", currency}, {"drawer", "S01/R1/USD", "1111", currency}, {"safe", "S01", "1112", currency},
			{"inventory", "S01", "1112", currency},
			// An account that something must equal is shared with nothing.
			{"inventory", "", "1110", taken}, {"drawer", "", "1150", taken}, {"bank", "", "1300", taken}, {"clearing", "visa", "9999", taken},
			{"drawer", "S01/R1/EUR", "1110", taken}, {"stock_in_transit", "", "1300", taken}, {"grni", "", "2000", taken},
			// What is fine.
			{"sales", "food", "4011", ""}, {"sales", "food", "4011", ""}, {"returns", "food", "4011", ""}, {"sales", "", "4011", ""}, {"drawer", "S01/R1/EUR", "1111", ""}, {"drawer", "S01/R1/USD", "1112", ""},
			{"inventory", "", "1301", ""}, {"inventory", "S02", "1301", ""}, {"tax_payable", "NY", "2100", ""}, {"tax_payable", "NJ", "2100", ""}, {"suspense", "", "9999", ""},
			{"bank", "stripe", "2500", ""}, {"grni", "acme", "2050", ""}, {"safe", "S01", "1120", ""}, {"over_short", "", "4900", ""},
			// One drawer is not another.
			{"drawer", "S02/R1/EUR", "1111", taken},
			{"equity", "", "3200", ""},
		} {
			use(t, d, c[0], c[1], c[2], c[3])
		}
	})
}

// A role whose account must equal something keeps it once something is posted there.
func TestPostedRolesStay(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		shop(t, d, "us")
		fresh := 0
		empty := func(typ ledger.Type) string {
			fresh++
			return add(t, d, fmt.Sprint(typ, fresh), typ, "")
		}
		inUse := posting.ErrRoleInUse.Code
		use(t, d, "tax_payable", "NY", add(t, d, "2100-NY", ledger.Liability, ""), "")
		for role, at := range map[string]struct {
			account, key string
			typ          ledger.Type
		}{
			"inventory": {"1300", "", ledger.Asset}, "stock_in_transit": {"1390", "", ledger.Asset}, "drawer": {"1110", "", ledger.Asset},
			"suspense": {"9999", "", ledger.Asset}, "grni": {"2050", "", ledger.Liability}, "tax_payable": {"2100-NY", "NY", ledger.Liability},
		} {
			use(t, d, role, at.key, at.account, "")
			post(t, d, at.account, "3000", "S01")
			use(t, d, role, at.key, at.account, "") // the same is no change
			use(t, d, role, at.key, empty(at.typ), inUse)
		}
		// What nothing follows may move at any time.
		post(t, d, "1150", "4010", "S01")
		use(t, d, "clearing", "", empty(ledger.Asset), "")
		use(t, d, "sales", "", empty(ledger.Income), "")
		// A store's own account comes before its first goods, and a drawer's before its first coin.
		use(t, d, "inventory", "S01", empty(ledger.Asset), inUse)
		use(t, d, "drawer", "S01/R1/EUR", empty(ledger.Asset), inUse)
		own := empty(ledger.Asset)
		use(t, d, "inventory", "S02", own, "")
		use(t, d, "inventory", "S02", "1300", "")
		use(t, d, "inventory", "S02", own, "")
		post(t, d, own, "3000", "S02")
		use(t, d, "inventory", "S02", "1300", inUse)
		use(t, d, "drawer", "S02/R1/EUR", empty(ledger.Asset), "")
		// Nor does it begin with what stood there before.
		post(t, d, "1500", "3000", "")
		use(t, d, "drawer", "S02/R2/EUR", "1500", posting.ErrRolePosted.Code)
		// Another tax code is free to begin.
		use(t, d, "tax_payable", "NJ", "2100-NY", "")
		use(t, d, "tax_payable", "CT", empty(ledger.Liability), "")
	})
}

// A role that is moved in the group commit that posts to it is refused as well.
func TestPostedInTheGroup(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		shop(t, d, "us")
		add(t, d, "1301", ledger.Asset, "")
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			err := ledger.Post(tx, &ledger.Entry{ID: id.Derive(dbtest.Now, "test", "one"), Kind: "manual", BusinessDay: shoptest.Today,
				Lines: []ledger.Line{{Account: "1300", Amount: 100, Store: "S01"}, {Account: "3000", Amount: -100, Store: "S01"}}})
			return errors.Join(err, setup.UseAccount(tx, "inventory", "", "1301"))
		})
		if !errors.Is(err, posting.ErrRoleInUse) {
			t.Errorf("answered %v", err)
		}
	})
}

// A tax code that has its account before it is first met posts there and asks nobody.
func TestTaxCodeInAdvance(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		s.Write(func(tx *db.Tx) error {
			return errors.Join(setup.TaxCode(tx, "NY", "New York state tax"), setup.TaxCode(tx, "NY", "another name"),
				setup.UseAccount(tx, posting.RoleTax, "NJ", "2100"))
		})
		for i, code := range []string{"NY", "NJ"} {
			line := shoptest.Line("02", receipt.Item, "A", 1, 1000)
			line.Taxes[0].Code = code
			sold := s.Sell(receipt.Receipt{Store: "02", Lines: []receipt.Line{line}})
			want := []string{"2100-NY", "2100"}[i]
			err := d.Read(t.Context(), func(v *db.View) error {
				entries, err := ledger.ByDoc(v, sold.Receipt.ID)
				for _, e := range entries {
					for _, l := range e.Lines {
						if l.Unknown != "" || l.TaxCode != "" && l.Account != want {
							t.Errorf("tax %s posts to %s (%s)", code, l.Account, l.Unknown)
						}
					}
				}
				a, aerr := ledger.Find(v, "2100-NY")
				if a.Name != "Tax New York state tax" {
					t.Errorf("the account is called %q", a.Name)
				}
				return errors.Join(err, aerr)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}
