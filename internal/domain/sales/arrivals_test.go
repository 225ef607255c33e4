package sales_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// rule is a shop in London whose day ends at three.
var rule = func() day.Rule {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	return day.Rule{Zone: zone, CutOver: 3 * time.Hour}
}()

// simple is a receipt of one line that a till has not numbered.
func simple(n int) *receipt.Receipt {
	at := dbtest.Now.Add(time.Duration(n) * time.Minute)
	return &receipt.Receipt{ID: id.New(at), Kind: receipt.Sale, Store: "S1", Register: "R1", BusinessDay: rule.Of(at), DeviceTime: at,
		Currency: "GBP", TaxRounding: receipt.RoundPerLine, Lines: []receipt.Line{{No: 1, Kind: receipt.Item, Item: "A", Qty: qty.One,
			UnitPrice: 1_000_000, Extended: 100, Net: 100}}, Tenders: []receipt.Tender{{Type: "cash", Amount: 100}}}
}

// numbered are n receipts as a till of the store numbers and seals them.
func numbered(n int, store string) []*receipt.Receipt {
	out := make([]*receipt.Receipt, n)
	var prev receipt.Hash
	for i := range out {
		r := simple(i)
		r.Number, r.Store = int64(i+1), store
		r.Seal(prev)
		prev, out[i] = r.Hash, r
	}
	return out
}

// record records receipts in one body and returns the last answer.
func record(d *db.DB, rs ...*receipt.Receipt) (sale sales.Sale, fresh bool, err error) {
	err = d.Write(context.Background(), func(tx *db.Tx) error {
		for _, r := range rs {
			if sale, fresh, err = sales.Record(tx, sales.Arrival{Receipt: r, Rule: rule}); err != nil {
				return err
			}
		}
		return nil
	})
	return sale, fresh, err
}

func read[T any](t testing.TB, d *db.DB, fn func(q db.Q) (T, error)) (out T) {
	t.Helper()
	err := d.Read(context.Background(), func(v *db.View) (err error) { out, err = fn(v); return err })
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// words are texts as shops write them, and worse.
var words = rapid.OneOf(
	rapid.SampledFrom([]string{"", "A", "Käse & Brot", "’s-Hertogenbosch", "日本", "'; DROP TABLE receipts; --", "a\tb\nc", "%_\\", "\u00a0", "e\u0301", "🛒"}),
	rapid.StringOfN(rapid.Rune().Filter(func(r rune) bool { return r != 0 && r != '\ufffd' }), 0, 12, -1),
)

func amounts() *rapid.Generator[money.Minor] {
	return rapid.Custom(func(t *rapid.T) money.Minor {
		return money.Minor(rapid.Int64Range(-int64(money.MaxMinor)/1000, int64(money.MaxMinor)/1000).Draw(t, "amount"))
	})
}

var ids = rapid.Custom(func(t *rapid.T) id.ID {
	var u id.ID
	copy(u[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
	return u
})

// maybeID is an id or none.
func maybeID(t *rapid.T, label string) id.ID {
	if rapid.Bool().Draw(t, label) {
		return ids.Draw(t, label)
	}
	return id.ID{}
}

func drawLine(t *rapid.T, no int) receipt.Line {
	kinds := []receipt.LineKind{receipt.Item, receipt.Service, receipt.ServiceCharge, receipt.Tip, receipt.GiftCard, receipt.StoreCredit, receipt.Deposit,
		receipt.BottleDeposit, receipt.Charity, receipt.Consignment, receipt.Fee, receipt.OnAccount}
	l := receipt.Line{No: no, Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Item: words.Draw(t, "item"), Name: words.Draw(t, "name"),
		Department: words.Draw(t, "department"), Party: words.Draw(t, "party"), Qty: qty.Qty(rapid.Int64().Draw(t, "qty")),
		UnitPrice: money.Price(rapid.Int64().Draw(t, "price")), Extended: amounts().Draw(t, "extended"), Net: amounts().Draw(t, "net"),
		NetDiscount: amounts().Draw(t, "discount"), Commission: amounts().Draw(t, "commission")}
	for range rapid.IntRange(0, 3).Draw(t, "taxes") {
		l.Taxes = append(l.Taxes, receipt.Tax{Code: words.Draw(t, "code"), Rate: money.Rate(rapid.Int64().Draw(t, "rate")),
			Base: amounts().Draw(t, "base"), Amount: amounts().Draw(t, "tax")})
	}
	for range rapid.IntRange(0, 3).Draw(t, "reductions") {
		l.Reductions = append(l.Reductions, receipt.Reduction{Kind: words.Draw(t, "kind"), Reason: words.Draw(t, "reason"),
			Promotion: words.Draw(t, "promotion"), Amount: amounts().Draw(t, "off")})
	}
	if rapid.Bool().Draw(t, "return") {
		l.Return = &receipt.Return{Receipt: maybeID(t, "returned"), Line: rapid.IntRange(0, 9).Draw(t, "line"),
			Reason: words.Draw(t, "reason"), Disposition: words.Draw(t, "disposition")}
	}
	return l
}

// drawReceipt fills every field, whether it makes sense or not: what is stored is what was sealed.
func drawReceipt(t *rapid.T, store string) *receipt.Receipt {
	r := &receipt.Receipt{ID: id.New(dbtest.Now), Store: store, Register: "R1",
		Kind:        rapid.SampledFrom([]receipt.Kind{receipt.Sale, receipt.Void, receipt.Training, receipt.Aborted}).Draw(t, "kind"),
		BusinessDay: day.Day(fmt.Sprintf("%04d-%02d-%02d", rapid.IntRange(1970, 9998).Draw(t, "y"), rapid.IntRange(1, 12).Draw(t, "m"), rapid.IntRange(1, 28).Draw(t, "d"))),
		DeviceTime:  time.UnixMilli(rapid.Int64Range(0, 1<<42).Draw(t, "time")).UTC(), Currency: rapid.SampledFrom([]money.Currency{"GBP", "JPY", "KWD"}).Draw(t, "currency"),
		Shift: maybeID(t, "shift"), Employee: words.Draw(t, "employee"), Customer: words.Draw(t, "customer"), Channel: words.Draw(t, "channel"),
		PricesInclude: rapid.Bool().Draw(t, "include"), TaxRounding: receipt.RoundPerRate, TaxMode: rapid.SampledFrom([]fixed.Rounding{"", fixed.HalfEven}).Draw(t, "mode"),
		Rounding: amounts().Draw(t, "rounding"), Voids: maybeID(t, "voids"), Note: words.Draw(t, "note"), Source: words.Draw(t, "source"), External: words.Draw(t, "external")}
	for i := range rapid.IntRange(0, 5).Draw(t, "lines") {
		r.Lines = append(r.Lines, drawLine(t, i+1))
	}
	for range rapid.IntRange(0, 3).Draw(t, "tenders") {
		r.Tenders = append(r.Tenders, receipt.Tender{ID: maybeID(t, "tender"), Type: words.Draw(t, "type"), Amount: amounts().Draw(t, "amount"),
			Drawer: words.Draw(t, "drawer"), Foreign: money.Amount{Minor: amounts().Draw(t, "foreign"), Currency: rapid.SampledFrom([]money.Currency{"", "USD"}).Draw(t, "in")},
			FX: money.Rate(rapid.Int64().Draw(t, "fx")), Reference: words.Draw(t, "reference"), Party: words.Draw(t, "party")})
	}
	return r
}
