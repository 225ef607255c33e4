// Package strictjson reads JSON from outside without the leniency of encoding/json: unknown and
// repeated fields, capitals in field names, invalid UTF-8, broken surrogate pairs and anything behind
// the value are faults. Two readers can then never understand one text differently, and what was
// hashed is what was sent. Faults never repeat what stood in the text: it may be a card number.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	ErrTrailing  = fault.New(fault.Invalid, "json_trailing", "something follows behind the JSON value")
)

// Decode reads the one JSON value in text into v, a pointer. limit is in bytes.
func Decode(text []byte, limit int, v any) error {
	if len(text) > limit {
		return ErrTooLarge
	}
	if !utf8.Valid(text) {
		return ErrUTF8
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return explain(err, dec.InputOffset())
	}
	end := int(dec.InputOffset())
	if len(bytes.TrimLeft(text[end:], " \t\r\n")) > 0 {
		return ErrTrailing.At(offset(int64(end)))
	}
	return scan(text[:end])
}

// explain turns an error of encoding/json into a fault without the text that caused it.
func explain(err error, read int64) error {
	var f *fault.Error
	if errors.As(err, &f) {
		if f.Path == "" {
			f = f.At(offset(read))
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
		if typ.Field != "" {
			return ErrType.At(typ.Field)
		}
		return ErrType.At(offset(typ.Offset))
	}
	if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok {
		if name = strings.Trim(name, `"`); plain(name) {
			return ErrUnknown.At(name)
		}
		return ErrUnknown.At(offset(read))
	}
	return ErrType.At(offset(read))
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
func scan(text []byte) error {
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
		case '"':
			end, err := stringEnd(text, i)
			if err != nil {
				return err
			}
			if n := len(open); n > 0 && open[n-1].key {
				if err := open[n-1].add(text[i+1 : end]); err != nil {
					return err.At(offset(int64(i)))
				}
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
	seen   []string
}

func (l *level) add(key []byte) *fault.Error {
	for _, c := range key {
		if c == '\\' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf {
			return ErrKey
		}
	}
	for _, s := range l.seen {
		if s == string(key) {
			return ErrDuplicate
		}
	}
	l.seen = append(l.seen, string(key))
	l.key = false
	return nil
}

// stringEnd returns where the string that begins at i ends, and refuses half surrogate pairs, which
// encoding/json would silently replace.
func stringEnd(text []byte, i int) (int, error) {
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
			case n >= 0xdc00 && n <= 0xdfff:
				return 0, ErrUTF8.At(offset(int64(j)))
			case n >= 0xd800 && n <= 0xdbff:
				low := text[j+5:]
				if len(low) < 6 || low[0] != '\\' || low[1] != 'u' || hex4(low[2:])>>10 != 0xdc00>>10 {
					return 0, ErrUTF8.At(offset(int64(j)))
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
// are not read yet.
func List(text []byte, limit int) ([]json.RawMessage, error) {
	var list []json.RawMessage
	if err := Decode(text, limit, &list); err != nil {
		return nil, err
	}
	return list, nil
}
