package httpapi_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/edge/httpapi"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

const (
	goodVoid   = `{"id": "019283a0-0000-7000-8000-000000000004", "receipt": "019283a0-0000-7000-8000-000000000003"}`
	goodAnswer = `{"id": "019283a0-0000-7000-8000-000000000004", "seq": 7, "store": "01", "register": "R1", "number": 3, "business_day": "2026-03-14",
		"total": -450, "hash": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "server_ms": 1773500000000}`
	goodProblem = `{"type": "/docs/problems#busy", "title": "Service Unavailable", "status": 503, "detail": "later", "code": "busy"}`
)

// The judge of all other tests lets nothing through that the document does not say.
func TestContractBites(t *testing.T) {
	t.Parallel()
	c, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	sent := func(method, path, body string, status int, kind, got string, headers ...string) exchange {
		h := http.Header{"Content-Type": {kind}}
		for _, name := range headers {
			h.Set(name, "1")
		}
		return exchange{method, path, "application/json", []byte(body), status, h, []byte(got)}
	}
	void := func(status int, kind, got string, headers ...string) exchange {
		return sent("POST", "/v1/voids", goodVoid, status, kind, got, headers...)
	}
	with := func(text, old, new string) string {
		if !strings.Contains(text, old) {
			t.Fatalf("%q is not in %s", old, text)
		}
		return strings.Replace(text, old, new, 1)
	}
	const js, problem = "application/json", "application/problem+json"
	for name, x := range map[string]exchange{
		"":                                        void(201, js, goodAnswer),
		" a problem":                              void(503, problem, goodProblem, "Retry-After"),
		" nothing new":                            sent("GET", "/v1/receipts", "", 304, js, "", "ETag"),
		" a page":                                 sent("GET", "/healthz", "", 200, js, `{"status": "ok"}`),
		" no such page":                           sent("GET", "/v2", "", 404, problem, goodProblem),
		"status 418 is not in the document":       void(418, problem, goodProblem),
		"content type text/plain":                 void(201, "text/plain", goodAnswer),
		"content type application/json is not":    void(503, js, goodProblem),
		"media type":                              void(201, "", goodAnswer),
		"no JSON":                                 void(201, js, "{"),
		"got string, want integer":                void(201, js, with(goodAnswer, "-450", `"-4.50"`)),
		"does not fit into 64 bits":               void(201, js, with(goodAnswer, "-450", "9223372036854775808")),
		"'/total': got number, want integer":      void(201, js, with(goodAnswer, "-450", "4.5")),
		"additional properties 'colour' not":      void(201, js, with(goodAnswer, "{", `{"colour": "red", `)),
		"missing property 'hash'":                 void(201, js, with(goodAnswer, `"hash"`, `"prev_hash"`)),
		"not valid date":                          void(201, js, with(goodAnswer, "2026-03-14", "2026-02-30")),
		"not valid uuid":                          void(201, js, with(goodAnswer, "019283a0-", "")),
		"does not match pattern":                  void(201, js, with(goodAnswer, "e3b0", "E3B0")),
		"got null, want array":                    sent("GET", "/v1/receipts", "", 200, js, `{"data": null}`),
		"missing property 'code'":                 void(503, problem, with(goodProblem, `"code"`, `"place"`)),
		"there should be no body":                 sent("GET", "/v1/receipts", "", 304, js, "{}"),
		"header Location, which is not":           void(201, js, goodAnswer, "Location"),
		"it was accepted, but: jsonschema":        sent("POST", "/v1/voids", with(goodVoid, `"id"`, `"ID"`), 201, js, goodAnswer),
		"it was accepted, but: no JSON":           sent("POST", "/v1/voids", "", 201, js, goodAnswer),
		"the document knows no body":              sent("GET", "/v1/receipts", "{}", 200, js, `{"data": []}`),
		"neither in the document nor a public":    sent("POST", "/v1/void", goodVoid, 201, js, goodAnswer),
		"DELETE /v1/voids is neither":             sent("DELETE", "/v1/voids", "", 200, js, goodAnswer),
		"content type text/html is not":           sent("GET", "/v2", "", 404, "text/html", "gone"),
		"missing property 'detail'":               sent("GET", "/v2", "", 404, problem, with(goodProblem, `"detail"`, `"place"`)),
		"missing properties 'type', 'title', 'st": sent("GET", "/v2", "", 404, problem, "{}"),
	} {
		err := c.judge(x)
		if good := name == "" || name[0] == ' '; good && err != nil {
			t.Errorf("refused, though right:%s: %v", name, err)
		} else if !good && (err == nil || !strings.Contains(err.Error(), name)) {
			t.Errorf("want %q: %v", name, err)
		}
	}
}

// A document that says something else than the server does is found out by real answers.
func TestContractOfAnotherServer(t *testing.T) {
	t.Parallel()
	s := newServer(t, dbtest.Open(t, dbtest.SQLite(t)))
	r, err := json.Marshal(s.one("01", 2))
	if err != nil {
		t.Fatal(err)
	}
	got := s.post("/v1/receipts", r).want(http.StatusCreated)
	x := exchange{"POST", "/v1/receipts", "application/json", r, got.Status, got.Header, got.Body}
	for name, change := range map[string][2]string{
		"":                          {"{", "{"},
		"status 201":                {`"201"`, `"202"`},
		"neither in":                {`"/v1/receipts"`, `"/v1/receipt"`},
		"missing property 'colour'": {`"business_day",`, `"business_day", "colour",`},
		"not allowed":               {`"server_ms": {`, `"client_ms": {`},
	} {
		c, err := newContract(bytes.ReplaceAll(httpapi.Document(), []byte(change[0]), []byte(change[1])))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.judge(x); (err == nil) != (name == "") || err != nil && !strings.Contains(err.Error(), name) {
			t.Errorf("%q: %v", name, err)
		}
	}
}
