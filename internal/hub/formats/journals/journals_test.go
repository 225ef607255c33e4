package journals_test

import (
	"bytes"
	"errors"
	"flag"
	"math/big"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/hub/formats/journals"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/books"
)

var update = flag.Bool("update", false, "write the golden files anew")

func export(t testing.TB, d *db.DB, f journals.Format, s books.Scope) (string, journals.Summary) {
	t.Helper()
	var b bytes.Buffer
	var sum journals.Summary
	err := d.Read(ctx, func(v *db.View) (err error) {
		sum, err = journals.Export(&b, v, f, s)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), sum
}

func trial(t testing.TB, d *db.DB) (tb books.Trial) {
	t.Helper()
	if err := d.Read(ctx, func(v *db.View) (err error) { tb, err = books.TrialBalance(v, books.Scope{}); return err }); err != nil {
		t.Fatal(err)
	}
	return tb
}

// The same books give the same bytes on both engines, and today what they gave before.
func TestExportGolden(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		scene(t, d, "EUR")
		for _, f := range journals.Formats {
			got, sum := export(t, d, f, books.Scope{})
			file := "testdata/" + string(f) + ".golden"
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want, err := os.ReadFile(file); err != nil || string(want) != got {
				t.Errorf("%s: %v; it is now:\n%s", f, err, got)
			}
			agree(t, d, f, got, sum)
		}
	})
}

// agree reads an export back and compares it with the trial balance.
func agree(t testing.TB, d *db.DB, f journals.Format, text string, sum journals.Summary) {
	t.Helper()
	tb := trial(t, d)
	var got readBack
	var err error
	if f == journals.CSV {
		got, err = readCSV(text)
	} else {
		got, err = readJournal(f, text, tb.Currency)
	}
	if err != nil {
		t.Errorf("%s: %v", f, err)
		return
	}
	if int64(got.entries) != sum.Entries {
		t.Errorf("%s: %d entries were written, %d are there", f, sum.Entries, got.entries)
	}
	var want []string
	for _, r := range tb.Rows {
		if r.Closing != 0 {
			want = append(want, tb.Currency.Format(r.Closing))
		}
	}
	var is []string
	for _, b := range got.balances {
		if b.Sign() != 0 {
			is = append(is, b.FloatString(tb.Currency.Digits()))
		}
	}
	if !sameBag(want, is) {
		t.Errorf("%s: balances %v, want %v", f, is, want)
	}
}

// sameBag tells whether two lists hold the same texts, in any order.
func sameBag(a, b []string) bool {
	n := map[string]int{}
	for _, s := range a {
		n[s]++
	}
	for _, s := range b {
		n[s]--
	}
	for _, c := range n {
		if c != 0 {
			return false
		}
	}
	return true
}

// A scope exports what counts in it, whole entries of the store.
func TestExportScope(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		scene(t, d, "EUR")
		for _, c := range []struct {
			scope   books.Scope
			entries int64
		}{
			{books.Scope{To: "2026-01-31"}, 2},
			{books.Scope{From: "2026-02-01", To: "2026-02-01"}, 1}, // the late one
			{books.Scope{Store: "S2"}, 2},
			{books.Scope{From: "2030-01-01"}, 0},
		} {
			for _, f := range journals.Formats {
				text, sum := export(t, d, f, c.scope)
				if sum.Entries != c.entries {
					t.Errorf("%s %+v: %d entries, want %d", f, c.scope, sum.Entries, c.entries)
				}
				if f != journals.CSV {
					if _, err := readJournal(f, text, "EUR"); err != nil {
						t.Errorf("%s %+v: %v", f, c.scope, err)
					}
				}
			}
		}
	})
}

func TestExportFaults(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite(t))
	for f, want := range map[journals.Format]error{"quicken": journals.ErrFormat, journals.Hledger: books.ErrNoBooks} {
		err := d.Read(ctx, func(v *db.View) error {
			_, err := journals.Export(&bytes.Buffer{}, v, f, books.Scope{})
			return err
		})
		if want == journals.ErrFormat && err == nil || want != journals.ErrFormat && !errors.Is(err, want) {
			t.Errorf("%s answered %v", f, err)
		}
	}
}

// Whatever texts, names and amounts come from outside: each format stays readable line by line and
// comes to our balances.
func TestExportProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		book := rapid.SampledFrom([]money.Currency{"EUR", "JPY", "KWD"}).Draw(rt, "book")
		d := dbtest.Open(t, dbtest.SQLite(t))
		defer d.Close()
		shop(t, d, book)
		text := rapid.OneOf(rapid.SampledFrom(nasty), rapid.StringOf(rapid.RuneFrom([]rune("ab ;|\":\\\n\t@=[]{}()*!#,.é商-\u202e\u2028\u00a0")))).
			Filter(func(s string) bool { return !strings.Contains(s, "\x00") })
		write(t, d, func(tx *db.Tx) error {
			name := ledger.AccountName(text.Draw(rt, "name"))
			if err := ledger.EnsureAccount(tx, "1110-USD", name, ledger.Asset, "USD"); err != nil {
				return err
			}
			if err := ledger.EnsureAccount(tx, "4010-x", name, ledger.Income, ""); err != nil {
				return err
			}
			for range rapid.IntRange(1, 5).Draw(rt, "entries") {
				amount := money.Minor(rapid.Int64Range(1, 99_999_999).Draw(rt, "amount"))
				if rapid.Bool().Draw(rt, "negative") {
					amount = -amount
				}
				foreign := money.Minor(rapid.Int64Range(-999_999, 999_999).Draw(rt, "foreign"))
				e := manual(rapid.StringN(1, 10, -1).Draw(rt, "key"), "2026-03-14",
					ledger.Line{Account: "1110-USD", Amount: amount, Foreign: money.Amount{Minor: foreign, Currency: "USD"}},
					ledger.Line{Account: "4010-x", Amount: -amount, Department: text.Draw(rt, "department"), Party: text.Draw(rt, "party")})
				e.Memo, e.Attachment, e.Register, e.Kind = text.Draw(rt, "memo"), text.Draw(rt, "attachment"), text.Draw(rt, "register"), "manual"
				e.ID[10] = byte(rapid.IntRange(0, 255).Draw(rt, "id"))
				if err := ledger.Post(tx, e); err != nil {
					return err
				}
			}
			return nil
		})
		for _, f := range journals.Formats {
			text, sum := export(t, d, f, books.Scope{})
			agree(t, d, f, text, sum)
			if t.Failed() {
				rt.Fatalf("%s:\n%s", f, text)
			}
		}
	})
}

// Amounts are written with all decimals, also the largest.
func TestAmounts(t *testing.T) {
	t.Parallel()
	for _, c := range []money.Currency{"JPY", "EUR", "KWD", "CLF"} {
		for _, n := range []int64{0, 1, -1, 9, 10, 99, 100, -12345, 1<<63 - 1, -1 << 63} {
			got := string(journals.AppendMajor(nil, money.Minor(n), c))
			want := fixed.Format(n, c.Digits(), c.Digits())
			if _, ok := new(big.Rat).SetString(got); !ok || got != want {
				t.Errorf("%d %s is %q, want %q", n, c, got, want)
			}
		}
	}
}
