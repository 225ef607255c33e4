package posting

import (
	"testing"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"pgregory.net/rapid"
)

func movement(kind payments.MovementKind, gross, fee money.Minor) *payments.Movement {
	return &payments.Movement{ID: id.Derive(noon, "p", string(kind)), At: noon, BusinessDay: "2026-03-14", Kind: kind, Processor: "card",
		Currency: "USD", Gross: gross, Fee: fee, Net: gross - fee, External: "x1"}
}

func moved(t testing.TB, policy ChargePolicy, ms ...*payments.Movement) []ledger.Line {
	t.Helper()
	var lines []ledger.Line
	for _, m := range ms {
		e, unknown, err := Movement(m, policy, workedBooks("USD"))
		if err != nil || len(unknown) != 0 {
			t.Fatalf("%s: %v, unknown %v", m.Kind, err, unknown)
		}
		lines = append(lines, e.Lines...)
	}
	return ledger.Fold(lines)
}

// TestJ6: 1,000.00 of card sales; the batch of 20:00 holds 800.00 and costs 21.00. What stays on
// clearing is what is not batched yet.
func TestJ6(t *testing.T) {
	t.Parallel()
	sold := booked(t, workedBooks("USD"), sale(1, []receipt.Line{goods("apparel", 100000, 0)}, pay("card", 100000)))
	batch := moved(t, ChargesExplain, movement(payments.Charge, 80000, 2100), movement(payments.Payout, -77900, 0))
	golden(t, "j06", block("J6 sales of the day", sold.Lines)+block("J6 batch", batch), "J6")
	open := ledger.Fold(onlyAccount("1150", append(stripTender(sold.Lines), stripTender(batch)...)))
	if len(open) != 1 || open[0].Amount != 20000 {
		t.Errorf("clearing holds %+v, want the unbatched 200.00", open)
	}
}

// TestJ5 takes the payout with a chargeback apart into its movements.
func TestJ5(t *testing.T) {
	t.Parallel()
	lines := moved(t, ChargesExplain, movement(payments.Charge, 140338, 3112), movement(payments.Dispute, -4500, 1500),
		movement(payments.Payout, -131226, 0))
	golden(t, "j05", block("J5 payout with a chargeback", lines), "J5")
}

// TestHolds: money withheld leaves clearing and comes back.
func TestHolds(t *testing.T) {
	t.Parallel()
	held := moved(t, ChargesExplain, movement(payments.Hold, -5000, 0))
	golden(t, "hold", block("Withheld", held)+block("Released", moved(t, ChargesExplain, movement(payments.Release, 5000, 0))))
	both := moved(t, ChargesExplain, movement(payments.Hold, -5000, 0), movement(payments.Release, 5000, 0))
	if len(both) != 0 {
		t.Errorf("a hold and its release leave %+v", both)
	}
}

// TestBadDebt: a receivable written off, and recovered; and the same in the records of a shop that do
// not say how its sales were paid.
func TestBadDebt(t *testing.T) {
	t.Parallel()
	off, on := movement(payments.BadDebt, -1106206, 0), movement(payments.BadDebt, 1106206, 0)
	text := block("Written off", moved(t, ChargesExplain, off)) + block("Recovered", moved(t, ChargesExplain, on))
	off.Processor, on.Processor = "", ""
	text += block("Written off, no tender known", moved(t, ChargesExplain, off)) + block("Recovered, no tender known", moved(t, ChargesExplain, on))
	golden(t, "bad_debt", text)
}

// TestChargePolicies: a charge explains a receipt's tender, or settles takings that name none.
func TestChargePolicies(t *testing.T) {
	t.Parallel()
	charge, refund := movement(payments.Charge, 10000, 320), movement(payments.Refund, -2500, 0)
	golden(t, "charges", block("Explain", moved(t, ChargesExplain, charge, refund))+block("Settle", moved(t, ChargesSettle, charge, refund)))
}

// TestAdjustment: what a processor does not explain waits in suspense.
func TestAdjustment(t *testing.T) {
	t.Parallel()
	e, unknown, err := Movement(movement(payments.Adjust, -700, 0), ChargesExplain, workedBooks("USD"))
	if err != nil || len(unknown) != 1 || unknown[0].Key != "movement:adjustment/card" {
		t.Fatal(err, unknown)
	}
	golden(t, "adjustment", block("Adjustment", e.Lines))
}

// TestMovementNet: whatever the kinds, clearing moves by the net of what posts, and every entry
// balances. Charges have posted their gross with their receipts.
func TestMovementNet(t *testing.T) {
	t.Parallel()
	kinds := []payments.MovementKind{payments.Charge, payments.Refund, payments.FeeOnly, payments.Payout, payments.Hold, payments.Release,
		payments.Dispute, payments.Adjust, payments.ServiceFee}
	rapid.Check(t, func(t *rapid.T) {
		m := movement(rapid.SampledFrom(kinds).Draw(t, "kind"), money.Minor(rapid.Int64Range(-1e9, 1e9).Draw(t, "gross")),
			money.Minor(rapid.Int64Range(-1e6, 1e6).Draw(t, "fee")))
		e, _, err := Movement(m, ChargesSettle, workedBooks("USD"))
		if err != nil {
			t.Fatal(err)
		}
		var clearing money.Minor
		for _, l := range e.Lines {
			if l.Account == "1150" {
				clearing += l.Amount
			}
		}
		if sum, err := e.Sum(); err != nil || sum != 0 || clearing != m.Net {
			t.Fatalf("%+v: sum %d, clearing %d", m, sum, clearing)
		}
	})
}

func onlyAccount(account string, lines []ledger.Line) []ledger.Line {
	var out []ledger.Line
	for _, l := range lines {
		if l.Account == account {
			out = append(out, l)
		}
	}
	return out
}

func stripTender(lines []ledger.Line) []ledger.Line {
	out := append([]ledger.Line(nil), lines...)
	for i := range out {
		out[i].Tender, out[i].Store = "", ""
	}
	return out
}
