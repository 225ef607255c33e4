package shop

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// damages change one thing that the auditor compares, and what it must say then. Each stands in a
// transaction that is undone. An entry is set against its receipt once, when it is new: that comes first.
var damages = []struct{ what, statement, says string }{
	{"a receipt's entry", `UPDATE entry_lines SET account = '9999' WHERE line_no = 1 AND entry_seq = (SELECT MAX(seq) FROM entries WHERE kind = 'sale')`, " of receipt "},
	{"a receipt's total", `UPDATE receipts SET total = total + 1 WHERE seq = 3`, "receipt "},
	{"a receipt that is missing", `DELETE FROM receipts WHERE seq = 3`, "receipt "},
	{"a receipt's hash", `UPDATE receipts SET hash = id WHERE seq = 3`, "receipt "},
	{"the link of a receipt", `UPDATE receipts SET prev_hash = id WHERE seq = 3`, "follows"},
	{"the end of a register's chain", `UPDATE register_heads SET number = number + 1`, "the chain of "},
	{"goods on the shelf", `UPDATE stock_levels SET qty = qty + 1 WHERE item = 'APP-1'`, "stock ("},
	{"their value", `UPDATE stock_levels SET value = value - 1 WHERE item = 'APP-1'`, "stock ("},
	{"a stock move", `UPDATE stock_moves SET value = value + 1 WHERE entry_seq = 1 AND line_no = 1`, "stock moves"},
	{"a line of an entry", `UPDATE entry_lines SET amount = amount + 1 WHERE entry_seq = 2 AND line_no = 1 AND amount <> -1`, "journal account"},
	{"a line of an entry, balanced", `UPDATE entry_lines SET department = 'toys' WHERE entry_seq = 2 AND line_no = 1`, "hashes to"},
	{"who owes", `UPDATE entry_lines SET party = 'nobody' WHERE party = 'C17'`, "party receivable of C17"},
	{"the day of an entry", `UPDATE entries SET effective_day = '2031-01-01' WHERE seq = 2`, "journal account"},
	{"the memo of an entry", `UPDATE entries SET memo = 'nothing' WHERE seq = 2`, "entry 2 hashes"},
	{"an entry that is missing", `DELETE FROM entries WHERE seq = 2`, "entry 3 follows"},
	{"the end of the ledger's chain", `UPDATE chain_heads SET number = number - 1`, "its chain ends"},
	{"the balance of an account", `UPDATE account_days SET credit = credit + 1 WHERE account = '1140'`, "account 1140"},
	{"the tax of a day", `UPDATE totals_taxes SET amount = amount + 1`, "totals_taxes"},
	{"the base of a tax", `UPDATE totals_taxes SET base = base - 1`, "totals_taxes"},
	{"the sales of a day", `UPDATE totals_sales SET returns = returns + 1`, "totals_sales"},
	{"the balance of an account in a month", `UPDATE account_months SET credit = credit + 1 WHERE account = '1140'`, "account 1140 in "},
	{"the sales of all stores on a day", `UPDATE totals_days SET returns = returns + 1`, "totals_days"},
	{"the receipts of a day", `UPDATE totals_receipts SET receipts = receipts + 1`, "totals_receipts"},
	{"the tenders of a day", `UPDATE totals_tenders SET foreign_amount = foreign_amount + 1`, "totals_tenders"},
	{"dollars in a drawer", `UPDATE entry_lines SET foreign_amount = foreign_amount + 1 WHERE foreign_currency = 'USD'`, "drawer "},
	{"a count", `UPDATE shift_counts SET counted = counted + 1`, "shift "},
	{"what was expected", `UPDATE shift_counts SET expected = expected - 1`, "shift "},
	{"the day of a shift", `UPDATE shifts SET business_day = '2031-01-01' WHERE number = 1`, "shift "},
	{"what waits in suspense", `UPDATE entry_lines SET unknown = 'tender:none' WHERE unknown <> ''`, "suspense"},
	{"a task that is missing", `DELETE FROM tasks`, "no task"},
	{"an announcement that is missing", `DELETE FROM outbox WHERE topic = 'sale.completed'`, "announcement"},
	{"announcements in another order", `UPDATE outbox SET seq = 1000000 WHERE seq = (SELECT MIN(seq) FROM outbox WHERE topic = 'sale.completed')`, "announcement"},
	{"a second announcement", `INSERT INTO outbox (seq, topic, subject, at_ms) SELECT 1000000, topic, subject, 0 FROM outbox WHERE topic = 'sale.completed' AND seq = (SELECT MIN(seq) FROM outbox WHERE topic = 'sale.completed')`, "announcement"},
	{"receipts in another order", `UPDATE receipts SET seq = 1000000 WHERE seq = 2`, "another order"},
	{"the total of a sealed day", `UPDATE day_closes SET total = total + 1`, "seal ("},
	{"the chain of sealed days", `UPDATE day_closes SET prev_hash = hash WHERE z_number = 1`, "does not follow"},
}

// Whatever of what it compares is changed, the auditor says so.
func TestAuditorNotices(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		s := newSim(context.Background(), dsn, Options{Seed: 3, Days: 4, Ops: 30})
		if err := s.open(); err != nil {
			t.Fatal(err)
		}
		defer s.close()
		if err := s.build(); err != nil {
			t.Fatal(err)
		}
		for n := range s.o.Days {
			s.clock.set(s.start.AddDate(0, 0, n))
			if err := s.oneDay(n); err != nil {
				t.Fatal(err)
			}
		}
		for _, st := range s.stores {
			if err := s.closeDays(st, true); err != nil {
				t.Fatal(err)
			}
		}
		for _, d := range damages {
			found, err := s.after(d.statement)
			if err != nil {
				t.Fatalf("%s: %v", d.what, err)
			}
			if !strings.Contains(strings.Join(found, "\n"), d.says) {
				t.Errorf("%s: want %q, the auditor says %q", d.what, d.says, found)
			}
		}
		if found, err := s.after(""); err != nil || len(found) > 0 {
			t.Errorf("nothing is damaged, and the auditor says %q, %v", found, err)
		}
	})
}

// after compares with a statement's changes, which it undoes.
func (s *Sim) after(statement string) ([]string, error) {
	tx, err := s.q.BeginTx(s.ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() //nolint:errcheck // it is to be undone
	if statement != "" {
		res, err := tx.ExecContext(s.ctx, statement)
		if err != nil {
			return nil, err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return nil, fmt.Errorf("%d rows changed, %w", n, err)
		}
	}
	s.b.ForgetHeads()
	return s.b.Compare(s.ctx, tx)
}
