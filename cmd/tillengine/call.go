// Command tillengine is the shop's engine for the register: prices, promotions, taxes, receipts,
// refunds and the hash chain, the same code as in the server. Compiled with GOOS=js GOARCH=wasm it
// gives the page an object tillengine with one function, call(name, json) -> json. Compiled for any
// other system it answers one call from the command line, so that programs in any language can use it.
//
// An answer is {"result": …} or {"fault": {"kind", "code", "message", "path"}}. The engine has no
// clock, no files and no network: the same call gives the same bytes, everywhere. Only books that
// were given with "load" are kept between calls.
package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/strictjson"
	"github.com/tillpost/tillpost/internal/domain/pricing"
)

// Limits on calls.
const (
	maxInput = 16 << 20  // a receipt of 5,000 lines with its refunds is about 10 MB
	maxBook  = 256 << 20 // a price book of a million items
	maxBooks = 8         // books kept at once: today's, tomorrow's, and a few price zones
)

// version is set by the release build.
var version = "dev"

// engine answers calls. It is not safe for concurrent use: a page has one thread.
type engine struct {
	books map[string]*pricing.Rules
}

func newEngine() *engine { return &engine{books: map[string]*pricing.Rules{}} }

// call answers one call. It never fails otherwise than with a fault in the answer.
func (e *engine) call(name string, input []byte) (answer []byte) {
	defer func() {
		if p := recover(); p != nil {
			answer = encode(nil, errCode)
		}
	}()
	f, ok := calls[name]
	if !ok {
		return encode(nil, errCall)
	}
	result, err := f(e, input)
	return encode(result, err)
}

// encode writes the answer.
func encode(result any, err error) []byte {
	var a struct {
		Result any       `json:"result,omitempty"`
		Fault  *faultOut `json:"fault,omitempty"`
	}
	if err != nil {
		a.Fault = describe(err)
	} else {
		a.Result = result
	}
	b, err := json.Marshal(a)
	if err != nil { // a result that JSON cannot hold, such as the year 10000
		a.Result, a.Fault = nil, describe(errCode)
		b, _ = json.Marshal(a)
	}
	return b
}

type faultOut struct {
	Kind    string `json:"kind"`
	Code    string `json:"code"`
	Message string `json:"message"`
	Path    string `json:"path,omitempty"`
}

func describe(err error) *faultOut {
	var f *fault.Error
	if !errors.As(err, &f) {
		f = errCode
	}
	return &faultOut{Kind: f.Kind.String(), Code: f.Code, Message: f.Message, Path: f.Path}
}

// calls maps names to what they do.
var calls = map[string]func(*engine, []byte) (any, error){
	"version": func(*engine, []byte) (any, error) {
		return versionOut{Engine: "tillpost", Version: version, Canonical: 1}, nil
	},
	"load":     load,
	"quote":    quote,
	"barcode":  barcode,
	"build":    build,
	"refund":   refund,
	"void":     void,
	"validate": validate,
	"seal":     seal,
	"verify":   verify,
	"tax":      computeTax,
	"share":    share,
	"cash":     cash,
}

type versionOut struct {
	Engine    string `json:"engine"`
	Version   string `json:"version"`
	Canonical int    `json:"canonical"` // version of the hashed form of receipts
}

// read decodes the input of a call.
func read[T any](input []byte, limit int) (T, error) {
	var v T
	err := strictjson.Decode(input, limit, &v)
	return v, err
}

// under points a fault at the part of the input that it is about.
func under(err error, part string) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	if f.Path != "" {
		part = fmt.Sprintf("%s.%s", part, f.Path)
	}
	return f.At(part)
}
