package httpapi_test

import (
	"bufio"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/edge/httpapi"
	"github.com/tillpost/tillpost/internal/platform/outbox"
)

// One cursor goes over everything that happened, and says who did it.
func TestChanges(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		var before httpapi.Changes
		for after := int64(-1); after != before.Last; {
			after = before.Last
			s.get(fmt.Sprintf("/v1/changes?limit=1000&after=%d", after)).want(http.StatusOK).into(&before)
		}
		first, second := s.one("01", 1), s.one("02", 1)
		s.post("/v1/receipts", first).want(http.StatusCreated)
		s.post("/v1/receipts", second).want(http.StatusCreated)
		s.post("/v1/receipts", second).want(http.StatusOK)
		var now httpapi.Changes
		s.get(fmt.Sprintf("/v1/changes?after=%d", before.Last)).want(http.StatusOK).into(&now)
		if len(now.Data) != 2 || now.Last != before.Last+2 || now.Data[0].Subject != first.ID.String() || now.Data[0].Actor != "key:all" ||
			now.Data[1].Topic != outbox.SaleCompleted || now.Data[1].Store != "02" {
			t.Errorf("%+v", now)
		}
		s.get(fmt.Sprintf("/v1/changes?after=%d&store=02&topic=sale.completed,item.changed", before.Last)).want(http.StatusOK).into(&now)
		if len(now.Data) != 1 || now.Data[0].Subject != second.ID.String() {
			t.Errorf("%+v", now)
		}
		end := now.Last
		if s.get(fmt.Sprintf("/v1/changes?after=%d", end)).want(http.StatusOK).into(&now); len(now.Data) != 0 || now.Last != end {
			t.Errorf("at the end: %+v", now)
		}
		ahead := fmt.Sprintf("?after=%d", end+1)
		s.get("/v1/changes"+ahead).problem(http.StatusConflict, "cursor_ahead")
		s.get("/v1/changes"+ahead+"&topic=item.changed").problem(http.StatusConflict, "cursor_ahead")
		s.get("/v1/changes/stream"+ahead).problem(http.StatusConflict, "cursor_ahead")
		key := s.newKey("one", []string{"changes:read"}, "01")
		s.do(call{Key: key, Method: "GET", Path: fmt.Sprintf("/v1/changes?after=%d", before.Last)}).want(http.StatusOK).into(&now)
		if len(now.Data) != 1 || now.Data[0].Subject != first.ID.String() {
			t.Errorf("%+v", now)
		}
		s.do(call{Key: key, Method: "GET", Path: "/v1/changes?store=02"}).problem(http.StatusForbidden, "store_denied")
		s.get("/v1/changes?topic=sale.invented").problem(http.StatusUnprocessableEntity, "topic_unknown")
		s.get("/v1/topics").want(http.StatusOK)
	})
}

// A stream brings what happened since, then what happens, and ends with the server.
func TestChangeStream(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		addr := s.listen()
		var before httpapi.Changes
		s.post("/v1/receipts", s.one("01", 1)).want(http.StatusCreated)
		s.get("/v1/changes?limit=1000&topic=sale.completed").want(http.StatusOK).into(&before)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr+"/v1/changes/stream?topic=sale.completed", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+s.key)
		r.Header.Set("Last-Event-ID", fmt.Sprint(before.Data[0].Seq-1))
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		if a.StatusCode != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/event-stream") {
			t.Fatalf("%d, %v", a.StatusCode, a.Header)
		}
		in := bufio.NewScanner(a.Body)
		next := func() (text string) {
			for in.Scan() {
				if rest, ok := strings.CutPrefix(in.Text(), "data: "); ok {
					return rest
				}
			}
			t.Fatalf("the stream ended: %v", in.Err())
			return ""
		}
		if got := next(); !strings.Contains(got, before.Data[0].Subject) {
			t.Errorf("first came %s", got)
		}
		for range 5 {
			sold := s.one("02", 1)
			s.post("/v1/receipts", sold).want(http.StatusCreated)
			if got := next(); !strings.Contains(got, sold.ID.String()) {
				t.Errorf("then came %s", got)
			}
		}
		s.api.Stopping()
		for in.Scan() { // what is left
		}
		s.do(call{Method: "GET", Path: "/v1/changes/stream", Header: http.Header{"Last-Event-Id": {"x"}}}).problem(http.StatusUnprocessableEntity, "cursor")
	})
}
