package formats

import (
	"io"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/fault"
)

var examples = filepath.Join("..", "..", "..", "examples", "sample-exports")

func TestOpenKnowsEveryExample(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]struct {
		layout, source string
		rows           int
		currency       string
	}{
		"online-retail": {"online-retail", "online-retail", 2000, "GBP"},
		"pizza-place":   {"pizza-place", "pizza-place", 361, "USD"},
		filepath.Join("pizza-place", "order_details.csv"): {"pizza-place", "pizza-place", 361, "USD"},
		"square":  {"square-items", "square", 147, "USD"},
		"shopify": {"shopify-orders", "shopify", 90, "USD"},
		filepath.Join("stripe", "balance_history.csv"):                {"stripe-balance", "stripe", 47, "USD"},
		filepath.Join("stripe", "itemised_payout_reconciliation.csv"): {"stripe-payouts", "stripe", 46, "USD"},
		"paypal": {"paypal-activity", "paypal", 41, "USD"},
		filepath.Join("poslog", "ncr_poslog_small.xml"): {"poslog", "poslog", 2, "USD"},
	} {
		r, info, err := Open(filepath.Join(examples, path), Options{})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		rows := 0
		for {
			d, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			rows += d.Rows
		}
		if info.Layout != want.layout || info.Source != want.source || string(info.Currency) != want.currency || rows != want.rows {
			t.Errorf("%s: %+v, %d rows", path, info, rows)
		}
		if r.Offset() != info.SizeBytes || info.SizeBytes == 0 {
			t.Errorf("%s: read %d of %d bytes", path, r.Offset(), info.SizeBytes)
		}
		if err := r.Close(); err != nil {
			t.Errorf("%s: close: %v", path, err)
		}
	}
}

// A new shop takes its zone from the file.
func TestZoneOfTheFile(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"square": "America/New_York", "shopify": "Etc/GMT+4", "paypal": "Etc/GMT+7", "online-retail": "Europe/London", "pizza-place": "UTC",
		filepath.Join("stripe", "balance_history.csv"): "UTC",
	} {
		r, info, err := Open(filepath.Join(examples, path), Options{})
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		if _, err := time.LoadLocation(info.Zone); err != nil || info.Zone != want {
			t.Errorf("%s: %q, %v", path, info.Zone, err)
		}
	}
}

func TestOptionsReachTheReceipt(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("far", 9*3600)
	r, info, err := Open(filepath.Join(examples, "pizza-place"), Options{Source: "mine", Store: "S1", Register: "R1", Currency: "EUR", DefaultTender: "cash", Zone: zone, CutOver: 12 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	d, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	rc := d.Receipt
	if rc.Store != "S1" || rc.Register != "R1" || rc.Currency != "EUR" || rc.Source != "mine" || info.Source != "mine" || rc.Tenders[0].Type != "cash" {
		t.Errorf("%+v", rc)
	}
	if rc.BusinessDay != "2014-12-31" || rc.DeviceTime.UTC().Format("15:04:05") != "02:38:36" {
		t.Errorf("%s, %s", rc.BusinessDay, rc.DeviceTime)
	}
}

func TestOpenFails(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ path, layout, code string }{
		{"nowhere.csv", "", "source_unreadable"},
		{examples, "", "layout_undetected"},
		{filepath.Join(examples, "square"), "no-such-layout", "layout_unknown"},
		{filepath.Join(examples, "poslog", "README.md"), "poslog", "poslog_root"},
		{filepath.Join(examples, "poslog", "README.md"), "", "layout_undetected"},
	} {
		r, _, err := Open(c.path, Options{Layout: c.layout})
		if err == nil {
			r.Close()
		}
		if got := fault.CodeOf(err); got != c.code && !(c.code == "poslog_root" && got == "") {
			t.Errorf("%s: %q, %v", c.path, got, err)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	if n := Names(); len(n) != 8 || !slices.Contains(n, "online-retail") || !slices.Contains(n, POSLog) {
		t.Errorf("%q", n)
	}
}
