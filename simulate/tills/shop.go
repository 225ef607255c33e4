// Package tills is a row of tills for tests and measurements from the outside: they make sealed receipts
// as the real ones do, and send them over HTTP as fast as they are answered.
package tills

import (
	"context"
	"fmt"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// Items is how many articles the shop of the tills has.
const Items = 20_000

// taxCode is the one tax of all that is sold, and taxPercent its rate.
const (
	taxCode    = "VAT20"
	taxPercent = 20
)

func storeCode(i int) string    { return fmt.Sprintf("S%02d", i+1) }
func registerCode(i int) string { return fmt.Sprintf("R%03d", i+1) }
func sku(i int) string          { return fmt.Sprintf("A-%05d", i+1) }
func department(i int) string   { return fmt.Sprintf("D%02d", i%12+1) }

// Setup makes the tills' shop in an empty database: so many stores, each with so many registers.
func Setup(ctx context.Context, d *db.DB, stores, registers int) error {
	for s := range stores {
		shop := setup.Shop{Currency: "EUR", Chart: "eu", Store: org.Store{Code: storeCode(s), Name: "Store " + storeCode(s), Zone: "Europe/Vienna",
			TaxRounding: "line"}}
		for r := range registers {
			shop.Registers = append(shop.Registers, org.Register{Code: registerCode(r), Name: "Till " + registerCode(r), Kind: org.Till})
		}
		if err := setup.Run(ctx, d, shop); err != nil {
			return err
		}
	}
	const batch = 1000
	for from := 0; from < Items; from += batch {
		items := make([]catalog.Item, batch)
		for i := range items {
			n := from + i
			items[i] = catalog.Item{SKU: sku(n), Name: "Article " + sku(n), Department: department(n), Cost: money.Price(1+n%20) * 1_000_000}
		}
		if err := d.Write(ctx, func(tx *db.Tx) error { return catalog.Introduce(tx, items...) }); err != nil {
			return err
		}
	}
	return d.Write(ctx, func(tx *db.Tx) error { return setup.TaxCode(tx, taxCode, "VAT 20 %") })
}
