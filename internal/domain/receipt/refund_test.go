package receipt_test

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/receipt"
)

// The worked entry J11: of 5.20 tax the first of three units brings back 1.73.
func TestRefundJ11(t *testing.T) {
	t.Parallel()
	sale := j11()
	var already []receipt.Line
	for i, want := range []receipt.Line{{Extended: -999, Net: -826}, {Extended: -999, Net: -825}, {Extended: -999, Net: -826}} {
		back, err := receipt.Refund(&sale, already, []receipt.Take{{Line: 1, Qty: qty.One, Reason: "chipped", Disposition: "damaged"}})
		if err != nil {
			t.Fatal(err)
		}
		l := back[0]
		if l.Extended != want.Extended || l.Net != want.Net || l.Total() != -999 || l.Qty != -qty.One || l.UnitPrice != sale.Lines[0].UnitPrice {
			t.Errorf("refund %d: %+v", i+1, l)
		}
		if *l.Return != (receipt.Return{Receipt: sale.ID, Line: 1, Reason: "chipped", Disposition: "damaged"}) {
			t.Errorf("link %+v", l.Return)
		}
		already = append(already, l)
	}
	if already[0].Tax() != -173 {
		t.Errorf("the first unit's tax is %d", already[0].Tax())
	}
	_, err := receipt.Refund(&sale, already, []receipt.Take{{Line: 1, Qty: 1}})
	if fault.CodeOf(err) != "refund_too_much" {
		t.Errorf("a fourth unit: %v", err)
	}
	if left := receipt.Refundable(&sale, already); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestRefundFaults(t *testing.T) {
	t.Parallel()
	sale := j11()
	for want, take := range map[string]receipt.Take{
		"refund_line": {Line: 2, Qty: qty.One}, "refund_qty_not_positive": {Line: 1}, "refund_too_much": {Line: 1, Qty: qty.Of(4)},
	} {
		if _, err := receipt.Refund(&sale, nil, []receipt.Take{take}); fault.CodeOf(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	// Twice in one call counts together.
	if _, err := receipt.Refund(&sale, nil, []receipt.Take{{Line: 1, Qty: qty.Of(2)}, {Line: 1, Qty: qty.Of(2)}}); fault.CodeOf(err) != "refund_too_much" {
		t.Errorf("%v", err)
	}
	// A return that was made by hand, with other taxes, cannot be continued by rule.
	odd := receipt.Line{Qty: -qty.One, Extended: -999, Net: -999, Return: &receipt.Return{Receipt: sale.ID, Line: 1}}
	if _, err := receipt.Refund(&sale, []receipt.Line{odd}, []receipt.Take{{Line: 1, Qty: qty.One}}); fault.CodeOf(err) != "refund_history" {
		t.Errorf("%v", err)
	}
	void, err := receipt.Voiding(&sale, head(2))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := receipt.Refund(&void, nil, nil); fault.CodeOf(err) != "not_a_sale" {
		t.Errorf("%v", err)
	}
}

// sums adds everything that a line freezes, so that lines can be compared by parts.
type sums struct {
	qty                              qty.Qty
	extended, net, discount, commish money.Minor
	reductions, taxes, bases         [receipt.MaxTaxes]money.Minor
}

func (s *sums) add(l *receipt.Line) {
	s.qty += l.Qty
	s.extended += l.Extended
	s.net += l.Net
	s.discount += l.NetDiscount
	s.commish += l.Commission
	for i, d := range l.Reductions {
		s.reductions[i] += d.Amount
	}
	for i, x := range l.Taxes {
		s.taxes[i] += x.Amount
		s.bases[i] += x.Base
	}
}

// Refunding everything, in any partition and any order, gives back exactly the sale; on the way no
// amount of any return is positive or goes beyond the sale; every return by itself is a valid receipt;
// and a refund that was voided leaves no trace.
func TestRefundInAnyPartition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		sale := genReceipt(rt)
		if err := receipt.Validate(sale, now); err != nil {
			rt.Fatalf("the sale: %v", err)
		}
		var already []receipt.Line
		for n := 0; ; n++ {
			left := receipt.Refundable(&sale, already)
			if len(left) == 0 {
				break
			}
			var what []receipt.Take
			for _, w := range left {
				switch rapid.IntRange(0, 3).Draw(rt, "how") {
				case 0: // not now
				case 1:
					what = append(what, w)
				default:
					if w.Qty > qty.One && w.Qty.Whole() {
						w.Qty = qty.Of(rapid.Int64Range(1, int64(w.Qty/qty.One)).Draw(rt, "units"))
					} else {
						w.Qty = qty.Qty(rapid.Int64Range(1, int64(w.Qty)).Draw(rt, "part"))
					}
					what = append(what, w)
				}
			}
			if n > 12 {
				what = left
			}
			back, err := receipt.Refund(&sale, already, what)
			if err != nil {
				rt.Fatal(err)
			}
			if len(back) == 0 {
				continue
			}
			r := returning(rt, &sale, back)
			if rapid.IntRange(0, 4).Draw(rt, "void it") == 0 && n < 10 {
				void, err := receipt.Voiding(&r, head(3))
				if err != nil || receipt.Validate(void, now) != nil {
					rt.Fatal(err, receipt.Validate(void, now))
				}
				already = append(append(already, back...), void.Lines...)
				continue
			}
			already = append(already, back...)
			checkSoFar(rt, &sale, already, false)
		}
		checkSoFar(rt, &sale, already, true)
	})
}

// returning builds the receipt of returned lines, paid out by card.
func returning(t *rapid.T, sale *receipt.Receipt, back []receipt.Line) receipt.Receipt {
	var total money.Minor
	for i := range back {
		total += back[i].Total()
	}
	s := receipt.Settlement{}
	if total != 0 {
		s.Payments = []receipt.Payment{{Type: "card", Rest: true}}
	}
	r, err := receipt.Build(head(2), sale.Terms(), back, s)
	if err != nil {
		t.Fatalf("%v\n%+v", err, back)
	}
	return r
}

func checkSoFar(t *rapid.T, sale *receipt.Receipt, already []receipt.Line, all bool) {
	got := map[int]*sums{}
	for i := range already {
		l := &already[i]
		if l.Return.Receipt != sale.ID {
			t.Fatal("a return without its link")
		}
		if got[l.Return.Line] == nil {
			got[l.Return.Line] = &sums{}
		}
		got[l.Return.Line].add(l)
	}
	for i := range sale.Lines {
		l := &sale.Lines[i]
		var want sums
		want.add(l)
		back := got[l.No]
		if back == nil {
			back = &sums{}
		}
		rest := reflect.ValueOf(want.plus(back))
		for f := range rest.NumField() {
			v := rest.Field(f)
			if v.Kind() != reflect.Array {
				name := rest.Type().Field(f).Name
				if name == "net" && want.net < 0 && !all {
					continue // taxes rounded up to more than the price of a cent
				}
				checkRest(t, name, v.Int(), all)
				continue
			}
			for k := range v.Len() {
				checkRest(t, rest.Type().Field(f).Name, v.Index(k).Int(), all)
			}
		}
	}
}

func checkRest(t *rapid.T, name string, n int64, all bool) {
	if n < 0 && name != "bases" || all && n != 0 {
		t.Fatalf("%s: %d is left", name, n)
	}
}

func (s sums) plus(o *sums) sums {
	s.qty += o.qty
	s.extended += o.extended
	s.net += o.net
	s.discount += o.discount
	s.commish += o.commish
	for i := range s.taxes {
		s.reductions[i] += o.reductions[i]
		s.taxes[i] += o.taxes[i]
		s.bases[i] += o.bases[i]
	}
	return s
}

// Another system's document may not foot; what it froze comes back all the same.
func TestRefundAsGiven(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		sale := genReceipt(rt)
		sale.TaxRounding = receipt.RoundAsGiven
		for i := range sale.Lines {
			sale.Lines[i].Extended += money.Minor(rapid.Int64Range(-5, 5).Draw(rt, "off"))
			sale.Lines[i].NetDiscount = money.Minor(rapid.Int64Range(-5, 500).Draw(rt, "discount"))
			if n := len(sale.Lines[i].Taxes); n > 0 {
				sale.Lines[i].Taxes[n-1].Amount = money.Minor(rapid.Int64Range(-50, 50).Draw(rt, "tax"))
			}
		}
		var already []receipt.Line
		for {
			left := receipt.Refundable(&sale, already)
			if len(left) == 0 {
				break
			}
			w := left[rapid.IntRange(0, len(left)-1).Draw(rt, "line")]
			if len(already) < 20 {
				w.Qty = qty.Qty(rapid.Int64Range(1, int64(w.Qty)).Draw(rt, "part"))
			}
			back, err := receipt.Refund(&sale, already, []receipt.Take{w})
			if err != nil {
				rt.Fatal(err)
			}
			already = append(already, back...)
		}
		var sum, want sums
		for i := range sale.Lines {
			want.add(&sale.Lines[i])
		}
		for i := range already {
			sum.add(&already[i])
		}
		if got := want.plus(&sum); got != (sums{}) {
			rt.Fatalf("left: %+v", got)
		}
	})
}

// Everything of the original, once as void and once as refund, is the same but for the links.
func TestVoiding(t *testing.T) {
	t.Parallel()
	sale := j11()
	void, err := receipt.Voiding(&sale, head(2))
	if err != nil {
		t.Fatal(err)
	}
	if err := receipt.Validate(void, now); err != nil {
		t.Fatal(err)
	}
	if void.Total() != -2997 || void.Tendered() != -2997 || void.Voids != sale.ID || void.Kind != receipt.Void || void.Tenders[0].ID != (id.ID{}) {
		t.Errorf("%+v", void)
	}
	if sale.Lines[0].Taxes[0].Amount != 520 {
		t.Error("the original was changed")
	}
	if _, err := receipt.Voiding(&void, head(3)); fault.CodeOf(err) != "not_a_sale" {
		t.Errorf("a void of a void: %v", err)
	}
}
