// Package stocktest is the scene that the tests of stock documents play in: a small shop, and what
// every kind of document must keep to.
package stocktest

import (
	"context"
	"testing"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// Today is the day of the documents.
const Today day.Day = "2026-03-14"

// Shop sets up a euro shop with the stores 01 and 02 and five articles; W is a service.
func Shop(t testing.TB, d *db.DB) {
	t.Helper()
	for _, code := range []string{"01", "02"} {
		err := setup.Run(context.Background(), d, setup.Shop{Currency: "EUR", Chart: "eu", FiscalYearStart: "01-01",
			Store: org.Store{Code: code, Name: "Store " + code, Zone: "Europe/Vienna", PricesInclude: true, TaxRounding: "rate"}})
		if err != nil {
			t.Fatal(err)
		}
	}
	Write(t, d, func(tx *db.Tx) error {
		return catalog.Introduce(tx,
			catalog.Item{SKU: "A", Name: "Apron", Department: "apparel", Cost: 10_000_000, ReorderPoint: qty.Of(5), ReorderTo: qty.Of(20)},
			catalog.Item{SKU: "B", Name: "Boots", Department: "footwear", Cost: 8_000_000},
			catalog.Item{SKU: "C", Name: "Cheese", Department: "food", Unit: "kg", Cost: 10_000_000},
			catalog.Item{SKU: "D", Name: "Doormat", Department: "apparel", ReorderPoint: qty.Of(1)},
			catalog.Item{SKU: "W", Name: "Wrapping", Kind: "service"})
	})
}

// Head begins a new document of a store.
func Head(location string) inventory.Head {
	return inventory.Head{ID: id.New(dbtest.Now), Location: location, BusinessDay: Today}
}

// Write runs body in a transaction that must succeed.
func Write(t testing.TB, d *db.DB, body func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(context.Background(), body); err != nil {
		t.Fatal(err)
	}
}

// Read asks a question that must be answered.
func Read[T any](t testing.TB, d *db.DB, ask func(q db.Q) (T, error)) T {
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

// Minor is a pointer to an amount, for the fields that may be left out.
func Minor(n money.Minor) *money.Minor { return &n }

// Price is a pointer to a unit price.
func Price(n money.Price) *money.Price { return &n }
