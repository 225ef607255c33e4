package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"mime/multipart"
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
		row := strings.TrimLeft(rows[0][:9], "0")
		dismiss := call{Method: "DELETE", Path: "/v1/imports/" + r.ID.String() + "/quarantine/" + row}
		var gone httpapi.Dismissed
		s.do(dismiss).want(http.StatusOK).into(&gone)
		left := names(s, "/v1/imports/"+r.ID.String()+"/quarantine", func(q importer.QuarantineRow) string { return fmt.Sprint(q.Row) })
		if gone.Documents != 1 || len(left) != len(rows)-1 || slices.Contains(left, row) {
			t.Errorf("%+v; %v of %v", gone, left, rows)
		}
		s.do(dismiss).problem(http.StatusNotFound, "row_not_waiting")
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

// An import stands in the list under the name that came with its file.
func TestImportIsNamed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		var r httpapi.ImportRun
		s.do(call{Method: "POST", Path: "/v1/imports?store=01", Body: orders(t), Header: http.Header{"Content-Type": {"text/csv"},
			"Content-Disposition": {`attachment; filename="../May 4111111111111111.csv"`}}}).want(http.StatusAccepted).into(&r)
		s.ends(r)
		if list := names(s, "/v1/imports", func(r httpapi.ImportRun) string { return r.File }); !slices.Equal(list, []string{"May ____________1111.csv"}) {
			t.Errorf("%v", list)
		}
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
			"/v1/imports":                                        {"x", http.StatusUnprocessableEntity, "store_missing"},
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
		s.do(call{Method: "DELETE", Path: "/v1/imports/" + s.ID().String() + "/quarantine/1"}).problem(http.StatusNotFound, "import_unknown")
		s.do(call{Method: "DELETE", Path: "/v1/imports/" + s.ID().String()}).problem(http.StatusNotFound, "import_unknown")
		key := s.newKey("one store", []string{"imports:read", "imports:write"}, "01")
		for _, c := range []call{{Method: "POST", Path: "/v1/imports?store=01", Body: "x"}, {Method: "POST", Path: "/v1/assessments?store=01", Body: "x"}, {Method: "GET", Path: "/v1/imports"},
			{Method: "GET", Path: "/v1/imports/" + s.ID().String()}, {Method: "DELETE", Path: "/v1/imports/" + s.ID().String()}} {
			c.Key = key
			s.do(c).problem(http.StatusForbidden, "store_denied")
		}
	})
}

// part is a part of a form.
type part struct{ name, file, content string }

// form sends files that belong together.
func (s *server) form(path string, parts ...part) answer {
	s.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		create := func() (io.Writer, error) { return w.CreateFormField(p.name) }
		if p.file != "" {
			create = func() (io.Writer, error) { return w.CreateFormFile(p.name, p.file) }
		}
		to, err := create()
		if err == nil {
			_, err = to.Write([]byte(p.content))
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		s.t.Fatal(err)
	}
	return s.do(call{Method: "POST", Path: path, Header: http.Header{"Content-Type": {w.FormDataContentType()}}, Body: b.Bytes()})
}

// pizzas are the four files of an export, in the currency of the shop of the tests.
func pizzas(t *testing.T) (out []part) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "examples", "sample-exports", "pizza-place", "*.csv"))
	if err != nil || len(files) != 4 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, part{"file", filepath.Base(f), string(raw)})
	}
	return out
}

// An export of several files, and one that is read with a layout of the caller's own, is sent as a form.
func TestImportForm(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		var review assess.Report
		s.form("/v1/assessments?store=01", pizzas(t)...).want(http.StatusOK).into(&review)
		if review.Layout != "pizza-place" || len(review.Files) != 4 || strings.Contains(review.Files[0], "/") {
			t.Errorf("%+v", review)
		}
		var run httpapi.ImportRun
		s.form("/v1/imports?store=01&name=pizzas", pizzas(t)...).want(http.StatusAccepted).into(&run)
		if run = s.ends(run); run.State != "done" || run.Counts.Receipts == 0 || run.Counts.Quarantined > 0 || run.File != "order_details.csv" {
			t.Errorf("%+v", run)
		}
		raw, err := os.ReadFile(filepath.Join("..", "..", "hub", "formats", "tabular", "layouts", "shopify-orders.json"))
		if err != nil {
			t.Fatal(err)
		}
		mine := part{"layout", "", strings.Replace(string(raw), `"shopify-orders"`, `"my-own"`, 1)}
		export := part{"file", "orders.csv", orders(t)}
		s.form("/v1/assessments?store=01", mine, export).want(http.StatusOK).into(&review)
		s.form("/v1/imports?store=01", export, mine).want(http.StatusAccepted).into(&run)
		if run = s.ends(run); review.Layout != "my-own" || run.Layout != "my-own" || run.State != "done" || run.File != "orders.csv" {
			t.Errorf("%+v, %s", run, review.Layout)
		}
		for _, refused := range [][]part{{}, {mine}, {mine, mine, export}, {export, export}, {{"file", "", "x"}}, {export, {"other", "", "x"}}} {
			s.form("/v1/imports?store=01", refused...).problem(http.StatusUnprocessableEntity, "upload_parts")
		}
		s.form("/v1/imports?store=01&layout=shopify-orders", mine, export).problem(http.StatusUnprocessableEntity, "upload_parts")
		s.form("/v1/assessments?store=01&layout=shopify-orders", mine, export).problem(http.StatusUnprocessableEntity, "upload_parts")
		for _, broken := range []string{"{", `{"layout": 1}`, `{"layout": 1, "name": "../x"}`} {
			got := s.form("/v1/assessments?store=01", part{"layout", "", broken}, export).problem(http.StatusUnprocessableEntity, "layout_invalid")
			if strings.Contains(string(got.Body), os.TempDir()) {
				t.Errorf("%s", got.Body)
			}
		}
		s.do(call{Method: "POST", Path: "/v1/imports?store=01", Header: http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}, Body: "--x\r\nContent"}).problem(http.StatusUnprocessableEntity, "body_broken")
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
