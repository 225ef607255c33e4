package httpapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/edge/httpapi"
	"github.com/tillpost/tillpost/internal/flow/shoptest"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/books"
	"github.com/tillpost/tillpost/internal/views/salesreport"
	"github.com/tillpost/tillpost/internal/views/taxreport"
)

// csv asks for a table.
func (s *server) csv(path string) answer {
	s.t.Helper()
	a := s.do(call{Method: "GET", Path: path, Header: http.Header{"Accept": {"text/csv"}}}).want(http.StatusOK)
	if kind := a.Header.Get("Content-Type"); kind != "text/csv; charset=utf-8" {
		s.t.Errorf("%s: %s", path, kind)
	}
	return a
}

// The figures are those of the views, in JSON and as a table.
func TestReports(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		s.Everything()
		var trial books.Trial
		var profit books.Profit
		var sheet books.Sheet
		var tax taxreport.Report
		var stock httpapi.StockReport
		first := s.get("/v1/reports/trial-balance").want(http.StatusOK).into(&trial)
		s.get("/v1/reports/profit-loss?from=2026-03-01&to=2026-03-31&store=01").want(http.StatusOK).into(&profit)
		s.get("/v1/reports/balance-sheet").want(http.StatusOK).into(&sheet)
		s.get("/v1/reports/tax").want(http.StatusOK).into(&tax)
		s.get("/v1/reports/stock?by=location").want(http.StatusOK).into(&stock)
		if !trial.Balanced() || len(trial.Rows) < 20 || profit.Net == 0 || sheet.Between != 0 || sheet.Assets.Total == 0 || !tax.Proved() || len(tax.Codes) == 0 || stock.Value == 0 {
			t.Errorf("%+v %+v %+v %+v", profit, sheet, tax, stock)
		}
		s.do(call{Method: "GET", Path: "/v1/reports/trial-balance", Header: http.Header{"If-None-Match": {first.Header.Get("ETag")}}}).want(http.StatusNotModified)
		var table httpapi.ReportTable
		s.get("/v1/reports/sales?by=store,department").want(http.StatusOK).into(&table)
		var total float64
		for _, r := range table.Rows {
			total += r["total_sales"].(float64)
		}
		if len(table.Rows) < 4 || total == 0 || table.Totals["total_sales"].(float64) != total {
			t.Errorf("%+v", table)
		}
		s.get("/v1/reports/sales?by=item&top=2").want(http.StatusOK).into(&table)
		if len(table.Rows) != 3 { // and the others
			t.Errorf("%+v", table.Rows)
		}
		s.get("/v1/reports/general-ledger?account=1140").want(http.StatusOK).into(&table)
		if table.Rows[0]["memo"] != "Opening balance" || len(table.Rows) < 3 {
			t.Errorf("%+v", table.Rows)
		}
		s.get("/v1/reports/general-ledger?account=1300&by=receipt&store=02").want(http.StatusOK).into(&table)
		if len(table.Rows) < 3 || table.Rows[0]["entry_id"] == nil {
			t.Errorf("%+v", table.Rows)
		}
		for path, head := range map[string]string{
			"trial-balance": "account,name,type,opening,", "profit-loss": "section,account,", "balance-sheet?day=2026-03-14": "section,account,", "tax": "jurisdiction,code,rate,",
			"stock": "location,department,item,", "sales": "date,employee,", "sales?by=hour": "hour,", "general-ledger": "account,name,day,"} {
			if got := s.csv("/v1/reports/" + path).Body; !strings.HasPrefix(string(got), head) || len(strings.Split(string(got), "\n")) < 3 {
				t.Errorf("%s: %s", path, got)
			}
		}
		s.refuses("GET", []refusal{
			{"/v1/reports/sales?by=colour", nil, http.StatusUnprocessableEntity, salesreport.ErrDimension.Code},
			{"/v1/reports/trial-balance?store=99", nil, http.StatusNotFound, org.ErrNoStore.Code},
			{"/v1/reports/profit-loss?from=2026-03-02&to=2026-03-01", nil, http.StatusBadRequest, "parameter"},
			{"/v1/reports/general-ledger?account=none", nil, http.StatusNotFound, books.ErrNoAccount.Code},
			{"/v1/reports/general-ledger?by=receipt", nil, http.StatusBadRequest, "parameter"},
			{"/v1/exports/excel", nil, http.StatusBadRequest, "parameter"},
		})
		key, other := s.newKey("one store", []string{"reports:read"}, "01"), s.newKey("sales", []string{"sales:read"})
		for _, path := range []string{"/v1/reports/trial-balance?store=02", "/v1/reports/profit-loss?store=02", "/v1/reports/balance-sheet?store=02", "/v1/reports/tax?store=02", "/v1/reports/stock?store=02",
			"/v1/reports/sales?store=", "/v1/reports/general-ledger?store=02", "/v1/proof?store=02", "/v1/exports/csv?store=02"} {
			s.do(call{Key: key, Method: "GET", Path: path}).problem(http.StatusForbidden, "store_denied")
			s.do(call{Key: other, Method: "GET", Path: path}).problem(http.StatusForbidden, "scope_missing")
		}
		s.do(call{Key: key, Method: "GET", Path: "/v1/reports/sales?store=01&by=day"}).want(http.StatusOK)
	})
}

// A shop without anything in it has empty lists in its reports, never null.
func TestReportsOfNothing(t *testing.T) {
	t.Parallel()
	s := newServer(t, dbtest.Open(t, dbtest.SQLite(t)))
	for _, path := range []string{"/v1/reports/trial-balance", "/v1/reports/profit-loss", "/v1/reports/balance-sheet", "/v1/reports/tax", "/v1/reports/stock", "/v1/reports/sales",
		"/v1/reports/general-ledger", "/v1/proof", "/v1/entries", "/v1/movements", "/v1/tasks", "/v1/stock-levels", "/v1/stock-documents", "/v1/stock-moves?item=A"} {
		if got := s.get(path).want(http.StatusOK); strings.Contains(string(got.Body), "null") {
			t.Errorf("%s: %s", path, got.Body)
		}
	}
}

// The proof holds, and each of its figures leads to what it is made of.
func TestProof(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		s.Everything()
		var p httpapi.Proof
		s.get("/v1/proof").want(http.StatusOK).into(&p)
		if !p.Holds || p.From != "1970-01-01" || len(p.Equations) < 10 {
			t.Errorf("%+v", p)
		}
		s.get("/v1/proof?store=02&day=" + shoptest.Today).want(http.StatusOK).into(&p)
		seen := map[string]bool{}
		for _, e := range p.Equations {
			for _, side := range []httpapi.ProofSide{e.Left, e.Right} {
				if (side.Amount == nil) == (side.Qty == nil) {
					t.Errorf("%+v", side)
				}
				if !seen[side.Link] {
					s.get(side.Link).want(http.StatusOK)
				}
				seen[side.Link] = true
			}
		}
		if len(seen) != 4 || !p.Holds {
			t.Errorf("%v %+v", seen, p)
		}
		n := len(names(s, "/v1/receipts?limit=5&from="+shoptest.Today+"&store=02", func(r struct{ ID string }) string { return r.ID }))
		if int64(n) != p.Receipts {
			t.Errorf("%d receipts behind the proof of %d", n, p.Receipts)
		}
		s.get("/v1/proof?day=2026-03-14&from=2026-03-14").problem(http.StatusBadRequest, "parameter")
	})
}

// The books leave as files.
func TestExports(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		s.Everything()
		for format, kind := range map[string]string{"hledger": "text/plain", "ledger": "text/plain", "beancount": "text/plain", "csv": "text/csv"} {
			got := s.get("/v1/exports/" + format + "?store=01&from=2026-03-01").want(http.StatusOK)
			if got.Header.Get("Content-Type") != kind+"; charset=utf-8" || !strings.Contains(got.Header.Get("Content-Disposition"), "books.") ||
				!slices.ContainsFunc(strings.Split(string(got.Body), "\n"), func(line string) bool {
					return strings.HasPrefix(line, "2026-03-14") || strings.Contains(line, ",2026-03-14,")
				}) {
				t.Errorf("%s: %v %.300s", format, got.Header, got.Body)
			}
		}
	})
}
