package ledger_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

func TestReverse(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		books(t, d)
		e := entry("x", "2026-03-14", "1150", "4010", 5350)
		e.Doc = id.Derive(dbtest.Now, "doc", "x")
		e.Lines[1].Department, e.Lines[0].Foreign = "food", money.Amount{Minor: 7000, Currency: "USD"}
		post(t, d, e)
		reverse := func(on day.Day) func(tx *db.Tx) error {
			return func(tx *db.Tx) error {
				r, err := ledger.Reverse(tx, e.ID, on, "")
				if err != nil {
					return err
				}
				return ledger.Post(tx, &r)
			}
		}
		refused(t, d, ledger.ErrReversalDay, reverse("2026-03-13"))
		refused(t, d, day.ErrSyntax, reverse(""))
		refused(t, d, ledger.ErrAlreadyReversed, func(tx *db.Tx) error { // twice in one group
			a, err := ledger.Reverse(tx, e.ID, "2026-03-20", "")
			b := a
			b.ID[15]++
			return errors.Join(err, ledger.Post(tx, &a), ledger.Post(tx, &b))
		})
		write(t, d, reverse("2026-03-20"))
		refused(t, d, ledger.ErrAlreadyReversed, reverse("2026-03-20"))
		refused(t, d, ledger.ErrUnknownEntry, func(tx *db.Tx) error { _, err := ledger.Reverse(tx, id.ID{1}, "2026-03-20", ""); return err })
		read(t, d, func(q db.Q) error {
			both, err := ledger.ByDoc(q, e.Doc)
			if err != nil || len(both) != 2 {
				return fmt.Errorf("%d entries, %w", len(both), err)
			}
			r := both[1]
			lines := ledger.Fold(append(both[0].Lines, r.Lines...))
			if len(lines) != 0 || r.Kind != ledger.KindReversal || r.Reverses != e.ID || r.Memo != "reversal of entry 1" || r.Lines[0].Foreign.Minor != -7000 {
				t.Errorf("reversal %+v leaves %+v", r, lines)
			}
			got, err := ledger.Get(q, r.ID)
			if got.Seq != 2 || got.Hash != r.Hash || got.PrevHash != e.Hash {
				t.Errorf("Get: %+v", got)
			}
			return err
		})
	})
}

// Batches end where they should, whatever the number of lines, and lose nothing.
func TestEachInBatches(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		books(t, d)
		const entries = 1203
		write(t, d, func(tx *db.Tx) error {
			for i := range entries {
				e := entry(fmt.Sprint(i), day.Day("2026-03-01").Add(i%40), "1150", "4010", money.Minor(i+1))
				for j := range i % 37 * (i % 2) {
					e.Lines = append(e.Lines, ledger.Line{Account: "1110", Amount: money.Minor(j + 1)}, ledger.Line{Account: "1120", Amount: money.Minor(-j - 1)})
				}
				if i == 700 { // one whose lines fill a batch of their own
					for range 12_000 {
						e.Lines = append(e.Lines, ledger.Line{Account: "1110", Amount: 1}, ledger.Line{Account: "1120", Amount: -1})
					}
				}
				if err := ledger.Post(tx, e); err != nil {
					return err
				}
			}
			return nil
		})
		read(t, d, func(q db.Q) error {
			var seq int64
			err := ledger.Each(q, 3, func(e *ledger.Entry) error {
				if seq == 0 {
					seq = 2
				}
				seq++
				i := int(e.Seq - 1)
				n := 2 + 2*(i%37*(i%2))
				if i == 700 {
					n += 24_000
				}
				if e.Seq != seq || len(e.Lines) != n || e.Lines[0].Amount != money.Minor(e.Seq) {
					return fmt.Errorf("entry %d has %d lines, want entry %d with %d", e.Seq, len(e.Lines), seq, n)
				}
				_, err := ledger.Get(q, e.ID) // reading inside is allowed
				return err
			})
			first, last, serr := ledger.Span(q, "2026-03-02", "2026-03-03")
			none, end, nerr := ledger.Span(q, "2030-01-01", "")
			return errors.Join(err, serr, nerr, want(t, seq, entries), want(t, first, 2), want(t, last, 1203), want(t, none > end, true))
		})
		stop := errors.New("stop")
		if err := d.Read(ctx, func(v *db.View) error {
			return ledger.Each(v, 0, func(*ledger.Entry) error { return stop })
		}); !errors.Is(err, stop) {
			t.Errorf("Each answered %v", err)
		}
	})
}

const (
	changeMemo   db.SQL = `UPDATE entries SET memo = 'x' WHERE seq = $1`
	changeLine   db.SQL = `UPDATE entry_lines SET amount = amount + 1 WHERE entry_seq = $1 AND line_no = 1`
	dropEntry    db.SQL = `DELETE FROM entries WHERE seq = $1`
	changeTotal  db.SQL = `UPDATE account_days SET debit = debit + $1 WHERE account = '1150'`
	changeMonth  db.SQL = `UPDATE account_months SET debit = debit + $1 WHERE account = '1150'`
	renameInLine db.SQL = `UPDATE entry_lines SET account = 'gone' WHERE entry_seq = $1 AND line_no = 2`
)

// A row that somebody changes behind the ledger's back is found and named.
func TestVerifyNamesWhatWasChanged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		books(t, d)
		for i := range 5 {
			post(t, d, entry(fmt.Sprint(i), "2026-03-14", "1150", "4010", 100))
		}
		for _, c := range []struct {
			name   string
			change db.SQL
			seq    int64
			want   string // seq:code of every finding
		}{
			{"nothing", "", 0, ""},
			{"memo", changeMemo, 3, "3:entry_changed"},
			{"amount", changeLine, 2, "2:entry_changed 2:entry_unbalanced 0:account_day_total 0:account_month_total"},
			{"account", renameInLine, 4, "4:entry_changed 4:entry_account 0:account_day_total 0:account_day_total 0:account_month_total 0:account_month_total"},
			{"entry", dropEntry, 2, "3:entry_missing 2:lines_without_entry 0:account_day_total 0:account_day_total 0:account_month_total 0:account_month_total"},
			{"last entry", dropEntry, 5, "0:chain_head 5:lines_without_entry 0:account_day_total 0:account_day_total 0:account_month_total 0:account_month_total"},
			{"total", changeTotal, 7, "0:account_day_total"},
			{"month", changeMonth, 7, "0:account_month_total"},
		} {
			undo := errors.New("undo")
			err := d.Write(ctx, func(tx *db.Tx) error {
				if c.change != "" {
					if _, err := tx.Exec(c.change, c.seq); err != nil {
						return err
					}
				}
				check, err := ledger.VerifyChain(tx, func(int64) {})
				if err != nil {
					return err
				}
				var got []string
				for _, f := range check.Findings {
					got = append(got, fmt.Sprintf("%d:%s", f.Seq, f.Code))
				}
				if s := strings.Join(got, " "); s != c.want || check.OK() != (c.want == "") {
					t.Errorf("%s: found %s, want %s", c.name, s, c.want)
				}
				return undo
			})
			if !errors.Is(err, undo) {
				t.Fatal(err)
			}
		}
	})
}

// Fold keeps the sum of every account and currency, leaves no zero line and does not depend on order
// in anything but the order of equal accounts.
func TestFoldKeepsSums(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		lines := rapid.SliceOf(rapid.Custom(drawLine)).Draw(rt, "lines")
		sums := func(lines []ledger.Line) (amounts map[ledger.Line]money.Minor) {
			amounts = map[ledger.Line]money.Minor{}
			for _, l := range lines {
				k := l
				k.Amount, k.Foreign.Minor = 0, 0
				if amounts[k] += l.Amount; amounts[k] == 0 {
					delete(amounts, k)
				}
			}
			return amounts
		}
		was := sums(lines)
		folded := ledger.Fold(lines)
		is := sums(folded)
		if len(was) != len(is) || len(is) != len(folded) {
			rt.Fatalf("%v became %v", was, is)
		}
		for k, v := range was {
			if is[k] != v {
				rt.Fatalf("%v: %d became %d", k, v, is[k])
			}
		}
		for i := range folded {
			if folded[i].Amount == 0 || i > 0 && folded[i-1].Account > folded[i].Account {
				rt.Fatalf("line %d: %+v", i, folded)
			}
		}
	})
}

func TestFoldNeverWraps(t *testing.T) {
	t.Parallel()
	lines := ledger.Fold([]ledger.Line{{Account: "1", Amount: math.MaxInt64}, {Account: "1", Amount: 1}})
	if len(lines) != 2 {
		t.Errorf("folded to %+v", lines)
	}
}

func drawLine(rt *rapid.T) ledger.Line {
	l := ledger.Line{
		Account: rapid.SampledFrom([]string{"1110", "1150", "4010", "2300", "9999"}).Draw(rt, "account"),
		Amount:  money.Minor(rapid.Int64Range(-1000, 1000).Draw(rt, "amount")),
		Store:   rapid.SampledFrom([]string{"", "S1", "S2"}).Draw(rt, "store"),
		Tender:  rapid.SampledFrom([]string{"", "visa"}).Draw(rt, "tender"),
	}
	if rapid.Bool().Draw(rt, "foreign") {
		l.Foreign = money.Amount{Minor: l.Amount * 2, Currency: "USD"}
	}
	return l
}

// Whatever is posted, in whatever groups and around whatever locks: the chain verifies, the running
// totals are the sums of the lines, and nothing counts before the end of the lock when it came: neither
// in a locked period nor on any day before.
func TestPostingsProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		d := dbtest.Open(t, dbtest.SQLite(t))
		defer d.Close()
		books(t, d)
		write(t, d, func(tx *db.Tx) error { _, err := ledger.EnsureYear(tx, "2026-01-01", ledger.FiscalStart{}); return err })
		months := 0 // of 2026 that are locked
		for step := range rapid.IntRange(1, 6).Draw(rt, "groups") {
			entries := rapid.SliceOfN(rapid.Custom(drawEntry), 0, 8).Draw(rt, "entries")
			month := rapid.IntRange(0, 11).Draw(rt, "month")
			lock := rapid.Bool().Draw(rt, "lock")
			var now int
			write(t, d, func(tx *db.Tx) (err error) {
				if now, err = changeLock(tx, months, month, lock); err != nil {
					return err
				}
				shut := day.Day("")
				if now > 0 {
					shut = day.Day(fmt.Sprintf("2026-%02d-99", now)) // after every day of the month
				}
				for i, e := range entries {
					e.ID = id.Derive(dbtest.Now, "rapid", fmt.Sprint(step, i))
					if err := ledger.Post(tx, &e); err != nil {
						return err
					}
					if e.EffectiveDay <= shut || e.BusinessDay > shut && e.EffectiveDay != e.BusinessDay {
						rt.Errorf("entry of %s counts on %s, and everything to %s is locked", e.BusinessDay, e.EffectiveDay, shut)
					}
				}
				return nil
			})
			months = now
		}
		read(t, d, func(q db.Q) error {
			check, err := ledger.VerifyChain(q, nil)
			if !check.OK() {
				rt.Errorf("%+v", check.Findings)
			}
			var sum money.Minor
			return errors.Join(err, q.QueryRow(sumOfTotals).Scan(&sum), want(t, sum, 0))
		})
	})
}

// changeLock locks or unlocks a month of 2026 while the first ones are locked, and returns how many are
// locked then.
func changeLock(tx *db.Tx, locked, month int, lock bool) (int, error) {
	by := ledger.By{Who: "test"}
	periods, err := ledger.Periods(tx, "2026-01-01", "2026-12-31")
	if err != nil {
		return 0, err
	}
	p := periods[month]
	if lock {
		_, err = ledger.Lock(tx, p.Start, p.End, by)
		return max(locked, month+1), err
	}
	_, err = ledger.Unlock(tx, p.Start, p.End, by)
	if month+1 < locked {
		if !errors.Is(err, ledger.ErrLaterLocked) {
			return 0, fmt.Errorf("unlocking month %d of %d answered %w", month+1, locked, err)
		}
		return locked, nil
	}
	return min(locked, month), err
}

const sumOfTotals db.SQL = `SELECT CAST(COALESCE(SUM(debit - credit), 0) AS BIGINT) FROM account_days`

func drawEntry(rt *rapid.T) ledger.Entry {
	lines := rapid.SliceOfN(rapid.Custom(drawLine), 1, 6).Draw(rt, "lines")
	var rest money.Minor
	for _, l := range lines {
		rest -= l.Amount
	}
	lines = ledger.Fold(append(lines, ledger.Line{Account: "9999", Amount: rest, Unknown: "rest"}, ledger.Line{Account: "1110", Amount: 7}, ledger.Line{Account: "6300", Amount: -7}))
	return ledger.Entry{Kind: "manual", BusinessDay: day.Day("2026-01-01").Add(rapid.IntRange(-400, 380).Draw(rt, "day")), Lines: lines,
		Memo: rapid.StringN(0, 20, 100).Filter(func(s string) bool { return !strings.Contains(s, "\x00") }).Draw(rt, "memo")}
}

// The canonical form is for ever: a ledger of years ago must still verify.
func TestCanonicalIsStable(t *testing.T) {
	t.Parallel()
	e := entry("stable", "2026-03-14", "1150", "4010", 5350)
	e.Seq, e.PostedMs, e.Memo, e.EffectiveDay = 7, 1_773_000_000_000, "a;b", "2026-03-15"
	e.Lines[0].Foreign = money.Amount{Minor: 640, Currency: "USD"}
	sum, _ := e.Sum256(nil)
	const want = "c93fc2cecefb88eea524507abad6d4a0eb0d037e95c17c0a6964dd7afd71cb5f"
	if got := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("the hash of a known entry became %s", got)
	}
}
