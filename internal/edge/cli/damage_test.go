package cli_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// What was changed behind the program's back is found, named, and told by the exit code 1: by the check,
// the proof, the seals and by a restore of such a backup.
func TestDamageIsFound(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]struct {
		change string
		finds  [][]string // commands that must end with 1, each with what it must say
	}{
		"an amount on a receipt": {`UPDATE receipt_lines SET net = net + 1 WHERE receipt_seq = 2 AND line_no = 1`,
			[][]string{{"check", "WRONG"}, {"check receipts", "WRONG"}, {"proof", "OFF BY"}, {"proof --format json", `"equations"`}}},
		"an entry that is gone": {`DELETE FROM entry_lines WHERE entry_seq = (SELECT MIN(seq) FROM entries WHERE kind = 'sale')`,
			[][]string{{"check", "WRONG"}, {"check balance", "WRONG"}, {"check chain", "WRONG"}, {"proof", "OFF BY"}}},
		"a running total": {`UPDATE account_days SET debit = debit + 100 WHERE account = '4010'`,
			[][]string{{"check", "WRONG"}, {"check --format json", `"findings"`}}},
		"a stock level": {`UPDATE stock_levels SET qty = qty + 1000000`,
			[][]string{{"check", "WRONG"}, {"check stock", "WRONG"}}},
		"a receipt that is gone": {`DELETE FROM receipts WHERE seq = 4`,
			[][]string{{"check", "WRONG"}, {"proof", "OFF BY"}, {"day seals", "BROKEN"}, {"check seals", "WRONG"}}},
		"a seal": {`UPDATE day_closes SET total = total + 1 WHERE register = ''`,
			[][]string{{"day seals", "BROKEN: its content was changed after the close"}, {"check seals", "WRONG"}, {"check", "seal of 2026-09-18, store S01"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dsn := dbtest.SQLite(t)
			must(t, dsn, "import", "../../../examples/sample-exports/square")
			must(t, dsn, "day", "close", "--due")
			must(t, dsn, "check")
			must(t, dsn, "proof")
			must(t, dsn, "day", "seals")
			damage(t, dsn, d.change)
			backup := filepath.Join(t.TempDir(), "damaged.bak")
			must(t, dsn, "backup", backup)
			for _, f := range d.finds {
				found(t, dsn, strings.Fields(f[0]), f[1])
			}
			found(t, filepath.Join(t.TempDir(), "again.db"), []string{"restore", backup}, "Something is wrong")
		})
	}
}

// found runs a command that must end with 1 and say something.
func found(t *testing.T, dsn string, args []string, says string) {
	t.Helper()
	c := tillpost(dsn, args...)
	out, _ := c.CombinedOutput()
	if code := c.ProcessState.ExitCode(); code != 1 || !strings.Contains(string(out), says) {
		t.Errorf("tillpost %s ended with %d:\n%s", strings.Join(args, " "), code, out)
	}
}

// damage changes a SQLite database as no part of the program would.
func damage(t *testing.T, file, change string) {
	t.Helper()
	d, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	res, err := d.Exec(change)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := res.RowsAffected(); n == 0 || err != nil {
		t.Fatalf("%s changed nothing (%v)", change, err)
	}
}
