package httpapi_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/tillpost/tillpost/internal/edge/httpapi"
	"github.com/tillpost/tillpost/internal/platform/auth"
)

// "all" and "read" stand for what the asking key may do, and so does a list of stores that is left out:
// nobody makes a key that can do more than their own.
func TestKeysGiveNothingMore(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		manager := s.newKey("manager", []string{"sales:read", "sales:write", "keys:write"}, "01", "02")
		writer := s.newKey("writer", []string{"keys:write"})
		made := func(key, body string, scopes []auth.Scope, stores ...string) {
			t.Helper()
			var k httpapi.MadeKey
			s.do(call{Key: key, Method: "POST", Path: "/v1/keys", Body: body}).want(http.StatusCreated).into(&k)
			if !slices.Equal(k.Scopes, scopes) || !slices.Equal(k.Stores, stores) {
				t.Errorf("%s: %v in %v", body, k.Scopes, k.Stores)
			}
		}
		refused := func(key, body, code string, status int) {
			t.Helper()
			s.do(call{Key: key, Method: "POST", Path: "/v1/keys", Body: body}).problem(status, code)
		}
		own := []auth.Scope{auth.KeysWrite, auth.SalesRead, auth.SalesWrite}
		made(manager, `{"name": "a", "scopes": ["all"]}`, own, "01", "02")
		made(manager, `{"name": "b", "scopes": ["read", "sales:write"], "stores": ["02"]}`, []auth.Scope{auth.SalesRead, auth.SalesWrite}, "02")
		made(writer, `{"name": "c", "scopes": ["all"]}`, []auth.Scope{auth.KeysWrite})
		var everything []auth.Scope
		for _, m := range auth.All() {
			everything = append(everything, m.Scope)
		}
		slices.Sort(everything)
		made(s.key, `{"name": "d", "scopes": ["all"]}`, everything)

		refused(manager, `{"name": "x", "scopes": ["all", "books:read"]}`, "scope_missing", http.StatusForbidden)
		refused(manager, `{"name": "x", "scopes": ["sales:read"], "stores": ["02", "03"]}`, "store_denied", http.StatusForbidden)
		refused(writer, `{"name": "x", "scopes": ["read"]}`, "key_without_scopes", http.StatusUnprocessableEntity)
		refused(manager, `{"name": "x", "scopes": ["everything"]}`, "scope_unknown", http.StatusUnprocessableEntity)
	})
}
