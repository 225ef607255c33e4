package qty_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/qty"
)

func TestQty(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]qty.Qty{"3": qty.Of(3), "0.25": 250_000, "-1.5": -1_500_000, "0.000001": 1, "9223372036854.775807": math.MaxInt64} {
		got, err := qty.Parse(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%s: %d, written %s, %v", text, got, got, err)
		}
	}
	for text, want := range map[string]error{"": fixed.ErrSyntax, "1 kg": fixed.ErrSyntax, "0.0000001": fixed.ErrInexact, "9223372036854.775808": fixed.ErrOverflow} {
		if _, err := qty.Parse(text); !errors.Is(err, want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if !qty.Of(-2).Whole() || qty.Qty(1).Whole() || !qty.Qty(0).Whole() {
		t.Error("whole numbers")
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q := qty.Qty(rapid.Int64().Draw(t, "qty"))
		b, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		var text, number qty.Qty
		if err := json.Unmarshal(b, &text); err != nil || text != q {
			t.Fatalf("%s is read as %s, %v", b, text, err)
		}
		if err := json.Unmarshal(b[1:len(b)-1], &number); err != nil || number != q {
			t.Fatalf("%s as a number is read as %s, %v", b, number, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("1.5")
	f.Add("-.000001")
	f.Add("1e3")
	f.Fuzz(func(t *testing.T, s string) {
		q, err := qty.Parse(s)
		if err != nil {
			return
		}
		if back, err := qty.Parse(q.String()); err != nil || back != q {
			t.Fatalf("%q is %s, and that %s, %v", s, q, back, err)
		}
	})
}
