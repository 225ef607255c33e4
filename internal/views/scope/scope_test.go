package scope

import (
	"strings"
	"testing"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]Scope{
		"all days, all stores, EUR":                {},
		"2026-02-03, all stores, EUR":              {From: "2026-02-03", To: "2026-02-03"},
		"2026-02-01 to 2026-02-28, store S01, EUR": {From: "2026-02-01", To: "2026-02-28", Store: "S01"},
		"from 2026-02-01, all stores, EUR":         {From: "2026-02-01"},
		"up to 2026-02-28, store S01, EUR":         {To: "2026-02-28", Store: "S01"},
	} {
		if got := strings.Join(s.Words("EUR"), ", "); got != want {
			t.Errorf("%+v: %q, want %q", s, got, want)
		}
	}
	if (Scope{To: "2026-02-28"}).Until() != "2026-02-28" || (Scope{}).Until() <= "9998-12-31" {
		t.Error("Until is not the last day of the scope")
	}
}
