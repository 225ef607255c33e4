package inventory

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
)

const usd money.Currency = "USD"

// cents is a unit price of so many cents.
func cents(n int64) money.Price { return money.Price(n * 10_000) }

func TestLevelRules(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		start      Level
		do         func(l *Level) (money.Minor, error)
		moved      money.Minor
		qty        qty.Qty
		value      money.Minor
		unitChange money.Price // the cost that is known afterwards
	}{
		{"the average", Level{qty.Of(3), 1000, 0}, take(qty.Of(1), 0), 333, qty.Of(2), 667, 0},
		{"all takes all the value", Level{qty.Of(3), 1000, 0}, take(qty.Of(3), 0), 1000, 0, 0, 0},
		{"half a penny goes up", Level{qty.Of(2), 25, 0}, take(qty.Of(1), 0), 13, qty.Of(1), 12, 0},
		{"beyond what is there, at the known cost", Level{qty.Of(2), 1000, cents(500)}, take(qty.Of(3), cents(900)), 1500, -qty.Of(1), -500, cents(500)},
		{"beyond what is there, at the fallback", Level{qty.Of(2), 1000, 0}, take(qty.Of(3), cents(900)), 1900, -qty.Of(1), -900, 0},
		{"beyond what is there, at the average", Level{qty.Of(2), 1000, 0}, take(qty.Of(3), 0), 1500, -qty.Of(1), -500, 0},
		{"the last gram prices nothing", Level{1000, 3, cents(100)}, take(qty.Of(1), 0), 3 + 100, 1000 - qty.Of(1), -100, cents(100)},
		{"nothing known at all", Level{}, take(qty.Of(3), 0), 0, -qty.Of(3), 0, 0},
		{"a negative cost is no cost", Level{}, take(qty.Of(3), -5), 0, -qty.Of(3), 0, 0},
		{"J14: sold below zero at 10.00, came at 11.00", Level{-qty.Of(2), -2000, 0}, receive(qty.Of(2), 2200), 200, 0, 0, cents(1100)},
		{"more comes than was missing", Level{-qty.Of(2), -2000, 0}, receive(qty.Of(10), 11000), 200, qty.Of(8), 8800, cents(1100)},
		{"less comes than is missing", Level{-qty.Of(4), -4000, 0}, receive(qty.Of(1), 1200), 200, -qty.Of(3), -3000, cents(1200)},
		{"it came cheaper", Level{-qty.Of(2), -2000, 0}, receive(qty.Of(2), 1800), -200, 0, 0, cents(900)},
		{"free goods", Level{}, receive(qty.Of(2), 0), 0, qty.Of(2), 0, 0},
		{"back at what it was sold at", Level{qty.Of(1), 500, 0}, putBack(qty.Of(1), cents(700)), 700, qty.Of(2), 1200, 0},
		{"back below zero, at what it was booked at", Level{-qty.Of(2), -2001, 0}, putBack(qty.Of(1), cents(700)), 1001, -qty.Of(1), -1000, 0},
		{"back through zero", Level{-qty.Of(1), -1000, 0}, putBack(qty.Of(3), cents(700)), 1000 + 1400, qty.Of(2), 1400, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := test.start
			moved, err := test.do(&l)
			if want := (Level{test.qty, test.value, test.unitChange}); err != nil || moved != test.moved || l != want {
				t.Fatalf("moved %d, level %+v, %v; want %d, %+v", moved, l, err, test.moved, want)
			}
		})
	}
}

func take(q qty.Qty, fallback money.Price) func(*Level) (money.Minor, error) {
	return func(l *Level) (money.Minor, error) { return l.take(q, usd, fallback) }
}

func receive(q qty.Qty, v money.Minor) func(*Level) (money.Minor, error) {
	return func(l *Level) (money.Minor, error) { return l.receive(q, v, usd) }
}

func putBack(q qty.Qty, cost money.Price) func(*Level) (money.Minor, error) {
	return func(l *Level) (money.Minor, error) { return l.putBack(q, cost, true, usd, 0) }
}

func drawQty(t *rapid.T, label string) qty.Qty {
	if rapid.Bool().Draw(t, label+" whole") {
		return qty.Of(rapid.Int64Range(1, 50).Draw(t, label))
	}
	return qty.Qty(rapid.Int64Range(1, 20_000_000).Draw(t, label))
}

func drawPrice(t *rapid.T, label string) money.Price {
	return money.Price(rapid.Int64Range(0, 99_000_000).Draw(t, label))
}

// Whatever happens to a level: no quantity has no value, the value has the sign of the quantity, and
// what went in less what went out and what was trued up is what is there.
func TestLevelNeverLosesAPenny(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var l Level
		var in money.Minor
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			q, price := drawQty(t, "qty"), drawPrice(t, "price")
			var v money.Minor
			var err error
			switch rapid.SampledFrom([]string{"take", "take", "receive", "back", "found", "all"}).Draw(t, "verb") {
			case "take":
				v, err = l.take(q, usd, price)
				v = -v
			case "all":
				if l.Qty > 0 {
					v, err = l.take(l.Qty, usd, price)
					v = -v
					if l.Qty != 0 || l.Value != 0 {
						t.Fatalf("took all, left %+v", l)
					}
				}
			case "receive":
				worth := money.Minor(rapid.Int64Range(0, 500_000).Draw(t, "worth"))
				var up money.Minor
				up, err = l.receive(q, worth, usd)
				v = worth - up
			case "back":
				v, err = l.putBack(q, price, true, usd, 0)
			case "found":
				v, err = l.putBack(q, 0, false, usd, price)
			}
			if err != nil {
				t.Fatal(err)
			}
			in += v
			if l.Value != in {
				t.Fatalf("value %d, moved %d", l.Value, in)
			}
			if l.Qty == 0 && l.Value != 0 || l.Qty > 0 && l.Value < 0 || l.Qty < 0 && l.Value > 0 {
				t.Fatalf("level %+v", l)
			}
		}
	})
}

// Selling below zero and receiving afterwards costs what it costs to receive first, to the cent.
func TestTrueUpIsAsIfGoodsHadBeenThere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sold, more := drawQty(t, "sold"), qty.Qty(0)
		if rapid.Bool().Draw(t, "more comes") {
			more = drawQty(t, "more")
		}
		worth := money.Minor(rapid.Int64Range(0, 900_000).Draw(t, "worth"))
		var early, late Level
		if _, err := early.receive(sold+more, worth, usd); err != nil {
			t.Fatal(err)
		}
		want, err := early.take(sold, usd, 0)
		if err != nil {
			t.Fatal(err)
		}
		var cost money.Minor
		for rest := sold; rest > 0; { // sold in parts, each at another provisional cost
			q := min(drawQty(t, "part"), rest)
			v, err := late.take(q, usd, drawPrice(t, "provisional"))
			if err != nil {
				t.Fatal(err)
			}
			cost, rest = cost+v, rest-q
		}
		up, err := late.receive(sold+more, worth, usd)
		if err != nil || cost+up != want || late.Qty != early.Qty || late.Value != early.Value {
			t.Fatalf("sold first: %d + %d, level %+v, %v; received first: %d, level %+v", cost, up, late, err, want, early)
		}
	})
}

// Deliveries in any parts: once as much came as was missing, the cost of goods is what was paid.
func TestTrueUpInPartsComesToWhatWasPaid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var l Level
		sold := drawQty(t, "sold")
		cost, err := l.take(sold, usd, drawPrice(t, "provisional"))
		if err != nil {
			t.Fatal(err)
		}
		var paid money.Minor
		for l.Qty < 0 {
			q := min(drawQty(t, "part"), -l.Qty)
			v := money.Minor(rapid.Int64Range(0, 90_000).Draw(t, "worth"))
			up, err := l.receive(q, v, usd)
			if err != nil {
				t.Fatal(err)
			}
			cost, paid = cost+up, paid+v
		}
		if cost != paid || l.Value != 0 {
			t.Fatalf("cost %d, paid %d, left %+v", cost, paid, l)
		}
	})
}

// A sale and the return of it, in any parts, leave nothing behind when the stock was below zero.
func TestReturnBelowZeroCancelsTheSale(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var l Level
		sold := drawQty(t, "sold")
		cost, err := l.take(sold, usd, drawPrice(t, "provisional"))
		if err != nil {
			t.Fatal(err)
		}
		for l.Qty < 0 {
			v, err := l.putBack(min(drawQty(t, "part"), -l.Qty), drawPrice(t, "cost"), true, usd, 0)
			if err != nil {
				t.Fatal(err)
			}
			cost -= v
		}
		if cost != 0 || l.Value != 0 {
			t.Fatalf("cost %d is left, level %+v", cost, l)
		}
	})
}

func TestReorder(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ have, point, most, want int64 }{
		{10, 5, 20, 0}, {5, 5, 20, 15}, {-3, 5, 20, 23}, {2, 5, 0, 3}, {-3, 0, 20, 0}, {5, 5, 5, 0},
	} {
		if got := Reorder(qty.Of(test.have), qty.Of(test.point), qty.Of(test.most)); got != qty.Of(test.want) {
			t.Errorf("Reorder(%d, %d, %d) = %s, want %d", test.have, test.point, test.most, got, test.want)
		}
	}
}
