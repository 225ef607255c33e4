package httpapi_test

import (
	"net/http"
	"testing"

	"github.com/tillpost/tillpost/internal/flow/shoptest"
)

// Who has an answer already hears so, until it is another.
func TestNotModified(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		path := "/v1/receipts?from=" + shoptest.Today
		s.Send(s.one("01", 1))
		tag := s.get(path).want(http.StatusOK).Header.Get("ETag")
		known := call{Method: "GET", Path: path, Header: http.Header{"If-None-Match": {`"other", W/` + tag}}}
		if again := s.do(known).want(http.StatusNotModified); len(again.Body) > 0 || again.Header.Get("ETag") != tag {
			t.Errorf("%v %s", again.Header, again.Body)
		}
		s.Send(s.one("01", 1))
		if next := s.do(known).want(http.StatusOK); next.Header.Get("ETag") == tag {
			t.Error("another answer has the same ETag")
		}
	})
}
