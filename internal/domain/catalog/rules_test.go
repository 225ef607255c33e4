package catalog_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/gtin"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// Tax entries are replaced by key, seen by the group that puts them, and sorted by place.
func TestTaxEntries(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		put := func(es ...catalog.TaxEntry) func(tx *db.Tx) error {
			return func(tx *db.Tx) error {
				for _, e := range es {
					if err := catalog.PutTaxEntry(tx, e); err != nil {
						return err
					}
				}
				return nil
			}
		}
		one := catalog.TaxEntry{Category: "standard", Jurisdiction: "US-PA", Since: "2026-01-01", Body: "{}"}
		older, wider, other := one, one, one
		older.Since, wider.Jurisdiction, other.Category = "2025-01-01", "US", "food"
		write(t, d, put(one, older, wider))
		one.Body, one.Retired = `{"x":1}`, true
		want := []catalog.TaxEntry{wider, other, older, one}
		write(t, d, func(tx *db.Tx) error {
			if err := put(one, other)(tx); err != nil {
				return err
			}
			if got, err := catalog.TaxEntriesIn(tx); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("the group sees %+v, %v", got, err)
			}
			return nil
		})
		if got := read(t, d, catalog.TaxEntries); !reflect.DeepEqual(got, want) {
			t.Errorf("stored %+v", got)
		}
		for path, change := range map[string]func(e *catalog.TaxEntry){
			"category":     func(e *catalog.TaxEntry) { e.Category = "" },
			"jurisdiction": func(e *catalog.TaxEntry) { e.Jurisdiction = " US" },
			"since":        func(e *catalog.TaxEntry) { e.Since = "" },
			"body":         func(e *catalog.TaxEntry) { e.Body = strings.Repeat("x", 1<<16+1) },
		} {
			wrong := other
			change(&wrong)
			refused(t, d, path, catalog.ErrTaxEntry, path, put(wrong))
		}
		refused(t, d, "a day that is none", catalog.ErrTaxEntry, "since", put(catalog.TaxEntry{Category: "c", Jurisdiction: "US", Since: "2026-02-30", Body: "{}"}))
		many := make([]catalog.TaxEntry, 15_000)
		for i := range many {
			many[i] = catalog.TaxEntry{Category: fmt.Sprint("c", i), Jurisdiction: "US", Since: "2026-01-01", Body: "{}"}
		}
		refused(t, d, "too many", catalog.ErrTooManyTaxes, "", put(many...))
	})
}

// Barcode formats are checked, replaced by name and bounded.
func TestBarcodeFormats(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		put := func(fs ...catalog.BarcodeFormat) func(tx *db.Tx) error {
			return func(tx *db.Tx) error {
				for _, f := range fs {
					if err := catalog.PutBarcodeFormat(tx, f); err != nil {
						return err
					}
				}
				return nil
			}
		}
		format := func(name, pattern string) catalog.BarcodeFormat {
			return catalog.BarcodeFormat{Format: gtin.Format{Name: name, Pattern: pattern, Decimals: 3}}
		}
		weight, price := format("weight", "21IIIIIWWWWWC"), format("price", "22IIIIIPPPPPC")
		write(t, d, put(weight, price))
		weight.Decimals, weight.Retired = 2, true
		write(t, d, put(weight))
		if got, want := read(t, d, catalog.BarcodeFormats), []catalog.BarcodeFormat{price, weight}; !reflect.DeepEqual(got, want) {
			t.Errorf("stored %+v", got)
		}
		refused(t, d, "no name", catalog.ErrCode, "name", put(format("", "21IIIIIWWWWWC")))
		refused(t, d, "pattern", gtin.ErrPattern, "pattern", put(format("x", "21IIIIIWWWWW?")))
		many := make([]catalog.BarcodeFormat, gtin.MaxFormats)
		for i := range many {
			many[i] = format(fmt.Sprint("f", i), "21IIIIIWWWWWC")
		}
		refused(t, d, "too many", catalog.ErrFormats, "name", put(many...))
	})
}

// All ways of writing an article number are one.
func TestArticleNumber(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{"4006381333931": "04006381333931", "04006381333931": "04006381333931", "04252614": "00042100005264",
		"042100005264": "00042100005264", "X-1": "X-1", "4011": "4011", "4006381333932": "4006381333932", "": ""} {
		if got := catalog.ArticleNumber(code); got != want {
			t.Errorf("%q is %q, want %q", code, got, want)
		}
	}
}
