package httpapi_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/edge/httpapi"
	"github.com/tillpost/tillpost/internal/flow/closeperiod"
	"github.com/tillpost/tillpost/internal/flow/journal"
	"github.com/tillpost/tillpost/internal/flow/shoptest"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// names walks a list to its end and returns a field of each row.
func names[T any](s *server, path string, name func(T) string) (out []string) {
	s.t.Helper()
	if !strings.Contains(path, "?") {
		path += "?"
	}
	for next := ""; ; {
		var p httpapi.Page[T]
		s.get(path + "&cursor=" + next).want(http.StatusOK).into(&p)
		for _, row := range p.Data {
			out = append(out, name(row))
		}
		if next = p.Next; next == "" {
			return out
		}
	}
}

// refusal is a request that is refused.
type refusal struct {
	path   string
	body   any
	status int
	code   string
}

// refuses sends what must be refused.
func (s *server) refuses(method string, list []refusal) {
	s.t.Helper()
	for _, r := range list {
		s.do(call{Method: method, Path: r.path, Body: r.body}).problem(r.status, r.code)
	}
}

// An account is added once, renamed, and changed by nobody who has read an older one.
func TestAccounts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		const path = "/v1/accounts/6999"
		first := s.put(path, `{"name": "Gifts", "type": "expense"}`).want(http.StatusCreated)
		if got := s.get(path).want(http.StatusOK); got.Header.Get("ETag") != first.Header.Get("ETag") || string(got.Body) != string(first.Body) {
			t.Errorf("%s, put %s", got.Body, first.Body)
		}
		s.put(path, `{"code": "6999", "name": "Gifts", "type": "expense"}`).want(http.StatusOK)
		old := http.Header{"If-Match": {first.Header.Get("ETag")}}
		s.do(call{Method: "PUT", Path: path, Header: old, Body: `{"name": "Presents", "type": "expense"}`}).want(http.StatusOK)
		s.do(call{Method: "PUT", Path: path, Header: old, Body: `{"name": "Gifts", "type": "expense"}`}).problem(http.StatusPreconditionFailed, "precondition")
		s.do(call{Method: "PUT", Path: path, Header: http.Header{"If-None-Match": {"*"}}, Body: `{"name": "Gifts", "type": "expense"}`}).problem(http.StatusPreconditionFailed, "precondition")
		s.refuses("PUT", []refusal{
			{path, `{"name": "Gifts", "type": "asset"}`, http.StatusConflict, "account_differs"},
			{path, `{"code": "6998", "name": "Gifts", "type": "expense"}`, http.StatusUnprocessableEntity, "code_differs"},
			{path, `{"name": "Gifts", "type": "expense", "colour": "red"}`, http.StatusUnprocessableEntity, "json_unknown_field"},
			{path, `{"name": 5, "type": "expense"}`, http.StatusUnprocessableEntity, "json_type"},
			{path, `{"name": "4111 1111 1111 1111", "type": "expense"}`, http.StatusUnprocessableEntity, "account_name"},
			{"/v1/accounts/x", `{"type": "expense"}`, http.StatusUnprocessableEntity, "account_name"},
			{"/v1/accounts/x", `{"name": "x", "type": "odd"}`, http.StatusUnprocessableEntity, "account_type"},
			{"/v1/accounts/a%20b", `{"name": "x", "type": "asset"}`, http.StatusUnprocessableEntity, "account_code"},
		})
		s.get("/v1/accounts/none").problem(http.StatusNotFound, "account_unknown")
		got := names(s, "/v1/accounts?type=expense&limit=3", func(a ledger.Account) string { return a.Code + a.Name })
		if !slices.IsSorted(got) || !slices.Contains(got, "6999Presents") || slices.Contains(got, "1140") {
			t.Error(got)
		}
		key := s.newKey("one store", []string{"books:read", "books:write"}, "01")
		s.do(call{Key: key, Method: "PUT", Path: path, Body: `{"name": "x", "type": "expense"}`}).problem(http.StatusForbidden, "store_denied")
	})
}

// A role posts to the account that it is given.
func TestAccountRoles(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		s.put("/v1/accounts/6999", `{"name": "Fees of Stripe", "type": "expense"}`).want(http.StatusCreated)
		const path = "/v1/account-roles/card_fees"
		before := s.get(path).want(http.StatusOK)
		tag := http.Header{"If-Match": {before.Header.Get("ETag")}}
		var r httpapi.Role
		s.do(call{Method: "PUT", Path: path, Header: tag, Body: `{"key": "stripe", "account": "6999"}`}).want(http.StatusCreated).into(&r)
		if r.Account == "" || len(r.Keyed) != 1 || r.Keyed[0] != (httpapi.KeyedAccount{Key: "stripe", Account: "6999"}) {
			t.Errorf("%+v", r)
		}
		s.do(call{Method: "PUT", Path: path, Header: tag, Body: `{"key": "stripe", "account": "6100"}`}).problem(http.StatusPreconditionFailed, "precondition")
		s.put(path, `{"role": "card_fees", "key": "stripe", "account": "6999"}`).want(http.StatusOK)
		s.refuses("PUT", []refusal{
			{path, `{"role": "sales", "account": "6999"}`, http.StatusUnprocessableEntity, "code_differs"},
			{path, `{"account": "1140"}`, http.StatusUnprocessableEntity, "role_account_type"},
			{path, `{"account": "none"}`, http.StatusNotFound, "account_unknown"},
			{path, `{"key": "4111111111111111", "account": "6999"}`, http.StatusUnprocessableEntity, "role_key"},
			{"/v1/account-roles/none", `{"account": "6999"}`, http.StatusUnprocessableEntity, "role_unknown"},
		})
		got := names(s, "/v1/account-roles?limit=7", func(r httpapi.Role) string { return r.Role })
		if !slices.IsSorted(got) || !slices.Contains(got, "suspense") || len(got) < 40 {
			t.Error(got)
		}
	})
}

func (s *server) rent(store string, amount money.Minor) journal.Entry {
	return journal.Entry{ID: s.ID(), Store: store, BusinessDay: shoptest.Today, Memo: "rent",
		Lines: []journal.Line{{Account: "6500", Amount: amount}, {Account: "1140", Amount: -amount}}}
}

// Entries by hand are posted once, taken back, and corrected.
func TestJournal(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		rent := s.rent("01", 500)
		var first, again ledger.Entry
		s.post("/v1/journal-entries", rent).want(http.StatusCreated).into(&first)
		s.post("/v1/journal-entries", rent).want(http.StatusOK).into(&again)
		s.get("/v1/entries/" + rent.ID.String()).want(http.StatusOK).into(&again)
		if first.Seq != again.Seq || len(again.Lines) != 2 {
			t.Errorf("%+v, then %+v", first, again)
		}
		fix := journal.Correction{ID: s.ID(), Doc: rent.ID, BusinessDay: shoptest.Today, Memo: "it was less",
			Lines: []journal.Line{{Account: "6500", Amount: 400}, {Account: "1140", Amount: -400}}}
		s.post("/v1/corrections", fix).want(http.StatusCreated)
		s.post("/v1/corrections", fix).want(http.StatusOK)
		back := journal.Reversal{Entry: fix.ID, BusinessDay: shoptest.Today, Memo: "it was not"}
		s.post("/v1/reversals", back).want(http.StatusCreated)
		s.post("/v1/reversals", back).want(http.StatusOK)
		other := rent
		other.Memo = "other"
		odd := s.rent("", 1)
		odd.Lines[0].Amount = 2
		s.refuses("POST", []refusal{
			{"/v1/journal-entries", other, http.StatusConflict, "journal_conflict"},
			{"/v1/journal-entries", odd, http.StatusUnprocessableEntity, "journal_unbalanced"},
			{"/v1/journal-entries", `{"memo": "x", "date": "2026-03-14"}`, http.StatusUnprocessableEntity, "json_unknown_field"},
			{"/v1/journal-entries", s.rent("99", 5), http.StatusNotFound, "store_unknown"},
			{"/v1/journal-entries", `{"id": "` + s.ID().String() + `", "memo": "4111 1111 1111 1111", "business_day": "` + shoptest.Today + `", "lines": []}`, http.StatusUnprocessableEntity, "journal_card_number"},
			{"/v1/corrections", journal.Correction{ID: s.ID(), Doc: s.ID(), BusinessDay: shoptest.Today, Memo: "x", Lines: fix.Lines}, http.StatusNotFound, "journal_document_unknown"},
			{"/v1/reversals", journal.Reversal{Entry: s.ID(), BusinessDay: shoptest.Today, Memo: "x"}, http.StatusNotFound, "entry_unknown"},
		})
		key := s.newKey("one store", []string{"books:read", "books:write"}, "02")
		for path, body := range map[string]any{"/v1/journal-entries": s.rent("01", 5), "/v1/corrections": fix, "/v1/reversals": back} {
			s.do(call{Key: key, Method: "POST", Path: path, Body: body}).problem(http.StatusForbidden, "store_denied")
		}
		s.do(call{Key: key, Method: "POST", Path: "/v1/journal-entries", Body: s.rent("02", 5)}).want(http.StatusCreated)
		s.do(call{Key: key, Method: "GET", Path: "/v1/entries/" + rent.ID.String()}).problem(http.StatusForbidden, "store_denied")
		s.do(call{Key: key, Method: "GET", Path: "/v1/entries?store=01"}).problem(http.StatusForbidden, "store_denied")
		s.do(call{Key: key, Method: "GET", Path: "/v1/entries?store=02"}).want(http.StatusOK)
		s.sound()
	})
}

// The pages of a list of entries are together what the ledger has, whatever narrows it.
func TestListEntries(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		s.Everything()
		var all []ledger.Entry
		err := s.d.Read(ctx, func(v *db.View) error {
			return ledger.Each(v, 1, func(e *ledger.Entry) error {
				kept := *e
				kept.Lines = slices.Clone(e.Lines)
				all = append(all, kept)
				return nil
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		on := func(account string) func(*ledger.Entry) bool {
			return func(e *ledger.Entry) bool {
				return slices.ContainsFunc(e.Lines, func(l ledger.Line) bool { return l.Account == account })
			}
		}
		doc := all[len(all)/2].Doc
		for query, wanted := range map[string]func(e *ledger.Entry) bool{
			"":                                     func(*ledger.Entry) bool { return true },
			"store=02":                             func(e *ledger.Entry) bool { return e.Store == "02" },
			"kind=shift":                           func(e *ledger.Entry) bool { return e.Kind == "shift" },
			"account=6500":                         on("6500"),
			"account=1300&store=01":                func(e *ledger.Entry) bool { return e.Store == "01" && on("1300")(e) },
			"account=none":                         func(*ledger.Entry) bool { return false },
			"from=2026-03-02":                      func(e *ledger.Entry) bool { return e.EffectiveDay >= "2026-03-02" },
			"to=2026-03-13":                        func(e *ledger.Entry) bool { return e.EffectiveDay <= "2026-03-13" },
			"from=2030-01-01":                      func(*ledger.Entry) bool { return false },
			"doc=" + doc.String():                  func(e *ledger.Entry) bool { return e.Doc == doc },
			"kind=count&doc=" + doc.String():       func(e *ledger.Entry) bool { return e.Doc == doc && e.Kind == "count" },
			"from=2026-03-01&to=2026-03-14&doc=":   func(e *ledger.Entry) bool { return e.EffectiveDay >= "2026-03-01" && e.EffectiveDay <= "2026-03-14" },
			"account=9999&kind=sale&to=2026-03-14": func(e *ledger.Entry) bool { return e.Kind == "sale" && on("9999")(e) },
		} {
			var want []string
			for i := range all {
				if wanted(&all[i]) {
					want = append(want, fmt.Sprint(all[i].Seq, len(all[i].Lines)))
				}
			}
			got := names(s, "/v1/entries?limit=7&"+query, func(e ledger.Entry) string { return fmt.Sprint(e.Seq, len(e.Lines)) })
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", query, got, want)
			}
		}
		s.refuses("GET", []refusal{
			{"/v1/entries?from=2026-03-02&to=2026-03-01", nil, http.StatusBadRequest, "parameter"},
			{"/v1/entries?doc=x", nil, http.StatusBadRequest, "parameter"},
			{"/v1/entries/" + s.ID().String(), nil, http.StatusNotFound, "entry_unknown"},
		})
	})
}

// Movements of processors are booked once, and listed in pages.
func TestMovements(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		var doc httpapi.Movements
		var want []string
		for i := range 12 {
			m := payments.Movement{ID: s.ID(), At: dbtest.Now, BusinessDay: shoptest.Today, Kind: payments.FeeOnly, Processor: []string{"stripe", "paypal"}[i%2],
				Currency: shoptest.Currency, Gross: -money.Minor(i + 1), Net: -money.Minor(i + 1), External: fmt.Sprint(i)}
			doc.Movements = append(doc.Movements, m)
			if m.Processor == "paypal" {
				want = append(want, m.ID.String())
			}
		}
		var r httpapi.MovementsRecorded
		s.post("/v1/movements", doc).want(http.StatusCreated).into(&r)
		if r != (httpapi.MovementsRecorded{Fresh: 12, Entries: 12}) {
			t.Errorf("%+v", r)
		}
		s.post("/v1/movements", doc).want(http.StatusOK).into(&r)
		if r != (httpapi.MovementsRecorded{Repeated: 12}) {
			t.Errorf("%+v", r)
		}
		slices.Sort(want)
		got := names(s, "/v1/movements?processor=paypal&kind=fee&limit=4&from="+shoptest.Today, func(m payments.Movement) string { return m.ID.String() })
		if !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		doc.Movements[3].Reference = "other"
		s.refuses("POST", []refusal{
			{"/v1/movements", doc, http.StatusConflict, "movement_differs"},
			{"/v1/movements", httpapi.Movements{}, http.StatusUnprocessableEntity, "batch_size"},
			{"/v1/movements", `{"charges": "guess", "movements": [{"id": "` + s.ID().String() + `"}]}`, http.StatusUnprocessableEntity, "payout_policy"},
		})
		key := s.newKey("one store", []string{"books:read", "books:write"}, "01")
		s.do(call{Key: key, Method: "GET", Path: "/v1/movements"}).problem(http.StatusForbidden, "store_denied")
		s.do(call{Key: key, Method: "POST", Path: "/v1/movements", Body: doc}).problem(http.StatusForbidden, "store_denied")
		s.sound()
	})
}

// Months are reviewed, locked and opened, in the name of the key.
func TestPeriods(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		var p closeperiod.Papers
		order := httpapi.PeriodOrder{From: "2026-01-01", To: "2026-02-28", Reason: "reported", DryRun: true}
		s.post("/v1/period-locks", order).want(http.StatusOK).into(&p)
		if len(p.Periods) != 2 || p.Periods[1].Locked || p.Changed != 0 {
			t.Errorf("%+v", p)
		}
		order.DryRun = false
		s.post("/v1/period-locks", order).want(http.StatusCreated).into(&p)
		s.post("/v1/period-locks", order).want(http.StatusOK)
		if got := names(s, "/v1/periods?limit=5&from=2026-02-10", func(p ledger.Period) string { return string(p.Start) }); len(got) != 11 {
			t.Error(got)
		}
		var one httpapi.PeriodOpened
		s.get("/v1/periods/2026-02-01").want(http.StatusOK).into(&one)
		if !one.Locked || len(one.Changes) != 1 || one.Changes[0].By != (ledger.By{Who: "key:all", Reason: "reported"}) {
			t.Errorf("%+v", one)
		}
		s.refuses("POST", []refusal{
			{"/v1/period-locks", httpapi.PeriodOrder{From: "2026-03-01"}, http.StatusConflict, "period_not_over"},
			{"/v1/period-locks", httpapi.PeriodOrder{From: "2026"}, http.StatusUnprocessableEntity, "bad_date"},
			{"/v1/period-locks", `{"from": "2026-01-01", "by": "me"}`, http.StatusUnprocessableEntity, "json_unknown_field"},
			{"/v1/period-unlocks", httpapi.PeriodOrder{From: "2026-01-01"}, http.StatusConflict, "later_period_locked"},
		})
		s.get("/v1/periods/2026-02-02").problem(http.StatusNotFound, "period_unknown")
		s.post("/v1/period-unlocks", httpapi.PeriodOrder{From: "2026-02-28"}).want(http.StatusCreated)
		s.post("/v1/period-unlocks", httpapi.PeriodOrder{From: "2026-02-28"}).want(http.StatusOK)
		key := s.newKey("books", []string{"books:write"})
		s.do(call{Key: key, Method: "POST", Path: "/v1/period-locks", Body: order}).problem(http.StatusForbidden, "scope_missing")
		key = s.newKey("one store", []string{"periods:write"}, "01")
		s.do(call{Key: key, Method: "POST", Path: "/v1/period-locks", Body: order}).problem(http.StatusForbidden, "store_denied")
	})
}
