package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tillpost/tillpost/internal/edge/httpapi"
)

// An endpoint is made, seen, tried, changed, and taken away; its secret is shown once.
func TestWebhooks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		var heard atomic.Int64
		peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("webhook-signature") != "" {
				heard.Add(1)
			}
		}))
		t.Cleanup(peer.Close)
		address := strings.Replace(peer.URL, "127.0.0.1", "localhost", 1)
		var made httpapi.MadeWebhook
		s.post("/v1/webhooks", map[string]any{"url": address, "topics": []string{"sale.completed"}}).want(http.StatusCreated).into(&made)
		if !strings.HasPrefix(made.Secret, "whsec_") {
			t.Errorf("%+v", made)
		}
		path := "/v1/webhooks/" + made.ID.String()
		a := s.get(path).want(http.StatusOK)
		if strings.Contains(string(a.Body), "whsec_") {
			t.Error("the secret is shown again")
		}
		s.post(path+"/tests", `{}`).want(http.StatusCreated)
		if heard.Load() != 1 {
			t.Errorf("the peer heard %d messages", heard.Load())
		}
		s.do(call{Method: "PUT", Path: path, Body: `{"state": "paused"}`, Header: http.Header{"If-Match": {`"x"`}}}).problem(http.StatusPreconditionFailed, "precondition")
		var changed httpapi.Webhook
		s.do(call{Method: "PUT", Path: path, Body: `{"state": "paused"}`, Header: http.Header{"If-Match": {a.Header.Get("ETag")}}}).want(http.StatusOK).into(&changed)
		if changed.State != "paused" || changed.URL != address {
			t.Errorf("%+v", changed)
		}
		var rotated httpapi.MadeWebhook
		s.post(path+"/secrets", `{"grace_hours": 24}`).want(http.StatusCreated).into(&rotated)
		if rotated.Secret == made.Secret || rotated.OldSecretUntilMs == 0 {
			t.Errorf("%+v", rotated)
		}
		s.post(path+"/secrets", `{"grace_hours": 9000}`).problem(http.StatusUnprocessableEntity, "webhook_grace")
		s.post(path+"/replays", `{"since": 0}`).want(http.StatusCreated)
		s.get(path + "/deliveries").want(http.StatusOK)
		s.get(path+"/deliveries/"+s.ID().String()).problem(http.StatusNotFound, "delivery_not_found")
		store := s.newKey("one", []string{"webhooks:read", "webhooks:write"}, "01")
		s.do(call{Key: store, Method: "GET", Path: path}).problem(http.StatusForbidden, "store_denied")
		s.do(call{Key: store, Method: "POST", Path: "/v1/webhooks", Body: map[string]any{"url": address}}).problem(http.StatusForbidden, "store_denied")
		s.do(call{Key: store, Method: "POST", Path: "/v1/webhooks", Body: map[string]any{"url": address, "stores": []string{"01"}}}).want(http.StatusCreated)
		s.post("/v1/webhooks", map[string]any{"url": "https://10.0.0.1/"}).problem(http.StatusForbidden, "webhook_target_inside")
		s.do(call{Method: "DELETE", Path: path}).want(http.StatusOK)
		s.get(path).problem(http.StatusNotFound, "webhook_not_found")
	})
}
