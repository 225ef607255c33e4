package importer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/tasks"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/hub/formats/journals"
	"github.com/tillpost/tillpost/internal/hub/importer"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/books"
	"github.com/tillpost/tillpost/internal/views/check"
	"github.com/tillpost/tillpost/internal/views/tieout"
)

const samples = "../../../examples/sample-exports"

// shop is a database with a shop of one store.
type shop struct {
	t        testing.TB
	d        *db.DB
	currency money.Currency
}

func newShop(t testing.TB, d *db.DB, currency money.Currency) *shop {
	t.Helper()
	s := setup.Shop{Currency: currency, Chart: "us", Store: org.Store{Code: "S01", Name: "Shop", Zone: "America/New_York", TaxRounding: "rate"}}
	if currency == "GBP" {
		s.Chart, s.Store.Zone = "uk", "Europe/London"
	}
	if err := setup.Run(context.Background(), d, s); err != nil {
		t.Fatal(err)
	}
	return &shop{t, d, currency}
}

// now is when these tests happen: after the samples' last day.
var now = time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)

// each runs a test on both engines, on the day now.
func each(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Helper()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) { test(t, reopen(t, dsn)) })
}

func reopen(t testing.TB, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), dsn, db.WithClock(func() time.Time { return now }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func (s *shop) options() importer.Options {
	return importer.Options{Store: "S01", Currency: s.currency}
}

// run imports a file and fails the test when that fails.
func (s *shop) run(path string, o importer.Options) importer.Result {
	s.t.Helper()
	res, err := importer.Run(context.Background(), s.d, path, o)
	if err != nil {
		s.t.Fatal(err)
	}
	return res
}

// sound fails the test unless everything agrees with everything.
func (s *shop) sound() {
	s.t.Helper()
	res, err := check.Run(context.Background(), s.d, s.currency, nil, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, f := range res.Findings {
		s.t.Errorf("%s: %s: %s (want %s, got %s)", f.Check, f.Where, f.Message, f.Want, f.Got)
	}
	err = s.d.Read(context.Background(), func(v *db.View) error {
		p, err := tieout.Prove(v, s.currency, tieout.Scope{From: "1970-01-01", To: "2099-12-31"})
		for _, e := range p.Equations {
			if !e.Holds() {
				s.t.Errorf("%s: %+v", e.Name, e)
			}
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// ask reads one figure.
func (s *shop) ask(q db.SQL, args ...any) (n money.Minor) {
	s.t.Helper()
	if err := s.d.Read(context.Background(), func(v *db.View) error { return v.QueryRow(q, args...).Scan(&n) }); err != nil {
		s.t.Fatal(err)
	}
	return n
}

const (
	byRole db.SQL = `SELECT CAST(COALESCE(SUM(debit - credit), 0) AS BIGINT) FROM account_days WHERE account IN
		(SELECT account FROM account_roles WHERE role = $1)`
	byTender db.SQL = `SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM entry_lines WHERE tender = $1`
	openRows db.SQL = `SELECT count(*) FROM import_quarantine WHERE state = 'open'`
)

func (s *shop) role(role string) money.Minor     { return s.ask(byRole, role) }
func (s *shop) tender(tender string) money.Minor { return s.ask(byTender, tender) }

// equal compares figures by name.
func (s *shop) equal(figures map[string][2]money.Minor) {
	s.t.Helper()
	for name, f := range figures {
		if f[0] != f[1] {
			s.t.Errorf("%s is %s, want %s", name, s.currency.Format(f[0]), s.currency.Format(f[1]))
		}
	}
}

// openTasks are the keys of what waits for a person.
func (s *shop) openTasks() string { return strings.Join(s.taskKeys(), " ") }

// journal is all of the books as hledger reads them.
func (s *shop) journal() string {
	s.t.Helper()
	var b bytes.Buffer
	err := s.d.Read(context.Background(), func(v *db.View) error {
		_, err := journals.Export(&b, v, journals.Hledger, books.Scope{})
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return b.String()
}

// expected reads a sample's control figures, amounts as minor units.
func expected(t testing.TB, folder string) map[string]money.Minor {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(samples, folder, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if err := json.Unmarshal(text, &raw); err != nil {
		t.Fatal(err)
	}
	out := map[string]money.Minor{}
	for k, v := range raw {
		switch x := v.(type) {
		case float64:
			out[k] = money.Minor(x)
		case string:
			if a, err := money.Currency("USD").Parse(x); err == nil {
				out[k] = a
			}
		}
	}
	return out
}

func (s *shop) quarantined() string {
	s.t.Helper()
	var out []string
	err := s.d.Read(context.Background(), func(v *db.View) error {
		rows, err := importer.Quarantine(v, 100)
		for _, r := range rows {
			out = append(out, fmt.Sprintf("%s:%d %s %s", r.File, r.Row, r.External, r.Code))
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.Join(out, "\n")
}

// taskKeys are the keys of the open tasks.
func (s *shop) taskKeys() (keys []string) {
	s.t.Helper()
	err := s.d.Read(context.Background(), func(v *db.View) error {
		list, err := tasks.List(v, tasks.StateOpen)
		for _, t := range list {
			keys = append(keys, t.Key)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return keys
}
