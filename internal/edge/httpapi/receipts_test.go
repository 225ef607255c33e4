package httpapi_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/edge/httpapi"
	"github.com/tillpost/tillpost/internal/flow/refund"
	"github.com/tillpost/tillpost/internal/flow/shoptest"
	"github.com/tillpost/tillpost/internal/views/check"
)

// one is a sale of n units of A, sealed by a till of the store.
func (s *server) one(store string, n int64) receipt.Receipt {
	return s.Fill(receipt.Receipt{Store: store, Lines: []receipt.Line{shoptest.Line(store, receipt.Item, "A", n, 999)}})
}

// sound fails the test unless everything agrees with everything.
func (s *server) sound() {
	s.t.Helper()
	res, err := check.Run(ctx, s.d, shoptest.Currency, nil, nil)
	if err != nil || !res.Sound() {
		s.t.Errorf("%v %+v", err, res.Findings)
	}
}

// A receipt is recorded once however often it comes; the same id with other content is a conflict.
func TestRecordReceipt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		r := s.one("01", 2)
		var first, again httpapi.Recorded
		s.post("/v1/receipts", r).want(http.StatusCreated).into(&first)
		s.post("/v1/receipts", r).want(http.StatusOK).into(&again)
		if first != again || first.Hash != r.Hash || first.Number != r.Number {
			t.Errorf("%+v, then %+v", first, again)
		}
		other := r
		other.Note = "changed"
		other.Seal(r.PrevHash)
		s.post("/v1/receipts", other).problem(http.StatusConflict, "receipt_other_content")
		var opened httpapi.Opened
		s.get("/v1/receipts/" + r.ID.String()).want(http.StatusOK).into(&opened)
		if opened.Receipt.Hash != r.Hash || len(opened.Entries) != 1 || len(opened.Moves) != 1 {
			t.Errorf("%+v", opened)
		}
		s.sound()
	})
}

// Each receipt of a batch stands for itself.
func TestRecordBatch(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		var batch []receipt.Receipt
		for i := range 50 {
			batch = append(batch, s.one("01", int64(i+1)))
		}
		wrong := s.one("02", 1)
		wrong.Tenders[0].Amount++
		batch = slices.Insert(batch, 7, wrong)
		var out httpapi.Arrivals
		s.post("/v1/receipts", batch).want(http.StatusOK).into(&out)
		for i, r := range out.Results {
			if i == 7 {
				if r.Status != http.StatusUnprocessableEntity || r.Problem == nil || r.Receipt != nil {
					t.Errorf("%+v", r)
				}
				continue
			}
			if r.Status != http.StatusCreated || r.ID != batch[i].ID || r.Receipt == nil || r.Receipt.Hash != batch[i].Hash {
				t.Errorf("%d: %+v", i, r)
			}
		}
		if len(out.Results) != len(batch) {
			t.Errorf("%d results", len(out.Results))
		}
		s.post("/v1/receipts", []receipt.Receipt{}).problem(http.StatusUnprocessableEntity, "batch_size")
		s.post("/v1/receipts", make([]receipt.Receipt, httpapi.BatchMost+1)).problem(http.StatusUnprocessableEntity, "batch_size")
		s.sound()
	})
}

// Lists have pages that together are the whole.
func TestListReceipts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		var want []string
		for i := range 25 {
			r := s.Send(s.one([]string{"01", "02"}[i%2], 1)).Receipt
			want = append(want, r.ID.String())
		}
		var got []string
		path := "/v1/receipts?from=" + shoptest.Today + "&limit=10"
		for next := ""; ; {
			var p httpapi.Page[struct{ ID string }]
			s.get(path + "&cursor=" + next).want(http.StatusOK).into(&p)
			for _, r := range p.Data {
				got = append(got, r.ID)
			}
			if next = p.Next; next == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		for query, n := range map[string]int{"": 25, "from=" + shoptest.Today + "&to=" + shoptest.Today: 25, "to=" + shoptest.Today: 25, "to=2026-03-13": 0, "from=2026-03-15": 0,
			"from=2026-01-01": 25} { // an end that is left out is that of all days, as in every list
			if ids := names(s, "/v1/receipts?limit=7&"+query, func(r struct{ ID string }) string { return r.ID }); len(ids) != n {
				t.Errorf("%q: %d receipts, want %d", query, len(ids), n)
			}
		}
		s.get(path+"&cursor=x").problem(http.StatusUnprocessableEntity, "cursor")
		s.get("/v1/receipts?from=yesterday").problem(http.StatusBadRequest, "parameter")
		s.get("/v1/receipts?from="+shoptest.Today+"&limit=501").problem(http.StatusBadRequest, "parameter")
		s.get("/v1/receipts?from="+shoptest.Today+"&nonsense=1").problem(http.StatusBadRequest, "parameter")
	})
}

// Goods come back, and receipts are cancelled, once.
func TestRefundAndVoid(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		a, b := s.Send(s.one("01", 2)).Receipt, s.Send(s.one("01", 3)).Receipt
		back := refund.Command{ID: s.ID(), Receipt: a.ID, Reason: "too small"}
		var first, again httpapi.Recorded
		s.post("/v1/refunds", back).want(http.StatusCreated).into(&first)
		s.post("/v1/refunds", back).want(http.StatusOK).into(&again)
		if first != again || first.Total != -a.Total() {
			t.Errorf("%+v, then %+v", first, again)
		}
		s.post("/v1/voids", refund.Command{ID: s.ID(), Receipt: b.ID}).want(http.StatusCreated)
		s.post("/v1/refunds", refund.Command{ID: s.ID(), Receipt: s.ID()}).problem(http.StatusNotFound, "receipt_not_found")
		much := s.post("/v1/refunds", `{"id": "`+s.ID().String()+`", "receipt": "`+s.Send(s.one("01", 1)).Receipt.ID.String()+`", "lines": [{"line": 1, "qty": "2"}]}`)
		var p httpapi.Problem
		if much.problem(http.StatusConflict, "refund_too_much").into(&p); p.Place != "lines[0].qty" {
			t.Errorf("place %q", p.Place)
		}
		s.sound()
	})
}

// A key for a store sees and does nothing in another.
func TestKeyOfAStore(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		key := s.newKey("till", []string{"sales:read", "sales:write"}, "01")
		mine, theirs := s.one("01", 1), s.one("02", 1)
		s.do(call{Key: key, Method: "POST", Path: "/v1/receipts", Body: mine}).want(http.StatusCreated)
		s.do(call{Key: key, Method: "POST", Path: "/v1/receipts", Body: theirs}).problem(http.StatusForbidden, "store_denied")
		s.Send(theirs)
		s.do(call{Key: key, Method: "GET", Path: "/v1/receipts/" + mine.ID.String()}).want(http.StatusOK)
		s.do(call{Key: key, Method: "GET", Path: "/v1/receipts/" + theirs.ID.String()}).problem(http.StatusForbidden, "store_denied")
		s.do(call{Key: key, Method: "GET", Path: "/v1/receipts?store=02&from=" + shoptest.Today}).problem(http.StatusForbidden, "store_denied")
		s.do(call{Key: key, Method: "GET", Path: "/v1/receipts?store=01&from=" + shoptest.Today}).want(http.StatusOK)
		s.do(call{Key: key, Method: "POST", Path: "/v1/voids", Body: refund.Command{ID: s.ID(), Receipt: theirs.ID}}).problem(http.StatusForbidden, "store_denied")
		s.do(call{Key: "none", Method: "POST", Path: "/v1/receipts", Body: mine}).problem(http.StatusUnauthorized, "auth_missing")
	})
}

// A basket is priced and nothing is written.
func TestQuote(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		var q struct {
			Total int64
			Lines []struct{ Item string }
		}
		s.post("/v1/quotes", `{"store": "01", "entries": [{"item": "A", "qty": "3", "price": "1.50", "reason": "offer"}]}`).want(http.StatusOK).into(&q)
		if q.Total != 450 || len(q.Lines) != 1 {
			t.Errorf("%+v", q)
		}
		s.post("/v1/quotes", `{"store": "01", "entries": [{"item": "A", "qty": 3, "colour": "red"}]}`).problem(http.StatusUnprocessableEntity, "json_unknown_field")
	})
}
