package catalog_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

func write(t *testing.T, d *db.DB, body func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(context.Background(), body); err != nil {
		t.Fatal(err)
	}
}

func read[T any](t testing.TB, d *db.DB, fn func(q db.Q) (T, error)) (out T) {
	t.Helper()
	if err := d.Read(context.Background(), func(v *db.View) (err error) { out, err = fn(v); return err }); err != nil {
		t.Fatal(err)
	}
	return out
}

// refused runs a body that must fail and leave nothing.
func refused(t *testing.T, d *db.DB, name string, want error, path string, body func(tx *db.Tx) error) {
	t.Helper()
	err := d.Write(context.Background(), body)
	var f *fault.Error
	if !errors.Is(err, want) || errors.As(err, &f) && f.Path != path {
		t.Errorf("%s: %v, want %v at %q", name, err, want, path)
	}
}

func save(items ...catalog.Item) func(tx *db.Tx) error {
	return func(tx *db.Tx) error {
		for _, it := range items {
			if err := catalog.Save(tx, it); err != nil {
				return err
			}
		}
		return nil
	}
}

// Introduce adds what is not known, in the same group and later, and changes nothing that is.
func TestIntroduceAndSave(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, save(catalog.Item{SKU: "A", Name: "Apples", Kind: catalog.KindService}))
		write(t, d, func(tx *db.Tx) error {
			if err := catalog.Introduce(tx, catalog.Item{SKU: "A", Name: "other"}, catalog.Item{SKU: "B", Name: "Bread"}, catalog.Item{SKU: "B", Name: "again"}); err != nil {
				return err
			}
			found, err := catalog.Find(tx, []string{"A", "B", "C"})
			if err != nil {
				return err
			}
			if found["A"].Name != "Apples" || found["A"].Kind != catalog.KindService || found["B"].Name != "Bread" || found["B"].Unit != catalog.Each || found["C"] != nil {
				t.Errorf("the group sees %+v", found)
			}
			if err := catalog.Save(tx, catalog.Item{SKU: "B", Name: "Brown bread", Department: "Bakery", Cost: 1_250_000}); err != nil {
				return err
			}
			return catalog.Introduce(tx, catalog.Item{SKU: "B", Name: "third"})
		})
		want := []catalog.Item{{SKU: "A", Name: "Apples", Kind: "service", Unit: "each"}, {SKU: "B", Name: "Brown bread", Department: "Bakery", Kind: "item", Unit: "each", Cost: 1_250_000}}
		got := read(t, d, func(q db.Q) ([]catalog.Item, error) { return catalog.Items(q, "", 10) })
		if len(got) != 2 || !got[0].Equal(want[0]) || !got[1].Equal(want[1]) {
			t.Errorf("stored %+v", got)
		}
		retired := want[1]
		retired.Retired = true
		write(t, d, save(retired))
		if got := read(t, d, func(q db.Q) (catalog.Item, error) { return catalog.Get(q, "B") }); !got.Equal(retired) {
			t.Errorf("retired as %+v", got)
		}
		err := d.Read(context.Background(), func(v *db.View) error { _, err := catalog.Get(v, "C"); return err })
		if !errors.Is(err, catalog.ErrNoItem) {
			t.Errorf("an unknown item: %v", err)
		}
	})
}

// A group that fails leaves nothing of what it saved.
func TestFailureLeavesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stop := errors.New("stop")
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			return errors.Join(catalog.Save(tx, catalog.Item{SKU: "A", Name: "A"}), catalog.AddBarcode(tx, catalog.Barcode{Code: "4006381333931", SKU: "A"}), stop)
		})
		if !errors.Is(err, stop) {
			t.Fatal(err)
		}
		if n := len(read(t, d, func(q db.Q) ([]catalog.Item, error) { return catalog.Items(q, "", 0) })); n != 0 {
			t.Errorf("%d items", n)
		}
	})
}

func TestRefusedItems(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for name, c := range map[string]struct {
			item catalog.Item
			want error
			path string
		}{
			"no SKU":              {catalog.Item{Name: "x"}, catalog.ErrCode, "sku"},
			"long SKU":            {catalog.Item{SKU: strings.Repeat("x", 101)}, catalog.ErrCode, "sku"},
			"space before":        {catalog.Item{SKU: " A"}, catalog.ErrCode, "sku"},
			"control character":   {catalog.Item{SKU: "A\x00"}, catalog.ErrCode, "sku"},
			"broken text":         {catalog.Item{SKU: "A", Name: "\xff"}, catalog.ErrText, "name"},
			"long name":           {catalog.Item{SKU: "A", Name: strings.Repeat("ä", 201)}, catalog.ErrText, "name"},
			"card number":         {catalog.Item{SKU: "A", Name: "card 4111 1111 1111 1111"}, catalog.ErrText, "name"},
			"line break":          {catalog.Item{SKU: "A", Department: "a\nb"}, catalog.ErrText, "department"},
			"kind":                {catalog.Item{SKU: "A", Kind: "tip"}, catalog.ErrKind, "kind"},
			"negative cost":       {catalog.Item{SKU: "A", Cost: -1}, catalog.ErrCost, "cost"},
			"huge cost":           {catalog.Item{SKU: "A", Cost: 1_000_000_000_000_001}, catalog.ErrCost, "cost"},
			"negative reorder":    {catalog.Item{SKU: "A", ReorderPoint: -1}, catalog.ErrReorder, "reorder_point"},
			"reorder to less":     {catalog.Item{SKU: "A", ReorderPoint: 5, ReorderTo: 4}, catalog.ErrReorder, "reorder_to"},
			"tax category broken": {catalog.Item{SKU: "A", TaxCategory: "a\tb"}, catalog.ErrText, "tax_category"},
		} {
			refused(t, d, name, c.want, c.path, save(c.item))
		}
		long := catalog.Item{SKU: strings.Repeat("ß", 50), Name: strings.Repeat("日", 200), Kind: "item", Unit: "kg", ReorderPoint: 5, ReorderTo: 5}
		write(t, d, save(long))
		if got := read(t, d, func(q db.Q) (catalog.Item, error) { return catalog.Get(q, long.SKU) }); !got.Equal(long) {
			t.Errorf("stored as %+v", got)
		}
	})
}

func TestBarcodes(t *testing.T) {
	t.Parallel()
	const ean, upc = "4006381333931", "036000291452"
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, save(catalog.Item{SKU: "A", Name: "A"}, catalog.Item{SKU: "B", Name: "B"}))
		add := func(bs ...catalog.Barcode) func(tx *db.Tx) error {
			return func(tx *db.Tx) error {
				for _, b := range bs {
					if err := catalog.AddBarcode(tx, b); err != nil {
						return err
					}
				}
				return nil
			}
		}
		for name, c := range map[string]struct {
			code string
			own  bool
			want error
		}{
			"empty":                     {"", false, catalog.ErrBarcode},
			"space":                     {"12 34", false, catalog.ErrBarcode},
			"not ASCII":                 {"ä", false, catalog.ErrBarcode},
			"too long":                  {strings.Repeat("1", 81), false, catalog.ErrBarcode},
			"GTIN-13 check digit":       {"4006381333932", false, catalog.ErrGTIN},
			"GTIN-12 check digit":       {"036000291453", false, catalog.ErrGTIN},
			"GTIN-14 check digit":       {"14006381333932", false, catalog.ErrGTIN},
			"GTIN-8 check digit":        {"96385075", false, catalog.ErrGTIN},
			"zeros":                     {"0000000000000", false, catalog.ErrGTIN},
			"of no item":                {ean, false, catalog.ErrNoItem},
			"own code with GTIN length": {"4006381333932", true, nil},
		} {
			sku, path := "A", "code"
			if errors.Is(c.want, catalog.ErrNoItem) {
				sku, path = "NONE", "sku"
			}
			b := catalog.Barcode{Code: c.code, SKU: sku, Own: c.own}
			if c.want == nil {
				write(t, d, add(b))
				continue
			}
			refused(t, d, name, c.want, path, add(b))
		}
		write(t, d, add(catalog.Barcode{Code: ean, SKU: "A"}, catalog.Barcode{Code: "0" + ean, SKU: "A"}, // the same article
			catalog.Barcode{Code: "04252614", SKU: "A"},                         // UPC-E of 042100005264
			catalog.Barcode{Code: "2101234500008", SKU: "A"},                    // in-store
			catalog.Barcode{Code: "4011", SKU: "A"},                             // on the scale
			catalog.Barcode{Code: "X-1", SKU: "A"},                              // of the shop's own
			catalog.Barcode{Code: "14006381333938", SKU: "A", Qty: qty.Of(12)})) // the case
		got := read(t, d, func(q db.Q) ([]catalog.Barcode, error) { return catalog.ItemBarcodes(q, "A") })
		want := []catalog.Barcode{{"14006381333938", "A", qty.Of(12), false}, {"2101234500008", "A", qty.One, false}, {ean, "A", qty.One, false},
			{"4006381333932", "A", qty.One, true}, {"4011", "A", qty.One, false}, {"042100005264", "A", qty.One, false}, {"X-1", "A", qty.One, false}}
		if len(got) != len(want) {
			t.Errorf("%d barcodes: %+v", len(got), got)
		}
		for _, w := range want {
			b := read(t, d, func(q db.Q) (catalog.Barcode, error) { return catalog.FindBarcode(q, w.Code) })
			if b != w {
				t.Errorf("%s is %+v", w.Code, b)
			}
		}
		for _, code := range []string{"04252614", "0042100005264"} {
			refused(t, d, code, catalog.ErrBarcodeTaken, "code", add(catalog.Barcode{Code: code, SKU: "B"}))
			if b := read(t, d, func(q db.Q) (catalog.Barcode, error) { return catalog.FindBarcode(q, code) }); b.SKU != "A" {
				t.Errorf("%s is %+v", code, b)
			}
		}
		checkOwners(t, d, add, ean, upc)
	})
}

// checkOwners moves a barcode from one item to another.
func checkOwners(t *testing.T, d *db.DB, add func(...catalog.Barcode) func(*db.Tx) error, ean, upc string) {
	t.Helper()
	for _, code := range []string{ean, "0" + ean} {
		refused(t, d, code, catalog.ErrBarcodeTaken, "code", add(catalog.Barcode{Code: code, SKU: "B"}))
	}
	refused(t, d, "in one group", catalog.ErrBarcodeTaken, "code", add(catalog.Barcode{Code: upc, SKU: "A"}, catalog.Barcode{Code: "0" + upc, SKU: "B"}))
	write(t, d, add(catalog.Barcode{Code: "0" + ean, SKU: "A", Qty: qty.Of(6)}))
	if b := read(t, d, func(q db.Q) (catalog.Barcode, error) { return catalog.FindBarcode(q, "0"+ean) }); b.Code != ean || b.Qty != qty.Of(6) {
		t.Errorf("the quantity was changed to %+v", b)
	}
	write(t, d, func(tx *db.Tx) error {
		if err := catalog.RemoveBarcode(tx, "0"+ean); err != nil {
			return err
		}
		return catalog.AddBarcode(tx, catalog.Barcode{Code: ean, SKU: "B"})
	})
	if b := read(t, d, func(q db.Q) (catalog.Barcode, error) { return catalog.FindBarcode(q, ean) }); b.SKU != "B" || b.Qty != qty.One {
		t.Errorf("it was moved to %+v", b)
	}
	refused(t, d, "removed twice", catalog.ErrNoBarcode, "code", func(tx *db.Tx) error { return catalog.RemoveBarcode(tx, upc) })
	// An item that came along with a sale in this very group.
	write(t, d, func(tx *db.Tx) error {
		if err := catalog.Introduce(tx, catalog.Item{SKU: "NEW", Name: "New"}); err != nil {
			return err
		}
		return catalog.AddBarcode(tx, catalog.Barcode{Code: upc, SKU: "NEW"})
	})
	err := d.Read(context.Background(), func(v *db.View) error { _, err := catalog.FindBarcode(v, "unknown"); return err })
	if !errors.Is(err, catalog.ErrNoBarcode) {
		t.Errorf("an unknown barcode: %v", err)
	}
}
