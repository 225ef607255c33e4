package strictjson_test

import (
	"encoding/json"
	"errors"
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
		`{"name":"a\u0000"}`:                                                       "json_zero_character",
		`{"name":"\\u0000"}`:                                                       "",
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

// part has fields of its own, and of what it embeds.
type part struct {
	doc
	Parts  []*part         `json:"parts"`
	Named  map[string]part `json:"named"`
	Any    any             `json:"any"`
	Hidden int             `json:"-"`
}

// A fault says where in the document it is, as far as that repeats no more than names of fields.
func TestPlace(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"colour":1}`: "colour",
		`{"parts":[{"any":{"colour":1}},{"sub":[{"n":1},{"n":2,"colour":1}]}],"colour":2}`: "parts[1].sub[1].colour",
		`{"parts":[{"parts":null},{"n":1,"parts":[{"hidden":1}]}]}`:                        "parts[1].parts[0].hidden",
		`{"sub":[{"n":1,"parts":[]}],"parts":[]}`:                                          "sub[0].parts",
		`{"named":{"a":{"colour":1}}}`:                                                     "named.a.colour",
		`{"named":{"4111111111111111":{"colour":1}}}`:                                      "colour",
		`{"n":1,"parts":[{"n":1},{"qty":"1","n":2,"n":3}]}`:                                "parts[1].n",
		`{"parts":[{"name":"a"},{"sub":[{"name":"a\u0000"}]}]}`:                            "parts[1].sub[0].name",
		`{"named":{"4111111111111111":{"name":"\u0000"}}}`:                                 "byte 37",
		`{"any":["a","\ud800"]}`:                                                           "any[1]",
		`{"any":{"\u0061":1}}`:                                                             "byte 8",
		// A value that does not fit.
		`{"sub":[{"qty":"1"},{"qty":"1,5"}],"qty":"x"}`:               "sub[1].qty",
		`{"parts":[{"n":1},{"sub":[{"n":1.5}]}]}`:                     "parts[1].sub[0].n",
		`{"parts":[null,{"sub":{"n":1}}]}`:                            "parts[1].sub",
		`{"parts":["4111111111111111"]}`:                              "parts[0]",
		`{"parts":[{"at":"4111111111111111"}]}`:                       "parts[0].at",
		`{"any":[{"qty":"x"}],"named":null,"sub":[{},{"name":true}]}`: "sub[1].name",
		`{"named":{"a":{"qty":null}}}`:                                "named.a.qty",
		`{"named":{"4111111111111111":{"n":"1"}}}`:                    "byte 37",
		`{"named":[]}`: "named",
		`[]`:           "byte 1",
	} {
		var d part
		var f *fault.Error
		err := strictjson.Decode([]byte(text), 500, &d)
		if !errors.As(err, &f) || f.Path != want {
			t.Errorf("%s: %v, want the place %s", text, err, want)
		}
	}
	if _, err := strictjson.List([]byte(`[{"name":"\u0000"},{}]`), 500); err != nil {
		t.Errorf("a list is refused for one of its values: %v", err)
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
