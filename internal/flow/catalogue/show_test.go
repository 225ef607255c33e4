package catalogue_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/flow/catalogue"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// show is the document of all that is stored.
func show(t testing.TB, d *db.DB) string {
	t.Helper()
	return read(t, d, func(q db.Q) (string, error) {
		var b bytes.Buffer
		err := catalogue.Write(q, &b)
		return b.String(), err
	})
}

// What is shown can be put again and changes nothing.
func TestWriteRoundTrip(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		if got := show(t, d); got != "{}\n" {
			t.Errorf("nothing is %q", got)
		}
		c := parse(t, sample)
		c.Taxes = parse(t, taxes(law("GB-A", "0.10", "2027-01-01", ""))).Taxes
		c.BarcodeFormats = parse(t, `{"barcode_formats": [{"name": "scale", "pattern": "21IIIIIWWWWWC", "decimals": 3}, {"name": "old", "pattern": "22IIIIIPPPPPC", "decimals": 2, "retired": true}]}`).BarcodeFormats
		for i := range 1100 { // more than a page
			c.Items = append(c.Items, catalog.Item{SKU: fmt.Sprintf("I%04d", i), Name: `<"&` + "\u2028ä"})
			c.Barcodes = append(c.Barcodes, catalog.Barcode{Code: fmt.Sprintf("own-%d", i), SKU: fmt.Sprintf("I%04d", i), Qty: qty.Of(6)})
			c.Prices = append(c.Prices, catalog.Price{List: "club", SKU: fmt.Sprintf("I%04d", i), Price: 1})
		}
		if err := catalogue.Put(context.Background(), d, c); err != nil {
			t.Fatal(err)
		}
		before, text := contents(t, d), show(t, d)
		if err := catalogue.Put(context.Background(), d, parse(t, text)); err != nil {
			t.Fatal(err)
		}
		if contents(t, d) != before || show(t, d) != text {
			t.Error("putting what is there has changed it")
		}
		some := read(t, d, func(q db.Q) (string, error) {
			var b bytes.Buffer
			err := catalogue.Write(q, &b, "taxes", "promotions")
			return b.String(), err
		})
		if c := parse(t, some); len(c.Taxes) != 1 || len(c.Promotions) != 1 || len(c.Items)+len(c.Barcodes)+len(c.BarcodeFormats)+len(c.PriceLists)+len(c.Prices) > 0 {
			t.Errorf("two parts are %s", some)
		}
		if n := strings.Count(text, "\n"); n < 3300 {
			t.Errorf("%d lines", n)
		}
	})
}

// Codes become entries: single units, packs, weights from scales, SKUs.
func TestScan(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		c := parse(t, sample)
		c.BarcodeFormats = parse(t, `{"barcode_formats": [{"name": "scale", "pattern": "21IIIIIWWWWWC", "decimals": 3}]}`).BarcodeFormats
		if err := catalogue.Put(context.Background(), d, c); err != nil {
			t.Fatal(err)
		}
		scope := catalogue.Scope{Store: "S1", Day: "2026-03-14"}
		got := read(t, d, func(q db.Q) ([]pricing.Entry, error) {
			return catalogue.Scan(q, []string{"04006381333931", "14006381333938", "2104011015003", "APPLE"}, scope)
		})
		want := []pricing.Entry{{Item: "BREAD", Qty: qty.One}, {Item: "BREAD", Qty: qty.Of(12)}, {Item: "APPLE", Qty: 1_500_000}, {Item: "APPLE", Qty: qty.One}}
		for i := range want {
			if got[i].Item != want[i].Item || got[i].Qty != want[i].Qty {
				t.Errorf("code %d is %+v", i, got[i])
			}
		}
		for _, code := range []string{"5901234123457", "WRAP", "", strings.Repeat("1", 100), "2199999015008"} {
			err := d.Read(context.Background(), func(v *db.View) error { _, err := catalogue.Scan(v, []string{"APPLE", code}, scope); return err })
			if !errors.Is(err, pricing.ErrBarcode) || !strings.HasPrefix(err.Error(), "codes[1]: ") {
				t.Errorf("%q: %v", code, err)
			}
		}
	})
}
