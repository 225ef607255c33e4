package receipt_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/domain/receipt"
)

func TestDecodeIsStrict(t *testing.T) {
	t.Parallel()
	r := full()
	good, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := receipt.Decode(good); err != nil {
		t.Fatal(err)
	}
	text := string(good)
	for name, c := range map[string]struct{ text, code string }{
		"unknown field":   {strings.Replace(text, `"store"`, `"shop"`, 1), "json_unknown_field"},
		"twice":           {strings.Replace(text, `"store":"S1"`, `"store":"S1","store":"S2"`, 1), "json_duplicate_field"},
		"capitals":        {strings.Replace(text, `"store"`, `"Store"`, 1), "json_field_name"},
		"nan":             {strings.Replace(text, `"net":1570`, `"net":NaN`, 1), "json_syntax"},
		"infinity":        {strings.Replace(text, `"net":1570`, `"net":1e999`, 1), "json_type"},
		"fraction":        {strings.Replace(text, `"net":1570`, `"net":15.70`, 1), "json_type"},
		"quantity as nan": {strings.Replace(text, `"qty":"3"`, `"qty":"NaN"`, 1), "number_syntax"},
		"huge":            {strings.Replace(text, `"qty":"3"`, `"qty":"99999999999999999999"`, 1), "number_too_large"},
		"bad id":          {strings.Replace(text, `"id":"`, `"id":"x`, 1), "bad_id"},
		"bad hash":        {strings.Replace(text, `{"id"`, `{"hash":"12","id"`, 1), "bad_hash"},
		"trailing":        {text + "{}", "json_trailing"},
		"utf8":            {strings.Replace(text, "kitchen", "kit\xffhen", 1), "json_utf8"},
		"surrogate":       {strings.Replace(text, "kitchen", `kit\ud800hen`, 1), "json_utf8"},
		"too large":       {strings.Repeat(" ", receipt.MaxBytes) + text, "json_too_large"},
		"nothing":         {"", "json_syntax"},
		"a list":          {"[]", "json_type"},
	} {
		if _, err := receipt.Decode([]byte(c.text)); fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

// Whatever comes in: no panic, and what is decoded and valid keeps its hash on the way out and in.
func FuzzDecode(f *testing.F) {
	for _, r := range []receipt.Receipt{j11(), full(), sale20()} {
		b, err := json.Marshal(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"lines":[null],"tenders":[{"foreign":{"minor":1}}]}`))
	f.Add([]byte(`{"device_time":"0000-01-01T00:00:00Z","id":""}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := receipt.Decode(text)
		if err != nil {
			return
		}
		r.Sum(nil)
		if receipt.Validate(r, now) != nil {
			return
		}
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		again, err := receipt.Decode(b)
		if err != nil || again.Sum(nil) != r.Sum(nil) {
			t.Fatalf("%v\n%s", err, b)
		}
		if r.Kind == receipt.Sale {
			if void, err := receipt.Voiding(&r, head(250)); err != nil || receipt.Validate(void, now) != nil {
				t.Fatalf("the void of a valid sale: %v, %v", err, receipt.Validate(void, now))
			}
			if _, err := receipt.Refund(&r, nil, receipt.Refundable(&r, nil)); err != nil {
				t.Fatal(err)
			}
		}
	})
}
