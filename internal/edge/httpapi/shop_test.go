package httpapi_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/tillpost/tillpost/internal/edge/httpapi"
)

// all walks over the pages of a list and returns the field of its rows.
func (s *server) all(path, field string, limit string) (out []string) {
	s.t.Helper()
	for next := ""; ; {
		var p struct {
			Data []map[string]any
			Next string
		}
		s.get(path + "limit=" + limit + "&cursor=" + next).want(http.StatusOK).into(&p)
		if p.Data == nil {
			s.t.Fatalf("%s: the list is null", path)
		}
		for _, row := range p.Data {
			text, _ := row[field].(string)
			out = append(out, text)
		}
		if next = p.Next; next == "" {
			return out
		}
	}
}

// puts checks what holds for every edit: new, the same, a change in between, a code that differs from the
// address, an unknown field. body is a document and changed an edit of it.
func (s *server) puts(path, body, changed string) {
	s.t.Helper()
	only := http.Header{"If-None-Match": {"*"}}
	made := s.do(call{Method: "PUT", Path: path, Body: body, Header: only}).want(http.StatusCreated)
	s.do(call{Method: "PUT", Path: path, Body: body, Header: only}).problem(http.StatusPreconditionFailed, "precondition")
	tag := s.get(path).want(http.StatusOK).Header.Get("ETag")
	if again := s.put(path, body).want(http.StatusOK); tag == "" || tag != made.Header.Get("ETag") || string(again.Body) != string(made.Body) {
		s.t.Errorf("%s: %s %s, then %s %s", path, made.Header.Get("ETag"), made.Body, tag, again.Body)
	}
	read := http.Header{"If-Match": {tag}}
	next := s.do(call{Method: "PUT", Path: path, Body: changed, Header: read}).want(http.StatusOK)
	s.do(call{Method: "PUT", Path: path, Body: body, Header: read}).problem(http.StatusPreconditionFailed, "precondition")
	if got := s.get(path).want(http.StatusOK); string(got.Body) != string(next.Body) || got.Header.Get("ETag") == tag {
		s.t.Errorf("%s: %s, want %s", path, got.Body, next.Body)
	}
	now := http.Header{"If-None-Match": {next.Header.Get("ETag")}}
	if a := s.do(call{Method: "GET", Path: path, Header: now}); a.Status != http.StatusNotModified || len(a.Body) != 0 {
		s.t.Errorf("%s: status %d for what the caller has", path, a.Status)
	}
	s.put(path, `{"colour": "red"}`).problem(http.StatusUnprocessableEntity, "json_unknown_field")
}

// The shop, its stores and what stands in them can be read, added to and renamed, and nothing else.
func TestShop(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		var shop httpapi.Shop
		if s.get("/v1/shop").want(http.StatusOK).into(&shop); shop != (httpapi.Shop{Currency: "EUR", Chart: "eu", FiscalYearStart: "01-01"}) {
			t.Errorf("%+v", shop)
		}
		s.puts("/v1/stores/03", `{"name": "Dock", "zone": "Europe/London", "cut_over": "03:30", "tax_rounding": "rate", "jurisdiction": "GB"}`,
			`{"code": "03", "name": "Pier", "zone": "Europe/London", "cut_over": "03:30", "tax_rounding": "rate", "jurisdiction": "GB", "cash_step": 1}`)
		s.puts("/v1/stores/03/registers/R9", `{"name": "Kiosk"}`, `{"store": "03", "code": "R9", "name": "Window", "kind": "till"}`)
		s.puts("/v1/stores/03/drawers/D1", `{"name": "Front"}`, `{"name": "Back"}`)
		s.puts("/v1/tender-types/voucher%2F1", `{"name": "Voucher", "kind": "coupon"}`, `{"code": "voucher/1", "name": "Book voucher", "kind": "coupon"}`)
		if got := s.all("/v1/stores?", "code", "2"); !slices.Equal(got, []string{"01", "02", "03"}) {
			t.Errorf("%v", got)
		}
		if got := s.all("/v1/stores/01/registers?", "code", "1"); !slices.Equal(got, []string{"R1", "R2", "WEB"}) {
			t.Errorf("%v", got)
		}
		if got := s.all("/v1/stores/03/drawers?", "name", "1"); !slices.Equal(got, []string{"Back"}) {
			t.Errorf("%v", got)
		}
		if got := s.all("/v1/tender-types?", "code", "5"); len(got) != 12 || !slices.IsSorted(got) {
			t.Errorf("%v", got)
		}
		s.sound()
	})
}

func TestShopRefuses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		store := func(field, value string) string {
			fields := map[string]string{"zone": `"Europe/Vienna"`, "tax_rounding": `"line"`, "prices_include_tax": "true", "name": `"x"`, field: value}
			text := `{"code": "01"`
			for name, v := range fields {
				text += `, "` + name + `": ` + v
			}
			return text + "}"
		}
		for _, c := range []struct {
			path, body string
			status     int
			code       string
		}{
			{"/v1/stores/01", store("zone", `"Europe/London"`), 409, "org_other_content"},
			{"/v1/stores/01", store("cut_over", `"03:00"`), 409, "org_other_content"},
			{"/v1/stores/01", store("cut_over", `"3:00"`), 422, "org_cut_over"},
			{"/v1/stores/01", store("cut_over", `"13:00"`), 422, "org_cut_over"},
			{"/v1/stores/01", store("zone", `"Mars/Base"`), 422, "org_zone"},
			{"/v1/stores/01", store("name", `"4111 1111 1111 1111"`), 422, "org_name"},
			{"/v1/stores/01", store("name", `7`), 422, "json_type"},
			{"/v1/stores/02", store("name", `"x"`), 422, "code_differs"},
			{"/v1/stores/-", `{"name": "x", "zone": "UTC", "tax_rounding": "line"}`, 422, "org_code"},
			{"/v1/stores/01/registers/R1", `{"kind": "import"}`, 409, "org_other_content"},
			{"/v1/stores/01/registers/R7", `{"kind": "toaster"}`, 422, "org_register_kind"},
			{"/v1/stores/01/registers/R1", `{"store": "02"}`, 422, "code_differs"},
			{"/v1/stores/99/registers/R1", `{}`, 404, "store_unknown"},
			{"/v1/stores/99/drawers/D1", `{}`, 404, "store_unknown"},
			{"/v1/tender-types/card", `{"kind": "cash"}`, 409, "tender_differs"},
			{"/v1/tender-types/x", `{"kind": "seashells"}`, 422, "tender_kind"},
			{"/v1/tender-types/x%00y", `{"kind": "cash"}`, 400, "parameter"},
		} {
			s.put(c.path, c.body).problem(c.status, c.code)
		}
		for path, code := range map[string]string{"/v1/stores/99": "store_unknown", "/v1/stores/01/registers/R7": "register_unknown",
			"/v1/stores/01/drawers/D7": "drawer_unknown", "/v1/tender-types/x": "tender_unknown", "/v1/stores/99/registers": "store_unknown"} {
			s.get(path).problem(http.StatusNotFound, code)
		}
		s.get("/v1/stores?cursor=x").problem(http.StatusUnprocessableEntity, "cursor")
		key := s.newKey("branch", []string{"shop:read", "shop:write"}, "02")
		var mine httpapi.Page[httpapi.Store]
		s.do(call{Key: key, Method: "GET", Path: "/v1/stores"}).want(http.StatusOK).into(&mine)
		if len(mine.Data) != 1 || mine.Data[0].Code != "02" || mine.Data[0].CutOver != "00:00" {
			t.Errorf("%+v", mine)
		}
		for path, body := range map[string]string{"/v1/stores/01": store("name", `"x"`), "/v1/stores/01/registers/R1": `{}`, "/v1/stores/01/drawers/D1": `{}`,
			"/v1/tender-types/x": `{"kind": "cash"}`} {
			s.do(call{Key: key, Method: "PUT", Path: path, Body: body}).problem(http.StatusForbidden, "store_denied")
		}
		s.do(call{Key: key, Method: "PUT", Path: "/v1/stores/02/drawers/D1", Body: `{"name": "Mine"}`}).want(http.StatusCreated)
		s.do(call{Key: key, Method: "GET", Path: "/v1/stores/01/registers"}).problem(http.StatusForbidden, "store_denied")
	})
}
