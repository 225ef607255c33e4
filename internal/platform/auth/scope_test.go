package auth

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
)

func TestParseScopes(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"sales:write catalogue:read sales:write": "catalogue:read sales:write",
		"":                                       "!key_without_scopes",
		"sales":                                  "!scope_unknown",
		"sales:*":                                "!scope_unknown",
		"ALL":                                    "!scope_unknown",
		"read sales:fly":                         "!scope_unknown",
		strings.Repeat("read ", wordsMost+1):     "!scope_unknown",
	} {
		got, err := ParseScopes(strings.Fields(in))
		text := strings.Trim(fmt.Sprint(got), "[]")
		if err != nil {
			text = "!" + fault.CodeOf(err)
		}
		if text != want {
			t.Errorf("%q: %s, want %s", in, text, want)
		}
	}
	all, err := ParseScopes([]string{"all", "read"})
	if err != nil || len(all) != len(All()) || !slices.IsSorted(all) {
		t.Error(all, err)
	}
	reading, err := ParseScopes([]string{"read"})
	if err != nil || slices.ContainsFunc(reading, func(s Scope) bool { return !strings.HasSuffix(string(s), ":read") }) || !slices.Contains(reading, ReportsRead) {
		t.Error(reading, err)
	}
}

// Every scope is noun:verb, listed once and explained.
func TestAll(t *testing.T) {
	t.Parallel()
	seen := map[Scope]bool{}
	for _, m := range All() {
		noun, verb, ok := strings.Cut(string(m.Scope), ":")
		if !ok || noun == "" || !slices.Contains([]string{"read", "write", "run"}, verb) || seen[m.Scope] || !strings.HasSuffix(m.Means, ".") || !m.Scope.Known() {
			t.Errorf("%+v", m)
		}
		seen[m.Scope] = true
	}
	if len(seen) != 24 {
		t.Errorf("%d scopes", len(seen))
	}
}

func TestPrincipal(t *testing.T) {
	t.Parallel()
	one := (&Key{Name: "x", Scopes: []Scope{SalesWrite, KeysWrite}, Stores: []string{"S01", "S02"}}).principal()
	everywhere := (&Key{Name: "y", Scopes: []Scope{SalesWrite}}).principal()
	for _, c := range []struct {
		got  error
		code string
	}{
		{one.Need(SalesWrite), ""},
		{one.Need(CatalogueRead, SalesWrite), ""},
		{one.Need(CatalogueRead), "scope_missing"},
		{one.Need(), "scope_missing"},
		{Principal{}.Need(SalesRead), "scope_missing"},
		{one.NeedStore("S01"), ""},
		{one.NeedStore("S03"), "store_denied"},
		{one.NeedStore(""), "store_denied"},
		{everywhere.NeedStore(""), ""},
		{everywhere.NeedStore("S03"), ""},
		{one.Covers([]Scope{SalesWrite}, []string{"S02"}), ""},
		{one.Covers([]Scope{SalesWrite}, nil), "store_denied"},
		{one.Covers([]Scope{SalesWrite}, []string{"S02", "S03"}), "store_denied"},
		{one.Covers([]Scope{SalesWrite, SalesRead}, []string{"S02"}), "scope_missing"},
		{everywhere.Covers([]Scope{SalesWrite}, nil), ""},
	} {
		if fault.CodeOf(c.got) != c.code {
			t.Errorf("%v, want %q", c.got, c.code)
		}
	}
}
