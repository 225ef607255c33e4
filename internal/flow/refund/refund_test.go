package refund_test

import (
	"context"
	"errors"
	"testing"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/sales"
	"github.com/tillpost/tillpost/internal/flow/refund"
	"github.com/tillpost/tillpost/internal/flow/shoptest"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

var ctx = context.Background()

// bought is three A and two B, paid by card and in cash.
func bought(s *shoptest.Shop) sales.Sale {
	return s.Sell(receipt.Receipt{Customer: "17", Lines: []receipt.Line{shoptest.Line("01", receipt.Item, "A", 3, 999), shoptest.Line("01", receipt.Item, "B", 2, 1_250)},
		Tenders: []receipt.Tender{{Type: "card", Amount: 2_000, Reference: "auth 1"}, {Type: "cash", Amount: 3_497}}})
}

// The back office numbers its receipts on a register of its own, and gives back how it was paid: the
// card first, then the cash of the drawer that took it.
func TestRefund(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		sale := bought(s)
		c := refund.Command{ID: s.ID(), Receipt: sale.Receipt.ID, Employee: "boss", Note: "by post",
			Lines: []receipt.Take{{Line: 1, Qty: qty.Of(2), Reason: "broken", Disposition: "damaged"}, {Line: 2, Qty: qty.One}}}
		got, fresh, err := refund.Refund(ctx, d, c)
		if err != nil || !fresh {
			t.Fatal(fresh, err)
		}
		r := &got.Receipt
		if r.Register != refund.Register || r.Number != 1 || r.Employee != "boss" || r.Note != "by post" || r.Customer != "17" || r.Hash.IsZero() ||
			r.BusinessDay != shoptest.Today || r.Total() != -3_248 || len(r.Lines) != 2 || *r.Lines[0].Return != (receipt.Return{
			Receipt: sale.Receipt.ID, Line: 1, Reason: "broken", Disposition: "damaged"}) {
			t.Errorf("%+v", r)
		}
		if len(r.Tenders) != 2 || r.Tenders[0] != (receipt.Tender{Type: "card", Amount: -2_000, Reference: "auth 1"}) ||
			r.Tenders[1] != (receipt.Tender{Type: "cash", Amount: -1_248, Drawer: "R1"}) {
			t.Errorf("%+v", r.Tenders)
		}
		again, fresh, err := refund.Refund(ctx, d, c)
		if err != nil || fresh || again.Seq != got.Seq || again.Receipt.Hash != r.Hash {
			t.Errorf("again: %t %v %+v", fresh, err, again)
		}
		rest, _, err := refund.Refund(ctx, d, refund.Command{ID: s.ID(), Receipt: sale.Receipt.ID, Tender: "store_credit", Reason: "changed"})
		if err != nil || rest.Receipt.Number != 2 || len(rest.Receipt.Tenders) != 1 || rest.Receipt.Tenders[0].Amount != -2_249 || rest.Receipt.Tenders[0].Party != "17" {
			t.Errorf("%v %+v", err, rest.Receipt)
		}
		sound(t, d)
	})
}

// What is ours to decide is refused when it goes beyond the sale.
func TestRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		sale, half, gone, training := bought(s), bought(s), bought(s), s.Sell(receipt.Receipt{Kind: receipt.Training,
			Lines: []receipt.Line{shoptest.Line("01", receipt.Item, "A", 1, 999)}})
		first := refund.Command{ID: s.ID(), Receipt: half.Receipt.ID, Lines: []receipt.Take{{Line: 1, Qty: qty.Of(2)}}}
		if _, _, err := refund.Refund(ctx, d, first); err != nil {
			t.Fatal(err)
		}
		if _, _, err := refund.Void(ctx, d, refund.Command{ID: s.ID(), Receipt: gone.Receipt.ID}); err != nil {
			t.Fatal(err)
		}
		units := func(line int, n int64) []receipt.Take { return []receipt.Take{{Line: line, Qty: qty.Of(n)}} }
		before, err := last(d)
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			do   func(context.Context, *db.DB, refund.Command) (sales.Sale, bool, error)
			with refund.Command
			want error
		}{
			"more than was sold":      {refund.Refund, refund.Command{Receipt: sale.Receipt.ID, Lines: units(1, 4)}, receipt.ErrRefundMuch},
			"more than is left":       {refund.Refund, refund.Command{Receipt: half.Receipt.ID, Lines: units(1, 2)}, receipt.ErrRefundMuch},
			"twice in one command":    {refund.Refund, refund.Command{Receipt: half.Receipt.ID, Lines: append(units(1, 1), units(1, 1)...)}, receipt.ErrRefundMuch},
			"no such line":            {refund.Refund, refund.Command{Receipt: sale.Receipt.ID, Lines: units(9, 1)}, receipt.ErrRefundLine},
			"nothing":                 {refund.Refund, refund.Command{Receipt: sale.Receipt.ID, Lines: units(1, 0)}, receipt.ErrRefundAmount},
			"less than nothing":       {refund.Refund, refund.Command{Receipt: sale.Receipt.ID, Lines: units(1, -1)}, receipt.ErrRefundAmount},
			"of a cancelled one":      {refund.Refund, refund.Command{Receipt: gone.Receipt.ID}, refund.ErrCancelled},
			"of a training":           {refund.Refund, refund.Command{Receipt: training.Receipt.ID}, receipt.ErrNotSale},
			"of nothing we know":      {refund.Refund, refund.Command{Receipt: id.New(dbtest.Now)}, sales.ErrNotFound},
			"of no receipt":           {refund.Refund, refund.Command{}, refund.ErrNoID},
			"an unknown tender":       {refund.Refund, refund.Command{Receipt: sale.Receipt.ID, Tender: "shells"}, refund.ErrTender},
			"a card out of a drawer":  {refund.Refund, refund.Command{Receipt: sale.Receipt.ID, Tender: "card", Drawer: "R1"}, refund.ErrDrawer},
			"a drawer and no tender":  {refund.Refund, refund.Command{Receipt: sale.Receipt.ID, Drawer: "R1"}, refund.ErrDrawer},
			"a card number":           {refund.Refund, refund.Command{Receipt: sale.Receipt.ID, Reason: "4111 1111 1111 1111"}, receipt.ErrCardNumber},
			"a disposition":           {refund.Refund, refund.Command{Receipt: sale.Receipt.ID, Disposition: "eaten"}, receipt.ErrDisposition},
			"an id with other goods":  {refund.Refund, refund.Command{ID: first.ID, Receipt: half.Receipt.ID, Lines: units(2, 1)}, refund.ErrOtherContent},
			"an id with another sale": {refund.Refund, refund.Command{ID: first.ID, Receipt: sale.Receipt.ID}, refund.ErrOtherContent},
			"an id of a sale":         {refund.Refund, refund.Command{ID: sale.Receipt.ID, Receipt: sale.Receipt.ID}, refund.ErrOtherContent},
			"void twice":              {refund.Void, refund.Command{Receipt: gone.Receipt.ID}, refund.ErrVoidTwice},
			"void after a return":     {refund.Void, refund.Command{Receipt: half.Receipt.ID}, refund.ErrVoidReturned},
			"void of a training":      {refund.Void, refund.Command{Receipt: training.Receipt.ID}, receipt.ErrNotSale},
			"void of nothing we know": {refund.Void, refund.Command{Receipt: id.New(dbtest.Now)}, sales.ErrNotFound},
			"void of no receipt":      {refund.Void, refund.Command{}, refund.ErrNoID},
			"void with a refund's id": {refund.Void, refund.Command{ID: first.ID, Receipt: half.Receipt.ID}, refund.ErrOtherContent},
		} {
			if c.with.ID.IsZero() {
				c.with.ID = s.ID()
			}
			if _, _, err := c.do(ctx, d, c.with); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		if after, err := last(d); err != nil || after != before {
			t.Errorf("%d receipts were written (%v)", after-before, err)
		}
	})
}

func last(d *db.DB) (n int64, err error) {
	err = d.Read(ctx, func(v *db.View) (err error) {
		n, err = sales.Last(v)
		return err
	})
	return n, err
}

// A void leaves nothing, also of what was given back by another void, and the same command changes nothing.
func TestVoid(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		s.Deliver("01", "A", 9, 1_111_111)
		sale := bought(s)
		back, _, err := refund.Refund(ctx, d, refund.Command{ID: s.ID(), Receipt: sale.Receipt.ID, Lines: []receipt.Take{{Line: 1, Qty: qty.One}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := refund.Void(ctx, d, refund.Command{ID: s.ID(), Receipt: back.Receipt.ID, Note: "wrong customer"}); err != nil {
			t.Fatal(err)
		}
		c := refund.Command{ID: s.ID(), Receipt: sale.Receipt.ID, Reason: "rung up twice"}
		for i := range 2 {
			v, fresh, err := refund.Void(ctx, d, c)
			if err != nil || fresh != (i == 0) || v.Receipt.Number != 3 || v.Receipt.Note != "rung up twice" || v.Receipt.Voids != sale.Receipt.ID {
				t.Fatalf("%t %v %+v", fresh, err, v.Receipt)
			}
			if v.Receipt.Tenders[1] != (receipt.Tender{Type: "cash", Amount: -3_497, Drawer: "R1"}) {
				t.Errorf("%+v", v.Receipt.Tenders)
			}
		}
		sound(t, d)
	})
}

// Cash is rounded to the smallest coin, a card is not, and all refunds together give back what was paid.
func TestCoins(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		s.Write(func(tx *db.Tx) error {
			if err := org.AddStore(tx, org.Store{Code: "03", Name: "Round", Zone: "Europe/Vienna", PricesInclude: true, TaxRounding: "line", CashStep: 5}); err != nil {
				return err
			}
			return org.AddRegister(tx, org.Register{Store: "03", Code: "R1", Name: "Till", Kind: org.Till})
		})
		line := shoptest.Line("01", receipt.Item, "A", 3, 333)
		r := s.Fill(receipt.Receipt{Store: "03", Lines: []receipt.Line{line}, Rounding: 1})
		r.PricesInclude = true
		r.Seal(r.PrevHash)
		sale := s.Send(r)
		var paid []money.Minor
		for range 3 {
			back, _, err := refund.Refund(ctx, d, refund.Command{ID: s.ID(), Receipt: sale.Receipt.ID, Lines: []receipt.Take{{Line: 1, Qty: qty.One}}})
			if err != nil {
				t.Fatal(err)
			}
			paid = append(paid, back.Receipt.Tendered())
		}
		if paid[0] != -335 || paid[1] != -335 || paid[2] != -330 {
			t.Errorf("%v", paid)
		}
		sound(t, d)
	})
}
