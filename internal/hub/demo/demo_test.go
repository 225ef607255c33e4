package demo_test

import (
	"context"
	"testing"

	"github.com/tillpost/tillpost/internal/hub/demo"
	"github.com/tillpost/tillpost/internal/hub/importer"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/check"
	"github.com/tillpost/tillpost/internal/views/tieout"
)

const extract = "../../../examples/sample-exports/online-retail/online_retail_extract.csv"

const (
	deliveries db.SQL = `SELECT count(*), CAST(COALESCE(SUM(open_value), 0) AS BIGINT) FROM stock_docs WHERE kind = 'delivery'`
)

// The demo shop is a sound shop with goods on its shelves, made once however often it is asked for.
func TestDemo(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var first, second [2]int64
		read := func(into *[2]int64) {
			if err := d.Read(ctx, func(v *db.View) error { return v.QueryRow(deliveries).Scan(&into[0], &into[1]) }); err != nil {
				t.Fatal(err)
			}
		}
		for again := range 2 {
			if err := demo.Setup(ctx, d); err != nil {
				t.Fatal(err)
			}
			told := int64(0)
			n, err := demo.Stock(ctx, d, extract, func(done, total int64) {
				if done < told || done > total {
					t.Errorf("told %d of %d after %d", done, total, told)
				}
				told = done
			})
			if err != nil || n != 6 || (told > 0) != (again == 0) {
				t.Fatalf("%d deliveries, told %d, %v", n, told, err)
			}
			o := demo.ImportOptions()
			o.Currency = demo.Currency
			res, err := importer.Run(ctx, d, extract, o)
			if err != nil || res.Already != (again == 1) || res.Counts.Rows != 2000 || res.Counts.Quarantined != 0 {
				t.Fatalf("%+v, %v", res, err)
			}
			if again == 0 {
				read(&first)
			}
		}
		if read(&second); first != second || first[0] != 6 || first[1] <= 0 {
			t.Errorf("deliveries %v became %v", first, second)
		}
		res, err := check.Run(ctx, d, demo.Currency, nil, nil)
		if err != nil || len(res.Findings) != 0 {
			t.Errorf("%+v, %v", res.Findings, err)
		}
		err = d.Read(ctx, func(v *db.View) error {
			p, err := tieout.Prove(v, demo.Currency, tieout.Scope{Store: demo.Store, From: "2010-12-01", To: "2011-12-31"})
			if !p.Holds() || p.Receipts == 0 {
				t.Errorf("%+v", p)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// A shop that stops stocking itself has nothing, and can begin again.
func TestStockStopped(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := demo.Setup(context.Background(), d); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		if _, err := demo.Stock(ctx, d, extract, func(int64, int64) { cancel() }); err == nil {
			t.Error("it went on")
		}
		if n, err := demo.Stock(context.Background(), d, extract, nil); n != 6 || err != nil {
			t.Errorf("%d deliveries, %v", n, err)
		}
	})
}
