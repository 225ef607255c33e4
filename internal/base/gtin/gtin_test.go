package gtin_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/gtin"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]error{
		"4006381333931":  nil, // the example of the EAN article in every textbook
		"036000291452":   nil, // UPC-A
		"96385074":       nil, // GTIN-8
		"10614141000415": nil, // GTIN-14
		"4006381333932":  gtin.ErrCheck,
		"0000000000000":  gtin.ErrCheck,
		"400638133393":   gtin.ErrCheck,
		"40063813339":    gtin.ErrLength,
		"":               gtin.ErrLength,
		"40063813339a1":  gtin.ErrDigits,
		"٤006381333931":  gtin.ErrDigits,
	} {
		if err := gtin.Check(code); !errors.Is(err, want) {
			t.Errorf("Check(%q) = %v, want %v", code, err, want)
		}
	}
	if c, err := gtin.Canonical("036000291452"); err != nil || c != "00036000291452" {
		t.Errorf("Canonical = %q, %v", c, err)
	}
}

func TestExpandUPCE(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"04252614": "042100005264", // last digit 0..2: manufacturer of three digits
		"0425261":  "042100005264",
		"425261":   "042100005264",
		"01234133": "012300000413", // last digit 3
		"01234544": "",             // wrong check digit
		"0123454":  "012340000053",
		"01234558": "012345000058",
		"23456789": "", // number system 2 has no short form
	} {
		got, err := gtin.ExpandUPCE(code)
		if want == "" {
			if err == nil {
				t.Errorf("ExpandUPCE(%s) = %s, want an error", code, got)
			}
			continue
		}
		if err != nil || got != want || !gtin.Valid(got) {
			t.Errorf("ExpandUPCE(%s) = %s, %v; want %s", code, got, err, want)
		}
	}
}

func TestValueCheckDigit(t *testing.T) {
	t.Parallel()
	// The two worked examples of the GS1 General Specifications: 2875 -> 9 and 14685 -> 6.
	for value, want := range map[string]byte{"2875": '9', "14685": '6', "0000": '0', "00000": '0'} {
		if got, err := gtin.ValueCheckDigit(value); err != nil || got != want {
			t.Errorf("ValueCheckDigit(%s) = %c, %v; want %c", value, got, err, want)
		}
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	formats := []gtin.Format{
		{Name: "scale", Pattern: "21IIIIIWWWWWC", Decimals: 3},
		{Name: "price", Pattern: "2IIIIIKPPPPC", Decimals: 2},
		{Name: "piece", Pattern: "24IIIIIXXQQQC"},
	}
	with := func(s string) string {
		d, _ := gtin.CheckDigit(s)
		return s + string(d)
	}
	e, ok, err := gtin.Read(with("210123401250"), formats)
	if err != nil || !ok || e != (gtin.Embedded{Format: "scale", Item: "01234", Weight: true, Value: "1.250"}) {
		t.Errorf("weight: %+v %v %v", e, ok, err)
	}
	e, ok, err = gtin.Read(with("21234592875"), formats)
	if err != nil || !ok || e != (gtin.Embedded{Format: "price", Item: "12345", Price: true, Value: "28.75"}) {
		t.Errorf("price: %+v %v %v", e, ok, err)
	}
	e, ok, err = gtin.Read(with("240123400012"), formats)
	if err != nil || !ok || e != (gtin.Embedded{Format: "piece", Item: "01234", Value: "12"}) {
		t.Errorf("count: %+v %v %v", e, ok, err)
	}
	if _, _, err = gtin.Read(with("21234502875"), formats); !errors.Is(err, gtin.ErrPrice) {
		t.Errorf("wrong price check digit: %v", err)
	}
	if _, _, err = gtin.Read("2101234012500", formats); !errors.Is(err, gtin.ErrCheck) {
		t.Errorf("wrong check digit: %v", err)
	}
	if _, ok, err = gtin.Read("4006381333931", formats); ok || err != nil {
		t.Errorf("an ordinary code: %v %v", ok, err)
	}
}

func TestFormatCheck(t *testing.T) {
	t.Parallel()
	for _, p := range []string{"", "21IIIIIWWWWW", "21IIWWIIWWWWC", "21IIIIIWWPPPC", "21IIIIICWWWWW", "2aIIIIIWWWWWC", "21IIIIKKWWWWC", "21IIIKWWWWWWC", "2122222222222"} {
		if (gtin.Format{Pattern: p}).Check() == nil {
			t.Errorf("pattern %q passes", p)
		}
	}
	if (gtin.Format{Pattern: "21IIIIIWWWWWC", Decimals: 7}).Check() == nil {
		t.Error("seven decimals pass")
	}
}

// Any single wrong digit is found; so is every data digit's place.
func TestCheckDigitFindsSingleErrors(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[1-9][0-9]{11}`).Draw(t, "body")
		d, _ := gtin.CheckDigit(body)
		code := []byte(body + string(d))
		at := rapid.IntRange(0, 12).Draw(t, "at")
		code[at] = '0' + (code[at]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		if gtin.Valid(string(code)) {
			t.Fatalf("%s passes", code)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add("2101234012500", "21IIIIIWWWWWC", 3)
	f.Add("212345928756", "2IIIIIKPPPPC", 2)
	f.Add("04252614", "", 0)
	f.Fuzz(func(t *testing.T, code, pattern string, decimals int) {
		e, ok, err := gtin.Read(code, []gtin.Format{{Pattern: pattern, Decimals: decimals}})
		if ok && (err != nil || e.Item == "") {
			t.Fatalf("%+v %v", e, err)
		}
		if long, err := gtin.ExpandUPCE(code); err == nil && !gtin.Valid(long) && long != "000000000000" {
			t.Fatalf("%s expands to %s", code, long)
		}
	})
}
