package transfer_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/stockreport"
)

const today day.Day = "2026-03-14"

// shop is a euro shop with two stores and a few articles.
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
		return catalog.Introduce(tx, catalog.Item{SKU: "A", Name: "Apron", Department: "apparel", Cost: 10_000_000},
			catalog.Item{SKU: "B", Name: "Boots", Department: "footwear", Cost: 8_000_000}, catalog.Item{SKU: "D", Name: "Doormat"},
			catalog.Item{SKU: "W", Name: "Wrapping", Kind: "service"})
	})
}

func write(t testing.TB, d *db.DB, body func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(context.Background(), body); err != nil {
		t.Fatal(err)
	}
}

func head(location string) inventory.Head {
	return inventory.Head{ID: id.New(dbtest.Now), Location: location, BusinessDay: today}
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

const countRows db.SQL = `SELECT (SELECT count(*) FROM entries) + (SELECT count(*) FROM stock_moves) + (SELECT count(*) FROM stock_docs) +
	(SELECT count(*) FROM stock_doc_lines) + (SELECT count(*) FROM stock_levels)`

func rowsOf(t testing.TB, d *db.DB) int64 {
	t.Helper()
	return read(t, d, func(q db.Q) (n int64, err error) { return n, q.QueryRow(countRows).Scan(&n) })
}

// refusal is a document that must be refused with a stable code and its place.
type refusal struct {
	name string
	err  error
	want *fault.Error
	path string
}

func refused(t *testing.T, list []refusal) {
	t.Helper()
	for _, r := range list {
		if f, _ := r.err.(*fault.Error); f == nil || f.Code != r.want.Code || f.Path != r.path {
			t.Errorf("%s: %v, want %s at %q", r.name, r.err, r.want.Code, r.path)
		}
	}
}

// once fails unless sending again answers the same and writes nothing, and other content is refused.
func once(t *testing.T, d *db.DB, send func(note string) (*inventory.Doc, error)) {
	t.Helper()
	first, err := send("")
	if err != nil {
		t.Fatal(err)
	}
	tied(t, d)
	before := rowsOf(t, d)
	if again, err := send(""); err != nil || !reflect.DeepEqual(first, again) {
		t.Errorf("%+v, then %+v, %v", first, again, err)
	}
	if _, err := send("other"); fault.CodeOf(err) != inventory.ErrOther.Code {
		t.Errorf("other content: %v", err)
	}
	if n := rowsOf(t, d); n != before {
		t.Errorf("%d rows more", n-before)
	}
}
