package cli

import (
	"context"
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/edge/specimen"
	"github.com/tillpost/tillpost/internal/flow/adjust"
	"github.com/tillpost/tillpost/internal/flow/closeday"
	"github.com/tillpost/tillpost/internal/flow/journal"
	"github.com/tillpost/tillpost/internal/flow/receive"
	"github.com/tillpost/tillpost/internal/flow/refund"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/flow/shift"
	"github.com/tillpost/tillpost/internal/flow/stocktake"
	"github.com/tillpost/tillpost/internal/flow/transfer"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/check"
)

// documentTypes are what the kinds are read into, so that the page is held to their fields.
var documentTypes = map[string]any{"receipt": receipt.Receipt{}, "refund": refund.Command{}, "void": refund.Command{}, "delivery": receive.Delivery{},
	"supplier-return": receive.Return{}, "bill": receive.Bill{}, "adjustment": adjust.Adjustment{}, "count": stocktake.Count{},
	"shipment": transfer.Shipment{}, "arrival": transfer.Arrival{}, "journal": journal.Entry{}, "reversal": journal.Reversal{},
	"correction": journal.Correction{}, "shift-open": shift.Opening{}, "shift-move": shift.Movement{}, "shift-count": shift.Blind{},
	"shift-recount": shift.Blind{}, "shift-close": closingDoc{}, "bank-bag": shift.Bag{}, "bank-matched": shift.Shown{}, "day-close": closeday.Command{}}

// chapter is what docs/documents.md says of a kind.
type chapter struct {
	kind, text string
	fields     []string
	examples   []string
}

var (
	fieldRow = regexp.MustCompile("(?m)^\\| `([a-z_.]+)` \\|")
	jsonText = regexp.MustCompile("(?s)```json\n(.*?)```")
)

// chapters reads the page.
func chapters(t *testing.T) []chapter {
	t.Helper()
	page, err := os.ReadFile("../../../docs/documents.md")
	if err != nil {
		t.Fatal(err)
	}
	var out []chapter
	for _, part := range strings.Split(string(page), "\n## ")[1:] {
		title, text, _ := strings.Cut(part, "\n")
		if _, ok := posters[title]; !ok {
			continue // what all have in common
		}
		c := chapter{kind: title, text: text}
		for _, m := range fieldRow.FindAllStringSubmatch(text, -1) {
			c.fields = append(c.fields, m[1])
		}
		for _, m := range jsonText.FindAllStringSubmatch(text, -1) {
			c.examples = append(c.examples, m[1])
		}
		out = append(out, c)
	}
	return out
}

// The page has a chapter for each kind, with every field of it and no other, and begins its examples with
// the one that the command prints.
func TestDocumentsPage(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range chapters(t) {
		if seen[c.kind] {
			t.Errorf("%s has two chapters", c.kind)
		}
		seen[c.kind] = true
		var want []string
		fieldsOf(reflect.TypeOf(documentTypes[c.kind]), "", &want)
		for _, f := range want {
			if !slices.Contains(c.fields, f) && !(c.kind == "void" && strings.Contains(c.text, "`"+strings.SplitN(f, ".", 2)[0]+"`")) {
				t.Errorf("%s: the field %s is missing", c.kind, f)
			}
		}
		for _, f := range c.fields {
			if !slices.Contains(want, f) {
				t.Errorf("%s: there is no field %s", c.kind, f)
			}
		}
		example := specimen.Of(c.kind)
		if example == nil || len(c.examples) == 0 || c.examples[0] != string(example) {
			t.Errorf("%s: the first example is not edge/specimen/%[1]s.json", c.kind)
		}
	}
	for kind := range posters {
		if !seen[kind] {
			t.Errorf("docs/documents.md says nothing of %s", kind)
		}
	}
}

// fieldsOf lists the JSON fields of a document, those inside lists with a dot.
func fieldsOf(of reflect.Type, prefix string, out *[]string) {
	for i := range of.NumField() {
		f := of.Field(i)
		if f.Anonymous {
			fieldsOf(f.Type, prefix, out)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		*out = append(*out, prefix+name)
		inner := f.Type
		if inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct && !reflect.PointerTo(inner).Implements(reflect.TypeFor[json.Unmarshaler]()) &&
			!strings.Contains(inner.PkgPath(), "/base/") && inner.PkgPath() != "time" {
			fieldsOf(inner, prefix+name+".", out)
		}
	}
}

// All examples of the page, in its order, go through one set of books; twice, and the second time nothing
// changes. Afterwards the books are sound.
func TestDocumentsAreTaken(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		d, err := db.Open(ctx, dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		shopOfExamples(t, d)
		for range 2 {
			for _, c := range chapters(t) {
				for i, example := range c.examples {
					if _, err := posters[c.kind](ctx, d, []byte(example)); err != nil {
						t.Fatalf("%s, example %d: %v", c.kind, i+1, err)
					}
				}
			}
		}
		found, err := check.Run(ctx, d, "USD", nil, nil)
		if err != nil || !found.Sound() {
			t.Errorf("%v %+v", err, found.Findings)
		}
	})
}

// shopOfExamples is the shop of which the examples speak.
func shopOfExamples(t *testing.T, d *db.DB) {
	t.Helper()
	ctx := db.As(context.Background(), tester)
	for _, code := range []string{"S01", "S02"} {
		err := setup.Run(ctx, d, setup.Shop{Currency: "USD", Chart: "us", Registers: []org.Register{{Code: "R1", Name: "Till 1", Kind: org.Till}},
			Store: org.Store{Code: code, Name: "Store " + code, Zone: "America/New_York", TaxRounding: "rate"}})
		if err != nil {
			t.Fatal(err)
		}
	}
	err := d.Write(ctx, func(tx *db.Tx) error {
		if err := catalog.Introduce(tx, catalog.Item{SKU: "CUP", Name: "Red cup", Department: "Home"}, catalog.Item{SKU: "TEA", Name: "Tea", Department: "Food"}); err != nil {
			return err
		}
		return setup.TaxCode(tx, "US-PA", "Sales tax")
	})
	if err != nil {
		t.Fatal(err)
	}
}
