package cli

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/flow/catalogue"
	"github.com/tillpost/tillpost/internal/flow/closeperiod"
	"github.com/tillpost/tillpost/internal/flow/payout"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/resolve"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/hub/demo"
	"github.com/tillpost/tillpost/internal/hub/importer"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// tester is who writes in these tests.
const tester = "key:tester"

// logged is how many rows the log has; all of them must be the tester's.
func logged(t *testing.T, d *db.DB) (n int64) {
	t.Helper()
	err := d.Read(context.Background(), func(v *db.View) error {
		for {
			list, last, err := outbox.Since(v, n, 0, outbox.Filter{})
			if err != nil || last == n {
				return err
			}
			for _, c := range list {
				if c.Actor != tester || c.Subject == "" {
					t.Errorf("%+v", c)
				}
			}
			n = last
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// tells runs something twice: the log must grow the first time, and not the second.
func tells(t *testing.T, d *db.DB, name string, do func(ctx context.Context) error) {
	t.Helper()
	ctx := db.As(context.Background(), tester)
	before := logged(t, d)
	for again := range 2 {
		if err := do(ctx); err != nil {
			t.Fatalf("%s, time %d: %v", name, again+1, err)
		}
		after := logged(t, d)
		if again == 0 && after == before {
			t.Errorf("%s left nothing in the log", name)
		}
		if again == 1 && after != before {
			t.Errorf("%s, the same again, left %d rows in the log", name, after-before)
		}
		before = after
	}
}

// Every kind of document is told of in the log, once: sent again it leaves nothing.
func TestEveryDocumentTells(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		d := opened(t, dsn)
		shopOfExamples(t, d)
		for _, c := range chapters(t) {
			for _, example := range c.examples {
				tells(t, d, c.kind, func(ctx context.Context) error {
					_, err := posters[c.kind](ctx, d, []byte(example))
					return err
				})
			}
		}
	})
}

func opened(t *testing.T, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

const catalogueOfTest = `{"taxes":[{"category":"shoes","jurisdiction":"US-PA","since":"2026-01-01","source":"the test","components":[{"code":"PA-S","name":"Shoes","jurisdiction":"US-PA","rate":"0.06"}]}],
	"barcode_formats":[{"name":"scale","pattern":"21IIIIIWWWWWC","decimals":3}],
	"items":[{"sku":"SHOE","name":"Shoe","tax_category":"shoes","tags":["leather"]}],"barcodes":[{"code":"SHOE-1","sku":"SHOE","qty":"2"}],
	"price_lists":[{"code":"summer","name":"Summer","store":"S01"}],"prices":[{"list":"summer","sku":"SHOE","price":"59.90"},{"list":"summer","sku":"SHOE","since":"2026-07-01","price":"49.90"}],
	"promotions":[{"code":"TEN","name":"Ten off","scheme":"discount","benefit":{"rate":"0.1"}}]}`

// Everything else that changes the database is told of as well.
func TestEveryFlowTells(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		d := opened(t, dsn)
		write := func(body func(tx *db.Tx) error) func(ctx context.Context) error {
			return func(ctx context.Context) error { return d.Write(ctx, body) }
		}
		tells(t, d, "setup", func(ctx context.Context) error { return setup.Run(ctx, d, testShop("S01")) })
		tells(t, d, "second store", func(ctx context.Context) error { return setup.Run(ctx, d, testShop("S02")) })
		tells(t, d, "catalogue put", func(ctx context.Context) error {
			c, err := catalogue.Read(strings.NewReader(catalogueOfTest))
			if err != nil {
				return err
			}
			return catalogue.Put(ctx, d, c)
		})
		tells(t, d, "catalogue import", func(ctx context.Context) error {
			_, _, err := catalogue.Import(ctx, d, strings.NewReader("sku,name,barcode,price\nSOCK,Sock,SOCK-1,4.90\nSHOE,Shoe,SHOE-1,61.00\n"), catalogue.Options{List: "summer"})
			return err
		})
		tells(t, d, "price taken back", write(func(tx *db.Tx) error {
			return catalog.RemovePrice(tx, catalog.Price{List: "summer", SKU: "SHOE", Since: "2026-07-01"})
		}))
		tells(t, d, "setting", write(func(tx *db.Tx) error { return org.PutSetting(tx, "colour", "green") }))
		tells(t, d, "register", write(func(tx *db.Tx) error {
			return org.AddRegister(tx, org.Register{Store: "S01", Code: "R9", Name: "Nine", Kind: org.Till})
		}))
		tells(t, d, "drawer", write(func(tx *db.Tx) error { return org.AddDrawer(tx, org.Drawer{Store: "S01", Code: "D9", Name: "Nine"}) }))
		tells(t, d, "tender", write(func(tx *db.Tx) error {
			return payments.AddTender(tx, payments.TenderType{Code: "amex", Name: "Amex", Kind: payments.Card})
		}))
		tells(t, d, "account", write(func(tx *db.Tx) error {
			return ledger.EnsureAccount(tx, "6999", "Odds and ends", ledger.Expense, "")
		}))
		tells(t, d, "account renamed", write(func(tx *db.Tx) error { return ledger.Rename(tx, "6999", "Odds") }))
		tells(t, d, "account used", write(func(tx *db.Tx) error { return setup.UseAccount(tx, posting.RoleExpense, "tape", "6999") }))
		tells(t, d, "tax code", write(func(tx *db.Tx) error { return setup.TaxCode(tx, "US-NJ", "New Jersey") }))
		tells(t, d, "movement", func(ctx context.Context) error {
			_, err := payout.Record(ctx, d, "", []payments.Movement{{ID: id.Derive(dbtest.Now, "stripe", "ch_1"), At: dbtest.Now, BusinessDay: "2026-03-14",
				Kind: payments.Charge, Processor: "stripe", Currency: "USD", Gross: 1000, Fee: 30, Net: 970, External: "ch_1", Source: "stripe"}})
			return err
		})
		tells(t, d, "import", func(ctx context.Context) error {
			_, err := importer.Run(ctx, d, filepath.Join(samples, "square"), importer.Options{Store: "S01", Currency: "USD", Strict: true})
			return err
		})
		tells(t, d, "task", func(ctx context.Context) error {
			_, err := resolve.Map(ctx, d, resolve.Mapping{Key: anyTask(t, d), Department: "Home"})
			return err
		})
		january := closeperiod.Order{From: "2026-01-01", To: "2026-01-31", By: ledger.By{Who: "me"}, DespiteSuspense: true}
		tells(t, d, "period locked", func(ctx context.Context) error { _, err := closeperiod.Close(ctx, d, january); return err })
		tells(t, d, "period unlocked", func(ctx context.Context) error { _, err := closeperiod.Reopen(ctx, d, january); return err })
		tells(t, d, "barcode taken", func(ctx context.Context) error {
			err := d.Write(ctx, func(tx *db.Tx) error { return catalog.RemoveBarcode(tx, "SOCK-1") })
			if errors.Is(err, catalog.ErrNoBarcode) {
				return nil
			}
			return err
		})
	})
}

// anyTask is the key of an unknown item that waits, always the same.
func anyTask(t *testing.T, d *db.DB) string {
	t.Helper()
	key := ""
	err := d.Read(context.Background(), func(v *db.View) error {
		list, err := tasks.List(v, tasks.StateOpen)
		more, err2 := tasks.List(v, tasks.StateDone)
		for _, x := range append(list, more...) {
			if x.Kind == posting.UnknownItem && (key == "" || x.Key < key) {
				key = x.Key
			}
		}
		return errors.Join(err, err2)
	})
	if err != nil || key == "" {
		t.Fatalf("no unknown item: %v", err)
	}
	return key
}

// The demo shop is told of as well.
func TestDemoTells(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		d := opened(t, dsn)
		tells(t, d, "demo", func(ctx context.Context) error { return demo.Setup(ctx, d) })
		tells(t, d, "stock", func(ctx context.Context) error {
			_, err := demo.Stock(ctx, d, filepath.Join(samples, "online-retail", "online_retail_extract.csv"), nil)
			return err
		})
	})
}

const samples = "../../../examples/sample-exports"

func testShop(code string) setup.Shop {
	return setup.Shop{Currency: "USD", Chart: "us", Registers: []org.Register{{Code: "R1", Name: "Till 1", Kind: org.Till}},
		Store: org.Store{Code: code, Name: "Store " + code, Zone: "America/New_York", TaxRounding: "rate"}}
}
