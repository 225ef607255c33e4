package importer_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/hub/importer"
	"github.com/tillpost/tillpost/internal/platform/db"
)

const itemsFile, transactionsFile = "items-2026-09-18-2026-09-19.csv", "transactions-2026-09-18-2026-09-19.csv"

// damaged copies the export of a till, with every ninth row of its items broken by spoil.
func damaged(t *testing.T, spoil func(row []byte) []byte) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{itemsFile, transactionsFile} {
		b, err := os.ReadFile(filepath.Join(samples, "square", name))
		if err != nil {
			t.Fatal(err)
		}
		if name == itemsFile && spoil != nil {
			rows := bytes.SplitAfter(b, []byte("\n"))
			for i := 4; i < len(rows)-1; i += 9 {
				rows[i] = spoil(rows[i])
			}
			b = bytes.Join(rows, nil)
		}
		if err := os.WriteFile(filepath.Join(dir, name), append(b, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A file with broken rows books no receipt without one of its rows: when the whole file follows, the
// books are those of the whole file, and nothing that has a number is left waiting. The other way
// round, a damaged copy of what is in the books changes nothing, and the next whole file heals it.
func TestDamagedThenWhole(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(row []byte) []byte{
		"cut off early": func(row []byte) []byte { return append(bytes.Clone(row[:20]), '\n') },
		"cut off late":  func(row []byte) []byte { return append(bytes.Clone(row[:bytes.Index(row, []byte(",Register"))]), '\n') },
		"open quote":    func(row []byte) []byte { return append([]byte(`"`), row...) },
		"a bad time":    func(row []byte) []byte { return append([]byte("18/September"), row[10:]...) },
		"a bad amount":  func(row []byte) []byte { return bytes.Replace(row, []byte("$"), []byte("$O"), 1) },
		"stray commas":  func(row []byte) []byte { return append(bytes.Clone(row[:len(row)-1]), ",x,y\n"...) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, d *db.DB) {
				s := newShop(t, d, "USD")
				o := s.options()
				broken := s.run(damaged(t, spoil), o)
				if broken.Counts.Quarantined == 0 || broken.Counts.Receipts == 0 {
					t.Fatalf("damaged: %+v", broken.Counts)
				}
				s.agreesWithWhole(broken.Total)
				whole := s.run(filepath.Join(samples, "square"), o)
				if whole.Counts.Quarantined != 0 || whole.Counts.Receipts == 0 {
					t.Errorf("whole: %+v\n%s", whole.Counts, s.quarantined())
				}
				s.onlyRowsWait()
				s.equal(square(s))
				s.sound()

				before := s.journal()
				s.run(damaged(t, func(row []byte) []byte { return append([]byte("x"), spoil(row)...) }), o)
				s.run(damaged(t, nil), o)
				s.onlyRowsWait()
				if s.journal() != before {
					t.Error("copies of what is in the books changed them")
				}
			})
		})
	}
}

// agreesWithWhole fails the test unless what was booked is made of whole receipts.
func (s *shop) agreesWithWhole(total money.Minor) {
	s.t.Helper()
	if got := s.ask(`SELECT CAST(COALESCE(SUM(total), 0) AS BIGINT) FROM receipts`); got != total {
		s.t.Errorf("booked %d, told %d", got, total)
	}
	if s.role("suspense") != 0 {
		s.t.Errorf("%d in suspense: a receipt was booked without one of its rows", s.role("suspense"))
	}
}

// onlyRowsWait fails the test when something waits that has a number of its own.
func (s *shop) onlyRowsWait() {
	s.t.Helper()
	for row := range strings.Lines(s.quarantined()) {
		if !strings.Contains(row, " line ") {
			s.t.Errorf("still waits: %s", strings.TrimSpace(row))
		}
	}
}

// A payout has another id than its row. The row that waited is healed by the payout all the same.
func TestHealedUnderAnotherName(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d, "USD")
		o := s.options()
		o.Settle = true
		path := filepath.Join(samples, "stripe", "balance_history.csv")
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		rows, payouts := bytes.SplitAfter(b, []byte("\n")), 0
		for i := range rows {
			if bytes.Contains(rows[i], []byte(",payout,")) {
				rows[i] = bytes.Replace(rows[i], []byte(",-"), []byte(",-O"), 1)
				payouts++
			}
		}
		bad := filepath.Join(t.TempDir(), "balance_history.csv")
		if err := os.WriteFile(bad, bytes.Join(rows, nil), 0o600); err != nil {
			t.Fatal(err)
		}
		if res := s.run(bad, o); payouts == 0 || res.Counts.Quarantined != int64(payouts) {
			t.Fatalf("%d payouts, %+v", payouts, res.Counts)
		}
		if res := s.run(path, o); res.Counts.Cured != int64(payouts) || s.quarantined() != "" {
			t.Errorf("%+v, still waits: %s", res.Counts, s.quarantined())
		}
	})
}

// A file that breaks off brings in what came before, says why it stopped, and the whole one brings the rest.
func TestBreaksOff(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d, "USD")
		b, err := os.ReadFile(filepath.Join(samples, "poslog", "ncr_poslog_small.xml"))
		if err != nil {
			t.Fatal(err)
		}
		sale := b[bytes.LastIndex(b, []byte("<Transaction>")):bytes.LastIndex(b, []byte("</POSLog>"))]
		next := bytes.Replace(sale, []byte("<SequenceNumber>161</SequenceNumber>"), []byte("<SequenceNumber>162</SequenceNumber>"), 1)
		text := bytes.Replace(b, []byte("</POSLog>"), append(next, "</POSLog>"...), 1)
		whole, cut := filepath.Join(t.TempDir(), "whole.xml"), filepath.Join(t.TempDir(), "cut.xml")
		for path, content := range map[string][]byte{whole: text, cut: text[:len(text)-500]} {
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		res, err := importer.Run(context.Background(), d, cut, s.options())
		if fault.CodeOf(err) == "" || res.Counts.Receipts != 1 {
			t.Errorf("cut: %v, %+v", err, res.Counts)
		}
		again, err := importer.Run(context.Background(), d, cut, s.options())
		if fault.CodeOf(err) == "" || again.Counts != res.Counts {
			t.Errorf("cut again: %v, %+v", err, again.Counts)
		}
		if res := s.run(whole, s.options()); res.Counts.Receipts != 1 || res.Counts.Repeated != 1 || res.Counts.Quarantined != 0 {
			t.Errorf("whole: %+v", res.Counts)
		}
		s.sound()
	})
}
