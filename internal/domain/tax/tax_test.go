package tax

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
)

func rate(t *testing.T, percent string) money.Rate {
	t.Helper()
	r, err := money.ParsePercent(percent)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestJ11 is the worked example of the accounting rules: three pieces at 9.99 with 21 % in the price,
// one of which comes back.
func TestJ11(t *testing.T) {
	t.Parallel()
	vat := []Component{{Code: "NL-VAT-21", Rate: rate(t, "21"), Included: true}}
	one := Line{Qty: qty.One, Extended: 999, ExtendedGiven: true, Components: vat}
	for _, p := range []struct {
		rounding Rounding
		net, tax money.Minor
		taxes    []money.Minor
	}{
		{PerLine, 2478, 519, []money.Minor{173, 173, 173}},
		{PerRate, 2477, 520, []money.Minor{174, 173, 173}},
		{PerReceipt, 2477, 520, []money.Minor{174, 173, 173}},
	} {
		r, err := Compute([]Line{one, one, one}, Policy{Rounding: p.rounding}, "EUR")
		if err != nil {
			t.Fatal(err)
		}
		var taxes []money.Minor
		for _, l := range r.Lines {
			taxes = append(taxes, l.Taxes[0].Amount)
		}
		if r.Net != p.net || r.Tax != p.tax || r.Total != 2997 || !slices.Equal(taxes, p.taxes) {
			t.Errorf("%s: %d + %d = %d, lines %v", p.rounding, r.Net, r.Tax, r.Total, taxes)
		}
	}
	r, err := Compute([]Line{{Qty: qty.Of(3), Extended: 2997, ExtendedGiven: true, Components: vat}}, Policy{}, "EUR")
	if err != nil {
		t.Fatal(err)
	}
	back, err := Refund(r.Lines[0], qty.Of(3), 0, qty.One)
	if err != nil {
		t.Fatal(err)
	}
	want := LineResult{Net: 826, Total: 999, Taxes: []Share{{"NL-VAT-21", rate(t, "21"), 826, 173}}}
	if !reflect.DeepEqual(back, want) {
		t.Errorf("one piece brings back %+v", back)
	}
}

// TestRefundGivesTheUnitPriceBack: two pieces, one comes back: half the price to the cent, although
// net and tax both end in half a cent.
func TestRefundGivesTheUnitPriceBack(t *testing.T) {
	t.Parallel()
	sold := LineResult{Net: 1651, Total: 1998, Taxes: []Share{{"V", 2_100_000_000, 1651, 347}}}
	for before := range qty.Qty(2) {
		back, err := Refund(sold, qty.Of(2), before*qty.One, qty.One)
		if err != nil || back.Total != 999 || back.Net+back.Taxes[0].Amount != 999 {
			t.Errorf("piece %d brings back %+v (%v)", before+1, back, err)
		}
	}
	if _, err := Refund(sold, qty.Of(2), qty.Of(2), 1); fault.CodeOf(err) != ErrRefundQty.Code {
		t.Errorf("a third piece came back: %v", err)
	}
	if _, err := CumulativeShare(1, math.MaxInt64, math.MaxInt64, math.MaxInt64); !errors.Is(err, fixed.ErrOverflow) {
		t.Errorf("quantities wrapped: %v", err)
	}
}

func TestFaultsPointAtTheLine(t *testing.T) {
	t.Parallel()
	good := []Component{{Code: "A", Rate: 1}}
	for _, x := range []struct {
		code, path string
		bad        Component
	}{
		{"tax_code", "lines[1].components[1].code", Component{Code: "A"}},
		{"tax_code", "lines[1].components[1].code", Component{Code: strings.Repeat("x", MaxCode+1)}},
		{"tax_rate", "lines[1].components[1].rate", Component{Code: "B", Rate: MaxRate + 1}},
		{"tax_rate", "lines[1].components[1].rate", Component{Code: "B", Kind: Division, Rate: -1}},
		{"tax_kind", "lines[1].components[1].kind", Component{Code: "B", Kind: "x"}},
		{"tax_kind", "lines[1].components[1].rate", Component{Code: "B", Kind: Fixed, Rate: 1}},
		{"tax_kind", "lines[1].components[1].per_unit", Component{Code: "B", PerUnit: 1}},
		{"tax_treatment", "lines[1].components[1].treatment", Component{Code: "B", Treatment: Exempt, Rate: 1}},
		{"tax_treatment", "lines[1].components[1].treatment", Component{Code: "B", Treatment: "x"}},
		{"tax_rate", "lines[1].components", Component{Code: "B", Included: true, Rate: -money.OneRate}},
	} {
		_, err := Compute([]Line{{Components: good}, {Components: append(slices.Clone(good), x.bad)}}, Policy{}, "EUR")
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != x.code || f.Path != x.path {
			t.Errorf("%+v: %v", x.bad, err)
		}
	}
}

// TestOverflowIsAnError: amounts beyond the range that is accepted anywhere are refused, not wrapped.
func TestOverflowIsAnError(t *testing.T) {
	t.Parallel()
	huge := Line{Price: math.MaxInt64, Qty: math.MaxInt64, Components: []Component{{Code: "A", Rate: MaxRate}}}
	most := Line{Qty: qty.One, Extended: money.MaxMinor, ExtendedGiven: true, Components: []Component{{Code: "A", Rate: MaxRate}}}
	edge := Line{Qty: qty.One, Extended: math.MinInt64, Reduction: math.MaxInt64, ExtendedGiven: true}
	many := slices.Repeat([]Line{{Qty: qty.One, Extended: money.MaxMinor, ExtendedGiven: true}}, MaxLines)
	for _, lines := range [][]Line{{huge}, {most}, {edge}, many, {huge, {Price: -math.MaxInt64, Qty: math.MaxInt64}}} {
		for _, r := range []Rounding{PerLine, PerRate, PerReceipt} {
			if _, err := Compute(lines, Policy{Rounding: r}, "KWD"); !errors.Is(err, fixed.ErrOverflow) {
				t.Errorf("%s, %d lines: %v", r, len(lines), err)
			}
		}
	}
	if _, err := Compute(make([]Line, MaxLines+1), Policy{}, "EUR"); fault.CodeOf(err) != ErrTooManyLines.Code {
		t.Error(err)
	}
}

// TestDivisionOfTheWholePrice: a tax of 100 % of the price leaves a net of nothing, as on a bill that
// is only import tax.
func TestDivisionOfTheWholePrice(t *testing.T) {
	t.Parallel()
	all := Component{Code: "IMPORT", Kind: Division, Rate: money.OneRate, Included: true}
	line := Line{Qty: qty.One, Extended: 10_000, ExtendedGiven: true, Components: []Component{{Code: "V", Rate: 1000}, all}}
	r, err := Compute([]Line{line}, Policy{}, "EUR")
	if err != nil || r.Net != 0 || r.Tax != 10_000 || r.Lines[0].Taxes[0].Amount != 0 {
		t.Errorf("%+v (%v)", r, err)
	}
	line.Components = append(line.Components, Component{Code: "F", Kind: Fixed, PerUnit: 1})
	if _, err := Compute([]Line{line}, Policy{}, "EUR"); fault.CodeOf(err) != ErrRate.Code {
		t.Errorf("a tax per unit on it has no answer, got %v", err)
	}
}

// TestManyLists: more different tax lists than are remembered still give the right taxes.
func TestManyLists(t *testing.T) {
	t.Parallel()
	var lines []Line
	for i := range 60 {
		n := i % 20
		lines = append(lines, Line{Qty: qty.One, Extended: 100, ExtendedGiven: true,
			Components: []Component{{Code: "T", Rate: money.Rate(n) * 100_000_000}}})
	}
	r, err := Compute(lines, Policy{}, "EUR")
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range r.Lines {
		if l.Taxes[0].Amount != money.Minor(i%20) {
			t.Errorf("line %d: %+v", i, l)
		}
	}
	if len(r.Taxes) != 20 || r.Taxes[7].Amount != 21 || r.Taxes[7].Base != 300 {
		t.Errorf("%+v", r.Taxes)
	}
}

func TestPolicyCheck(t *testing.T) {
	t.Parallel()
	for _, p := range []Policy{{}, {Rounding: PerLine, Mode: fixed.HalfEven, Step: MaxStep}} {
		if err := p.Check(); err != nil {
			t.Errorf("%+v: %v", p, err)
		}
	}
	for _, p := range []Policy{{Rounding: AsGiven}, {Rounding: "x"}, {Mode: "x"}, {Step: -1}, {Step: MaxStep + 1}} {
		if fault.KindOf(p.Check()) != fault.Invalid {
			t.Errorf("%+v is accepted", p)
		}
	}
}
