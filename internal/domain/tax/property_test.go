package tax

import (
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
)

var currencies = []money.Currency{"EUR", "JPY", "KWD", "CLF"}

func drawComponents(t *rapid.T, label string) []Component {
	n := rapid.IntRange(0, 4).Draw(t, label)
	cs := make([]Component, n)
	left := money.OneRate - 1 // what division taxes may still take
	for i := range cs {
		c := Component{
			Code:        fmt.Sprintf("T%d", i),
			Kind:        rapid.SampledFrom([]Kind{"", Percent, Percent, Fixed, Division}).Draw(t, "kind"),
			Included:    rapid.Bool().Draw(t, "included"),
			Compound:    rapid.Bool().Draw(t, "compound"),
			Independent: rapid.Bool().Draw(t, "independent"),
		}
		switch c.Kind {
		case Fixed:
			c.PerUnit = money.Price(rapid.Int64Range(0, 2_000_000).Draw(t, "per unit"))
		case Division:
			c.Rate = money.Rate(rapid.Int64Range(0, int64(left/2)).Draw(t, "share"))
			left -= c.Rate
		default:
			c.Rate = money.Rate(rapid.SampledFrom([]int64{0, 200_000_000, 550_000_000, 687_500_000, 1_900_000_000, 2_100_000_000, 10_000_000_000}).Draw(t, "rate"))
			if c.Rate == 0 {
				c.Treatment = rapid.SampledFrom([]Treatment{"", Zero, Exempt, OutOfScope, ReverseCharge}).Draw(t, "treatment")
			}
		}
		cs[i] = c
	}
	return cs
}

func drawLines(t *rapid.T) []Line {
	lists := [][]Component{drawComponents(t, "taxes a"), drawComponents(t, "taxes b"), drawComponents(t, "taxes c")}
	lines := make([]Line, rapid.IntRange(0, 8).Draw(t, "lines"))
	for i := range lines {
		l := Line{
			Price:         money.Price(rapid.Int64Range(-5_000_000, 300_000_000).Draw(t, "price")),
			Qty:           qty.Qty(rapid.Int64Range(-3_500_000, 9_000_000).Draw(t, "qty")),
			Reduction:     money.Minor(rapid.Int64Range(-50, 300).Draw(t, "reduction")),
			ExtendedGiven: rapid.Bool().Draw(t, "given"),
			Components:    lists[rapid.IntRange(0, 2).Draw(t, "list")],
		}
		if l.ExtendedGiven {
			l.Extended = money.Minor(rapid.Int64Range(-20_000, 200_000).Draw(t, "extended"))
		}
		lines[i] = l
	}
	return lines
}

func drawPolicy(t *rapid.T) Policy {
	return Policy{
		Rounding: rapid.SampledFrom([]Rounding{"", PerLine, PerRate, PerReceipt}).Draw(t, "rounding"),
		Mode:     rapid.SampledFrom([]fixed.Rounding{"", fixed.HalfUp, fixed.HalfEven, fixed.HalfDown, fixed.Up, fixed.Down}).Draw(t, "mode"),
		Step:     money.Minor(rapid.SampledFrom([]int64{0, 1, 1, 5, 10}).Draw(t, "step")),
	}
}

// TestComputeProperties: the lines are the document, the mirror image of a document has the mirror
// image of its amounts, and no tax is further from its exact value than the policy allows.
func TestComputeProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines, p := drawLines(t), drawPolicy(t)
		c := rapid.SampledFrom(currencies).Draw(t, "currency")
		r, err := Compute(lines, p, c)
		if err != nil {
			t.Fatal(err)
		}
		checkSums(t, r)
		mirror := make([]Line, len(lines))
		for i, l := range lines {
			l.Qty, l.Reduction, l.Extended = -l.Qty, -l.Reduction, -l.Extended
			mirror[i] = l
		}
		m, err := Compute(mirror, p, c)
		if err != nil {
			t.Fatal(err)
		}
		for i := range m.Lines {
			if !reflect.DeepEqual(m.Lines[i].Negated(), r.Lines[i]) {
				t.Fatalf("line %d: %+v has the mirror image %+v", i, r.Lines[i], m.Lines[i])
			}
		}
		if m.Net != -r.Net || m.Tax != -r.Tax || m.Total != -r.Total {
			t.Fatalf("%+v has the mirror image %+v", r, m)
		}
	})
}

// TestSharesStayClose: spreading moves no tax by a whole step from its exact value, and the sum of a
// rate is the exact sum, rounded.
func TestSharesStayClose(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines, p := drawLines(t), drawPolicy(t)
		p, err := p.filled()
		if err != nil {
			t.Fatal(err)
		}
		d := document{lines: lines, policy: p}
		if err := d.prepare("EUR"); err != nil {
			t.Fatal(err)
		}
		if err := d.roundValues(); err != nil {
			t.Fatal(err)
		}
		if err := d.roundTaxes(); err != nil {
			t.Fatal(err)
		}
		for i := range lines {
			for k := range lines[i].Components {
				x, a := d.tax(i, k), d.work[i].amounts[k]
				lo, err1 := x.round(p.Step, fixed.Down)
				hi, err2 := x.round(p.Step, fixed.Up)
				if err1 != nil || err2 != nil || a != lo && a != hi {
					t.Fatalf("line %d tax %d is %d, outside %d and %d", i, k, a, lo, hi)
				}
			}
		}
	})
}

// TestIncludedKeepsThePrice: what the label says is what the customer pays.
func TestIncludedKeepsThePrice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := drawLines(t)
		var price money.Minor
		for i := range lines {
			lines[i].Components = Including(lines[i].Components, true)
			lines[i].ExtendedGiven = true
			lines[i].Extended = money.Minor(rapid.Int64Range(-20_000, 200_000).Draw(t, "label"))
			price += lines[i].Extended - lines[i].Reduction
		}
		r, err := Compute(lines, drawPolicy(t), "EUR")
		if err != nil {
			t.Fatal(err)
		}
		if r.Total != price {
			t.Fatalf("labels say %d, the document %d", price, r.Total)
		}
	})
}

// TestSaleIgnoresReturns: the sale part of an exchange costs what it costs alone.
func TestSaleIgnoresReturns(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var lines, sold []Line
		for _, l := range drawLines(t) {
			if l.Qty != 0 {
				lines = append(lines, l)
			}
			if l.Qty > 0 {
				sold = append(sold, l)
			}
		}
		p := drawPolicy(t)
		whole, err := Compute(lines, p, "EUR")
		if err != nil {
			t.Fatal(err)
		}
		alone, err := Compute(sold, p, "EUR")
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for i, l := range lines {
			if l.Qty > 0 {
				if !reflect.DeepEqual(whole.Lines[i], alone.Lines[n]) {
					t.Fatalf("line %d: %+v in the exchange, %+v alone", i, whole.Lines[i], alone.Lines[n])
				}
				n++
			}
		}
	})
}

// TestRefundPartitions: whatever the parts in which a line comes back, they sum to the line, never
// turn the sign, and never exceed it on the way.
func TestRefundPartitions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		total := money.Minor(rapid.Int64Range(-int64(money.MaxMinor), int64(money.MaxMinor)).Draw(t, "total"))
		orig := qty.Qty(rapid.Int64Range(1, 1_000_000_000_000).Draw(t, "qty"))
		turn := qty.Qty(rapid.SampledFrom([]int64{1, -1}).Draw(t, "sign"))
		var back qty.Qty
		var sum money.Minor
		for back < orig {
			now := qty.Qty(rapid.Int64Range(1, int64(orig-back)).Draw(t, "now"))
			if rapid.IntRange(0, 5).Draw(t, "rest") == 0 {
				now = orig - back
			}
			s, err := CumulativeShare(total, orig*turn, back*turn, now*turn)
			if err != nil {
				t.Fatal(err)
			}
			if s != 0 && (s < 0) != (total < 0) {
				t.Fatalf("share %d of %d", s, total)
			}
			sum, back = sum+s, back+now
			if sum.Abs() > total.Abs() {
				t.Fatalf("%d came back of %d", sum, total)
			}
		}
		if sum != total {
			t.Fatalf("parts sum to %d of %d", sum, total)
		}
	})
}

// TestRefundWholeLine: a line that comes back in parts leaves nothing of any of its amounts.
func TestRefundWholeLine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := drawLines(t)
		r, err := Compute(lines, drawPolicy(t), "EUR")
		if err != nil {
			t.Fatal(err)
		}
		for i, l := range r.Lines {
			if lines[i].Qty == 0 {
				continue
			}
			first := lines[i].Qty / qty.Qty(rapid.Int64Range(1, 4).Draw(t, "part"))
			a, err1 := Refund(l, lines[i].Qty, 0, first)
			b, err2 := Refund(l, lines[i].Qty, first, lines[i].Qty-first)
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			checkSums(t, Result{Lines: []LineResult{a}, Net: a.Net, Total: a.Total, Tax: a.Total - a.Net, Taxes: sums(a)})
			for k := range a.Taxes {
				a.Taxes[k].Base += b.Taxes[k].Base
				a.Taxes[k].Amount += b.Taxes[k].Amount
			}
			a.Net, a.Total = a.Net+b.Net, a.Total+b.Total
			if !reflect.DeepEqual(a, l) {
				t.Fatalf("parts sum to %+v of %+v", a, l)
			}
		}
	})
}

func sums(l LineResult) []Summary {
	var out []Summary
	for _, s := range l.Taxes {
		out = append(out, Summary{Code: s.Code, Rate: s.Rate, Base: s.Base, Amount: s.Amount})
	}
	return out
}
