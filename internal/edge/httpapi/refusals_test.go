package httpapi_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/edge/httpapi"
	"github.com/tillpost/tillpost/internal/flow/shoptest"
)

// told is the problem that an answer holds.
func (a answer) told() (p httpapi.Problem) {
	a.t.Helper()
	if err := json.Unmarshal(a.Body, &p); err != nil {
		a.t.Fatalf("%v: %s", err, a.Body)
	}
	return p
}

// A body that is too long or compressed is answered with the status that HTTP has for it.
func TestBodiesThatAreNotRead(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		long := strings.Repeat(" ", receipt.MaxBytes) + string(bodyOf(t, s.one("01", 1)))
		s.post("/v1/receipts", long).problem(http.StatusRequestEntityTooLarge, "json_too_large")
		s.put("/v1/stores/01", long).problem(http.StatusRequestEntityTooLarge, "body_too_large")
		for coding, status := range map[string]int{"gzip": 415, "identity, br": 415, "Identity": 201, "": 201} {
			a := s.do(call{Method: "POST", Path: "/v1/receipts", Body: s.one("01", 1), Header: http.Header{"Content-Encoding": {coding}}})
			if status == http.StatusCreated {
				a.want(status)
				continue
			}
			if a.problem(status, "content_encoding"); a.Header.Get("Accept-Encoding") != "identity" || !strings.Contains(a.told().Detail, "send it uncompressed") {
				t.Errorf("%s: %v %s", coding, a.Header, a.Body)
			}
		}
	})
}

// Who may not do something hears what scope it takes, and nothing of the shop.
func TestMissingScopeIsNamed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		key := s.newKey("till", []string{"sales:read", "keys:write"})
		for _, c := range []struct{ path, body, want string }{
			{"/v1/receipts", `{}`, "it needs sales:write"},
			{"/v1/quotes", `{}`, "it needs sales:write or catalogue:read"},
			{"/v1/keys", `{"name": "x", "scopes": ["books:read"]}`, "it needs books:read"},
		} {
			a := s.do(call{Key: key, Method: "POST", Path: c.path, Body: c.body}).problem(http.StatusForbidden, "scope_missing")
			if !strings.HasSuffix(a.told().Detail, ": "+c.want) {
				t.Errorf("%s: %s", c.path, a.Body)
			}
		}
	})
}

// A parameter that is named twice, unknown or not readable is refused: nothing of a question is ignored.
func TestParameters(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		for query, want := range map[string][2]string{
			"limit=1&limit=1":  {"parameter_repeated", "query.limit"},
			"limit=1&limit=2":  {"parameter_repeated", "query.limit"},
			"colour=red":       {"parameter", "query.colour"},
			"limit=%zz":        {"parameter", ""},
			"limit=1;cursor=x": {"parameter", ""},
		} {
			if p := s.get("/v1/stores?"+query).problem(http.StatusBadRequest, want[0]).told(); p.Place != want[1] {
				t.Errorf("%s: %+v", query, p)
			}
		}
		s.get("/v1/changes?topic=sale.completed&topic=sale.voided").problem(http.StatusBadRequest, "parameter_repeated")
	})
}

// A value that cannot be read is named by its place in the document.
func TestPlaceOfValues(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		good := string(bodyOf(t, s.one("01", 1)))
		for _, c := range []struct{ old, with, code, place string }{
			{`"qty":"1"`, `"qty":"NaN"`, "number_syntax", "lines[0].qty"},
			{`"id":"`, `"id":"x`, "bad_id", "id"},
			{`"extended":999`, `"extended":true`, "json_type", "lines[0].extended"},
			{`"tenders":[`, `"tenders":[{"amount":"1"},`, "json_type", "tenders[0].amount"},
		} {
			text := strings.Replace(good, c.old, c.with, 1)
			if p := s.post("/v1/receipts", text).problem(http.StatusUnprocessableEntity, c.code).told(); p.Place != c.place {
				t.Errorf("%s: %+v", c.with, p)
			}
		}
	})
}

// What is unknown is named by the field that it stands in; the name itself is for people.
func TestPlaceOfNames(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		unknown := func(a answer, code, place, name string) {
			t.Helper()
			if p := a.problem(http.StatusNotFound, code).told(); p.Place != place || !strings.HasSuffix(p.Detail, `: "`+name+`"`) {
				t.Errorf("%+v", p)
			}
		}
		unknown(s.get("/v1/stores/99"), "store_unknown", "store", "99")
		unknown(s.post("/v1/bank-deposits", `{"id": "`+s.ID().String()+`", "store": "99", "amount": 1}`), "store_unknown", "store", "99")
		unknown(s.get("/v1/stores/01/registers/R7"), "register_unknown", "register", "01/R7")
		unknown(s.get("/v1/items/Z"), "catalog_no_item", "sku", "Z")
		unknown(s.get("/v1/tender-types/x"), "tender_unknown", "tender", "x")
		unknown(s.get("/v1/accounts/8888"), "account_unknown", "account", "8888")
		unknown(s.get("/v1/stock-levels/01/4111111111111111"), "stock_item_unknown", "item", "************1111")
	})
}

// A document that lacks several fields is told of all of them at once.
func TestMissingFields(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		for _, c := range []struct{ method, path, body, code, want string }{
			{"PUT", "/v1/stores/05", `{}`, "org_zone", "zone org_zone, name field_missing, tax_rounding field_missing"},
			{"PUT", "/v1/stores/05", `{"zone": "Mars/Base", "tax_rounding": "line"}`, "org_zone", "zone org_zone, name field_missing"},
			{"PUT", "/v1/stores/05", `{"name": "x", "zone": "UTC", "tax_rounding": "often"}`, "org_tax_rounding", ""},
			{"PUT", "/v1/items/Z", `{"kind": "toaster"}`, "catalog_kind", "kind catalog_kind, name field_missing"},
			{"PUT", "/v1/items/Z", `{"department": "Home"}`, "field_missing", ""},
			{"POST", "/v1/keys", `{}`, "key_without_scopes", "scopes key_without_scopes, name field_missing"},
		} {
			p := s.do(call{Method: c.method, Path: c.path, Body: c.body}).problem(http.StatusUnprocessableEntity, c.code).told()
			var got []string
			for _, w := range p.Errors {
				got = append(got, w.Place+" "+w.Code)
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("%s %s: %v, want %s", c.path, c.body, got, c.want)
			}
		}
	})
}

// A refusal says what is wrong, in words that fit what was sent and that a client can follow.
func TestSentences(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		good := string(bodyOf(t, s.one("01", 1)))
		s.put("/v1/price-lists/retail", `{}`).want(http.StatusCreated)
		for _, c := range []struct {
			call
			status           int
			code, place, say string
		}{
			{call{Method: "POST", Path: "/v1/quotes", Body: `{"store": "01", "entries": [{"item": "A", "qty": "0"}]}`}, 422, "entry_qty_missing", "entries[0].qty", "missing or zero"},
			{call{Method: "POST", Path: "/v1/receipts", Body: strings.Replace(good, shoptest.Today, "2026-13-01", 1)}, 422, "business_day", "business_day", "is not a date"},
			{call{Method: "POST", Path: "/v1/receipts", Body: "null"}, 422, "body_missing", "", "or null"},
			{call{Method: "PUT", Path: "/v1/stores/01", Body: " null\n"}, 422, "body_missing", "", "or null"},
			{call{Method: "PUT", Path: "/v1/stores/07", Body: `{"name": "x", "zone": "UTC", "tax_rounding": "line"}`, Header: http.Header{"If-Match": {"*"}}}, 412, "precondition", "header.If-Match", "nothing is there"},
			{call{Method: "PUT", Path: "/v1/price-lists/retail", Body: `{}`, Header: http.Header{"If-None-Match": {"*"}}}, 412, "precondition", "header.If-None-Match", "it is there already"},
			{call{Method: "PUT", Path: "/v1/price-lists/retail", Body: `{}`, Header: http.Header{"If-Match": {`"old"`}}}, 412, "precondition", "header.If-Match", "somebody has changed it"},
			{call{Method: "PUT", Path: "/v1/price-lists/retail/prices/A", Body: `{"price": 2.55}`}, 422, "json_type", "price", "wrong type"},
			{call{Method: "GET", Path: "/v1/changes?topic=x"}, 422, "topic_unknown", "topic", "GET /v1/topics"},
			{call{Method: "GET", Path: "/v1/tender-types/x"}, 404, "tender_unknown", "tender", "GET /v1/tender-types"},
		} {
			if p := s.do(c.call).problem(c.status, c.code).told(); p.Place != c.place || !strings.Contains(p.Detail, c.say) {
				t.Errorf("%s %s %v: %+v", c.Method, c.Path, c.Body, p)
			}
		}
	})
}
