package stockreport_test

import (
	"context"
	"testing"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/stockreport"
)

const today day.Day = "2026-03-14"

// shop is a euro shop with two stores and five articles.
func shop(t testing.TB, d *db.DB) {
	t.Helper()
	for _, code := range []string{"01", "02"} {
		err := setup.Run(context.Background(), d, setup.Shop{Currency: "EUR", Chart: "eu", FiscalYearStart: "01-01",
			Store: org.Store{Code: code, Name: "Store " + code, Zone: "Europe/Vienna", PricesInclude: true, TaxRounding: "rate"}})
		if err != nil {
			t.Fatal(err)
		}
	}
	write(t, d, func(tx *db.Tx) error {
		return catalog.Introduce(tx,
			catalog.Item{SKU: "A", Name: "Apron", Department: "apparel", Cost: 10_000_000, ReorderPoint: qty.Of(5), ReorderTo: qty.Of(20)},
			catalog.Item{SKU: "B", Name: "Boots", Department: "footwear", Cost: 8_000_000},
			catalog.Item{SKU: "C", Name: "Cheese", Department: "food", Unit: "kg", Cost: 10_000_000},
			catalog.Item{SKU: "D", Name: "Doormat", Department: "apparel", ReorderPoint: qty.Of(1)},
			catalog.Item{SKU: "W", Name: "Wrapping", Kind: "service"})
	})
}

func write(t testing.TB, d *db.DB, body func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(context.Background(), body); err != nil {
		t.Fatal(err)
	}
}

func read[T any](t testing.TB, d *db.DB, ask func(q db.Q) (T, error)) T {
	t.Helper()
	var out T
	err := d.Read(context.Background(), func(v *db.View) (err error) {
		out, err = ask(v)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// tied fails unless the stock is the sum of its moves and worth what the books say.
func tied(t testing.TB, d *db.DB) {
	t.Helper()
	if tie := read(t, d, stockreport.TieOf); !tie.OK {
		t.Fatalf("stock and books differ: %+v", tie)
	}
}

func head(location string) inventory.Head {
	return inventory.Head{ID: id.New(dbtest.Now), Location: location, BusinessDay: today}
}

// sell takes goods and books their cost, as a checkout does.
func sell(tx *db.Tx, on day.Day, doc id.ID, issues ...inventory.Issue) ([]inventory.Cost, error) {
	seq, err := ledger.Upcoming(tx)
	if err != nil {
		return nil, err
	}
	costs, err := inventory.Take(tx, seq, on, "EUR", issues)
	if err != nil {
		return nil, err
	}
	roles, err := ledger.LoadRoles(tx)
	if err != nil {
		return nil, err
	}
	account := func(role string) string {
		a, _ := roles.Default(role, "")
		return a
	}
	e := ledger.Entry{ID: posting.EntryID(doc), Kind: "sale", Doc: doc, Store: issues[0].Location, BusinessDay: on}
	for _, c := range costs {
		other := posting.RoleInventory
		if c.Kind == inventory.Damaged {
			other = posting.RoleDamaged
		}
		if c.Value != 0 {
			e.Lines = append(e.Lines, ledger.Line{Account: account(posting.RoleCOGS), Amount: c.Value, Store: c.Location},
				ledger.Line{Account: account(other), Amount: -c.Value, Store: c.Location})
		}
	}
	return costs, ledger.Post(tx, &e)
}

func minor(n money.Minor) *money.Minor { return &n }
