package tabular

import (
	"strings"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/domain/receipt"
)

// maxWords is how many different texts are remembered at once. A shop's names and codes repeat on
// thousands of rows; ids do not, and must not fill the memory.
const maxWords = 50_000

// maxText is how many bytes of a text are kept. What is longer is a note that no receipt prints.
const maxText = 1000

// interner gives equal texts one string.
type interner struct {
	seen map[string]string
	odd  bool // a text was not UTF-8
}

// get returns b as a string. Text that is not UTF-8 is read as Windows-1252, which is what the old
// programs that still write it mean.
func (w *interner) get(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if len(b) > maxText {
		b = b[:maxText]
	}
	if s, ok := w.seen[string(b)]; ok {
		return s
	}
	if len(w.seen) >= maxWords {
		clear(w.seen)
	}
	key := string(b)
	s := key
	if !utf8.ValidString(s) && !cutOff(b) {
		s = windows1252(b)
		w.odd = true
	}
	s = receipt.Clean(s, maxText)
	w.seen[key] = s
	return s
}

// cutOff tells whether only the last letter of a shortened text is not whole.
func cutOff(b []byte) bool {
	if len(b) < maxText {
		return false
	}
	n := len(b) - 1
	for n > len(b)-utf8.UTFMax && !utf8.RuneStart(b[n]) {
		n--
	}
	return utf8.Valid(b[:n])
}

// short is a text short enough for a code: an item, a store, a tax, a number.
func short(s string) string { return upTo(s, receipt.MaxCode) }

// upTo cuts a text from outside between two letters.
func upTo(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return receipt.Clean(s, limit)
}

// high are the characters of Windows-1252 from 0x80 to 0x9F.
var high = []rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ")

func windows1252(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		switch {
		case c >= 0x80 && c < 0xA0:
			s.WriteRune(high[c-0x80])
		default:
			s.WriteRune(rune(c))
		}
	}
	return s.String()
}
