package pan

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/gtin"
)

// testCards are numbers that schemes and processors publish for testing, of each scheme at least one.
var testCards = map[string][]string{
	"Visa":       {"4111111111111111", "4012888888881881", "4242424242424242", "4000056655665556", "4222222222222", "4917610000000000003"},
	"Mastercard": {"5555555555554444", "5105105105105100", "5454545454545454", "2223003122003222", "2221000000000009", "2720990000000007"},
	"Amex":       {"378282246310005", "371449635398431", "341111111111111"},
	"Discover":   {"6011111111111117", "6011000990139424", "6445644564456445", "6500000000000002"},
	"Diners":     {"30569309025904", "36227206271667", "3056930009020004", "38520000023237", "36070500001020"},
	"JCB":        {"3530111333300000", "3566002020360505"},
	"UnionPay":   {"6200000000000005", "6212345678901265", "6212345678900000003", "8171999927660000"},
	"Maestro":    {"6759649826438453", "6799990100000000019", "5018000000000009", "6304000000000000", "5612345678901230"},
}

// grouped writes a number with separators after groups of the given lengths.
func grouped(n, sep string, groups ...int) string {
	var out []string
	for _, g := range groups {
		g = min(g, len(n))
		out = append(out, n[:g])
		n = n[g:]
	}
	if n != "" {
		out = append(out, n)
	}
	return strings.Join(out, sep)
}

func TestFoundCards(t *testing.T) {
	t.Parallel()
	for scheme, numbers := range testCards {
		for _, n := range numbers {
			for _, text := range []string{n, "card " + n, n + ".", "(" + n + ")", "x" + n + "y", "1,2," + n + ",3", grouped(n, " ", 4, 4, 4, 4), grouped(n, "-", 4, 4, 4, 4),
				grouped(n, " ", 4, 6, 5), "Karte\u00a0" + n, "№" + n, "order 17 " + n, n + " 12/29"} {
				if !Found(text) {
					t.Errorf("%s: not found in %q", scheme, text)
				}
			}
			broken := []byte(n)
			broken[len(n)-1] = '0' + (broken[len(n)-1]-'0'+1)%10
			if Found(string(broken)) {
				t.Errorf("%s: %s with another check digit", scheme, broken)
			}
		}
	}
}

// What shops write all day is no card number.
func TestNotFound(t *testing.T) {
	t.Parallel()
	for kind, texts := range map[string][]string{
		"telephone": {"+44 20 7946 0958", "020 7946 0018", "+1 (555) 010-9999", "+49 30 901820", "0049 30 9018 2000", "+4915112345678", "+49 151 1234 5678", "+33 1 99 00 12 34",
			"+61 491 570 156", "tel. 4912345678"},
		"article":  {"4006381333931", "5012345678900", "5701234567899", "4902505139314", "3017620422003", "6291041500213", "036000291452", "96385074", "14006381333938"},
		"order":    {"536365", "C536379", "INV-2026-000417", "4111-2222", "order 4711 0815", "#100000001234", "2026031400000042", "PO 4500012345"},
		"date":     {"2026-03-14 12:00:00", "20260314120000", "14.03.2026 15:30", "2026-03-14T12:00:00.000Z", "1773489600000"},
		"id":       {"0190b6a0-7b7e-7c3e-8d4f-1a2b3c4d5e6f", "550e8400-e29b-41d4-a716-446655440000", "f47ac10b-58cc-4372-a567-0e02b2c3d479", "ch_3MmlLrLkdIwHu7ix0snN0B15"},
		"account":  {"DE89 3704 0044 0532 0130 00", "GB29 NWBK 6016 1331 9268 19", "FR14 2004 1010 0505 0001 3M02 606"},
		"masked":   {"411111******1111", "**** **** **** 1111", "XXXX-XXXX-XXXX-1111"},
		"split up": {"41111111 1111", "4111 1111 1111 111"},
		"other":    {"", "0000000000000000", "1234567890123456", "9999999999999995", "12 x 4 = 48", "0,5 l 1,99 2,49 3,99 4,49"},
	} {
		for _, text := range texts {
			if Found(text) {
				t.Errorf("%s: found in %q", kind, text)
			}
		}
	}
}

// What cannot be told apart from a card number: numbers of other kinds that have, by chance, its length,
// its prefix and its check digit. They are refused where free text is checked.
func TestFoundByChance(t *testing.T) {
	t.Parallel()
	for kind, text := range map[string]string{
		"a long order number":                "order 4000000000000002",
		"a telephone number with 0049":       "calls 4930123456786", // thirteen digits without a plus sign
		"two numbers with a space":           "4006381 333930006",
		"a container's SSCC":                 "353000000000000003",
		"the tail of an all-digits UUID":     "0190b6a0-7b7e-7c3e-8171-999927660000",
		"a German GTIN-13 that was mistyped": "4006381333932",
	} {
		if !Found(text) {
			t.Errorf("%s: %q is not found any more: good, move it to what is told apart", kind, text)
		}
	}
}

// luhnDigit completes a number.
func luhnDigit(n string) string {
	for d := range 10 {
		if c := n + fmt.Sprint(d); luhn([]byte(c)) {
			return c
		}
	}
	return n
}

// Any number with a scheme's prefix and length is found, however it is grouped and whatever is around it.
func TestFoundAnywhere(t *testing.T) {
	t.Parallel()
	shapes := []struct {
		prefix string
		length int
	}{{"4", 16}, {"4", 19}, {"51", 16}, {"55", 16}, {"2221", 16}, {"2720", 16}, {"34", 15}, {"37", 15}, {"3528", 16}, {"3589", 19}, {"300", 14}, {"305", 16}, {"36", 14}, {"38", 14},
		{"39", 16}, {"6011", 16}, {"64", 16}, {"65", 19}, {"62", 17}, {"81", 16}, {"50", 14}, {"56", 18}, {"58", 19}, {"63", 16}, {"67", 15}}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(shapes).Draw(t, "shape")
		n := s.prefix
		for len(n) < s.length-1 {
			n += fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "digit"))
		}
		n = luhnDigit(n)
		var text strings.Builder
		for i := range n {
			if i > 0 && rapid.IntRange(0, 3).Draw(t, "gap") == 0 {
				text.WriteString(rapid.SampledFrom([]string{" ", "-"}).Draw(t, "separator"))
			}
			text.WriteByte(n[i])
		}
		words := rapid.StringMatching(`[a-zä ,.:#]{0,12}`)
		before, after := words.Draw(t, "before"), words.Draw(t, "after")
		if before != "" && strings.HasSuffix(before, " ") {
			before += "."
		}
		if all := before + text.String() + after; !Found(all) {
			t.Fatalf("not found in %q", all)
		}
	})
}

// An article number is never taken for a card, whatever its country.
func TestNoGTIN(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[0-9]{12}`).Draw(t, "body")
		c, err := gtin.CheckDigit(body)
		if err != nil {
			t.Fatal(err)
		}
		if code := body + string(c); Found(code) || Found("EAN "+code+" x 2") {
			t.Fatalf("%s was taken for a card", code)
		}
	})
}

func FuzzFound(f *testing.F) {
	f.Add("card 4111 1111 1111 1111")
	f.Add("+4915112345678")
	f.Add("\xff4\x00")
	f.Fuzz(func(t *testing.T, s string) {
		digits := 0
		for _, r := range s {
			if unicode.IsDigit(r) {
				digits++
			}
		}
		if Found(s) && digits < 13 {
			t.Fatalf("found in %q", s)
		}
		if Found(s) != (Mask(s) != s) {
			t.Fatalf("Found and Mask differ on %q", s)
		}
	})
}

// However the groups are held apart, a card number is found; numbers that stand beside each other by
// chance are not.
func TestSeparators(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"4111.1111.1111.1111", "4111/1111/1111/1111", "4111_1111_1111_1111", "4111  1111  1111  1111",
		"4111 - 1111 - 1111 - 1111", "4111\u00a01111\u00a01111\u00a01111", "4111\u20111111\u20111111\u20111111", "4111,1111,1111,1111",
		"4111-1111.1111/1111", "\uff14\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11"} {
		if !Found(text) || !Found("paid with "+text+" today") {
			t.Errorf("%q was not found", text)
		}
		if Found(Mask(text)) {
			t.Errorf("%q is not masked: %q", text, Mask(text))
		}
	}
	for _, text := range []string{"2011-12-05 14:33:21.123", "41.11.11.11.11.11.11.11", "order 4111 of 1111 in 1111 and 1111", "4111....1111....1111....1111"} {
		if Found(text) {
			t.Errorf("%q was taken for a card", text)
		}
	}
}
