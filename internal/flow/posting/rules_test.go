package posting

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

var roleConstant = regexp.MustCompile(`(?m)^\tRole\w+\s+= "(\w+)"`)

// Every role has its rule, once.
func TestEveryRoleHasARule(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("roles.go")
	if err != nil {
		t.Fatal(err)
	}
	var roles, ruled []string
	for _, m := range roleConstant.FindAllStringSubmatch(string(b), -1) {
		roles = append(roles, m[1])
	}
	for _, r := range Rules() {
		ruled = append(ruled, r.Role)
		if len(r.Types) == 0 || r.Each && !r.Alone || r.Alone && r.Follows == "" || r.Exact && r.Key == "" {
			t.Errorf("the rule makes no sense: %+v", r)
		}
	}
	slices.Sort(roles)
	slices.Sort(ruled)
	if !slices.Equal(roles, ruled) {
		t.Errorf("roles %v\nrules %v", roles, ruled)
	}
	if _, ok := RuleOf("gold"); ok {
		t.Error("there is a rule for gold")
	}
}

// Every chart template keeps the rules, and has an account for each role; only what must be told apart
// by key may be without.
func TestChartsKeepTheRules(t *testing.T) {
	t.Parallel()
	for _, name := range ledger.Charts() {
		chart, err := ledger.LoadChart(name)
		if err != nil {
			t.Fatal(err)
		}
		roles, has := ledger.NewRoles(), map[string]bool{}
		for _, a := range chart.Accounts {
			if a.Role != "" {
				roles.Set(a.Role, "", a.Code)
			}
		}
		for _, a := range chart.Accounts {
			if a.Role == "" {
				continue
			}
			has[a.Role] = true
			rule, ok := RuleOf(a.Role)
			if !ok || !slices.Contains(rule.Types, a.Type) {
				t.Errorf("chart %s: %s %s has role %q", name, a.Code, a.Type, a.Role)
			}
			if _, err := rule.checkShared(roles, "", a.Code); err != nil {
				t.Errorf("chart %s: %v", name, err)
			}
		}
		for _, r := range Rules() {
			if !has[r.Role] && !r.Exact {
				t.Errorf("chart %s has no account for %s", name, r.Role)
			}
		}
	}
}

// What nobody may post to by hand are roles that keep their account alone.
func TestControlsAreAlone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := ledger.Setup(tx, "uk", "GBP"); err != nil {
				return err
			}
			controls, err := LoadControls(tx)
			for account, role := range controls {
				if r, ok := RuleOf(role); !ok || !r.Alone {
					t.Errorf("%s of %s: %+v", account, role, r)
				}
			}
			if len(controls) < 4 {
				t.Errorf("controls: %v", controls)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

var docRow = regexp.MustCompile("(?m)^\\| `(\\w+)` \\| (\\d+) \\| [^|]+ \\| ([^|]*?) ?\\| ([^|]*?) ?\\|$")

// The table of roles that accountants read says the same as the rules.
func TestDocsSayTheRules(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "accounting", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, m := range docRow.FindAllStringSubmatch(string(b), -1) {
		said[m[1]] = strings.TrimSpace(m[3]) + "; " + strings.TrimSpace(m[4])
	}
	want := map[string]string{}
	for _, r := range Rules() {
		types := make([]string, len(r.Types))
		for i, is := range r.Types {
			types[i] = string(is)
		}
		want[r.Role] = strings.Join(types, " or ") + "; " + r.Key
	}
	for _, role := range slices.Sorted(maps.Keys(want)) {
		if said[role] != want[role] {
			t.Errorf("docs/accounting says of %s %q, the rule is %q", role, said[role], want[role])
		}
	}
	if len(said) != len(want) {
		t.Errorf("docs/accounting has %d roles, there are %d", len(said), len(want))
	}
}
