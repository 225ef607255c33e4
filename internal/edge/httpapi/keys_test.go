package httpapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/edge/httpapi"
	"github.com/tillpost/tillpost/internal/flow/shoptest"
	"github.com/tillpost/tillpost/internal/platform/auth"
)

// A key for some stores sees the keys that are for none but these, itself among them.
func TestKeysOfOwnStores(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		manager := s.newKey("manager", []string{"keys:read"}, "01", "02")
		branch := s.newKey("branch", []string{"keys:read"}, "02")
		s.newKey("other", []string{"sales:write"}, "01", "02", "03")
		for key, want := range map[string][]string{s.key: {"all", "branch", "manager", "other"}, manager: {"branch", "manager"}, branch: {"branch"}} {
			var list httpapi.Page[auth.Key]
			s.do(call{Key: key, Method: "GET", Path: "/v1/keys"}).want(http.StatusOK).into(&list)
			var got []string
			for _, k := range list.Data {
				got = append(got, k.Name)
			}
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
		}
	})
}

// A question that may be of one store is of the only one that a key is for, unless it names another.
func TestOneStoreIsMeant(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		s.post("/v1/receipts", s.one("01", 1)).want(http.StatusCreated)
		s.post("/v1/receipts", s.one("02", 1)).want(http.StatusCreated)
		one, two := s.newKey("one", []string{"read"}, "02"), s.newKey("two", []string{"read"}, "01", "02")
		for _, path := range []string{"/v1/receipts?from=" + shoptest.Today, "/v1/shifts?", "/v1/bank-deposits?", "/v1/tasks?", "/v1/stock-levels?", "/v1/stock-moves?item=A", "/v1/stock-documents?",
			"/v1/entries?", "/v1/reorder-suggestions?", "/v1/reports/trial-balance?", "/v1/day-closes?", "/v1/reports/sales?"} {
			name := "store"
			if strings.Contains(path, "stock-") {
				name = "location"
			}
			get := func(key, path string) answer { return s.do(call{Key: key, Method: "GET", Path: path}) }
			meant, said := get(one, path).want(http.StatusOK), get(two, path+"&"+name+"=02").want(http.StatusOK)
			if string(meant.Body) != string(said.Body) {
				t.Errorf("%s: %s, want %s", path, meant.Body, said.Body)
			}
			for key, query := range map[string]string{one: "&" + name + "=01", two: ""} {
				get(key, path+query).problem(http.StatusForbidden, "store_denied")
			}
			get(one, path+"&"+name+"=").problem(http.StatusForbidden, "store_denied")
		}
		s.do(call{Key: one, Method: "GET", Path: "/v1/imports"}).problem(http.StatusForbidden, "store_denied")
	})
}

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
