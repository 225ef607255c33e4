package tax

import (
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
)

func TestBuiltInLookup(t *testing.T) {
	t.Parallel()
	table, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		category, place string
		on              day.Day
		percents        string // "-" when unknown
	}{
		{"standard", "GB", "2009-12-31", "-"},
		{"standard", "GB", "2010-01-01", "17.5"},
		{"standard", "GB", "2011-01-03", "17.5"},
		{"standard", "GB", "2011-01-04", "20"},
		{"standard", "GB-LND", "2026-03-14", "20"},
		{"reduced", "GB", "2026-03-14", "5"},
		{"zero", "GB", "2026-03-14", "0"},
		{"exempt", "GB", "2026-03-14", "0"},
		{"hospitality", "GB", "2021-12-24", "12.5"},
		{"hospitality", "GB", "2022-04-01", "20"},
		{"standard", "DE", "2020-06-30", "19"},
		{"standard", "DE", "2020-07-01", "16"},
		{"standard", "DE-BY", "2020-12-31", "16"},
		{"standard", "DE", "2021-01-01", "19"},
		{"reduced", "DE", "2020-12-31", "5"},
		{"standard", "SK", "2024-12-31", "20"},
		{"standard", "SK", "2025-01-01", "23"},
		{"standard", "IE", "2021-02-28", "21"},
		{"standard", "US-PA", "2026-03-14", "6"},
		{"standard", "US-PA-101", "2009-10-07", "6 1"},
		{"standard", "US-PA-101", "2009-10-08", "6 2"},
		{"standard", "US-PA-045", "2026-03-14", "6"},
		{"clothing", "US-PA-101", "2026-03-14", "0"},
		{"standard", "US-MN-053-43000", "2023-09-30", "6.875"},
		{"standard", "US-MN-053-43000", "2026-03-14", "6.875 0.15 0.5 0.5 0.75 0.25"},
		{"standard", "US-MN-123-58000", "2024-04-01", "6.875 0.5 1.5 0.75 0.25"},
		{"standard", "US", "2026-03-14", "-"},
		{"standard", "", "2026-03-14", "-"},
		{"luxury", "DE", "2026-03-14", "-"},
	} {
		got := "-"
		if cs, ok := table.Lookup(x.category, x.place, x.on); ok {
			var parts []string
			for _, c := range cs {
				parts = append(parts, c.Rate.Percent())
			}
			got = strings.Join(parts, " ")
		}
		if got != x.percents {
			t.Errorf("%s in %s on %s: %s, want %s", x.category, x.place, x.on, got, x.percents)
		}
	}
}

// TestMinneapolis: six stacked taxes, each rounded over the receipt.
func TestMinneapolis(t *testing.T) {
	t.Parallel()
	table, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	cs, ok := table.Lookup("standard", "US-MN-053-43000", "2026-03-14")
	if !ok {
		t.Fatal("no entry")
	}
	r, err := Compute([]Line{{Qty: qty.One, Extended: 10_000, ExtendedGiven: true, Components: cs}}, Policy{}, "USD")
	if err != nil || r.Total != 10_903 { // 6.88 + 0.15 + 0.50 + 0.50 + 0.75 + 0.25
		t.Errorf("%+v (%v)", r, err)
	}
	r, err = Compute([]Line{{Qty: qty.One, Extended: 10_000, ExtendedGiven: true, Components: cs}}, Policy{Rounding: PerReceipt}, "USD")
	if err != nil || r.Total != 10_903 { // 9.025 %
		t.Errorf("%+v (%v)", r, err)
	}
}

func TestTableRoundTrip(t *testing.T) {
	t.Parallel()
	table, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(table)
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseTable(data)
	if err != nil || !reflect.DeepEqual(table, again) {
		t.Errorf("the table changed on its way through JSON: %v", err)
	}
}

const tableHead = `{"category":"standard","jurisdiction":"GB","since":"2011-01-04","source":"law",`

func TestTableFaults(t *testing.T) {
	t.Parallel()
	vat := `"components":[{"code":"V","rate":"0.2"}]}`
	for _, x := range []struct{ name, code, path, text string }{
		{"no JSON", "tax_table_syntax", "", `{`},
		{"unknown field", "tax_table_syntax", "", `{"entries":[{"untill":"2020-01-01"}]}`},
		{"something behind", "tax_table_syntax", "after the table", `{"entries":[]} {}`},
		{"rate as text", "tax_table_syntax", "", `{"entries":[` + tableHead + `"components":[{"code":"V","rate":"a fifth"}]}]}`},
		{"no category", "tax_table_entry", "entries[0].category", `{"entries":[{"jurisdiction":"GB","since":"2011-01-04","source":"law"}]}`},
		{"blank place", "tax_table_entry", "entries[0].jurisdiction", `{"entries":[{"category":"a","jurisdiction":" ","since":"2011-01-04","source":"law"}]}`},
		{"half a place", "tax_table_entry", "entries[0].jurisdiction", `{"entries":[{"category":"a","jurisdiction":"US-","since":"2011-01-04","source":"law"}]}`},
		{"no source", "tax_table_entry", "entries[0].source", `{"entries":[{"category":"a","jurisdiction":"GB","since":"2011-01-04"}]}`},
		{"no day", "tax_table_days", "entries[0].since", `{"entries":[{"category":"a","jurisdiction":"GB","since":"2011-02-30","source":"law"}]}`},
		{"ends before", "tax_table_days", "entries[0].until", `{"entries":[` + tableHead + `"until":"2011-01-03",` + vat + `]}`},
		{"bad tax", "tax_treatment", "entries[0].components[0].treatment",
			`{"entries":[` + tableHead + `"components":[{"code":"V","rate":"0.2","treatment":"exempt"}]}]}`},
		{"twice", "tax_table_overlap", "entries[1]", `{"entries":[` + tableHead + vat + `,` + tableHead + vat + `]}`},
		{"until the day", "tax_table_overlap", "entries[1]", `{"entries":[
			{"category":"standard","jurisdiction":"GB","since":"2010-01-01","until":"2011-01-04","source":"law",` + vat + `,` + tableHead + vat + `]}`},
	} {
		_, err := ParseTable([]byte(x.text))
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != x.code || f.Path != x.path {
			t.Errorf("%s: %v", x.name, err)
		}
	}
	if _, err := ParseTable(make([]byte, MaxTableBytes+1)); fault.CodeOf(err) != ErrTableTooLarge.Code {
		t.Error(err)
	}
	many := Table{Entries: make([]Entry, MaxEntries+1)}
	if err := many.Validate(); fault.CodeOf(err) != ErrTableTooLarge.Code {
		t.Error(err)
	}
}

func TestIncluding(t *testing.T) {
	t.Parallel()
	cs := []Component{{Code: "A", Rate: 1, Included: true}, {Code: "B", Treatment: Exempt}}
	on := Including(cs, false)
	if on[0].Included || !cs[0].Included || on[1].Treatment != Exempt {
		t.Errorf("%+v from %+v", on, cs)
	}
}

// FuzzParseTable: whatever the text, a table that is accepted is valid, survives JSON, and its taxes
// can be computed.
func FuzzParseTable(f *testing.F) {
	for _, name := range []string{"gb", "de", "eu", "us"} {
		data, err := os.ReadFile("tables/" + name + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, s := range []string{``, `null`, `[]`, `{"entries":null}`, `{"entries":[{}]}`, `{"entries":[` + tableHead + `"components":null}]}`,
		`{"entries":[` + tableHead + `"components":[{"code":"V","rate":1e9}]}]}`,
		`{"entries":[` + tableHead + `"components":[{"code":"D","kind":"division","rate":"1","included":true}]}]}`,
		`{"entries":[` + tableHead + `"components":[{"code":"D","kind":"fixed","rate":"0","per_unit":"-9223372036854.775807"}]}]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := ParseTable(data)
		if err != nil {
			if fault.KindOf(err) == fault.Internal {
				t.Fatalf("unclassified: %v", err)
			}
			return
		}
		out, err := json.Marshal(table)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseTable(out)
		if err != nil || len(again.Entries) != len(table.Entries) {
			t.Fatalf("%s came back with %v", out, err)
		}
		for _, e := range table.Entries {
			if _, ok := table.Lookup(e.Category, e.Jurisdiction, e.Since); !ok {
				t.Fatalf("%+v is not found on its first day", e)
			}
			line := Line{Qty: qty.One, Extended: 12_345, ExtendedGiven: true, Components: e.Components}
			r, err := Compute([]Line{line, line}, Policy{Rounding: PerReceipt}, money.Currency("EUR"))
			if err != nil {
				if fault.CodeOf(err) != "number_too_large" {
					t.Fatal(err)
				}
				continue
			}
			checkSums(t, r)
		}
	})
}
