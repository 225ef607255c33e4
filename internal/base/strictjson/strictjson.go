// Package strictjson reads JSON from outside without the leniency of encoding/json: unknown and
// repeated fields, capitals in field names, invalid UTF-8, broken surrogate pairs, U+0000 and anything
// behind the value are faults. Two readers can then never understand one text differently, and what was
// hashed is what was sent. Faults never repeat what stood in the text: it may be a card number.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/fault"
)

// Faults of this package; the codes are part of the API.
var (
	ErrTooLarge  = fault.New(fault.Invalid, "json_too_large", "the text is longer than is read at once")
	ErrUTF8      = fault.New(fault.Invalid, "json_utf8", "the text is not valid UTF-8")
	ErrSyntax    = fault.New(fault.Invalid, "json_syntax", "this is not JSON (NaN and infinities are not either)")
	ErrType      = fault.New(fault.Invalid, "json_type", "the value has the wrong type, or does not fit it")
	ErrUnknown   = fault.New(fault.Invalid, "json_unknown_field", "there is no such field; check the spelling")
	ErrDuplicate = fault.New(fault.Invalid, "json_duplicate_field", "a field stands there twice")
	ErrKey       = fault.New(fault.Invalid, "json_field_name", "field names are written in small letters and without escapes")
	ErrZero      = fault.New(fault.Invalid, "json_zero_character", "a text holds the character U+0000 (\\u0000), which not every database keeps")
	ErrTrailing  = fault.New(fault.Invalid, "json_trailing", "something follows behind the JSON value")
)

// Decode reads the one JSON value in text into v, a pointer. limit is in bytes.
func Decode(text []byte, limit int, v any) error { return decode(text, limit, v, false) }

// decode is Decode; zeros lets U+0000 pass.
func decode(text []byte, limit int, v any, zeros bool) error {
	if len(text) > limit {
		return ErrTooLarge
	}
	if !utf8.Valid(text) {
		return ErrUTF8
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return explain(err, text, dec.InputOffset(), v)
	}
	end := int(dec.InputOffset())
	if len(bytes.TrimLeft(text[end:], " \t\r\n")) > 0 {
		return ErrTrailing.At(offset(int64(end)))
	}
	return scan(text[:end], zeros)
}

// explain turns an error of encoding/json into a fault without the text that caused it.
func explain(err error, text []byte, read int64, v any) error {
	var f *fault.Error
	if errors.As(err, &f) {
		if f.Path == "" {
			f = f.At(unfitAt(text, v, offset(read)))
		}
		return f
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return ErrSyntax.At(offset(syntax.Offset))
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return ErrSyntax.At(offset(read))
	}
	var typ *json.UnmarshalTypeError
	if errors.As(err, &typ) {
		return ErrType.At(unfitAt(text, v, offset(typ.Offset)))
	}
	if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok {
		if name = strings.Trim(name, `"`); plain(name) {
			return ErrUnknown.At(placeOf(text, v, name))
		}
		return ErrUnknown.At(offset(read))
	}
	return ErrType.At(unfitAt(text, v, offset(read)))
}

func offset(n int64) string { return fmt.Sprintf("byte %d", n) }

// plain tells whether a field name may be repeated in a message.
func plain(name string) bool {
	for i := range len(name) {
		if c := name[i]; c != '_' && (c < 'a' || c > 'z') {
			return false
		}
	}
	return name != "" && len(name) <= 40
}

// scan walks over valid JSON and finds what encoding/json lets pass.
func scan(text []byte, zeros bool) error {
	var open []level
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			open = append(open, level{object: text[i] == '{', key: text[i] == '{'})
		case '}', ']':
			open = open[:len(open)-1]
		case ',':
			top := &open[len(open)-1]
			top.key = top.object
			top.index++
		case '"':
			end, wrong := stringEnd(text, i, zeros)
			if n := len(open); wrong == nil && n > 0 && open[n-1].key {
				wrong = open[n-1].add(text[i+1 : end])
			}
			if wrong != nil {
				return wrong.At(where(open, i))
			}
			i = end
		}
	}
	return nil
}

// level is an object or array that is not closed yet.
type level struct {
	object bool
	key    bool // the next string is a field name
	index  int  // of the value in the array
	seen   []string
}

func (l *level) add(key []byte) *fault.Error {
	for _, c := range key {
		if c == '\\' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf {
			return ErrKey
		}
	}
	found := slices.Contains(l.seen, string(key))
	l.seen = append(l.seen, string(key)) // also twice: it says where
	if found {
		return ErrDuplicate
	}
	l.key = false
	return nil
}

// where is the place that the scan has come to, as lines[3].qty; a byte when field names on the way are
// none that may be repeated.
func where(open []level, at int) string {
	path := ""
	for i := range open {
		l := &open[i]
		switch {
		case !l.object:
			path += fmt.Sprintf("[%d]", l.index)
		case len(l.seen) <= l.index || !plain(l.seen[l.index]):
			return offset(int64(at))
		default:
			path = join(path, l.seen[l.index])
		}
	}
	if path == "" {
		return offset(int64(at))
	}
	return path
}

// stringEnd returns where the string that begins at i ends, and refuses half surrogate pairs, which
// encoding/json would silently replace, and U+0000 unless zeros may be there.
func stringEnd(text []byte, i int, zeros bool) (int, *fault.Error) {
	for j := i + 1; j < len(text); j++ {
		switch text[j] {
		case '"':
			return j, nil
		case '\\':
			j++
			if text[j] != 'u' {
				continue
			}
			switch n := hex4(text[j+1:]); {
			case n == 0 && !zeros:
				return 0, ErrZero
			case n >= 0xdc00 && n <= 0xdfff:
				return 0, ErrUTF8
			case n >= 0xd800 && n <= 0xdbff:
				low := text[j+5:]
				if len(low) < 6 || low[0] != '\\' || low[1] != 'u' || hex4(low[2:])>>10 != 0xdc00>>10 {
					return 0, ErrUTF8
				}
				j += 10
			default:
				j += 4
			}
		}
	}
	return len(text) - 1, nil
}

func hex4(b []byte) int {
	n := 0
	for _, c := range b[:4] {
		n <<= 4
		switch {
		case c >= '0' && c <= '9':
			n |= int(c - '0')
		default:
			n |= int(c|0x20-'a') + 10
		}
	}
	return n
}

// List splits the JSON list in text into its values, for which the same rules hold as for Decode; they
// are not read yet, and a U+0000 in one of them is found when that is.
func List(text []byte, limit int) ([]json.RawMessage, error) {
	var list []json.RawMessage
	if err := decode(text, limit, &list, true); err != nil {
		return nil, err
	}
	return list, nil
}
