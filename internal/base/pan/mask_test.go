package pan

import "testing"

func TestMask(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                                  "",
		"order 4711, 12 pieces":             "order 4711, 12 pieces",
		"card 4111111111111111 ok":          "card ************1111 ok",
		"4111 1111-1111 1111,5":             "**** ****-**** 1111,5",
		"a4012888888881881b378282246310005": "a************1881b***********0005",
		"4111111111111112":                  "4111111111111112",
	} {
		if got := Mask(in); got != want {
			t.Errorf("Mask(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzMask(f *testing.F) {
	f.Add("card 4111 1111 1111 1111 4012888888881881")
	f.Add("0-0 00000000000000000000000000")
	f.Fuzz(func(t *testing.T, s string) {
		m := Mask(s)
		if len(m) != len(s) {
			t.Fatalf("Mask changed the length of %q to %q", s, m)
		}
		if Found(m) {
			t.Fatalf("Mask(%q) = %q still holds a card number", s, m)
		}
	})
}
