package org

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/base/pan"
)

// CodeMost bounds a code: account codes are built of two of them and a currency.
const CodeMost = 24

// nameMost bounds a name: more does not fit on a receipt or a report.
const nameMost = 100

// CheckCode tells whether text can be a store's, register's or drawer's code.
func CheckCode(text string) error {
	if text == "" || len(text) > CodeMost || !alphanumeric(text[0]) || !alphanumeric(text[len(text)-1]) {
		return ErrCode
	}
	for i := range len(text) {
		if c := text[i]; !alphanumeric(c) && c != '.' && c != '-' && c != '_' {
			return ErrCode
		}
	}
	if pan.Found(text) {
		return ErrCode
	}
	return nil
}

// CodeOf makes a code of any text, for stores and registers that an outside file calls by name. Text
// that is a code already stays as it is; other text is shortened and gets a mark made from the whole
// of it, so that two names never share a code.
func CodeOf(text string) string {
	if CheckCode(text) == nil {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf && alphanumeric(byte(r)):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() == CodeMost-7 {
			break
		}
	}
	sum := sha256.Sum256([]byte(text))
	mark := hex.EncodeToString(sum[:3])
	if kept := strings.Trim(b.String(), "-"); kept != "" {
		return kept + "-" + mark
	}
	return mark
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func checkName(s string) error {
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > nameMost || strings.ContainsFunc(s, unicode.IsControl) || pan.Found(s) {
		return ErrName
	}
	return nil
}
