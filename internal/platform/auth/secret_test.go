package auth

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/fault"
)

var form = regexp.MustCompile(`^tp_[0-9A-Za-z]{49}$`)

func drawn(t *rapid.T) Secret {
	var s Secret
	copy(s.bytes[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "secret"))
	return s
}

// What is written is read back, and is the number that it should be.
func TestSecretText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawn(t)
		text := s.Text()
		back, err := Parse(text)
		if err != nil || back != s || !form.MatchString(text) || !strings.HasPrefix(text, s.Prefix()) {
			t.Fatalf("%s: %v", text, err)
		}
		want := new(big.Int).SetBytes(s.bytes[:]).Text(62) // 0-9a-zA-Z
		want = strings.Map(func(r rune) rune {
			switch {
			case r >= 'a' && r <= 'z':
				return r - 'a' + 'A'
			case r >= 'A' && r <= 'Z':
				return r - 'A' + 'a'
			}
			return r
		}, want)
		if body := strings.TrimLeft(text[len(mark):len(mark)+bodySize], "0"); body != strings.TrimLeft(want, "0") {
			t.Fatalf("%s is not %s", body, want)
		}
	})
}

// Any one wrong letter, and any two neighbours that changed places, are noticed.
func TestSecretMistyped(t *testing.T) {
	t.Parallel()
	text := NewSecret().Text()
	for i := range len(text) {
		for _, c := range []byte(digits + "_- \x00\xff") {
			wrong := text[:i] + string([]byte{c}) + text[i+1:]
			if _, err := Parse(wrong); wrong != text && fault.CodeOf(err) != ErrMalformed.Code {
				t.Fatalf("%d %q: %v", i, c, err)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(drawn(t).Text())
		i := rapid.IntRange(0, len(mark)+bodySize-2).Draw(t, "at")
		if text[i] == text[i+1] {
			return
		}
		text[i], text[i+1] = text[i+1], text[i]
		if _, err := Parse(string(text)); fault.CodeOf(err) != ErrMalformed.Code {
			t.Fatalf("%d: %v", i, err)
		}
	})
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	text := Secret{}.Text()
	if text != "tp_"+strings.Repeat("0", 43)+text[46:] {
		t.Fatal(text)
	}
	most := Secret{}
	for i := range most.bytes {
		most.bytes[i] = 0xff
	}
	// One more than 2^256-1 does not fit, whatever its checksum.
	next, ok := number(strings.Repeat("z", bodySize))
	if ok {
		t.Errorf("43 z are %v", next)
	}
	for in, want := range map[string]string{"": "auth_missing", "tp_": "auth_malformed", text[1:]: "auth_malformed", text + "0": "auth_malformed",
		"TP_" + text[3:]: "auth_malformed", " " + text: "auth_malformed", strings.Repeat("x", 1<<20): "auth_malformed", most.Text(): "", text: ""} {
		_, err := Parse(in)
		if fault.CodeOf(err) != want {
			t.Errorf("%.60q: %v", in, err)
		}
		if err != nil && fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("%.60q is %s", in, fault.KindOf(err))
		}
	}
}

// A secret that is printed or logged by mistake stays one.
func TestSecretHidesItself(t *testing.T) {
	t.Parallel()
	s := NewSecret()
	text := s.Text()
	encoded, err := json.Marshal(map[string]any{"key": s})
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{string(encoded), fmt.Sprint(s), fmt.Sprintf("%s %d %x %q %+v %#v %v", s, s, s, s, s, s, &s), fmt.Errorf("%v", s).Error(),
		Redact("Bearer " + text + ", or " + text[:40] + ".")} {
		if strings.Contains(shown, text[:shownSize+1]) || strings.Contains(shown, fmt.Sprint(s.bytes[0])+" "+fmt.Sprint(s.bytes[1])) {
			t.Errorf("it shows: %s", shown)
		}
	}
	for _, same := range []string{"", "tp_", "http_status_code", "tp_0123456789", "shop tp_ x"} {
		if Redact(same) != same {
			t.Errorf("%q became %q", same, Redact(same))
		}
	}
}

// FuzzParse: whatever comes, it is refused or is the one text of its secret; and Redact leaves no key.
func FuzzParse(f *testing.F) {
	f.Add(Secret{}.Text())
	f.Add("tp_" + strings.Repeat("z", 49))
	f.Add("Bearer tp_0000000000000000000000000000000000000000000")
	f.Fuzz(func(t *testing.T, in string) {
		s, err := Parse(in)
		if err == nil && s.Text() != in {
			t.Errorf("%q is read as %q", in, s.Text())
		}
		if k := fault.KindOf(err); err != nil && k != fault.Unauthenticated {
			t.Errorf("%q: %s", in, k)
		}
		if got := Redact(in); looksLikeKey.MatchString(got) {
			t.Errorf("%q is left", got)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	text := NewSecret().Text()
	for b.Loop() {
		s, err := Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		_ = s.digest()
	}
}
