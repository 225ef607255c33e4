package journals_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/hub/formats/journals"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/books"
)

// requireEnv names the variable that makes a missing judge a failure. Without it, a missing judge
// leaves the check to our own readers, which run in any case.
const requireEnv = "REQUIRE_JUDGES"

// installed tells whether a program is there.
func installed(t *testing.T, program string) bool {
	t.Helper()
	_, err := exec.LookPath(program)
	if err != nil && os.Getenv(requireEnv) == "1" {
		t.Errorf("%s is missing: apt-get install hledger ledger beancount", program)
	}
	return err == nil
}

// run runs a judge and returns what it printed.
func run(t *testing.T, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "PYTHONUTF8=1", "HOME="+t.TempDir())
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Errorf("%s %s: %v\n%.3000s%.3000s", program, strings.Join(args, " "), err, out.String(), errs.String())
	}
	return out.String()
}

// The outside programs read our exports without complaint and come to our balances, in currencies
// with two decimals, none and three.
func TestJudges(t *testing.T) {
	t.Parallel()
	for _, book := range []money.Currency{"EUR", "JPY", "KWD"} {
		t.Run(string(book), func(t *testing.T) {
			t.Parallel()
			d := dbtest.Open(t, dbtest.SQLite(t))
			scene(t, d, book)
			want := map[string]string{} // by code: what is not zero
			for _, r := range trial(t, d).Rows {
				if r.Closing != 0 {
					want[r.Account] = book.Format(r.Closing)
				}
			}
			dir := t.TempDir()
			for f, judge := range map[journals.Format]func(t *testing.T, file string, book money.Currency) map[string]string{
				journals.Hledger: hledgerBalances, journals.Ledger: ledgerBalances, journals.Beancount: beancountBalances,
			} {
				text, sum := export(t, d, f, books.Scope{})
				agree(t, d, f, text, sum)
				file := filepath.Join(dir, string(f)+".journal")
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				if got := judge(t, file, book); got != nil {
					compare(t, f, got, want)
				}
			}
		})
	}
}

// compare sets balances by full account name against those by code.
func compare(t *testing.T, f journals.Format, got, want map[string]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s knows %d balances, we %d: %v", f, len(got), len(want), got)
	}
	var is, should []string
	for name, b := range got {
		_, leaf, _ := strings.Cut(name, ":")
		if code, _, plain := strings.Cut(leaf, " "); plain && want[code] != "" && want[code] != b {
			t.Errorf("%s: %s is %s, want %s", f, name, b, want[code])
		}
		is = append(is, b)
	}
	for _, b := range want {
		should = append(should, b)
	}
	if !sameBag(is, should) {
		t.Errorf("%s: balances %v, want %v", f, is, should)
	}
}

// onlyOurTags refuses a tag that a text from outside has made: a tag named date would move a posting.
func onlyOurTags(t *testing.T, judge, list string) {
	t.Helper()
	for _, tag := range strings.Fields(list) {
		if !slices.Contains([]string{"attachment", "business-day", "department", "entry", "external", "foreign", "party", "receipt", "register",
			"reverses", "store", "tax", "tender", "unknown"}, strings.ToLower(tag)) {
			t.Errorf("%s sees the tag %q", judge, tag)
		}
	}
}

func hledgerBalances(t *testing.T, file string, book money.Currency) map[string]string {
	if !installed(t, "hledger") {
		return nil
	}
	run(t, "hledger", "-f", file, "check") // readable, and every entry balances
	run(t, "hledger", "-f", file, "check", "accounts", "commodities", "uniqueleafnames")
	onlyOurTags(t, "hledger", run(t, "hledger", "-f", file, "tags"))
	rows, err := csv.NewReader(strings.NewReader(run(t, "hledger", "-f", file, "bal", "-N", "--flat", "-B", "-O", "csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, row := range rows[1:] {
		got[row[0]] = strings.TrimSuffix(row[1], " "+string(book))
	}
	return got
}

func ledgerBalances(t *testing.T, file string, book money.Currency) map[string]string {
	if !installed(t, "ledger") {
		return nil
	}
	run(t, "ledger", "-f", file, "--strict", "--pedantic", "--permissive=no", "source")
	onlyOurTags(t, "ledger", run(t, "ledger", "--args-only", "-f", file, "tags"))
	got := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(run(t, "ledger", "--args-only", "-f", file, "bal", "--flat", "-B", "--no-total",
		"--format", "%(account)\t%(display_total)\n")), "\n") {
		name, amount, ok := strings.Cut(line, "\t")
		if !ok {
			t.Fatalf("ledger printed %q", line)
		}
		got[name] = strings.TrimSuffix(amount, " "+string(book))
	}
	return got
}

func beancountBalances(t *testing.T, file string, book money.Currency) map[string]string {
	if !installed(t, "bean-check") {
		return nil
	}
	run(t, "bean-check", file)
	rows, err := csv.NewReader(strings.NewReader(run(t, "bean-query", "-f", "csv", file, "SELECT account, sum(weight) AS w GROUP BY account"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, row := range rows[1:] {
		amount := strings.TrimSpace(row[1])
		if amount == "" {
			continue
		}
		number, currency, _ := strings.Cut(amount, " ")
		if currency != string(book) {
			t.Errorf("beancount has %s on %s", amount, row[0])
		}
		got[strings.TrimSpace(row[0])] = number
	}
	return got
}
