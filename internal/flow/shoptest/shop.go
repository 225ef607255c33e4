// Package shoptest sets the scene for tests that need a shop in full swing: two stores, tills that
// number and seal their receipts, and every kind of document that the books know. Only tests use it.
package shoptest

import (
	"context"
	"fmt"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/flow/checkout"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// Currency is the books' currency.
const Currency money.Currency = "EUR"

// Today is the business day of dbtest.Now in both stores.
const Today = "2026-03-14"

// Shop is a euro shop. Store 01 sells with tax in its prices, store 02 without. Both have the tills R1
// and R2 and the register WEB for imports; goods A to E, a repair R and the tax VAT20 are known.
type Shop struct {
	T testing.TB
	D *db.DB

	made   int
	tills  map[string]*till
	posted map[id.ID]receipt.Receipt
}

// till is the end of a register's chain, as the till itself knows it.
type till struct {
	number int64
	hash   receipt.Hash
}

// New sets up the shop in an empty database.
func New(t testing.TB, d *db.DB) *Shop {
	t.Helper()
	s := &Shop{T: t, D: d, tills: map[string]*till{}, posted: map[id.ID]receipt.Receipt{}}
	for _, store := range []string{"01", "02"} {
		err := setup.Run(context.Background(), d, setup.Shop{Currency: Currency, Chart: "eu",
			Store: org.Store{Code: store, Name: "Store " + store, Zone: "Europe/Vienna", PricesInclude: store == "01", TaxRounding: "line"},
			Registers: []org.Register{{Code: "R1", Name: "Till 1", Kind: org.Till}, {Code: "R2", Name: "Till 2", Kind: org.Till},
				{Code: "WEB", Name: "Web shop", Kind: org.Import}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	s.Write(func(tx *db.Tx) error {
		items := []catalog.Item{{SKU: "R", Name: "Repair", Kind: catalog.KindService, Department: "workshop"}}
		for i, sku := range []string{"A", "B", "C", "D", "E"} {
			items = append(items, catalog.Item{SKU: sku, Name: "Article " + sku, Department: [...]string{"food", "toys"}[i%2],
				Cost: money.Price(1+i) * 1_000_000})
		}
		if err := catalog.Introduce(tx, items...); err != nil {
			return err
		}
		return setup.TaxCode(tx, "VAT20", "VAT 20 %")
	})
	return s
}

// Write runs body in a transaction and fails the test when it fails.
func (s *Shop) Write(body func(tx *db.Tx) error) {
	s.T.Helper()
	if err := s.D.Write(context.Background(), body); err != nil {
		s.T.Fatal(err)
	}
}

// ID makes an id, the same in every run.
func (s *Shop) ID() id.ID {
	s.made++
	return id.Derive(dbtest.Now, "shoptest", fmt.Sprint(s.made))
}

// Line is a line of n units at a price in minor units, as the customer of the store sees it, with 20 %
// tax in it or on top. Negative n brings back.
func Line(store string, kind receipt.LineKind, item string, n int64, price money.Minor) receipt.Line {
	l := Free(kind, item, n, price)
	return taxed(store, l)
}

// Free is Line without tax.
func Free(kind receipt.LineKind, item string, n int64, price money.Minor) receipt.Line {
	l := receipt.Line{Kind: kind, Item: item, Name: "Article " + item, Qty: qty.Of(n), UnitPrice: money.Price(price) * 10_000,
		Extended: money.Minor(n) * price, Department: map[string]string{"A": "food", "B": "toys", "C": "food", "D": "toys", "E": "food", "R": "workshop"}[item]}
	l.Net = l.Extended
	if n < 0 {
		l.Return = &receipt.Return{}
	}
	return l
}

// rate is the tax rate of all taxed lines, in percent.
const rate = 20

func taxed(store string, l receipt.Line) receipt.Line {
	left := l.Extended - l.Reduced()
	base := int64(100)
	if store == "01" {
		base += rate
	}
	tax, err := fixed.MulDiv(int64(left), rate, base, fixed.HalfUp)
	if err != nil {
		panic(err)
	}
	l.Net = left
	if store == "01" {
		l.Net -= money.Minor(tax)
	}
	l.Taxes = []receipt.Tax{{Code: "VAT20", Rate: money.OneRate / 5, Base: l.Net, Amount: money.Minor(tax)}}
	return l
}

// Reduced is the line with a discount.
func Reduced(store string, l receipt.Line, by money.Minor) receipt.Line {
	l.Reductions = []receipt.Reduction{{Kind: "line", Reason: "scratched", Amount: by}}
	before := l.Net
	l = taxed(store, l)
	l.NetDiscount = before - l.Net
	return l
}

// Fill completes a receipt: id, number and seal of its till, line numbers, and one cash tender unless
// it has some.
func (s *Shop) Fill(r receipt.Receipt) receipt.Receipt {
	if r.ID.IsZero() {
		r.ID = s.ID()
	}
	if r.Kind == "" {
		r.Kind = receipt.Sale
	}
	if r.Store == "" {
		r.Store = "01"
	}
	if r.Register == "" {
		r.Register = "R1"
	}
	if r.BusinessDay == "" {
		r.BusinessDay = Today
	}
	r.DeviceTime, r.Currency, r.PricesInclude = dbtest.Now, Currency, r.Store == "01"
	if r.TaxRounding == "" {
		r.TaxRounding = receipt.RoundPerLine
	}
	for i := range r.Lines {
		r.Lines[i].No = i + 1
	}
	if due := r.Total() + r.Rounding; len(r.Tenders) == 0 && due != 0 {
		r.Tenders = []receipt.Tender{{Type: "cash", Amount: due}}
	}
	if r.Register == "WEB" {
		return r
	}
	at := s.tills[r.Store+"/"+r.Register]
	if at == nil {
		at = &till{}
		s.tills[r.Store+"/"+r.Register] = at
	}
	at.number++
	r.Number = at.number
	r.Seal(at.hash)
	at.hash = r.Hash
	return r
}

// Send records a filled receipt as it is and fails the test when that fails.
func (s *Shop) Send(r receipt.Receipt) sales.Sale {
	s.T.Helper()
	var sale sales.Sale
	var err error
	if r.Number > 0 {
		sale, _, err = checkout.Complete(context.Background(), s.D, r)
	} else {
		var unexplained money.Minor
		if r.TaxRounding == receipt.RoundAsGiven {
			unexplained = r.Tendered() - r.Total() - r.Rounding
		}
		if err = receipt.ValidateImport(r, unexplained, dbtest.Now); err == nil {
			err = s.D.Write(context.Background(), func(tx *db.Tx) (err error) {
				sale, _, err = checkout.Record(tx, checkout.Arrival{Receipt: &r, Unexplained: unexplained})
				return err
			})
		}
	}
	if err != nil {
		s.T.Fatal(err)
	}
	s.posted[sale.Receipt.ID] = sale.Receipt
	return sale
}

// Sell fills and records a receipt.
func (s *Shop) Sell(r receipt.Receipt) sales.Sale {
	s.T.Helper()
	return s.Send(s.Fill(r))
}

// Void cancels a receipt.
func (s *Shop) Void(of id.ID) sales.Sale {
	s.T.Helper()
	original := s.posted[of]
	v, err := receipt.Voiding(&original, receipt.Head{ID: s.ID(), Store: original.Store, Register: original.Register})
	if err != nil {
		s.T.Fatal(err)
	}
	return s.Sell(v)
}

// Refund brings back units of a line of a receipt.
func (s *Shop) Refund(of id.ID, line int, n int64, disposition string) sales.Sale {
	s.T.Helper()
	original := s.posted[of]
	lines, err := receipt.Refund(&original, nil, []receipt.Take{{Line: line, Qty: qty.Of(n), Disposition: disposition}})
	if err != nil {
		s.T.Fatal(err)
	}
	return s.Sell(receipt.Receipt{Store: original.Store, Register: original.Register, Lines: lines})
}
