package catalogue_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/domain/tax"
	"github.com/tillpost/tillpost/internal/flow/catalogue"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// law writes a tax entry for the standard category in the United Kingdom.
func law(code, rate, since, until string) string {
	return fmt.Sprintf(`{"category": "standard", "jurisdiction": "GB", "since": %q, "until": %q, "source": "made for a test",
		"components": [{"code": %q, "name": "Tax %s", "rate": %q, "included": true}]}`, since, until, code, code, rate)
}

func taxes(entries ...string) string { return `{"taxes": [` + strings.Join(entries, ",") + `]}` }

// rateOn is the standard rate of the shop's book on a day.
func rateOn(t testing.TB, d *db.DB, on day.Day) string {
	t.Helper()
	book := read(t, d, func(q db.Q) (pricing.Book, error) {
		return catalogue.LoadBook(q, catalogue.Scope{Store: "S1", Day: on, Items: []string{}})
	})
	cs, ok := book.Taxes.Lookup("standard", "GB", on)
	if !ok || len(cs) != 1 {
		return "none"
	}
	return cs[0].Code + " " + cs[0].Rate.String()
}

// The shop's own rate counts while it is in force, and what comes with the program on all other days.
func TestOwnTaxes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		put := func(text string) {
			t.Helper()
			if err := catalogue.Put(context.Background(), d, parse(t, text)); err != nil {
				t.Fatal(err)
			}
		}
		const given = "GB-VAT-20 0.2"
		if got := rateOn(t, d, "2027-07-01"); got != given {
			t.Fatalf("it begins with %s", got)
		}
		put(taxes(law("GB-CUT", "0.15", "2027-01-01", "2027-06-30"))) // for half a year
		for on, want := range map[day.Day]string{"2026-12-31": given, "2027-01-01": "GB-CUT 0.15", "2027-06-30": "GB-CUT 0.15", "2027-07-01": given} {
			if got := rateOn(t, d, on); got != want {
				t.Errorf("on %s: %s, want %s", on, got, want)
			}
		}
		put(taxes(law("GB-NEW", "0.22", "2028-01-01", ""), law("GB-NEWER", "0.23", "2029-01-01", ""))) // the first ends as the next begins
		for on, want := range map[day.Day]string{"2027-12-31": given, "2028-12-31": "GB-NEW 0.22", "2029-01-01": "GB-NEWER 0.23", "2040-01-01": "GB-NEWER 0.23"} {
			if got := rateOn(t, d, on); got != want {
				t.Errorf("on %s: %s, want %s", on, got, want)
			}
		}
		put(taxes(law("GB-OWN", "0.21", "2011-01-04", "2027-12-31"), strings.Replace(law("GB-CUT", "0.15", "2027-01-01", "2027-06-30"), "{", `{"retired": true, `, 1)))
		for on, want := range map[day.Day]string{"2011-01-03": "GB-VAT-17.5 0.175", "2011-01-04": "GB-OWN 0.21", "2027-02-01": "GB-OWN 0.21", "2028-01-01": "GB-NEW 0.22"} {
			if got := rateOn(t, d, on); got != want {
				t.Errorf("on %s: %s, want %s", on, got, want)
			}
		}
		roles := read(t, d, ledger.LoadRoles)
		for _, code := range []string{"GB-CUT", "GB-NEW", "GB-NEWER", "GB-OWN"} {
			if account, ok := roles.Find(posting.RoleTax, code); !ok || account != "2100-"+code {
				t.Errorf("%s goes to the account %q", code, account)
			}
		}
	})
}

// What is wrong with a tax is told with its place, all of it at once, and nothing is written.
func TestRefusedTaxes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		stored := law("GB-A", "0.10", "2027-01-01", "2027-12-31")
		if err := catalogue.Put(context.Background(), d, parse(t, taxes(stored))); err != nil {
			t.Fatal(err)
		}
		before := contents(t, d)
		fine := law("GB-B", "0.12", "2026-01-01", "")
		for name, c := range map[string]struct {
			text string
			want error
			path string
		}{
			"rate":           {taxes(fine, law("GB-C", "200", "2028-01-01", "")), tax.ErrRate, "taxes[1].components[0].rate"},
			"day":            {taxes(law("GB-C", "0.1", "soon", ""), fine), tax.ErrTableDays, "taxes[0].since"},
			"no source":      {taxes(strings.Replace(fine, "made for a test", " ", 1)), tax.ErrTableEntry, "taxes[0].source"},
			"card number":    {taxes(strings.Replace(fine, "made for a test", "card 4111 1111 1111 1111", 1)), catalog.ErrText, "taxes[0].source"},
			"name":           {taxes(strings.Replace(fine, "Tax GB-B", `a\u001bb`, 1)), catalog.ErrText, "taxes[0].components[0].name"},
			"same twice":     {taxes(fine, fine), catalogue.ErrTwice, "taxes[1].since"},
			"overlap":        {taxes(law("GB-B", "0.12", "2027-06-01", "")), tax.ErrTableOverlap, "taxes[0]"},
			"overlap before": {taxes(law("GB-B", "0.12", "2026-06-01", "2027-01-01")), tax.ErrTableOverlap, "taxes (GB standard since 2027-01-01)"},
			"format":         {`{"taxes": [` + fine + `], "barcode_formats": [{"name": "x", "pattern": "21IIIIIWWWWWW", "decimals": 3}]}`, nil, "barcode_formats[0].pattern"},
		} {
			err := catalogue.Put(context.Background(), d, parse(t, c.text))
			var f *fault.Error
			if c.want != nil && !errors.Is(err, c.want) || !errors.As(err, &f) || f.Path != c.path {
				t.Errorf("%s: %v", name, err)
			}
			if contents(t, d) != before {
				t.Fatalf("%s: something was written", name)
			}
		}
		err := catalogue.Try(context.Background(), d, parse(t, taxes(law("GB-C", "200", "2028-01-01", ""), fine, law("", "0.1", "2029-01-01", ""))))
		var all catalogue.Faults
		if !errors.As(err, &all) || len(all) != 2 || all[0].Path != "taxes[0].components[0].rate" || all[1].Path != "taxes[2].components[0].code" {
			t.Errorf("all at once: %v", err)
		}
		if err := catalogue.Try(context.Background(), d, parse(t, taxes(fine))); err != nil || contents(t, d) != before {
			t.Errorf("a dry run: %v", err)
		}
	})
}

// On every day, the shop's own law in force counts, or else the program's; and the two together are a
// table that the tax engine takes.
func TestOverlay(t *testing.T) {
	t.Parallel()
	days := []day.Day{"2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04", "2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08"}
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) (out []tax.Entry) {
			for i, n := 0, rapid.IntRange(0, 3).Draw(t, label); i < len(days) && n > 0; n-- {
				from := rapid.IntRange(i, len(days)-1).Draw(t, "from")
				e := tax.Entry{Category: "standard", Jurisdiction: "GB", Since: days[from], Source: label,
					Components: []tax.Component{{Code: fmt.Sprint(label, from), Rate: money.OneRate / 10}}}
				i = len(days)
				if to := rapid.IntRange(from, len(days)).Draw(t, "to"); to < len(days) {
					e.Until, i = days[to], to+1
				}
				out = append(out, e)
			}
			return out
		}
		own, given := draw("own"), draw("given")
		all := tax.Table{Entries: catalogue.Overlay(own, given, "GB")}
		if err := all.Validate(); err != nil {
			t.Fatalf("%v: %+v", err, all)
		}
		for _, on := range days {
			want, ok := (&tax.Table{Entries: own}).Lookup("standard", "GB", on)
			if !ok {
				want, ok = (&tax.Table{Entries: given}).Lookup("standard", "GB", on)
			}
			got, known := all.Lookup("standard", "GB", on)
			if known != ok || !slices.Equal(got, want) {
				t.Fatalf("on %s: %v, want %v", on, got, want)
			}
		}
	})
}
