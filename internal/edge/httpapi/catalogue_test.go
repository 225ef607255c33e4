package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/edge/httpapi"
	"github.com/tillpost/tillpost/internal/flow/catalogue"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

const entryGB = `"source": "a law made up", "components": [{"code": "GB-VAT-21", "name": "VAT 21 %", "rate": "0.21", "included": true}]`

// Each thing of the catalogue can be made, read, replaced with If-Match, and listed.
func TestCatalogueEdits(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		s.puts("/v1/items/TEA%2F1", `{"name": "Tea", "department": "food", "tags": ["hot"], "cost": "0.40", "attached": [{"sku": "C"}]}`,
			`{"sku": "TEA/1", "name": "Green tea", "department": "food", "reorder_point": "2", "reorder_to": "10", "retired": true}`)
		s.puts("/v1/barcodes/9520000000011", `{"sku": "A"}`, `{"sku": "A", "qty": "12"}`)
		s.puts("/v1/barcodes/SHELF-7", `{"sku": "B", "own": true}`, `{"code": "SHELF-7", "sku": "B", "qty": "2"}`)
		s.puts("/v1/barcode-formats/scale%20weight", `{"pattern": "21IIIIIWWWWWC", "decimals": 3}`, `{"pattern": "21IIIIIWWWWWC", "decimals": 3, "retired": true}`)
		s.puts("/v1/price-lists/standard", `{"name": "Shelf"}`, `{"code": "standard", "name": "Shelf prices", "priority": 2}`)
		s.puts("/v1/price-lists/standard/prices/A", `{"price": "1.50"}`, `{"list": "standard", "sku": "A", "price": "1.60"}`)
		s.puts("/v1/price-lists/standard/prices/A?since=2026-06-01", `{"price": "2"}`, `{"since": "2026-06-01", "price": "2.10"}`)
		s.puts("/v1/promotions/TENTH", `{"name": "A tenth off", "scheme": "discount", "benefit": {"rate": "0.1"}}`,
			`{"code": "TENTH", "name": "A fifth off", "scheme": "discount", "match": {"departments": ["food"]}, "benefit": {"rate": "0.2"}}`)
		s.puts("/v1/taxes/GB/standard/2031-01-01", `{`+entryGB+`}`, `{"category": "standard", "until": "2031-12-31", `+entryGB+`}`)
		var it httpapi.ItemDetail
		s.get("/v1/items/A").want(http.StatusOK).into(&it)
		if len(it.Barcodes) != 1 || it.Barcodes[0].Qty.String() != "12" || len(it.Prices) != 2 || it.Prices[1].Price.String() != "2.10" {
			t.Errorf("%+v", it)
		}
		for path, want := range map[string]string{"/v1/barcodes?/code": "9520000000011 SHELF-7", "/v1/barcodes?sku=B&/code": "SHELF-7", "/v1/barcode-formats?/name": "scale weight",
			"/v1/price-lists?/code": "standard", "/v1/price-lists/standard/prices?/price": "1.60 2.10", "/v1/promotions?/name": "A fifth off", "/v1/taxes?/until": "2031-12-31",
			"/v1/taxes?jurisdiction=US&/until": ""} {
			i := strings.LastIndexByte(path, '/')
			if got := strings.Join(s.all(path[:i], path[i+1:], "1"), " "); got != want {
				t.Errorf("%s: %s, want %s", path, got, want)
			}
		}
		s.sound()
	})
}

func (s *server) remove(path string) answer {
	s.t.Helper()
	return s.do(call{Method: "DELETE", Path: path})
}

// Barcodes move from item to item, prices are taken back, promotions retire.
func TestCatalogueRemovals(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		s.post("/v1/catalogue", `{"barcodes": [{"code": "012345678905", "sku": "A"}], "price_lists": [{"code": "standard"}],
			"prices": [{"list": "standard", "sku": "A", "price": "1"}, {"list": "standard", "sku": "A", "since": "2026-04-01", "price": "2"}],
			"promotions": [{"code": "TENTH", "name": "A tenth off", "scheme": "discount", "benefit": {"rate": "0.1"}}]}`).want(http.StatusOK)
		s.put("/v1/barcodes/0012345678905", `{"sku": "B"}`).problem(http.StatusConflict, "catalog_barcode_taken")
		var b catalog.Barcode
		if s.get("/v1/barcodes/00012345678905").want(http.StatusOK).into(&b); b.SKU != "A" || b.Code != "012345678905" {
			t.Errorf("%+v", b)
		}
		s.remove("/v1/barcodes/012345678905").want(http.StatusOK)
		s.remove("/v1/barcodes/012345678905").problem(http.StatusNotFound, "catalog_no_barcode")
		s.put("/v1/barcodes/0012345678905", `{"sku": "B"}`).want(http.StatusCreated)

		s.remove("/v1/price-lists/standard/prices/A?since=2026-04-01").want(http.StatusOK)
		s.remove("/v1/price-lists/standard/prices/A?since=2026-04-01").problem(http.StatusNotFound, "catalog_no_price")
		s.get("/v1/price-lists/standard/prices/A").want(http.StatusOK)
		s.get("/v1/price-lists/standard/prices/A?since=2026-04-01").problem(http.StatusNotFound, "catalog_no_price")

		var p catalogue.Promotion
		if s.remove("/v1/promotions/TENTH").want(http.StatusOK).into(&p); !p.Retired {
			t.Errorf("%+v", p)
		}
		s.remove("/v1/promotions/TENTH").want(http.StatusOK)
		if s.get("/v1/promotions/TENTH").want(http.StatusOK).into(&p); !p.Retired || p.Name != "A tenth off" {
			t.Errorf("%+v", p)
		}
	})
}

func TestCatalogueRefuses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		s.put("/v1/price-lists/standard", `{}`).want(http.StatusCreated)
		for _, c := range []struct {
			path, body string
			status     int
			code       string
			place      string
		}{
			{"/v1/items/X", `{"sku": "Y", "name": "x"}`, 422, "code_differs", "sku"},
			{"/v1/items/X", `{"name": "4111 1111 1111 1111"}`, 422, "catalog_text", "name"},
			{"/v1/items/X", `{"name": "x", "kind": "toy"}`, 422, "catalog_kind", "kind"},
			{"/v1/items/X", `{"name": "x", "cost": "-1"}`, 422, "catalog_cost", "cost"},
			{"/v1/items/X", `{"name": "x", "cost": true}`, 422, "number_syntax", ""},
			{"/v1/items/%20X", `{"name": "x"}`, 422, "catalog_code", "sku"},
			{"/v1/barcodes/9520000000012", `{"sku": "A"}`, 422, "catalog_gtin", "code"},
			{"/v1/barcodes/123", `{"sku": "nothing"}`, 404, "catalog_no_item", "sku"},
			{"/v1/barcodes/123", `{"sku": "nothing\u0000"}`, 422, "json_zero_character", "sku"},
			{"/v1/barcode-formats/x", `{"pattern": "21"}`, 422, "barcode_pattern", "pattern"},
			{"/v1/price-lists/x", `{"store": "99"}`, 404, "store_unknown", "store"},
			{"/v1/price-lists/x", `{"since": "2026-02-01", "until": "2026-01-01"}`, 422, "catalog_days", "until"},
			{"/v1/price-lists/nothing/prices/A", `{"price": "1"}`, 404, "catalog_no_price_list", ""},
			{"/v1/price-lists/standard/prices/nothing", `{"price": "1"}`, 404, "catalog_no_item", "sku"},
			{"/v1/price-lists/standard/prices/A", `{"price": "-1"}`, 422, "catalog_cost", "price"},
			{"/v1/price-lists/standard/prices/A", `{"since": "2026-02-01", "price": "1"}`, 422, "code_differs", "since"},
			{"/v1/price-lists/standard/prices/A?since=soon", `{"price": "1"}`, 400, "parameter", "query.since"},
			{"/v1/promotions/X", `{"name": "x", "scheme": "discount"}`, 422, "promotion_invalid", "benefit"},
			{"/v1/taxes/GB/standard/2031-01-01", `{"components": []}`, 422, "tax_table_entry", "source"},
			{"/v1/taxes/GB/standard/soon", `{` + entryGB + `}`, 400, "parameter", "path.since"},
		} {
			a := s.put(c.path, c.body)
			var p httpapi.Problem
			if a.into(&p); a.Status != c.status || p.Code != c.code || c.place != "" && p.Place != c.place {
				t.Errorf("%s %s: %s, want %d %s %s", c.path, c.body, a.Body, c.status, c.code, c.place)
			}
		}
		for path, code := range map[string]string{"/v1/items/X": "catalog_no_item", "/v1/barcodes/1": "catalog_no_barcode", "/v1/barcode-formats/x": "catalog_no_barcode_format",
			"/v1/price-lists/x": "catalog_no_price_list", "/v1/price-lists/x/prices": "catalog_no_price_list", "/v1/price-lists/standard/prices/A": "catalog_no_price",
			"/v1/promotions/x": "catalog_no_promotion", "/v1/taxes/GB/standard/2031-01-01": "catalog_no_tax_entry"} {
			s.get(path).problem(http.StatusNotFound, code)
		}
		s.get("/v1/items?updated_since=yesterday").problem(http.StatusBadRequest, "parameter")
		s.get("/v1/catalogue?parts=items,toys").problem(http.StatusBadRequest, "parameter")
	})
}

// A key for a store reads the catalogue, and changes in it what is that store's alone.
func TestCatalogueOfAStore(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		key := s.newKey("branch", []string{"catalogue:read", "catalogue:write"}, "02")
		s.put("/v1/price-lists/standard", `{}`).want(http.StatusCreated)
		as := func(method, path, body string) answer {
			t.Helper()
			return s.do(call{Key: key, Method: method, Path: path, Body: body})
		}
		for path, body := range map[string]string{"/v1/items/A": `{"name": "x"}`, "/v1/barcodes/1": `{"sku": "A"}`, "/v1/barcode-formats/x": `{}`, "/v1/price-lists/x": `{}`,
			"/v1/price-lists/standard": `{"store": "02"}`, "/v1/price-lists/standard/prices/A": `{"price": "1"}`, "/v1/promotions/x": `{}`, "/v1/taxes/GB/x/2031-01-01": `{}`} {
			as("PUT", path, body).problem(http.StatusForbidden, "store_denied")
		}
		for _, path := range []string{"/v1/barcodes/1", "/v1/promotions/x", "/v1/price-lists/standard/prices/A"} {
			s.do(call{Key: key, Method: "DELETE", Path: path}).problem(http.StatusForbidden, "store_denied")
		}
		as("POST", "/v1/catalogue", `{}`).problem(http.StatusForbidden, "store_denied")
		as("POST", "/v1/scans", `{"store": "01", "codes": ["A"]}`).problem(http.StatusForbidden, "store_denied")
		as("PUT", "/v1/price-lists/mine", `{"store": "02"}`).want(http.StatusCreated)
		as("PUT", "/v1/price-lists/mine/prices/A", `{"price": "1"}`).want(http.StatusCreated)
		s.do(call{Key: key, Method: "GET", Path: "/v1/catalogue"}).want(http.StatusOK)
	})
}

// Items are listed by the filters, in pages that together are the whole.
func TestListItems(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		s.put("/v1/items/B", `{"name": "Bear", "department": "toys", "retired": true}`).want(http.StatusOK)
		now := url.QueryEscape(dbtest.Now.Format("2006-01-02T15:04:05Z07:00"))
		later := url.QueryEscape(dbtest.Now.AddDate(0, 0, 1).Format("2006-01-02T15:04:05Z07:00"))
		for query, want := range map[string]string{"": "A B C D E R", "department=toys&": "B D", "department=toys&active=true&": "D", "active=false&": "B",
			"updated_since=" + now + "&": "A B C D E R", "updated_since=" + later + "&": ""} {
			for _, limit := range []string{"1", "2", "500"} {
				if got := strings.Join(s.all("/v1/items?"+query, "sku", limit), " "); got != want {
					t.Errorf("%s: %s, want %s", query, got, want)
				}
			}
		}
	})
}

// The whole catalogue is taken or not at all; what is wrong is told at once; what is given out can be sent back.
func TestWholeCatalogue(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		var p httpapi.Problem
		s.post("/v1/catalogue?dry_run=true", `{"items": [{"sku": "X", "name": "x", "kind": "toy"}, {"sku": "A", "name": "a"}, {"sku": "Y", "name": "y", "cost": "-1"}]}`).
			problem(http.StatusUnprocessableEntity, "catalog_kind").into(&p)
		if len(p.Errors) != 2 || p.Errors[0].Place != "items[0].kind" || p.Errors[1] != (httpapi.Wrong{Code: "catalog_cost", Place: "items[2].cost", Detail: catalog.ErrCost.Message}) {
			t.Errorf("%+v", p)
		}
		doc := `{"items": [{"sku": "X", "name": "x"}], "barcodes": [{"code": "9520000000011", "sku": "X", "qty": "6"}], "price_lists": [{"code": "standard"}],
			"prices": [{"list": "standard", "sku": "X", "price": "1.5"}], "taxes": [{"category": "standard", "jurisdiction": "GB", "since": "2031-01-01", ` + entryGB + `}]}`
		var taken httpapi.Taken
		s.post("/v1/catalogue?dry_run=true", doc).want(http.StatusOK).into(&taken)
		if want := (httpapi.Taken{DryRun: true, Taxes: 1, Items: 1, Barcodes: 1, PriceLists: 1, Prices: 1}); taken != want {
			t.Errorf("%+v", taken)
		}
		s.get("/v1/items/X").problem(http.StatusNotFound, "catalog_no_item")
		s.post("/v1/catalogue", doc).want(http.StatusOK)
		s.get("/v1/items/X").want(http.StatusOK)
		s.post("/v1/catalogue", `{"barcodes": [{"code": "1"}, {"code": "\u0000"}]}`).problem(http.StatusUnprocessableEntity, "json_zero_character").into(&p)
		if p.Place != "barcodes[1].code" {
			t.Errorf("%+v", p)
		}
		s.post("/v1/catalogue", `{"items": [{"sku": "X"}, {"sku": "Y", "toy": true}]}`).problem(http.StatusUnprocessableEntity, "json_unknown_field").into(&p)
		if p.Place != "items[1].toy" {
			t.Errorf("%+v", p)
		}

		whole := s.get("/v1/catalogue").want(http.StatusOK)
		if !strings.HasPrefix(whole.Header.Get("Content-Type"), "application/json") {
			t.Errorf("%v", whole.Header)
		}
		s.post("/v1/catalogue", whole.Body).want(http.StatusOK)
		if again := s.get("/v1/catalogue"); string(again.Body) != string(whole.Body) {
			t.Errorf("%s, then %s", whole.Body, again.Body)
		}
		var part map[string]json.RawMessage
		s.get("/v1/catalogue?parts=items,prices").want(http.StatusOK).into(&part)
		if len(part) != 2 || part["items"] == nil || part["prices"] == nil {
			t.Errorf("%v", part)
		}
		var scanned struct {
			Store   string
			Entries []pricing.Entry
		}
		s.post("/v1/scans", `{"store": "01", "codes": ["9520000000011", "A"]}`).want(http.StatusOK).into(&scanned)
		if len(scanned.Entries) != 2 || scanned.Entries[0].Item != "X" || scanned.Entries[0].Qty.String() != "6" {
			t.Errorf("%+v", scanned)
		}
		s.post("/v1/scans", `{"store": "01", "codes": ["A", "nothing"]}`).problem(http.StatusNotFound, "barcode_unknown").into(&p)
		if p.Place != "codes[1]" {
			t.Errorf("%+v", p)
		}
	})
}

// The taxes of the program are there to be read, with their sources.
func TestTaxTables(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		all, gb := s.all("/v1/tax-tables?", "jurisdiction", "7"), s.all("/v1/tax-tables?jurisdiction=GB&category=standard&", "source", "100")
		if len(all) < 20 || !slices.IsSorted(all) || len(gb) == 0 || gb[0] == "" {
			t.Errorf("%d entries, %v", len(all), gb)
		}
		if got := s.all("/v1/tax-tables?jurisdiction=U&", "source", "100"); got != nil {
			t.Errorf("%v are not in U", got)
		}
		if got := fmt.Sprint(s.all("/v1/tax-tables?", "jurisdiction", "500")); got != fmt.Sprint(all) {
			t.Errorf("%s, then %v", got, all)
		}
	})
}
