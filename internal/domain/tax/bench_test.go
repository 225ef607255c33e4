package tax

import (
	"fmt"
	"testing"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
)

func benchLines(n int, given bool, lists ...[]Component) []Line {
	lines := make([]Line, n)
	for i := range lines {
		lines[i] = Line{
			Price: money.Price(1_990_000 + i*37_000), Qty: qty.Of(int64(1 + i%4)),
			Components: lists[i%len(lists)],
		}
		if given {
			lines[i].ExtendedGiven = true
			lines[i].Extended, _ = money.Extend(lines[i].Price, lines[i].Qty, "EUR", "")
		}
	}
	return lines
}

// BenchmarkCompute taxes receipts of 5 and 50 lines: two VAT rates in the price (the usual European
// receipt), three stacked US taxes on top, and a fixed and a compound tax on raw prices.
func BenchmarkCompute(b *testing.B) {
	vat20 := []Component{{Code: "S", Rate: 2_000_000_000, Included: true}}
	vat5 := []Component{{Code: "R", Rate: 500_000_000, Included: true}}
	us := []Component{{Code: "ST", Rate: 600_000_000}, {Code: "CO", Rate: 125_000_000}, {Code: "CI", Rate: 50_000_000}}
	eco := []Component{{Code: "E", Kind: Fixed, PerUnit: 100_000, Compound: true, Included: true}, vat20[0]}
	for _, n := range []int{5, 50} {
		for name, lines := range map[string][]Line{
			"vat": benchLines(n, true, vat20, vat5), "us": benchLines(n, true, us), "eco-raw": benchLines(n, false, eco),
		} {
			for _, r := range []Rounding{PerLine, PerRate, PerReceipt} {
				b.Run(fmt.Sprintf("%s-%d/%s", name, n, r), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						if _, err := Compute(lines, Policy{Rounding: r}, "EUR"); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	table, err := BuiltIn()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, ok := table.Lookup("standard", "GB-LND-X", "2026-03-14"); !ok {
			b.Fatal("no rate")
		}
	}
}
