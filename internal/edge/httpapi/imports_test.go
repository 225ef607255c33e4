package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/edge/httpapi"
	"github.com/tillpost/tillpost/internal/hub/assess"
	"github.com/tillpost/tillpost/internal/hub/importer"
)

// orders is an export of another system, in the currency and the time of the shop of the tests.
func orders(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "examples", "sample-exports", "shopify", "orders_export_1.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(",USD,", ",EUR,", "2026-09-", "2026-02-").Replace(string(raw))
}

// manyOrders is an export of n orders of one line.
func manyOrders(t *testing.T, n int) string {
	t.Helper()
	lines := strings.SplitN(orders(t), "\n", 3)
	var b strings.Builder
	b.WriteString(lines[0] + "\n")
	for i := range n {
		b.WriteString(strings.Replace(lines[1], "#1200,", fmt.Sprintf("#%d,", 100_000+i), 1) + "\n")
	}
	return b.String()
}

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// send sends a file.
func (s *server) send(path string, file any) answer {
	s.t.Helper()
	return s.do(call{Method: "POST", Path: path, Header: http.Header{"Content-Type": {"text/csv"}}, Body: file})
}

// ends waits for the end of an import.
func (s *server) ends(r httpapi.ImportRun) httpapi.ImportRun {
	s.t.Helper()
	for r.State == "running" {
		s.get("/v1/imports/" + r.ID.String() + "?wait=30").want(http.StatusOK).into(&r)
	}
	return r
}

// A file is imported in the background, once however often it comes; what cannot be understood is listed.
func TestImport(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		file := strings.Replace(orders(t), "2026-02-19", "2027-02-19", 4) // some are of a day to come
		path := "/v1/imports?store=01&name=orders%20of%20May.csv.gz&cost=60"
		var dry, r httpapi.ImportRun
		s.send(path+"&dry_run=true", file).want(http.StatusAccepted).into(&dry)
		dry = s.ends(dry)
		if dry.State != "done" || !dry.DryRun || dry.Counts.Receipts < 20 {
			t.Fatalf("%+v", dry)
		}
		if list := names(s, "/v1/imports", func(r httpapi.ImportRun) string { return r.File }); list != nil {
			t.Errorf("a dry run leaves %v", list)
		}
		s.send(path, zipped(t, file)).want(http.StatusAccepted).into(&r)
		r = s.ends(r)
		if r.State != "done" || r.File != "orders of May.csv.gz" || r.Source != "shopify" || r.Counts.Receipts != dry.Counts.Receipts || r.Counts.Quarantined == 0 ||
			r.Total == 0 || r.Progress == nil || r.Progress.Bytes != r.Progress.Size {
			t.Errorf("%+v %+v", r, r.Progress)
		}
		rows := names(s, "/v1/imports/"+r.ID.String()+"/quarantine?limit=1", func(q importer.QuarantineRow) string { return fmt.Sprintf("%09d %s", q.Row, q.Code) })
		if int64(len(rows)) != r.Counts.Quarantined || !slices.IsSorted(rows) {
			t.Errorf("%v of %d", rows, r.Counts.Quarantined)
		}
		s.send(path, zipped(t, file)).want(http.StatusAccepted).into(&r)
		if r = s.ends(r); !r.Already {
			t.Errorf("%+v", r)
		}
		if list := names(s, "/v1/imports?limit=1", func(r httpapi.ImportRun) string { return r.State + r.File }); !slices.Equal(list, []string{"doneorders of May.csv.gz"}) {
			t.Errorf("%v", list)
		}
		s.sound()
	})
}

// What cannot be imported is refused before the answer, and says nothing of the server's own files.
func TestImportRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		for path, want := range map[string]struct {
			body   string
			status int
			code   string
		}{
			"/v1/imports?store=01":                            {"what, is, this\n1,2,3\n", http.StatusUnprocessableEntity, "layout_undetected"},
			"/v1/imports?store=01&name=x":                     {strings.Replace(orders(t), ",EUR,", ",USD,", -1), http.StatusUnprocessableEntity, "import_currency"},
			"/v1/imports?store=01&layout=/etc/passwd":         {"x", http.StatusNotFound, "layout_unknown"},
			"/v1/imports?store=01&layout=" + "..%2Fmine.json": {"x", http.StatusNotFound, "layout_unknown"},
			"/v1/imports":                                        {"x", http.StatusNotFound, "store_unknown"},
			"/v1/imports?store=01&zone=Nowhere":                  {"x", http.StatusUnprocessableEntity, "org_zone"},
			"/v1/imports?store=01&cost=much":                     {"x", http.StatusBadRequest, "parameter"},
			"/v1/imports?store=01&colour=red":                    {"x", http.StatusBadRequest, "parameter"},
			"/v1/assessments?store=01":                           {"what, is, this\n1,2,3\n", http.StatusUnprocessableEntity, "layout_undetected"},
			"/v1/imports?store=01&layout=pizza-place&name=a/b":   {"order_details_id,order_id,pizza_id,quantity\n1,1,x,1\n", 0, ""},
			"/v1/imports?store=01&layout=poslog&name=..%2F..%2F": {"<a>\x1f\x8b", 0, ""},
		} {
			got := s.send(path, want.body)
			if want.status != 0 {
				got.problem(want.status, want.code)
			}
			if strings.Contains(string(got.Body), os.TempDir()) || strings.Contains(string(got.Body), "tillpost-upload") || got.Status == http.StatusAccepted {
				t.Errorf("%s: %s", path, got.Body)
			}
		}
		s.get("/v1/imports/"+s.ID().String()).problem(http.StatusNotFound, "import_unknown")
		s.get("/v1/imports/"+s.ID().String()+"/quarantine").problem(http.StatusNotFound, "import_unknown")
		s.do(call{Method: "DELETE", Path: "/v1/imports/" + s.ID().String()}).problem(http.StatusNotFound, "import_unknown")
		key := s.newKey("one store", []string{"imports:read", "imports:write"}, "01")
		for _, c := range []call{{Method: "POST", Path: "/v1/imports?store=01", Body: "x"}, {Method: "POST", Path: "/v1/assessments?store=01", Body: "x"}, {Method: "GET", Path: "/v1/imports"},
			{Method: "GET", Path: "/v1/imports/" + s.ID().String()}, {Method: "DELETE", Path: "/v1/imports/" + s.ID().String()}} {
			c.Key = key
			s.do(c).problem(http.StatusForbidden, "store_denied")
		}
	})
}

// An import can be stopped, also by the server, and goes on when the file comes again.
func TestImportStopped(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		const n = 10_000 // ten batches: the order to stop must arrive before the last
		file := manyOrders(t, n)
		var r httpapi.ImportRun
		s.send("/v1/imports?store=01", file).want(http.StatusAccepted).into(&r)
		s.send("/v1/imports?store=01", orders(t)).problem(http.StatusServiceUnavailable, "busy")
		for r.Counts.Receipts == 0 {
			s.get("/v1/imports/" + r.ID.String()).want(http.StatusOK).into(&r)
		}
		s.do(call{Method: "DELETE", Path: "/v1/imports/" + r.ID.String()}).want(http.StatusOK).into(&r)
		first := r.Counts.Receipts
		if r.State != "stopped" || first == 0 || first == n {
			t.Fatalf("%+v", r)
		}
		s.send("/v1/imports?store=01", file).want(http.StatusAccepted).into(&r)
		if err := s.api.Close(ctx); err != nil {
			t.Fatal(err)
		}
		if s.get("/v1/imports/" + r.ID.String()).want(http.StatusOK).into(&r); r.State != "stopped" {
			t.Errorf("%+v", r)
		}
		s.send("/v1/imports?store=01", file).problem(http.StatusServiceUnavailable, "stopping")
		s.fresh() // another server knows what the books keep
		if s.get("/v1/imports/" + r.ID.String()).want(http.StatusOK).into(&r); r.State != "stopped" || r.Counts.Documents < first {
			t.Errorf("%+v", r)
		}
		s.send("/v1/imports?store=01", file).want(http.StatusAccepted).into(&r)
		if r = s.ends(r); r.State != "done" || r.Counts.Receipts != n || r.Resumed < first {
			t.Errorf("%+v", r)
		}
	})
}

// A review says what is in a file and writes nothing.
func TestAssessment(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		var r assess.Report
		got := s.send("/v1/assessments?store=01&name=mine.csv", orders(t)).want(http.StatusOK).into(&r)
		if r.Counts.Receipts < 20 || !slices.Equal(r.Files, []string{"mine.csv"}) || r.Score == 0 || strings.Contains(string(got.Body), ":null") {
			t.Errorf("%s", got.Body)
		}
		if n := len(names(s, "/v1/entries", func(e struct{ ID string }) string { return e.ID })); n != 0 {
			t.Errorf("%d entries", n)
		}
	})
}
