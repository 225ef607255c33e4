package httpapi_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/flow/shoptest"
)

// badReceipts are a good receipt as text with something wrong in it, by the code of the answer.
func badReceipts(good string) map[string]string {
	const amount, day = `"extended":999`, `"business_day":"` + shoptest.Today + `"`
	swap := func(old, with string) string {
		if !strings.Contains(good, old) {
			panic("the receipt has no " + old)
		}
		return strings.Replace(good, old, with, 1)
	}
	line := good[strings.Index(good, `"lines":[`)+len(`"lines":[`) : strings.Index(good, `],"tenders"`)]
	return map[string]string{
		"json_syntax":            swap(amount, `"extended":NaN`),
		"json_type":              swap(amount, `"extended":1e300`),
		"amount_too_large":       swap(`"tenders":[{"type":"cash","amount":`, `"tenders":[{"type":"cash","amount":9000000000000`),
		"number_too_large":       swap(`"qty":"1"`, `"qty":"99999999999999999999"`),
		"number_syntax":          swap(`"qty":"1"`, `"qty":"NaN"`),
		"too_many_lines":         swap(line, line+strings.Repeat(","+line, 9_999)),
		"device_time_future":     swap(`"device_time":"20`, `"device_time":"22`),
		"business_day":           swap(day, `"business_day":"2026-02-30"`),
		"json_utf8":              swap(`"name":"`, "\"name\":\"caf\xe9"),
		"text_control_character": swap(`"name":"`, `"name":"\u0001`),
		"json_zero_character":    swap(`"name":"`, `"name":"\u0000`),
		"card_number":            swap(`"name":"`, `"name":"4111 1111 1111 1111 `),
		"json_unknown_field":     swap(`"store"`, `"shop":1,"store"`),
		"json_duplicate_field":   swap(`"store"`, `"store":"02","store"`),
		"bad_id":                 swap(`"id":"`, `"id":"x`),
	}
}

// What no shop can have meant is refused with a clear answer; nothing of it is written, and a card number is
// neither repeated nor logged.
func TestBadReceipts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		s.post("/v1/receipts", s.one("01", 1)).want(http.StatusCreated)
		before := len(s.log())
		r := s.one("01", 1)
		for code, text := range badReceipts(string(bodyOf(t, r))) {
			a := s.post("/v1/receipts", text).problem(http.StatusUnprocessableEntity, code)
			if bytes.Contains(a.Body, []byte("4111")) {
				t.Errorf("%s repeats it: %s", code, a.Body)
			}
		}
		if n := len(s.log()); n != before {
			t.Errorf("%d changes were written", n-before)
		}
		if strings.Contains(s.logged.String(), "4111") {
			t.Errorf("logged: %s", s.logged.String())
		}
		s.sound()
		s.post("/v1/receipts", r).want(http.StatusCreated)
	})
}
