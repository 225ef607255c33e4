package org_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

func london() org.Store {
	return org.Store{Code: "S01", Name: "High Street", Zone: "Europe/London", CutOver: 3 * time.Hour, PricesInclude: true, TaxRounding: "rate", CashStep: 1}
}

// The same definition again is no change, a new name is one, another content is refused and leaves
// what was there.
func TestAddIsIdempotent(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write := func(fn func(tx *db.Tx) error) error { return d.Write(context.Background(), fn) }
		renamed, moved := london(), london()
		renamed.Name = "Harbour"
		moved.Zone = "Europe/Paris"
		for _, step := range []struct {
			name string
			do   func(tx *db.Tx) error
			code string
		}{
			{"register before its store", func(tx *db.Tx) error {
				return org.AddRegister(tx, org.Register{Store: "S01", Code: "R1", Kind: org.Till})
			}, "store_unknown"},
			{"store", func(tx *db.Tx) error { return org.AddStore(tx, london()) }, ""},
			{"store again", func(tx *db.Tx) error { return org.AddStore(tx, london()) }, ""},
			{"new name", func(tx *db.Tx) error { return org.AddStore(tx, renamed) }, ""},
			{"other zone", func(tx *db.Tx) error { return org.AddStore(tx, moved) }, "org_other_content"},
			{"register", func(tx *db.Tx) error {
				return org.AddRegister(tx, org.Register{Store: "S01", Code: "R1", Name: "Front", Kind: org.Till})
			}, ""},
			{"register again", func(tx *db.Tx) error {
				return org.AddRegister(tx, org.Register{Store: "S01", Code: "R1", Name: "Door", Kind: org.Till})
			}, ""},
			{"register of another kind", func(tx *db.Tx) error {
				return org.AddRegister(tx, org.Register{Store: "S01", Code: "R1", Name: "Door", Kind: org.Import})
			}, "org_other_content"},
			{"drawer", func(tx *db.Tx) error { return org.AddDrawer(tx, org.Drawer{Store: "S01", Code: "D1", Name: "Front"}) }, ""},
			{"drawer again", func(tx *db.Tx) error { return org.AddDrawer(tx, org.Drawer{Store: "S01", Code: "D1", Name: "Left"}) }, ""},
			{"currency", func(tx *db.Tx) error { return org.PutSetting(tx, org.SettingBook, "GBP") }, ""},
			{"currency again", func(tx *db.Tx) error { return org.PutSetting(tx, org.SettingBook, "GBP") }, ""},
			{"other currency", func(tx *db.Tx) error { return org.PutSetting(tx, org.SettingBook, "EUR") }, "org_book_currency"},
			{"unknown currency", func(tx *db.Tx) error { return org.PutSetting(tx, org.SettingBook, "XXZ") }, "unknown_currency"},
			{"leap day", func(tx *db.Tx) error { return org.PutSetting(tx, org.SettingFiscalYearStart, "02-29") }, "org_fiscal_year_start"},
			{"fiscal year", func(tx *db.Tx) error { return org.PutSetting(tx, org.SettingFiscalYearStart, "04-06") }, ""},
		} {
			if err := write(step.do); fault.CodeOf(err) != step.code || (err == nil) != (step.code == "") {
				t.Fatalf("%s: %v, want code %q", step.name, err, step.code)
			}
		}
		err := d.Read(context.Background(), func(v *db.View) error {
			shop, err := org.Load(v)
			if err != nil {
				return err
			}
			if s, err := shop.Store("S01"); err != nil || s != renamed {
				t.Errorf("store is %+v, %v", s, err)
			}
			if r, err := shop.Register("S01", "R1"); err != nil || r.Name != "Door" || r.Kind != org.Till {
				t.Errorf("register is %+v, %v", r, err)
			}
			if dr, err := shop.Drawer("S01", "D1"); err != nil || dr.Name != "Left" {
				t.Errorf("drawer is %+v, %v", dr, err)
			}
			if _, err := shop.Drawer("S01", "D9"); fault.CodeOf(err) != "drawer_unknown" {
				t.Errorf("an unknown drawer answered %v", err)
			}
			if shop.Book != "GBP" || shop.FiscalYearStart != "04-06" || shop.Chart != "" {
				t.Errorf("settings are %q %q %q", shop.Book, shop.FiscalYearStart, shop.Chart)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// What a group adds is seen by the group itself, also when the shop was read before.
func TestLoadSharedSeesItsOwnGroup(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			if s, err := org.LoadShared(tx); err != nil || len(s.Stores) != 0 {
				t.Errorf("%d stores in an empty shop, %v", len(s.Stores), err)
			}
			if err := org.AddStore(tx, london()); err != nil {
				return err
			}
			s, err := org.LoadShared(tx)
			if _, e := s.Store("S01"); e != nil {
				t.Error(e)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestBadDefinitionsAreRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for code, spoil := range map[string]func(*org.Store){
			"org_code":         func(s *org.Store) { s.Code = "-S" },
			"org_name":         func(s *org.Store) { s.Name = "card 4111111111111111" },
			"org_zone":         func(s *org.Store) { s.Zone = "Mars/Olympus" },
			"org_cut_over":     func(s *org.Store) { s.CutOver = 13 * time.Hour },
			"org_tax_rounding": func(s *org.Store) { s.TaxRounding = "sometimes" },
			"org_cash_step":    func(s *org.Store) { s.CashStep = -5 },
		} {
			s := london()
			spoil(&s)
			if err := d.Write(context.Background(), func(tx *db.Tx) error { return org.AddStore(tx, s) }); fault.CodeOf(err) != code {
				t.Errorf("%s: %v", code, err)
			}
		}
		local := london()
		local.Zone = "Local"
		if err := d.Write(context.Background(), func(tx *db.Tx) error { return org.AddStore(tx, local) }); fault.CodeOf(err) != "org_zone" {
			t.Errorf("the machine's own zone was accepted: %v", err)
		}
		var n int
		err := d.Read(context.Background(), func(v *db.View) error { s, err := org.Load(v); n = len(s.Stores); return err })
		if err != nil || n != 0 {
			t.Fatalf("%d stores were written, %v", n, err)
		}
	})
}

// A cut-over at 03:00 means 03:00 on the wall, on ordinary days and on those when the clocks change.
func TestBusinessDayAtTheCutOver(t *testing.T) {
	t.Parallel()
	three := func(zone string) org.Store { s := london(); s.Zone = zone; return s }
	half := london()
	half.CutOver = 2*time.Hour + 30*time.Minute
	midnight := london()
	midnight.CutOver = 0
	for _, c := range []struct {
		name  string
		store org.Store
		at    string
		want  day.Day
	}{
		{"a minute before", three("Europe/London"), "2026-01-15T02:59:59Z", "2026-01-14"},
		{"on the minute", three("Europe/London"), "2026-01-15T03:00:00Z", "2026-01-15"},
		{"no cut-over", midnight, "2026-01-15T00:00:00Z", "2026-01-15"},
		{"summer time, before", three("Europe/London"), "2026-07-15T01:59:59Z", "2026-07-14"},
		{"summer time, on", three("Europe/London"), "2026-07-15T02:00:00Z", "2026-07-15"},
		{"spring: last second before the jump", three("Europe/Berlin"), "2026-03-29T00:59:59Z", "2026-03-28"},
		{"spring: the jump lands on 03:00", three("Europe/Berlin"), "2026-03-29T01:00:00Z", "2026-03-29"},
		{"spring: a cut-over that the clock jumps over, before", half, "2026-03-29T00:59:59Z", "2026-03-28"},
		{"spring: 02:00 on the wall is still before half past two", half, "2026-03-29T01:00:00Z", "2026-03-28"},
		{"autumn: 02:30 the first time", three("Europe/Berlin"), "2026-10-25T00:30:00Z", "2026-10-24"},
		{"autumn: 02:30 the second time", three("Europe/Berlin"), "2026-10-25T01:30:00Z", "2026-10-24"},
		{"autumn: 03:00", three("Europe/Berlin"), "2026-10-25T02:00:00Z", "2026-10-25"},
		{"east of the date line", three("Pacific/Auckland"), "2026-03-14T13:59:59Z", "2026-03-14"},
		{"east of the date line, after", three("Pacific/Auckland"), "2026-03-14T14:00:00Z", "2026-03-15"},
		{"half-hour zone", three("Asia/Kolkata"), "2026-03-14T21:30:00Z", "2026-03-15"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.store.Rule().Of(at); got != c.want {
			t.Errorf("%s: %s is %s, want %s", c.name, c.at, got, c.want)
		}
	}
}

// A till whose clock is days off, and that was offline for a day, still gets the right business day.
func TestBusinessDayOfAWrongClock(t *testing.T) {
	t.Parallel()
	s := london()
	sold := time.Date(2026, 3, 14, 23, 30, 0, 0, time.UTC)
	arrived := sold.Add(26 * time.Hour)
	for _, off := range []time.Duration{-72 * time.Hour, -time.Minute, 0, 5 * time.Hour, 72 * time.Hour} {
		if got := s.BusinessDay(sold.Add(off), arrived.Add(off), arrived); got != "2026-03-14" {
			t.Errorf("clock off by %s: business day %s", off, got)
		}
	}
	if got := s.BusinessDay(sold, time.Time{}, arrived); got != "2026-03-14" {
		t.Errorf("unknown clock: business day %s", got)
	}
	if got := s.BusinessDay(sold.Add(72*time.Hour), time.Time{}, sold); got != "2026-03-14" {
		t.Errorf("a time to come: business day %s", got)
	}
}

func TestCodeOf(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, text := range []string{"S01", "a", "online-retail", "Main Street", "Main  Street", "MAIN STREET", "", "-", "東京店", "大阪店",
		strings.Repeat("x", 200), strings.Repeat("x", 201), "a/b", "R1-"} {
		code := org.CodeOf(text)
		if err := org.CheckCode(code); err != nil {
			t.Errorf("CodeOf(%q) = %q: %v", text, code, err)
		}
		if other, ok := seen[code]; ok {
			t.Errorf("%q and %q share the code %q", text, other, code)
		}
		seen[code] = text
	}
	if org.CodeOf("online-retail") != "online-retail" {
		t.Error("a code was changed")
	}
}

func FuzzCodeOf(f *testing.F) {
	f.Add("Main Street 1")
	f.Add("--\xff--")
	f.Fuzz(func(t *testing.T, s string) {
		if err := org.CheckCode(org.CodeOf(s)); err != nil {
			t.Fatalf("CodeOf(%q) = %q", s, org.CodeOf(s))
		}
	})
}
