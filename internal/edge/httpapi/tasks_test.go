package httpapi_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/edge/httpapi"
	"github.com/tillpost/tillpost/internal/flow/shoptest"
)

// What a till met and nobody knew is mapped once, and leaves suspense; what needs no mapping is closed.
func TestTasks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		for _, store := range []string{"01", "02"} {
			r := s.Fill(receipt.Receipt{Store: store, Lines: []receipt.Line{shoptest.Line(store, receipt.Item, "A", 1, 1000)}})
			r.Tenders[0].Type = "PayLater/" + store
			r.Seal(r.PrevHash)
			s.post("/v1/receipts", r).want(http.StatusCreated)
		}
		s.Numbers() // one is missing
		key := func(t tasks.Task) string { return t.Key }
		open := names(s, "/v1/tasks?limit=2", key)
		if len(open) != 3 || !slices.Contains(open, "tender:PayLater/01") || !slices.Contains(open, "tender:PayLater/02") {
			t.Fatal(open)
		}
		if got := names(s, "/v1/tasks?store=02", key); !slices.Equal(got, []string{"tender:PayLater/02"}) {
			t.Error(got)
		}
		var gap string
		for _, k := range names(s, "/v1/tasks?kind=number_gap", key) {
			gap = k
		}
		const path = "/v1/task-decisions"
		known := httpapi.Decision{Task: "tender:PayLater/01", Kind: payments.Card}
		var first, again httpapi.Decided
		s.post(path, known).want(http.StatusCreated).into(&first)
		s.post(path, known).want(http.StatusOK).into(&again)
		if !first.Closed || len(first.Entries) != 1 || first.Lines != 1 || first.Task.State != tasks.StateDone || again.Closed || len(again.Entries) != 0 {
			t.Errorf("%+v, then %+v", first, again)
		}
		s.post(path, httpapi.Decision{Task: "tender:Barter", Kind: "other"}).want(http.StatusOK) // nobody has met it yet
		closing := httpapi.Decision{Task: gap, Close: "the till broke; its journal shows a voided try"}
		s.post(path, closing).want(http.StatusCreated).into(&first)
		s.post(path, closing).want(http.StatusOK)
		if first.Task.Resolution != closing.Close {
			t.Errorf("%+v", first.Task)
		}
		var one tasks.Task
		s.get("/v1/tasks/" + url.PathEscape(gap)).want(http.StatusOK).into(&one)
		if one.State != tasks.StateDone || len(names(s, "/v1/tasks?state=done&limit=1", key)) != 3 {
			t.Errorf("%+v", one)
		}
		s.refuses("POST", []refusal{
			{path, httpapi.Decision{Task: "tender:PayLater/02", Close: "never mind"}, http.StatusConflict, "resolve_suspense"},
			{path, httpapi.Decision{Task: "tender:PayLater/02"}, http.StatusUnprocessableEntity, "resolve_tender_kind"},
			{path, httpapi.Decision{Task: gap, Close: "x", Account: "1140"}, http.StatusBadRequest, "parameter"},
			{path, httpapi.Decision{Task: gap, Close: "4111 1111 1111 1111"}, http.StatusUnprocessableEntity, "resolve_card_number"},
			{path, httpapi.Decision{Task: gap, Close: "\n"}, http.StatusUnprocessableEntity, "resolve_note"},
			{path, httpapi.Decision{Task: "gap:none", Close: "x"}, http.StatusNotFound, "task_unknown"},
			{path, httpapi.Decision{Task: "odd"}, http.StatusUnprocessableEntity, "resolve_key"},
			{path, `{"task": "tender:X", "colour": "red"}`, http.StatusUnprocessableEntity, "json_unknown_field"},
		})
		s.get("/v1/tasks/none").problem(http.StatusNotFound, "task_unknown")
		s.get("/v1/tasks?state=odd").problem(http.StatusBadRequest, "parameter")
		denied := s.newKey("one store", []string{"tasks:read", "tasks:write"}, "02")
		for _, c := range []call{{Method: "GET", Path: "/v1/tasks?store=01"}, {Method: "GET", Path: "/v1/tasks/" + url.PathEscape(gap)},
			{Method: "POST", Path: path, Body: known}, {Method: "POST", Path: path, Body: closing}} {
			c.Key = denied
			s.do(c).problem(http.StatusForbidden, "store_denied")
		}
		s.sound()
	})
}
