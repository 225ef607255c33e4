package assess

import (
	"os"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/hub/formats"
)

func TestTry(t *testing.T) {
	for _, p := range []string{"pos-export-layouts/square", "pos-export-layouts/shopify", "pos-export-layouts/stripe/balance_history.csv", "pos-export-layouts/stripe/itemised_payout_reconciliation.csv", "pos-export-layouts/paypal", "poslog/ncr_poslog_part1.xml", "poslog/ncr_poslog_small.xml"} {
		began := time.Now()
		r, info, err := formats.Open("/work/shared/data/"+p, formats.Options{})
		if err != nil {
			t.Fatal(err)
		}
		rep, err := Assess(r, Options{Info: info, Now: time.Now(), Tenders: []string{"cash", "card", "giftcard", "visa", "mastercard", "debit", "amex", "stripe"}})
		if err != nil {
			t.Fatal(err)
		}
		rep.WriteText(os.Stdout)
		t.Log(time.Since(began))
		r.Close()
	}
}
