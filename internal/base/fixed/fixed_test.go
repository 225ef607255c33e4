package fixed_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/fixed"
)

var roundings = []fixed.Rounding{fixed.HalfUp, fixed.HalfEven, fixed.HalfDown, fixed.Up, fixed.Down}

// edges draws numbers of all sizes, the ends of the range among them.
var edges = rapid.OneOf(rapid.Int64(), rapid.Int64Range(-20, 20), rapid.SampledFrom([]int64{math.MinInt64, math.MinInt64 + 1, math.MinInt64 / 2, -1 << 32, 1 << 31,
	math.MaxInt64 / 2, math.MaxInt64/2 + 1, math.MaxInt64 - 1, math.MaxInt64}))

// rounded divides exactly and rounds, the slow way.
func rounded(num, den *big.Int, r fixed.Rounding) *big.Int {
	neg := num.Sign()*den.Sign() < 0
	q, rem := new(big.Int).QuoRem(new(big.Int).Abs(num), new(big.Int).Abs(den), new(big.Int))
	half := new(big.Int).Lsh(rem, 1).Cmp(new(big.Int).Abs(den)) // of the remainder to one half
	away := false
	switch r {
	case fixed.Up:
		away = rem.Sign() > 0
	case fixed.Down:
	case fixed.HalfEven:
		away = half > 0 || half == 0 && q.Bit(0) == 1
	case fixed.HalfDown:
		away = half > 0
	case fixed.HalfUp:
		away = half >= 0
	}
	if away {
		q.Add(q, big.NewInt(1))
	}
	if neg {
		q.Neg(q)
	}
	return q
}

// MulDiv is exact arithmetic: the rounded quotient, or a fault when it does not fit.
func TestMulDivAgainstBig(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := edges.Draw(t, "a"), edges.Draw(t, "b"), edges.Filter(func(n int64) bool { return n != 0 }).Draw(t, "c")
		r := rapid.SampledFrom(roundings).Draw(t, "rounding")
		want := rounded(new(big.Int).Mul(big.NewInt(a), big.NewInt(b)), big.NewInt(c), r)
		got, err := fixed.MulDiv(a, b, c, r)
		if want.IsInt64() != (err == nil) || err == nil && got != want.Int64() {
			t.Fatalf("%d * %d / %d %s: %d, %v; want %s", a, b, c, r, got, err, want)
		}
		if err != nil && !errors.Is(err, fixed.ErrOverflow) {
			t.Fatal(err)
		}
		if n, err := fixed.Div(a, c, r); err == nil {
			if want := rounded(big.NewInt(a), big.NewInt(c), r); want.Cmp(big.NewInt(n)) != 0 {
				t.Fatalf("%d / %d %s: %d, want %s", a, c, r, n, want)
			}
		}
	})
}

func TestRounding(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		num, den                             int64
		halfUp, halfEven, halfDown, up, down int64
	}{
		{5, 2, 3, 2, 2, 3, 2}, {-5, 2, -3, -2, -2, -3, -2}, {7, 2, 4, 4, 3, 4, 3}, {-7, 2, -4, -4, -3, -4, -3}, {5, -2, -3, -2, -2, -3, -2},
		{1, 3, 0, 0, 0, 1, 0}, {2, 3, 1, 1, 1, 1, 0}, {-1, 3, 0, 0, 0, -1, 0}, {6, 3, 2, 2, 2, 2, 2}, {0, 7, 0, 0, 0, 0, 0}, {1, 2, 1, 0, 0, 1, 0},
	} {
		for i, want := range []int64{c.halfUp, c.halfEven, c.halfDown, c.up, c.down} {
			if got, err := fixed.Div(c.num, c.den, roundings[i]); got != want || err != nil {
				t.Errorf("%d/%d %s = %d, %v; want %d", c.num, c.den, roundings[i], got, err, want)
			}
		}
	}
	if n, err := fixed.Div(5, 2, ""); n != 3 || err != nil {
		t.Errorf("an unstated rule rounds half up: %d, %v", n, err)
	}
	for _, c := range [][3]int64{{1, 1, 0}, {math.MaxInt64, 2, 1}, {math.MinInt64, -1, 1}, {math.MaxInt64, math.MaxInt64, 1}, {math.MinInt64, math.MinInt64, math.MinInt64 + 1}} {
		if n, err := fixed.MulDiv(c[0], c[1], c[2], fixed.Down); !errors.Is(err, fixed.ErrOverflow) {
			t.Errorf("%v: %d, %v", c, n, err)
		}
	}
	if n, err := fixed.MulDiv(math.MinInt64, math.MinInt64, math.MinInt64, fixed.Up); n != math.MinInt64 || err != nil {
		t.Errorf("the smallest number: %d, %v", n, err)
	}
}

// Add and Sum are exact or a fault, at every edge.
func TestAddAgainstBig(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		terms := rapid.SliceOfN(edges, 0, 6).Draw(t, "terms")
		exact := new(big.Int)
		fits := true
		for i, n := range terms {
			exact.Add(exact, big.NewInt(n))
			fits = fits && exact.IsInt64()
			if i == 1 {
				s, err := fixed.Add(terms[0], terms[1])
				if (err == nil) != fits || fits && s != exact.Int64() {
					t.Fatalf("%d + %d = %d, %v", terms[0], terms[1], s, err)
				}
			}
		}
		s, err := fixed.Sum(terms...)
		if (err == nil) != fits || fits && s != exact.Int64() {
			t.Fatalf("the sum of %v is %d, %v", terms, s, err)
		}
	})
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text   string
		places int
		want   int64
		err    error
	}{
		{"0", 2, 0, nil}, {"-0", 2, 0, nil}, {"+7", 0, 7, nil}, {".5", 2, 50, nil}, {"5.", 2, 500, nil}, {"-12.345", 3, -12345, nil},
		{"1.50000000", 1, 15, nil}, {"0000000000000000000000000000000000001.5", 1, 15, nil}, {"1.23", 1, 0, fixed.ErrInexact},
		{"9223372036854775807", 0, math.MaxInt64, nil}, {"-9223372036854775808", 0, math.MinInt64, nil},
		{"9223372036854775808", 0, 0, fixed.ErrOverflow}, {"-9223372036854775809", 0, 0, fixed.ErrOverflow},
		{"92233720368547758.07", 2, math.MaxInt64, nil}, {"92233720368547758.08", 2, 0, fixed.ErrOverflow},
		{"18446744073709551616", 0, 0, fixed.ErrOverflow}, {"99999999999999999999999999", 0, 0, fixed.ErrOverflow}, {"9223372036854775807", 1, 0, fixed.ErrOverflow},
		{"", 2, 0, fixed.ErrSyntax}, {".", 2, 0, fixed.ErrSyntax}, {"-", 2, 0, fixed.ErrSyntax}, {"+-1", 2, 0, fixed.ErrSyntax}, {"1..2", 2, 0, fixed.ErrSyntax},
		{"-.", 2, 0, fixed.ErrSyntax}, {"1e5", 2, 0, fixed.ErrSyntax}, {"NaN", 2, 0, fixed.ErrSyntax}, {"inf", 2, 0, fixed.ErrSyntax}, {"0x10", 2, 0, fixed.ErrSyntax},
		{"1,5", 2, 0, fixed.ErrSyntax}, {" 1", 2, 0, fixed.ErrSyntax}, {"1 ", 2, 0, fixed.ErrSyntax}, {"1_000", 2, 0, fixed.ErrSyntax}, {"１", 2, 0, fixed.ErrSyntax},
		{"−1", 2, 0, fixed.ErrSyntax}, {"1\x00", 2, 0, fixed.ErrSyntax}, {strings.Repeat("0", 41), 2, 0, fixed.ErrSyntax}, {strings.Repeat("0", 40), 2, 0, nil},
	} {
		got, err := fixed.Parse(c.text, c.places)
		if !errors.Is(err, c.err) || got != c.want {
			t.Errorf("Parse(%q, %d) = %d, %v; want %d, %v", c.text, c.places, got, err, c.want, c.err)
		}
	}
}

func TestFormat(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n           int64
		places, min int
		want        string
	}{
		{0, 0, 0, "0"}, {0, 6, 0, "0"}, {0, 2, 2, "0.00"}, {5, 2, 2, "0.05"}, {-5, 2, 2, "-0.05"}, {1250, 2, 0, "12.5"}, {1200, 2, 0, "12"}, {1200, 2, 2, "12.00"},
		{2_550_000, 6, 2, "2.55"}, {12_500, 6, 2, "0.0125"}, {-1, 6, 0, "-0.000001"}, {math.MaxInt64, 0, 0, "9223372036854775807"},
		{math.MinInt64, 18, 0, "-9.223372036854775808"}, {math.MinInt64, 2, 2, "-92233720368547758.08"}, {100, 0, 0, "100"}, {1, 18, 18, "0.000000000000000001"},
	} {
		if got := fixed.Format(c.n, c.places, c.min); got != c.want {
			t.Errorf("Format(%d, %d, %d) = %q, want %q", c.n, c.places, c.min, got, c.want)
		}
	}
}

// What is written is read back as it was, and means what an exact fraction means.
func TestFormatParse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n, places := edges.Draw(t, "n"), rapid.IntRange(0, 18).Draw(t, "places")
		text := fixed.Format(n, places, rapid.IntRange(0, places).Draw(t, "min"))
		if back, err := fixed.Parse(text, places); err != nil || back != n {
			t.Fatalf("%d in %d places is written %q and read %d, %v", n, places, text, back, err)
		}
		want := new(big.Rat).SetFrac(big.NewInt(n), big.NewInt(fixed.Pow10(places)))
		if got, ok := new(big.Rat).SetString(text); !ok || got.Cmp(want) != 0 {
			t.Fatalf("%q is not %s", text, want)
		}
	})
}

func TestPow10(t *testing.T) {
	t.Parallel()
	for n := range 19 {
		if got := fmt.Sprint(fixed.Pow10(n)); got != "1"+strings.Repeat("0", n) {
			t.Errorf("10^%d = %s", n, got)
		}
	}
}

// Whatever is accepted is the exact value of the text, and nothing that an exact reader refuses is.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"0", "-12.345", "+.5", "1.", "9223372036854775807", "92233720368547758.08", "1e5", "..", "-", "0.000000000000000000"} {
		f.Add(s, 2)
	}
	f.Fuzz(func(t *testing.T, s string, places int) {
		if places < 0 || places > 18 {
			return
		}
		n, err := fixed.Parse(s, places)
		if err != nil {
			if n != 0 {
				t.Fatalf("%q: %d beside %v", s, n, err)
			}
			return
		}
		exact, ok := new(big.Rat).SetString(s)
		if !ok || exact.Cmp(new(big.Rat).SetFrac(big.NewInt(n), big.NewInt(fixed.Pow10(places)))) != 0 {
			t.Fatalf("%q was read as %d in %d places", s, n, places)
		}
	})
}
