package httpapi_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/shifts"
	"github.com/tillpost/tillpost/internal/edge/httpapi"
	"github.com/tillpost/tillpost/internal/flow/shift"
	"github.com/tillpost/tillpost/internal/flow/shoptest"
	"github.com/tillpost/tillpost/internal/views/zreport"
)

// twice posts a document two times: it is new, and then there with the same answer.
func (s *server) twice(path string, body any) answer {
	s.t.Helper()
	first := s.post(path, body).want(http.StatusCreated)
	if again := s.post(path, body).want(http.StatusOK); string(again.Body) != string(first.Body) {
		s.t.Errorf("%s: %s, then %s", path, first.Body, again.Body)
	}
	return first
}

func euros(minor int64) string {
	return fmt.Sprintf(`{"currency": "EUR", "pieces": [{"value": 1, "number": %d}]}`, minor)
}

// opened opens a shift at a till with a float of 200.00.
func (s *server) opened(store, register string) shift.Opened {
	s.t.Helper()
	var out shift.Opened
	s.twice("/v1/shifts", shift.Opening{ID: s.ID(), Store: store, Register: register, Employee: "Ana",
		FromSafe: []money.Amount{{Minor: 20_000, Currency: shoptest.Currency}}}).into(&out)
	return out
}

// A shift from its opening to the bank. Who counts is not told what is expected before the count is recorded.
func TestShift(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		o := s.opened("01", "R1")
		at := "/v1/shifts/" + o.Shift.ID.String()
		s.Sell(receipt.Receipt{Shift: o.Shift.ID, Lines: []receipt.Line{shoptest.Line("01", receipt.Item, "A", 3, 1_111)}})
		s.twice(at+"/moves", `{"id": "`+s.ID().String()+`", "kind": "drop", "amount": {"minor": 1000, "currency": "EUR"}}`)
		s.blind(at)
		var counted, recounted shift.Counted
		s.twice(at+"/counts", `{"counts": [`+euros(22_330)+`]}`).into(&counted)
		s.post(at+"/counts", `{"counts": [`+euros(22_333)+`]}`).problem(http.StatusConflict, "shift_already_counted")
		s.twice(at+"/recounts", `{"counts": [`+euros(22_332)+`], "reason": "a coin fell down"}`).into(&recounted)
		if c, r := counted.Counts[0], recounted.Counts[0]; c.Expected != 22_333 || c.Difference != -3 || r.Difference != -1 {
			t.Errorf("%+v, then %+v", c, r)
		}
		s.post(at+"/moves", `{"id": "`+s.ID().String()+`", "kind": "drop", "amount": {"minor": 1, "currency": "EUR"}}`).problem(http.StatusConflict, "shift_not_open")
		var ended shift.Ended
		s.twice(at+"/close", `{"keep": [{"minor": 10000, "currency": "EUR"}]}`).into(&ended)
		var detail httpapi.ShiftDetail
		s.get(at).want(http.StatusOK).into(&detail)
		if ended.Shift.Z != 1 || detail.Z != 1 || len(detail.Counts) != 3 || len(detail.Movements) != 3 {
			t.Errorf("%+v, %+v", ended, detail)
		}
		var z zreport.Report
		s.get(at + "/report").want(http.StatusOK).into(&z)
		if c := z.Cash[0]; z.Kind != zreport.Z || c.Expected == nil || *c.Expected != 22_333 {
			t.Errorf("%+v", z)
		}
		s.bags()
		s.sound()
	})
}

// blind checks that nothing about an open shift tells what is expected in its drawer, but to who may see reports.
func (s *server) blind(at string) {
	s.t.Helper()
	key := s.newKey("till", []string{"shifts:read", "shifts:write"}, "01")
	for _, path := range []string{at, at + "/report", "/v1/day-reports?store=01", "/v1/shifts?store=01"} {
		body := string(s.do(call{Key: key, Method: "GET", Path: path}).want(http.StatusOK).Body)
		if strings.Contains(body, "22333") || strings.Contains(body, "3333") || strings.Contains(body, `"takings"`) || strings.Contains(body, `"tenders"`) {
			s.t.Errorf("%s tells what is expected: %s", path, body)
		}
	}
	for _, path := range []string{at + "/report?expected=true", "/v1/day-reports?store=01&expected=true"} {
		s.do(call{Key: key, Method: "GET", Path: path}).problem(http.StatusForbidden, "scope_missing")
		if body := string(s.get(path).want(http.StatusOK).Body); !strings.Contains(body, `"expected":22333`) {
			s.t.Errorf("%s: %s", path, body)
		}
	}
	wrong := s.do(call{Key: key, Method: "POST", Path: at + "/counts", Body: `{"counts": []}`}).problem(http.StatusUnprocessableEntity, "count_currency_missing")
	if strings.Contains(string(wrong.Body), "22333") {
		s.t.Errorf("%s", wrong.Body)
	}
}

// bags sends three bags to the bank and matches one.
func (s *server) bags() {
	s.t.Helper()
	var ids []string
	for i, store := range []string{"01", "02", "01"} {
		var bag shifts.Deposit
		s.twice("/v1/bank-deposits", shift.Bag{ID: s.ID(), Store: store, Amount: money.Minor(5_000 + i), Reference: "bag"}).into(&bag)
		ids = append(ids, bag.ID.String())
	}
	if got := s.all("/v1/bank-deposits?", "id", "2"); len(got) != 3 {
		s.t.Errorf("%v, want %v", got, ids)
	}
	if got := s.all("/v1/bank-deposits?store=02&", "id", "1"); !slices.Equal(got, ids[1:2]) {
		s.t.Errorf("%v, want %v", got, ids[1:2])
	}
	match := shift.Shown{ID: s.ID(), Statement: "2026-03/12", Credited: 4_990}
	var err error
	if match.Bag, err = id.Parse(ids[1]); err != nil {
		s.t.Fatal(err)
	}
	s.twice("/v1/bank-deposits/matches", match)
	match.ID = s.ID()
	s.post("/v1/bank-deposits/matches", match).problem(http.StatusConflict, "deposit_matched")
	var bag shifts.Deposit
	if s.get("/v1/bank-deposits/" + ids[1]).want(http.StatusOK).into(&bag); bag.Credited != 4_990 {
		s.t.Errorf("%+v", bag)
	}
	if got := s.all("/v1/bank-deposits?store=02&", "id", "1"); got != nil {
		s.t.Errorf("%v are still on their way", got)
	}
}

// Shifts are listed in the order of opening, by any of the filters.
func TestListShifts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		var want []string
		for _, r := range [][2]string{{"01", "R1"}, {"02", "R1"}, {"01", "R2"}, {"02", "R2"}} {
			want = append(want, s.opened(r[0], r[1]).Shift.ID.String())
		}
		s.post("/v1/shifts/"+want[2]+"/counts", `{"counts": [`+euros(20_000)+`]}`).want(http.StatusCreated)
		for query, ids := range map[string][]string{"": want, "store=01&": {want[0], want[2]}, "state=counted&": {want[2]}, "day=2026-03-13&": nil,
			"store=01&day=" + shoptest.Today + "&state=open&": {want[0]}} {
			for _, limit := range []string{"1", "3", "100"} {
				if got := s.all("/v1/shifts?"+query, "id", limit); !slices.Equal(got, ids) {
					t.Errorf("%s: %v, want %v", query, got, ids)
				}
			}
		}
		s.get("/v1/shifts?state=ajar").problem(http.StatusBadRequest, "parameter")
	})
}

func TestShiftRefuses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		o := s.opened("01", "R1")
		at, other := "/v1/shifts/"+o.Shift.ID.String(), s.ID().String()
		for _, c := range []struct {
			path, body string
			status     int
			code       string
		}{
			{"/v1/shifts", `{"id": "` + o.Shift.ID.String() + `", "store": "01", "register": "R1", "employee": "Bob"}`, 409, "shift_other_content"},
			{"/v1/shifts", `{"id": "` + other + `", "store": "01", "register": "R1"}`, 409, "shift_register_busy"},
			{"/v1/shifts", `{"id": "` + other + `", "store": "01", "register": "R9"}`, 404, "register_unknown"},
			{"/v1/shifts", `{"store": "01", "register": "R2"}`, 422, "shift_without_id"},
			{"/v1/shifts", `{"id": "x", "store": "01", "register": "R2"}`, 422, "bad_id"},
			{"/v1/shifts", `{"id": "` + other + `", "store": "01", "register": "R2", "float": 1}`, 422, "json_unknown_field"},
			{"/v1/shifts", `{"id": "` + other + `", "store": "01", "register": "R2", "employee": "4111111111111111"}`, 422, "shift_text"},
			{at + "/moves", `{"id": "` + other + `", "shift": "` + other + `", "kind": "drop"}`, 422, "code_differs"},
			{at + "/moves", `{"id": "` + other + `", "kind": "drop", "amount": {"minor": -1, "currency": "EUR"}}`, 422, "shift_amount"},
			{at + "/moves", `{"id": "` + other + `", "kind": "juggle", "amount": {"minor": 1, "currency": "EUR"}}`, 422, "cash_kind"},
			{at + "/counts", `{"counts": [{"currency": "EUR", "pieces": [{"value": 0, "number": 1}]}]}`, 422, "count_pieces"},
			{at + "/recounts", `{"counts": [], "reason": "x"}`, 409, "shift_not_counted"},
			{at + "/close", `{}`, 409, "shift_not_counted"},
			{at + "/close", `{"rates": [{"currency": "USD", "rate": "0"}]}`, 422, "cash_rate"},
			{"/v1/shifts/" + other + "/close", `{}`, 404, "shift_not_found"},
			{"/v1/shifts/x/close", `{}`, 400, "parameter"},
			{"/v1/bank-deposits", `{"id": "` + other + `", "store": "01", "amount": 0}`, 422, "shift_amount"},
			{"/v1/bank-deposits", `{"id": "` + other + `", "store": "99", "amount": 1}`, 404, "store_unknown"},
			{"/v1/bank-deposits/matches", `{"id": "` + other + `", "bag": "` + other + `", "statement": "x"}`, 404, "deposit_not_found"},
			{"/v1/day-closes", `{"store": "99"}`, 404, "store_unknown"},
			{"/v1/day-closes", `{"store": "01"}`, 409, "day_open_shift"},
			{"/v1/day-closes", `{"store": "01", "business_day": "2026-03-15"}`, 422, "day_future"},
			{"/v1/day-closes", `{"store": "01", "business_day": "soon"}`, 422, "bad_date"},
		} {
			if a := s.post(c.path, c.body); a.Status != c.status || !strings.Contains(string(a.Body), `"`+c.code+`"`) {
				t.Errorf("%s %s: %d %s, want %d %s", c.path, c.body, a.Status, a.Body, c.status, c.code)
			}
		}
		key := s.newKey("branch", []string{"shifts:read", "shifts:write"}, "02")
		for _, c := range []call{{Method: "GET", Path: "/v1/shifts?store=01"}, {Method: "GET", Path: at}, {Method: "GET", Path: at + "/report"},
			{Method: "GET", Path: "/v1/day-reports?store=01"}, {Method: "GET", Path: "/v1/day-closes?store=01"}, {Method: "GET", Path: "/v1/bank-deposits?store=01"},
			{Method: "GET", Path: "/v1/stores/01/due-days"}, {Method: "POST", Path: at + "/close", Body: `{}`}, {Method: "POST", Path: at + "/counts", Body: `{}`},
			{Method: "POST", Path: at + "/moves", Body: `{}`}, {Method: "POST", Path: "/v1/shifts", Body: `{"store": "01", "register": "R2"}`},
			{Method: "POST", Path: "/v1/bank-deposits", Body: `{"store": "01"}`}, {Method: "POST", Path: "/v1/day-closes", Body: `{"store": "01"}`}} {
			c.Key = key
			s.do(c).problem(http.StatusForbidden, "store_denied")
		}
		s.do(call{Key: key, Method: "GET", Path: "/v1/shifts?store=02"}).want(http.StatusOK)
	})
}

// A day is closed once, and its seals can be read.
func TestDays(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		for _, store := range []string{"01", "02", "01"} {
			s.Sell(receipt.Receipt{Store: store, BusinessDay: "2026-03-13", Lines: []receipt.Line{shoptest.Line(store, receipt.Item, "A", 1, 999)}})
		}
		s.Sell(receipt.Receipt{Register: "R2", BusinessDay: "2026-03-12", Lines: []receipt.Line{shoptest.Line("01", receipt.Item, "A", 1, 999)}})
		var due httpapi.Page[string]
		s.get("/v1/stores/01/due-days?limit=1").want(http.StatusOK).into(&due)
		if !slices.Equal(due.Data, []string{"2026-03-12"}) || due.Next == "" {
			t.Errorf("%+v", due)
		}
		s.get("/v1/stores/01/due-days?cursor=" + due.Next).want(http.StatusOK).into(&due)
		if !slices.Equal(due.Data, []string{"2026-03-13"}) {
			t.Errorf("%+v", due)
		}
		var x, z zreport.Report
		s.get("/v1/day-reports?store=01&day=2026-03-13").want(http.StatusOK).into(&x)
		var closed httpapi.DayClosed
		s.twice("/v1/day-closes", `{"store": "01", "business_day": "2026-03-13"}`).into(&closed)
		if closed.Store.Receipts != 2 || closed.Store.Z != 1 || len(closed.Registers) != 1 || closed.Registers[0].Hash == (receipt.Hash{}) {
			t.Errorf("%+v", closed)
		}
		s.get("/v1/day-reports?store=01&day=2026-03-13&register=R1").want(http.StatusOK).into(&z)
		if x.Kind != zreport.X || z.Kind != zreport.Z || x.Sales == nil || z.Sales == nil || *x.Sales != *z.Sales {
			t.Errorf("%+v, then %+v", x, z)
		}
		s.get("/v1/day-reports?store=01&register=R9").problem(http.StatusNotFound, "register_unknown")
		s.get("/v1/day-reports").problem(http.StatusNotFound, "store_unknown")
		s.post("/v1/day-closes", `{"store": "02", "business_day": "2026-03-13"}`).want(http.StatusCreated)
		s.post("/v1/day-closes", `{"store": "01", "business_day": "2026-03-12"}`).want(http.StatusCreated)
		for query, want := range map[string][]string{"": {"2026-03-12", "2026-03-12", "2026-03-13", "2026-03-13", "2026-03-13", "2026-03-13"},
			"store=01&": {"2026-03-12", "2026-03-12", "2026-03-13", "2026-03-13"}, "store=02&day=2026-03-13&": {"2026-03-13", "2026-03-13"}, "day=2026-03-11&": nil} {
			if got := s.all("/v1/day-closes?"+query, "business_day", "2"); !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", query, got, want)
			}
		}
		s.sound()
	})
}
