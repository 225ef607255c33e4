package money_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
)

func TestCurrencies(t *testing.T) {
	t.Parallel()
	for code, digits := range map[string]int{"GBP": 2, "EUR": 2, "USD": 2, "AED": 2, "ZWG": 2, "XCG": 2, "JPY": 0, "KRW": 0, "CLP": 0, "ISK": 0, "KWD": 3, "BHD": 3, "TND": 3, "CLF": 4} {
		c, err := money.ParseCurrency(code)
		if err != nil || c.Digits() != digits || string(c) != code {
			t.Errorf("%s: %q with %d digits, %v", code, c, c.Digits(), err)
		}
	}
	for _, code := range []string{"", "gbp", "GB", "GBPX", "XXX", "ZZZ", "EU ", " EU", "D A", "DKK ", "€", "\x00BP", "AEDAFN"} {
		if c, err := money.ParseCurrency(code); !errors.Is(err, money.ErrCurrency) || c != "" {
			t.Errorf("%q: %q, %v", code, c, err)
		}
	}
}

// sharedFile reads test data that lies beside the project, nil where there is none.
func sharedFile(t *testing.T, path ...string) []byte {
	t.Helper()
	roots := []string{os.Getenv("TILLPOST_SHARED")}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for up := filepath.Dir(dir); up != dir; dir, up = up, filepath.Dir(up) {
		roots = append(roots, filepath.Join(up, "shared"))
	}
	for _, root := range roots {
		if b, err := os.ReadFile(filepath.Join(append([]string{root}, path...)...)); err == nil && root != "" {
			return b
		}
	}
	return nil
}

// Every currency of ISO 4217 is known, but for metals, bond units, test codes, funds and those that have
// gone out of use.
func TestCurrenciesOfISO(t *testing.T) {
	t.Parallel()
	var list struct {
		Currencies []struct {
			Code string `json:"alpha_3"`
		} `json:"4217"`
	}
	b := sharedFile(t, "data", "iso-codes", "iso_4217.json")
	if b == nil {
		b = []byte(`{"4217": [{"alpha_3": "AED"}, {"alpha_3": "CHF"}, {"alpha_3": "XAU"}, {"alpha_3": "ZAR"}]}`)
	}
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	const others = " BOV CHE CHW COU MXV USN UYI XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA " + "XXX" + " " + // no money of a shop
		" ANG BGN CUC HRK SLL ZWL " // replaced by XCG, EUR, CUP, EUR, SLE, ZWG
	for _, c := range list.Currencies {
		if _, err := money.ParseCurrency(c.Code); err != nil && !strings.Contains(others, " "+c.Code+" ") {
			t.Errorf("%s is not known", c.Code)
		}
	}
}

func TestCurrencyText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		currency money.Currency
		text     string
		want     money.Minor
		back     string
		err      error
	}{
		{"GBP", "12.5", 1250, "12.50", nil}, {"GBP", "-0.01", -1, "-0.01", nil}, {"JPY", "1250", 1250, "1250", nil}, {"KWD", "1.5", 1500, "1.500", nil},
		{"JPY", "12.5", 0, "", fixed.ErrInexact}, {"GBP", "0.001", 0, "", fixed.ErrInexact}, {"GBP", "10000000000000.00", money.MaxMinor, "10000000000000.00", nil},
		{"GBP", "10000000000000.01", money.MaxMinor + 1, "", fixed.ErrOverflow}, {"GBP", "-10000000000000.01", -money.MaxMinor - 1, "", fixed.ErrOverflow}, {"GBP", "£1", 0, "", fixed.ErrSyntax},
	} {
		got, err := c.currency.Parse(c.text)
		if !errors.Is(err, c.err) || got != c.want {
			t.Errorf("%s %q: %d, %v", c.currency, c.text, got, err)
		}
		if err == nil && c.currency.Format(got) != c.back {
			t.Errorf("%s %d is written %q", c.currency, got, c.currency.Format(got))
		}
	}
	if s := (money.Amount{Minor: -1250, Currency: "GBP"}).String(); s != "-12.50 GBP" {
		t.Error(s)
	}
}

func TestArithmeticLimits(t *testing.T) {
	t.Parallel()
	const top, bottom = money.Minor(math.MaxInt64), money.Minor(math.MinInt64)
	overflow := func(name string, _ money.Minor, err error) {
		t.Helper()
		if !errors.Is(err, fixed.ErrOverflow) {
			t.Errorf("%s: %v", name, err)
		}
	}
	n, err := top.Add(1)
	overflow("top + 1", n, err)
	n, err = bottom.Add(-1)
	overflow("bottom - 1", n, err)
	n, err = money.Sum(top, 1, -1)
	overflow("a sum that is too large on the way", n, err)
	n, err = top.Times(2*money.OneRate, fixed.Down)
	overflow("top twice", n, err)
	n, err = bottom.Times(-money.OneRate, fixed.Down)
	overflow("- bottom", n, err)
	n, err = top.Round(10, fixed.Up)
	overflow("top rounded up", n, err)
	n, err = bottom.Round(10, fixed.Up)
	overflow("bottom rounded away", n, err)
	n, err = money.Extend(math.MaxInt64, math.MaxInt64, "JPY", fixed.Down)
	overflow("the dearest of everything", n, err)
	p, err := money.PriceOf(top, "GBP")
	overflow("the price of everything", money.Minor(p), err)
	if s, err := money.Sum(); s != 0 || err != nil {
		t.Errorf("the sum of nothing: %d, %v", s, err)
	}
	if money.Minor(-5).Abs() != 5 || money.Minor(5).Abs() != 5 || money.MaxMinor.CheckRange() != nil || (-money.MaxMinor).CheckRange() != nil ||
		(money.MaxMinor+1).CheckRange() == nil || bottom.CheckRange() == nil {
		t.Error("magnitudes")
	}
}

func TestExtend(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		price    string
		qty      string
		currency money.Currency
		mode     fixed.Rounding
		want     money.Minor
	}{
		{"2.55", "3", "GBP", fixed.HalfUp, 765}, {"0.0125", "4", "GBP", fixed.HalfUp, 5}, {"0.0125", "2", "GBP", fixed.HalfUp, 3}, {"0.0125", "2", "GBP", fixed.HalfEven, 2},
		{"1.005", "1", "GBP", fixed.HalfUp, 101}, {"1.99", "0.333", "GBP", fixed.HalfUp, 66}, {"1.5", "1", "JPY", fixed.HalfUp, 2}, {"1.5", "-1", "JPY", fixed.HalfUp, -2},
		{"1.5", "1", "KWD", fixed.HalfUp, 1500}, {"-2.55", "3", "GBP", fixed.HalfUp, -765}, {"0.000001", "0.000001", "GBP", fixed.Up, 1},
	} {
		p, err := money.ParsePrice(c.price)
		if err != nil {
			t.Fatal(err)
		}
		q, err := qty.Parse(c.qty)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := money.Extend(p, q, c.currency, c.mode); got != c.want || err != nil {
			t.Errorf("%s x %s %s %s = %d, %v; want %d", c.price, c.qty, c.currency, c.mode, got, err, c.want)
		}
	}
	if p, err := money.PriceOf(255, "GBP"); p != 2_550_000 || err != nil {
		t.Errorf("the price of 2.55 is %s, %v", p, err)
	}
	if p, err := money.PriceOf(255, "JPY"); p != 255_000_000 || err != nil {
		t.Errorf("the price of 255 yen is %s, %v", p, err)
	}
}

func TestRound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n, step money.Minor
		mode    fixed.Rounding
		want    money.Minor
	}{
		{1237, 5, fixed.HalfUp, 1235}, {1238, 5, fixed.HalfUp, 1240}, {-1238, 5, fixed.HalfUp, -1240}, {1235, 10, fixed.HalfUp, 1240}, {1235, 10, fixed.HalfDown, 1230},
		{1235, 10, fixed.HalfEven, 1240}, {1225, 10, fixed.HalfEven, 1220}, {7, 1, fixed.Up, 7}, {7, 0, fixed.Up, 7}, {7, -5, fixed.Up, 7},
	} {
		if got, err := c.n.Round(c.step, c.mode); got != c.want || err != nil {
			t.Errorf("%d to %d %s: %d, %v; want %d", c.n, c.step, c.mode, got, err, c.want)
		}
	}
}

func TestTextForms(t *testing.T) {
	t.Parallel()
	type all struct {
		Price money.Price `json:"price"`
		Rate  money.Rate  `json:"rate"`
		Qty   qty.Qty     `json:"qty"`
	}
	want := all{Price: 12_500, Rate: 875_000_000, Qty: -1_500_000}
	b, err := json.Marshal(want)
	if err != nil || string(b) != `{"price":"0.0125","rate":"0.0875","qty":"-1.5"}` {
		t.Errorf("%s, %v", b, err)
	}
	for _, text := range []string{string(b), `{"price": 0.0125, "rate": 0.0875, "qty": -1.5}`} {
		var got all
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s is %+v, %v", text, got, err)
		}
	}
	for _, bad := range []string{`"NaN"`, `1e5`, `true`, `{}`, `[1]`, `""`, `"1,5"`, `"0.00000000001"`, `99999999999999999999`, `"\ud800"`} {
		if err := json.Unmarshal([]byte(`{"price": `+bad+`}`), new(all)); err == nil {
			t.Errorf("a price of %s", bad)
		}
		if err := json.Unmarshal([]byte(`{"rate": `+bad+`}`), new(all)); err == nil {
			t.Errorf("a rate of %s", bad)
		}
		if err := json.Unmarshal([]byte(`{"qty": `+bad+`}`), new(all)); err == nil {
			t.Errorf("a quantity of %s", bad)
		}
	}
	if r, err := money.ParsePercent("8.75"); r != 875_000_000 || err != nil || r.Percent() != "8.75" || r.String() != "0.0875" {
		t.Errorf("8.75 %%: %s, %v", r, err)
	}
	if p := money.Price(2_500_000).String(); p != "2.50" {
		t.Error(p)
	}
}

// Shares are exact in sum, each is its exact share rounded down or up, no share that lost more in
// rounding got less than one that lost less, and turning the sign of the total turns all signs.
func TestSplit(t *testing.T) {
	t.Parallel()
	weights := rapid.SliceOfN(rapid.OneOf(rapid.Int64Range(0, 10), rapid.Int64Range(0, math.MaxInt64/16), rapid.Just(int64(math.MaxInt64/16))), 1, 16)
	totals := rapid.OneOf(rapid.Int64Range(-1000, 1000), rapid.Int64(), rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64}))
	rapid.Check(t, func(t *rapid.T) {
		ws, total := weights.Draw(t, "weights"), money.Minor(totals.Draw(t, "total"))
		shares, err := money.Split(total, ws)
		if err != nil {
			t.Fatal(err)
		}
		sum, all := new(big.Int), new(big.Int)
		for i := range ws {
			sum.Add(sum, big.NewInt(int64(shares[i])))
			all.Add(all, big.NewInt(ws[i]))
		}
		if sum.Cmp(big.NewInt(int64(total))) != 0 {
			t.Fatalf("%v sum to %s, not %d", shares, sum, total)
		}
		if all.Sign() == 0 {
			if shares[0] != total {
				t.Fatalf("without weights the first takes all, not %v", shares)
			}
			return
		}
		largestRemainder(t, total, ws, shares, all)
		if total == math.MinInt64 {
			return
		}
		turned, err := money.Split(-total, ws)
		if err != nil {
			t.Fatal(err)
		}
		for i := range turned {
			if turned[i] != -shares[i] {
				t.Fatalf("turned: %v and %v", shares, turned)
			}
		}
	})
}

func largestRemainder(t *rapid.T, total money.Minor, ws []int64, shares []money.Minor, all *big.Int) {
	rems := make([]*big.Int, len(ws)) // what rounding towards zero takes away, in units of 1/all
	extra := make([]bool, len(ws))
	for i, w := range ws {
		q, rem := new(big.Int).QuoRem(new(big.Int).Mul(big.NewInt(int64(total)), big.NewInt(w)), all, new(big.Int))
		rems[i] = rem.Abs(rem)
		d := new(big.Int).Sub(big.NewInt(int64(shares[i])), q)
		extra[i] = d.Sign() != 0
		if d.CmpAbs(big.NewInt(1)) > 0 || d.Sign() != 0 && (d.Sign() < 0) != (total < 0) {
			t.Fatalf("share %d of %v is %s off", i, shares, d)
		}
	}
	for i := range ws {
		for j := range ws {
			c := rems[i].Cmp(rems[j])
			if (c > 0 || c == 0 && i < j) && extra[j] && !extra[i] {
				t.Fatalf("%d by %v: share %d was rounded away and not share %d", total, ws, j, i)
			}
		}
	}
}

func TestSplitFaults(t *testing.T) {
	t.Parallel()
	if s, err := money.Split(0, nil); len(s) != 0 || err != nil {
		t.Errorf("nothing over nobody: %v, %v", s, err)
	}
	if _, err := money.Split(1, nil); err == nil {
		t.Error("something over nobody")
	}
	if _, err := money.Split(1, []int64{1, -1}); !errors.Is(err, fixed.ErrSyntax) {
		t.Errorf("a negative weight: %v", err)
	}
	if _, err := money.Split(1, []int64{math.MaxInt64, 1}); !errors.Is(err, fixed.ErrOverflow) {
		t.Errorf("weights that do not add up: %v", err)
	}
}

func FuzzParsePrice(f *testing.F) {
	for _, s := range []string{"2.55", "-0.000001", "1e3", "", "9223372036854.775807", "9223372036854.775808"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := money.ParsePrice(s)
		if err != nil {
			return
		}
		if back, err := money.ParsePrice(p.String()); err != nil || back != p {
			t.Fatalf("%q is %s, and that %s, %v", s, p, back, err)
		}
	})
}

func FuzzCurrencyParse(f *testing.F) {
	f.Add("GBP", "12.50")
	f.Add("JPY", "12.50")
	f.Add("XXX", "")
	f.Fuzz(func(t *testing.T, code, s string) {
		c, err := money.ParseCurrency(code)
		if err != nil {
			return
		}
		n, err := c.Parse(s)
		if err != nil {
			return
		}
		if back, err := c.Parse(c.Format(n)); err != nil || back != n || n.CheckRange() != nil {
			t.Fatalf("%s %q is %d, and that %d, %v", c, s, n, back, err)
		}
	})
}
