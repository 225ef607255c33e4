package httpapi_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/tillpost/tillpost/internal/edge/httpapi"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/views/check"
)

const (
	breakLine db.SQL = `UPDATE entry_lines SET amount = amount + 1 WHERE entry_seq = 3 AND line_no = 1`
	breakSeal db.SQL = `UPDATE day_closes SET total = total + 1`
)

// checked runs a check to its end.
func (s *server) checked(order httpapi.CheckOrder) (r httpapi.CheckRun) {
	s.t.Helper()
	s.post("/v1/checks", order).want(http.StatusAccepted).into(&r)
	for r.State == "running" {
		s.get("/v1/checks/" + r.ID.String() + "?wait=30").want(http.StatusOK).into(&r)
	}
	return r
}

// A check goes on in the background; it finds nothing in sound books, and what was changed in others.
func TestChecks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		s.Everything()
		r := s.checked(httpapi.CheckOrder{})
		if r.State != "done" || !r.Sound || !slices.Equal(r.Result.Checks, append(slices.Clone(check.Names), "seals")) || r.Result.Receipts == 0 || r.Ended.IsZero() {
			t.Fatalf("%+v", r)
		}
		s.Write(func(tx *db.Tx) error {
			for _, statement := range []db.SQL{breakLine, breakSeal} {
				if _, err := tx.Exec(statement); err != nil {
					return err
				}
			}
			return nil
		})
		for name, sound := range map[string]bool{"balance": false, "seals": false, "outbox": true} {
			if r := s.checked(httpapi.CheckOrder{Checks: []string{name}}); r.Sound != sound || len(r.Result.Findings) == 0 != sound || r.Result.Checks[0] != name {
				t.Errorf("%s: %+v", name, r.Result)
			}
		}
		if s.do(call{Method: "DELETE", Path: "/v1/checks/" + r.ID.String()}).want(http.StatusOK).into(&r); r.State != "done" {
			t.Errorf("%+v", r)
		}
		s.refuses("POST", []refusal{
			{"/v1/checks", `{"checks": ["everything"]}`, http.StatusUnprocessableEntity, check.ErrUnknownCheck.Code},
			{"/v1/checks", `{"check": ["tax"]}`, http.StatusUnprocessableEntity, "json_unknown_field"},
		})
		s.get("/v1/checks/"+s.ID().String()).problem(http.StatusNotFound, "check_not_kept")
		key := s.newKey("one store", []string{"checks:run"}, "01")
		s.do(call{Key: key, Method: "POST", Path: "/v1/checks", Body: `{}`}).problem(http.StatusForbidden, "store_denied")
		s.do(call{Key: key, Method: "GET", Path: "/v1/checks/" + r.ID.String()}).problem(http.StatusForbidden, "store_denied")
		if err := s.api.Close(ctx); err != nil {
			t.Fatal(err)
		}
		s.post("/v1/checks", `{}`).problem(http.StatusServiceUnavailable, "stopping")
	})
}
