package httpapi_test

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// Each edit leaves one row in the log of changes, in the name of the key; the same again leaves none.
func TestEditsAreLogged(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		s.put("/v1/price-lists/standard", `{}`).want(http.StatusCreated)
		for _, c := range []struct{ path, body, log string }{
			{"/v1/items/A", `{"name": "Apple"}`, "item.changed A"},
			{"/v1/items/B", `{"name": "Bear", "retired": true}`, "item.changed B"},
			{"/v1/stores/01", `{"name": "Main", "zone": "Europe/Vienna", "prices_include_tax": true, "tax_rounding": "line"}`, "store.changed 01"},
			{"/v1/stores/01/registers/R1", `{"name": "Front"}`, "register.changed 01/R1"},
			{"/v1/stores/01/drawers/D1", `{"name": "Front"}`, "drawer.changed 01/D1"},
			{"/v1/tender-types/card", `{"name": "Cards", "kind": "card"}`, "tender_type.changed card"},
			{"/v1/tender-types/points", `{"name": "Points", "kind": "loyalty"}`, "tender_type.changed points"},
			{"/v1/price-lists/standard", `{"name": "Shelf"}`, "price_list.changed standard"},
			{"/v1/price-lists/standard/prices/A", `{"price": "1"}`, "price.changed standard/A"},
			{"/v1/barcodes/9520000000011", `{"sku": "A"}`, "barcode.changed 9520000000011"},
			{"/v1/promotions/P", `{"name": "P", "scheme": "discount", "benefit": {"rate": "0.1"}}`, "promotion.changed P"},
			{"/v1/barcode-formats/F", `{"pattern": "21IIIIIWWWWWC", "decimals": 3}`, "barcode_format.changed F"},
			{"/v1/taxes/GB/standard/2031-01-01", `{"source": "a law", "components": []}`, "tax.changed GB/standard/2031-01-01"},
			{"DELETE /v1/price-lists/standard/prices/A", "", "price.changed standard/A"},
			{"DELETE /v1/barcodes/9520000000011", "", "barcode.changed 9520000000011"},
			{"DELETE /v1/promotions/P", "", "promotion.changed P"},
		} {
			before := len(s.log())
			if path, ok := strings.CutPrefix(c.path, "DELETE "); ok {
				s.remove(path).want(http.StatusOK)
			} else {
				s.put(c.path, c.body)
				s.put(c.path, c.body).want(http.StatusOK)
			}
			if got := s.log()[before:]; len(got) != 1 || got[0].Actor != "key:all" || string(got[0].Topic)+" "+got[0].Subject != c.log {
				t.Errorf("%s: %+v, want %s", c.path, got, c.log)
			}
		}
	})
}

// log is all that was changed so far.
func (s *server) log() (out []outbox.Change) {
	s.t.Helper()
	err := s.d.Read(ctx, func(v *db.View) (err error) {
		out, _, err = outbox.Since(v, 0, 0, outbox.Filter{})
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// Of many edits of what all have read, one wins, also when they share a commit.
func TestOneEditWins(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		for path, body := range map[string]string{
			"/v1/items/A":                       `{"name": "NAME"}`,
			"/v1/stores/01/drawers/D1":          `{"name": "NAME"}`,
			"/v1/tender-types/card":             `{"name": "NAME", "kind": "card"}`,
			"/v1/price-lists/standard":          `{"name": "NAME"}`,
			"/v1/price-lists/standard/prices/A": `{"price": "NAME"}`,
			"/v1/barcodes/9520000000011":        `{"sku": "A", "qty": "NAME"}`,
			"/v1/promotions/P":                  `{"name": "NAME", "scheme": "discount", "benefit": {"rate": "0.1"}}`,
			"/v1/barcode-formats/F":             `{"pattern": "21IIIIIWWWWWC", "decimals": NAME}`,
			"/v1/taxes/GB/standard/2031-01-01":  `{"source": "law NAME", "components": []}`,
			"/v1/stores/01/registers/WEB":       `{"name": "NAME", "kind": "import"}`,
		} {
			if strings.Contains(path, "/prices/") {
				s.put("/v1/price-lists/standard", `{}`)
			}
			s.put(path, strings.ReplaceAll(body, "NAME", "1"))
			read := http.Header{"If-Match": {s.get(path).want(http.StatusOK).Header.Get("ETag")}}
			answers := make([]answer, 8)
			var group sync.WaitGroup
			for i := range answers {
				group.Go(func() {
					answers[i] = s.do(call{Method: "PUT", Path: path, Body: strings.ReplaceAll(body, "NAME", strconv.Itoa(2+i%3)), Header: read})
				})
			}
			group.Wait()
			won := 0
			for _, a := range answers {
				switch a.Status {
				case http.StatusOK:
					won++
				default:
					a.problem(http.StatusPreconditionFailed, "precondition")
				}
			}
			if won != 1 {
				t.Errorf("%s: %d edits won", path, won)
			}
		}
	})
}
