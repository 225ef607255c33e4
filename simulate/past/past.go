// Package past makes shops with a past for measurements: a chain of stores whose receipts of some years
// are written as the export of another system, and imported by the product itself. Nothing is put into
// the database beside it. The same order gives the same past.
package past

import (
	"context"
	_ "embed" // the layout
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/receive"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/platform/auth"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// What the chain is like. Each store has its tills, and its people in two shifts a day.
const (
	Departments = 12
	tills       = 2
	linesEach   = 3 // of a receipt
	opens       = 9 // o'clock
	closes      = 20
	delivered   = 10_000 // pieces of each item that every store begins with
)

// Last is the last day of every past.
const Last = day.Day("2026-06-30")

// Shop is a shop to be made.
type Shop struct {
	Stores, Items, Days, Receipts int
}

// Lines is how many receipt lines it has.
func (s Shop) Lines() int { return s.Receipts * linesEach }

// Name tells shops apart.
func (s Shop) Name() string {
	return fmt.Sprintf("past-%d-receipts-%d-days-%d-stores-%d-items", s.Receipts, s.Days, s.Stores, s.Items)
}

// Store is the code of a store, from 0.
func Store(n int) string { return fmt.Sprintf("S%02d", n+1) }

func sku(n int) string        { return fmt.Sprintf("A-%05d", n+1) }
func department(n int) string { return fmt.Sprintf("D%02d", n%Departments+1) }

// price is in minor units.
func price(n int) int { return 100 + n*37%4900 }

//go:embed layout.json
var layout []byte

// Make makes the shop in an empty database at dsn: the stores, the catalogue, a delivery to each store,
// then the program imports the receipts. Files are written in dir and removed again.
func (s Shop) Make(ctx context.Context, program, dsn, dir string) error {
	if err := s.setUp(ctx, dsn); err != nil {
		return err
	}
	file, how := filepath.Join(dir, s.Name()+".csv"), filepath.Join(dir, s.Name()+".json")
	defer os.Remove(file)
	defer os.Remove(how)
	if err := os.WriteFile(how, layout, 0o600); err != nil {
		return err
	}
	if err := s.export(file); err != nil {
		return err
	}
	c := exec.CommandContext(ctx, program, "--db", dsn, "import", file, "--layout", how, "--store", Store(0))
	c.Stdout, c.Stderr = os.Stderr, os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("importing the past: %w", err)
	}
	return nil
}

// setUp makes everything but the receipts.
func (s Shop) setUp(ctx context.Context, dsn string) error {
	d, err := db.Open(ctx, dsn)
	if err != nil {
		return err
	}
	defer d.Close()
	for n := range s.Stores {
		err := setup.Run(ctx, d, setup.Shop{Currency: "EUR", Chart: "eu", Store: org.Store{Code: Store(n), Name: "Store " + Store(n),
			Zone: "Europe/Vienna", TaxRounding: "line"}})
		if err != nil {
			return err
		}
	}
	const batch = 500
	for from := 0; from < s.Items; from += batch {
		var items []catalog.Item
		var lines []receive.DeliveryLine
		for n := from; n < min(from+batch, s.Items); n++ {
			cost := money.Price(price(n)) * 6_000 // 60 % of the price
			items = append(items, catalog.Item{SKU: sku(n), Name: "Article " + sku(n), Department: department(n), Cost: cost})
			lines = append(lines, receive.DeliveryLine{Item: sku(n), Qty: delivered * qty.One, UnitCost: cost})
		}
		if err := d.Write(ctx, func(tx *db.Tx) error { return catalog.Introduce(tx, items...) }); err != nil {
			return err
		}
		for n := range s.Stores {
			head := inventory.Head{ID: id.New(time.Now()), Location: Store(n), BusinessDay: s.Day(0)}
			if _, err := receive.Deliver(ctx, d, receive.Delivery{Head: head, Supplier: "Supplier", Lines: lines}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Key makes a key of the API that may do what measurements do.
func Key(ctx context.Context, dsn string) (string, error) {
	d, err := db.Open(ctx, dsn)
	if err != nil {
		return "", err
	}
	defer d.Close()
	secret := auth.NewSecret()
	order := auth.Order{Name: "load " + strconv.FormatInt(time.Now().UnixNano(), 36), Scopes: []auth.Scope{auth.ReportsRead, auth.ShiftsRead, auth.ShiftsWrite}, By: "load"}
	err = d.Write(ctx, func(tx *db.Tx) error {
		_, err := auth.Create(tx, order, secret)
		return err
	})
	return secret.Text(), err
}
