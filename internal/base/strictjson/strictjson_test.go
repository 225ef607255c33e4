package strictjson_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/base/strictjson"
)

type doc struct {
	Name string    `json:"name"`
	Qty  qty.Qty   `json:"qty"`
	N    int64     `json:"n"`
	At   time.Time `json:"at,omitzero"`
	Sub  []doc     `json:"sub,omitempty"`
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"name":"a","qty":"1.5","n":3,"sub":[{"name":"b"},{"name":"c"}]} ` + "\n": "",
		`{"name":"\ud83d\ude00 \"x\" \\"}`:                                         "",
		`{"name":"a","name":"b"}`:                                                  "json_duplicate_field",
		`{"sub":[{"n":1},{"n":2,"n":3}]}`:                                          "json_duplicate_field",
		`{"Name":"a"}`:                                                             "json_field_name",
		`{"\u006eame":"a"}`:                                                        "json_field_name",
		`{"price":1}`:                                                              "json_unknown_field",
		`{"4111111111111111":1}`:                                                   "json_unknown_field",
		`{"n":NaN}`:                                                                "json_syntax",
		`{"n":1.5}`:                                                                "json_type",
		`{"n":4111111111111111111111}`:                                             "json_type",
		`{"qty":1e5}`:                                                              "number_syntax",
		`{"qty":"0.1234567"}`:                                                      "number_too_precise",
		`{"at":"4111111111111111"}`:                                                "json_type",
		`{"n":1} {"n":2}`:                                                          "json_trailing",
		`{"n":1}x`:                                                                 "json_trailing",
		`{"n":1`:                                                                   "json_syntax",
		``:                                                                         "json_syntax",
		"{\"name\":\"\xff\"}":                                                      "json_utf8",
		`{"name":"\ud800"}`:                                                        "json_utf8",
		`{"name":"\ude00\ud83d"}`:                                                  "json_utf8",
		`{"name":"` + strings.Repeat("x", 1000) + `"}`:         "json_too_large",
		`{"name":"a{b\"c","sub":[{"name":"{\"n\":1,\"n\":"}]}`: "",
	} {
		var d doc
		err := strictjson.Decode([]byte(text), 500, &d)
		if fault.CodeOf(err) != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "4111") {
			t.Errorf("%s: the fault repeats it: %v", text, err)
		}
	}
}

// What is accepted means the same to encoding/json after a round trip.
func FuzzDecode(f *testing.F) {
	f.Add(`{"name":"a","qty":"1.5","n":3,"sub":[{"name":"b"}]}`)
	f.Add(`{"name":"\ud83d\ude00"}`)
	f.Add(`[{"n":1,"n":2}]`)
	f.Fuzz(func(t *testing.T, text string) {
		var d, again doc
		if strictjson.Decode([]byte(text), 1<<16, &d) != nil {
			return
		}
		b, err := json.Marshal(d)
		if err != nil {
			return // a year beyond 9999
		}
		if err := strictjson.Decode(b, 1<<20, &again); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
	})
}
