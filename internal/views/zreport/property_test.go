package zreport_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/zreport"
)

// Whatever was sold, the report's parts add up to its tenders, and each is the sum of the receipts.
func TestReportProperty(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		on := day.Day("2020-01-01")
		rapid.Check(t, func(t *rapid.T) {
			on = on.Add(1)
			list := rapid.SliceOfN(rapid.Custom(anyReceipt), 1, 12).Draw(t, "receipts")
			s.record(receipt.Receipt{Register: "R1", BusinessDay: on}, list...)
			r := s.dayReport(on, "")
			var total, tax, rounding, tendered money.Minor
			posted, discounts := int64(0), money.Minor(0)
			for i := range list {
				x := &list[i]
				if x.Kind == receipt.Training || x.Kind == receipt.Aborted {
					continue
				}
				posted++
				total += x.Total()
				rounding += x.Rounding
				tendered += x.Tendered()
				for j := range x.Lines {
					l := &x.Lines[j]
					tax += l.Tax()
					if l.Revenue() && l.Return == nil {
						discounts += l.NetDiscount
					}
				}
			}
			var tenders, taxes money.Minor
			for _, x := range r.Tenders {
				tenders += x.Book
			}
			for _, x := range r.Taxes {
				taxes += x.Amount
			}
			if r.Sales.Total != total || r.Sales.Tax != tax || taxes != tax || r.Rounding != rounding || tenders != tendered || r.Sales.Discounts != discounts {
				t.Fatalf("report %+v, want total %d, tax %d, rounding %d, tenders %d, discounts %d", r, total, tax, rounding, tendered, discounts)
			}
			if r.Receipts.Posted != posted || r.Receipts.Count != int64(len(list)) || r.Sales.Total+r.Rounding+r.Unexplained != tenders || r.Missing != 0 {
				t.Fatalf("report %+v", r)
			}
		})
	})
}

func anyReceipt(t *rapid.T) receipt.Receipt {
	amount := rapid.Int64Range(-10_000, 10_000)
	r := receipt.Receipt{Kind: rapid.SampledFrom([]receipt.Kind{receipt.Sale, receipt.Sale, receipt.Sale, receipt.Void, receipt.Training}).Draw(t, "kind")}
	for range rapid.IntRange(0, 4).Draw(t, "lines") {
		l := line(rapid.SampledFrom([]receipt.LineKind{receipt.Item, receipt.Service, receipt.ServiceCharge, receipt.Tip, receipt.GiftCard, receipt.Deposit,
			receipt.Consignment, receipt.Charity}).Draw(t, "line"), money.Minor(amount.Draw(t, "net")), money.Minor(rapid.Int64Range(0, 500).Draw(t, "discount")))
		if l.Kind == receipt.Item && rapid.Bool().Draw(t, "return") {
			l.Return = &receipt.Return{}
		}
		r.Lines = append(r.Lines, l)
	}
	r.Rounding = money.Minor(rapid.Int64Range(-2, 2).Draw(t, "rounding"))
	card := money.Minor(amount.Draw(t, "card"))
	rest := r.Total() + r.Rounding - card + money.Minor(rapid.SampledFrom([]int64{0, 0, 0, 7}).Draw(t, "unexplained"))
	r.Tenders = []receipt.Tender{paid("card", card), paid("cash", rest)}
	return r
}

// FuzzText: whatever things are called, the roll is not left and no figure is lost.
func FuzzText(f *testing.F) {
	f.Add("High Street", "R1", "GB-VAT-20", int64(123456))
	f.Add("東京の店 with a name far too long for any till roll of this world", "a register named at length", "t\x00\xff", int64(-1))
	f.Add("", "", strings.Repeat("ä̈", 60), int64(1_000_000_000_000_000))
	f.Fuzz(func(t *testing.T, name, register, code string, amount int64) {
		a := money.Minor(amount % int64(money.MaxMinor))
		r := zreport.Report{Kind: zreport.Z, Scope: zreport.OfDay, Store: register, StoreName: name, Register: register, Employee: name, Currency: "GBP",
			Receipts: zreport.Receipts{Count: 3, First: 1, Last: 999_999_999, Voids: 1, Voided: a}, Sales: &zreport.Sales{Gross: a, Net: a},
			Taxes: []zreport.Tax{{Code: code, Rate: 1, Base: a, Amount: a}}, Tenders: []zreport.Tender{{Type: code, Currency: "KWD", Count: 7, Amount: a, Book: a}},
			Cash: []zreport.Cash{{Drawer: register, Currency: "GBP", Float: a, Counted: &a, Expected: &a, Difference: &a}}, Missing: 1,
			Gaps: []zreport.Gap{{Register: register}}, Registers: []zreport.RegisterLine{{Register: register, Total: &a}}}
		text := r.Text()
		if !utf8.ValidString(text) {
			t.Fatalf("not UTF-8: %q", text)
		}
		for _, l := range strings.Split(text, "\n") {
			if zreport.Columns(l) > zreport.Width {
				t.Fatalf("line %q has %d columns", l, zreport.Columns(l))
			}
		}
		if !strings.Contains(text, money.Currency("GBP").Format(a)+"\n") {
			t.Fatalf("the amount %d is not in\n%s", a, text)
		}
	})
}
