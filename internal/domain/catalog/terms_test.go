package catalog_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// What an item is sold under is kept, in one form, and goes away when it is saved without.
func TestTerms(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		full := catalog.Item{SKU: "A", Name: "A", Kind: "consignment", Unit: "each", Terms: catalog.Terms{Tags: []string{"ü", `a"b`}, NoDiscount: true,
			Attached: []catalog.Attached{{SKU: "DEP", Qty: qty.One}, {SKU: "CRATE", Qty: 50_000}}, Consignor: "c7", Commission: money.OneRate / 3}}
		given := full
		given.Attached = []catalog.Attached{{SKU: "DEP"}, {SKU: "CRATE", Qty: 50_000}}
		empty := catalog.Item{SKU: "B", Name: "B", Terms: catalog.Terms{Tags: []string{}, Attached: []catalog.Attached{}}}
		write(t, d, save(given, empty))
		if given.Attached[0].Qty != 0 {
			t.Error("the caller's item was changed")
		}
		get := func(sku string) catalog.Item {
			return read(t, d, func(q db.Q) (catalog.Item, error) { return catalog.Get(q, sku) })
		}
		if got := get("A"); !got.Equal(full) {
			t.Errorf("stored %+v", got)
		}
		if got := get("B"); !got.Equal(catalog.Item{SKU: "B", Name: "B", Kind: "item", Unit: "each"}) {
			t.Errorf("stored %+v", got)
		}
		write(t, d, func(tx *db.Tx) error { // what a sale tells of an item takes nothing away
			return catalog.Introduce(tx, catalog.Item{SKU: "A", Name: "other"}, catalog.Item{SKU: "DEP", Name: "Deposit"})
		})
		if got := get("A"); !got.Equal(full) {
			t.Errorf("introduced again: %+v", got)
		}
		checkAttaching(t, d)
		plain := catalog.Item{SKU: "A", Name: "A", Kind: "item", Unit: "each"}
		write(t, d, save(plain))
		if got := get("A"); !got.Equal(plain) {
			t.Errorf("saved without: %+v", got)
		}
	})
}

// checkAttaching looks for items with others attached: stored, saved in the same group, and retired there.
func checkAttaching(t *testing.T, d *db.DB) {
	t.Helper()
	stop := errors.New("stop")
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		names := func() (out string) {
			items, err := catalog.Attaching(tx)
			if err != nil {
				t.Error(err)
			}
			for _, it := range items {
				out += it.SKU + " "
			}
			return out
		}
		if got := names(); got != "A " {
			t.Errorf("stored: %s", got)
		}
		more := catalog.Terms{Attached: []catalog.Attached{{SKU: "DEP"}}}
		if err := save(catalog.Item{SKU: "0", Terms: more}, catalog.Item{SKU: "A", Terms: more, Retired: true}, catalog.Item{SKU: "T", Terms: catalog.Terms{Tags: []string{`"attached"`}}})(tx); err != nil {
			return err
		}
		if got := names(); got != "0 " {
			t.Errorf("in the group: %s", got)
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Error(err)
	}
}

func TestRefusedTerms(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var tags []string
		var attached []catalog.Attached
		for i := range 51 {
			tags = append(tags, fmt.Sprint(i))
			attached = append(attached, catalog.Attached{SKU: fmt.Sprint(i)})
		}
		for name, c := range map[string]struct {
			kind  string
			terms catalog.Terms
			want  error
			path  string
		}{
			"empty tag":          {"", catalog.Terms{Tags: []string{""}}, catalog.ErrTags, "tags"},
			"tag twice":          {"", catalog.Terms{Tags: []string{"a", "a"}}, catalog.ErrTags, "tags"},
			"long tag":           {"", catalog.Terms{Tags: []string{strings.Repeat("x", 101)}}, catalog.ErrTags, "tags"},
			"card number":        {"", catalog.Terms{Tags: []string{"4111111111111111"}}, catalog.ErrTags, "tags"},
			"many tags":          {"", catalog.Terms{Tags: tags}, catalog.ErrTags, "tags"},
			"many attached":      {"", catalog.Terms{Attached: attached[:21]}, catalog.ErrAttached, "attached"},
			"attached itself":    {"", catalog.Terms{Attached: []catalog.Attached{{SKU: "A"}}}, catalog.ErrAttached, "attached"},
			"attached twice":     {"", catalog.Terms{Attached: []catalog.Attached{{SKU: "B"}, {SKU: "B", Qty: qty.Of(2)}}}, catalog.ErrAttached, "attached"},
			"attached backwards": {"", catalog.Terms{Attached: []catalog.Attached{{SKU: "B", Qty: -1}}}, catalog.ErrAttached, "attached"},
			"attached nothing":   {"", catalog.Terms{Attached: []catalog.Attached{{}}}, catalog.ErrAttached, "attached"},
			"own goods":          {"", catalog.Terms{Consignor: "c7"}, catalog.ErrConsignor, "consignor"},
			"consignor broken":   {catalog.KindConsignment, catalog.Terms{Consignor: "a\x00"}, catalog.ErrConsignor, "consignor"},
			"commission on own":  {"", catalog.Terms{Commission: 1}, catalog.ErrCommission, "commission"},
			"commission above":   {catalog.KindConsignment, catalog.Terms{Commission: money.OneRate + 1}, catalog.ErrCommission, "commission"},
			"commission below":   {catalog.KindConsignment, catalog.Terms{Commission: -1}, catalog.ErrCommission, "commission"},
		} {
			refused(t, d, name, c.want, c.path, save(catalog.Item{SKU: "A", Name: "A", Kind: c.kind, Terms: c.terms}))
		}
		most := catalog.Item{SKU: "A", Name: "A", Kind: "charity", Unit: "each", Terms: catalog.Terms{Tags: tags[:50], Consignor: "c7"}}
		write(t, d, save(most))
		if got := read(t, d, func(q db.Q) (catalog.Item, error) { return catalog.Get(q, "A") }); !got.Equal(most) {
			t.Errorf("stored %+v", got)
		}
	})
}

const spoilTerms db.SQL = `UPDATE items SET terms = $1 WHERE sku = $2`

// What cannot be read is told: a deposit that is dropped without a word is money lost.
func TestSpoiledTerms(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, save(catalog.Item{SKU: "A", Name: "A"}))
		for _, text := range []string{"x", `{"atached": []}`, `{"tags": ["a"]} `, "[]"} {
			write(t, d, func(tx *db.Tx) error { _, err := tx.Exec(spoilTerms, text, "A"); return err })
			err := d.Read(context.Background(), func(v *db.View) error { _, err := catalog.Get(v, "A"); return err })
			if fine := text == `{"tags": ["a"]} `; fine != (err == nil) || !fine && !errors.Is(err, catalog.ErrTermsStored) {
				t.Errorf("%s: %v", text, err)
			}
		}
	})
}
