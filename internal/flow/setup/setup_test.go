package setup_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/payments"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

var ctx = context.Background()

func british() setup.Shop {
	return setup.Shop{Currency: "GBP", Chart: "uk", FiscalYearStart: "04-06",
		Store:     org.Store{Code: "S01", Name: "High Street", Zone: "Europe/London", PricesInclude: true, TaxRounding: "rate"},
		Registers: []org.Register{{Code: "R1", Name: "Till", Kind: org.Till}, {Code: "WEB", Name: "Web", Kind: org.Import}}}
}

const rows db.SQL = `SELECT (SELECT count(*) FROM settings) + (SELECT count(*) FROM stores) + (SELECT count(*) FROM registers) + (SELECT count(*) FROM accounts)
	+ (SELECT count(*) FROM account_roles) + (SELECT count(*) FROM tender_types) + (SELECT count(*) FROM periods)`

func count(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	if err := d.Read(ctx, func(v *db.View) error { return v.QueryRow(rows).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

// A new shop has its books, store, registers, tender types and the periods of its fiscal year; the same
// again changes nothing, and what is new is added.
func TestRun(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for range 3 {
			if err := setup.Run(ctx, d, british()); err != nil {
				t.Fatal(err)
			}
		}
		before := count(t, d)
		silent := british()
		silent.FiscalYearStart = "" // that of the books
		if err := setup.Run(ctx, d, silent); err != nil || count(t, d) != before {
			t.Errorf("again: %d rows became %d, %v", before, count(t, d), err)
		}
		more := british()
		more.Store = org.Store{Code: "S02", Name: "Market", Zone: "Europe/London", TaxRounding: "line"}
		if err := setup.Run(ctx, d, more); err != nil || count(t, d) != before+3 {
			t.Errorf("another store: %d rows became %d, %v", before, count(t, d), err)
		}
		err := d.Read(ctx, func(v *db.View) error {
			s, err := org.Load(v)
			if err != nil || s.Book != "GBP" || s.Chart != "uk" || s.FiscalYearStart != "04-06" || len(s.Stores) != 2 || len(s.Registers) != 4 {
				t.Errorf("%+v, %v", s, err)
			}
			kinds, err := payments.LoadTenders(v)
			if err != nil || kinds["cash"] != payments.Cash || kinds["unspecified"] != payments.Unspecified || len(kinds) != 11 {
				t.Errorf("%v, %v", kinds, err)
			}
			periods, err := ledger.Periods(v, "", "")
			if err != nil || len(periods) != 12 || periods[0].Start != "2025-04-06" {
				t.Errorf("%+v, %v", periods, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// The books of a shop are in one currency, with one chart and one fiscal year: nothing else is taken
// over, and nothing is changed.
func TestOtherBooks(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := setup.Run(ctx, d, british()); err != nil {
			t.Fatal(err)
		}
		before := count(t, d)
		for name, change := range map[string]func(s *setup.Shop){
			"currency": func(s *setup.Shop) { s.Currency = "EUR" }, "chart": func(s *setup.Shop) { s.Chart = "us" },
			"fiscal year": func(s *setup.Shop) { s.FiscalYearStart = "01-01" },
		} {
			s := british()
			s.Store.Code = "S09"
			change(&s)
			if err := setup.Run(ctx, d, s); !errors.Is(err, setup.ErrOtherBooks) {
				t.Errorf("another %s: %v", name, err)
			}
		}
		zone := british()
		zone.Store.Zone = "Europe/Paris"
		if err := setup.Run(ctx, d, zone); fault.CodeOf(err) != org.ErrOtherContent.Code {
			t.Errorf("another zone: %v", err)
		}
		if after := count(t, d); after != before {
			t.Errorf("%d rows became %d", before, after)
		}
	})
}

// What makes no shop is refused whole.
func TestRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for name, change := range map[string]func(s *setup.Shop){
			"chart": func(s *setup.Shop) { s.Chart = "mars" }, "fiscal year": func(s *setup.Shop) { s.FiscalYearStart = "13-01" },
			"zone": func(s *setup.Shop) { s.Store.Zone = "Mars/Base" }, "register": func(s *setup.Shop) { s.Registers[0].Kind = "abacus" },
			"currency": func(s *setup.Shop) { s.Currency = "pounds" },
		} {
			s := british()
			change(&s)
			if err := setup.Run(ctx, d, s); fault.KindOf(err) != fault.Invalid && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := count(t, d); n != 0 {
			t.Errorf("%d rows", n)
		}
	})
}

// Each tax code gets an account of its own, whatever it is called, and keeps it.
func TestTaxCode(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := setup.Run(ctx, d, british()); err != nil {
			t.Fatal(err)
		}
		codes := []string{"VAT20", "vat20", "VAT 20", "VAT-20", "County Tax", "消費税", "付加価値税", "--", strings.Repeat("long ", 19), strings.Repeat("long ", 18), "a:b;c\"d'e"}
		for range 2 {
			err := d.Write(ctx, func(tx *db.Tx) error {
				for _, c := range codes {
					if err := setup.TaxCode(tx, c, c); err != nil {
						return fmt.Errorf("%q: %w", c, err)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		accounts := map[string]string{}
		err := d.Read(ctx, func(v *db.View) error {
			roles, err := ledger.LoadRoles(v)
			for _, c := range codes {
				a, ok := roles.Find(posting.RoleTax, c)
				if other, taken := accounts[a]; !ok || taken {
					t.Errorf("%q has account %q, as %q", c, a, other)
				}
				accounts[a] = c
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if accounts["2100-VAT20"] != "VAT20" || accounts["2100-COUNTY-TAX"] != "County Tax" {
			t.Errorf("%v", accounts)
		}
	})
}
