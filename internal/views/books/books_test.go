package books_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/flow/checkout"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/books"
	"github.com/tillpost/tillpost/internal/views/table"
)

var (
	ctx    = context.Background()
	update = flag.Bool("update", false, "write the golden files anew")
)

// shop is a shop in London and one in Leeds; its fiscal year begins on 6 April.
func shop(t testing.TB, d *db.DB) *db.DB {
	t.Helper()
	for _, code := range []string{"LON", "LDS"} {
		s := setup.Shop{Currency: "GBP", Chart: "uk", FiscalYearStart: "04-06",
			Store:     org.Store{Code: code, Name: code, Zone: "Europe/London", PricesInclude: true, TaxRounding: "given"},
			Registers: []org.Register{{Code: "IMP", Name: "Import", Kind: "import"}}}
		if err := setup.Run(ctx, d, s); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func write(t testing.TB, d *db.DB, body func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(ctx, body); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, d *db.DB, fn func(q db.Q) error) {
	t.Helper()
	if err := d.Read(ctx, func(v *db.View) error { return fn(v) }); err != nil {
		t.Fatal(err)
	}
}

// sell records a receipt of one service at a price with tax.
func sell(tx *db.Tx, store, external string, on day.Day, net, tax money.Minor) error {
	at := on.Time().Add(12 * time.Hour)
	r := receipt.Receipt{ID: id.Derive(at, "test", store+external), Kind: receipt.Sale, Store: store, Register: "IMP", BusinessDay: on,
		DeviceTime: at, Currency: "GBP", PricesInclude: true, TaxRounding: receipt.RoundAsGiven, Source: "test", External: external,
		Lines: []receipt.Line{{No: 1, Kind: receipt.Service, Name: "repair", Department: "repairs", Qty: qty.One,
			Extended: net + tax, Net: net, Taxes: []receipt.Tax{{Code: "VAT20", Rate: 2_000_000_000, Base: net, Amount: tax}}}},
		Tenders: []receipt.Tender{{Type: "card", Amount: net + tax}}}
	_, _, err := checkout.Record(tx, checkout.Arrival{Receipt: &r})
	return err
}

func post(tx *db.Tx, key string, on day.Day, lines ...ledger.Line) error {
	return ledger.Post(tx, &ledger.Entry{ID: id.Derive(on.Time(), "test entry", key), Kind: "manual", Memo: key, BusinessDay: on, Lines: lines})
}

// story is two fiscal years of two stores.
func story(t testing.TB, d *db.DB) {
	t.Helper()
	shop(t, d)
	write(t, d, func(tx *db.Tx) error {
		return errors.Join(
			setup.TaxCode(tx, "VAT20", "VAT 20 %"),
			post(tx, "capital paid in", "2025-05-01", ledger.Line{Account: "1140", Amount: 500_000}, ledger.Line{Account: "3000", Amount: -500_000}),
			sell(tx, "LON", "INV-1", "2025-12-24", 100_000, 20_000),
			post(tx, "rent of the old year", "2026-01-05", ledger.Line{Account: "6500", Amount: 30_000, Store: "LON"}, ledger.Line{Account: "1140", Amount: -30_000, Store: "LON"}),
			sell(tx, "LON", "INV-2", "2026-04-06", 5_000, 1_000),
			sell(tx, "LDS", "INV-3", "2026-05-02", 2_500, 500),
			sell(tx, "LON", "INV-4", "2026-05-02", -1_000, -200),
			post(tx, "goods sold", "2026-05-02", ledger.Line{Account: "5000", Amount: 1_200, Store: "LON"}, ledger.Line{Account: "1300", Amount: -1_200, Store: "LON"}),
			post(tx, "stock to Leeds", "2026-05-03", ledger.Line{Account: "1300", Amount: 400, Store: "LDS"}, ledger.Line{Account: "1300", Amount: -400, Store: "LON"}),
		)
	})
	write(t, d, func(tx *db.Tx) error {
		if _, err := ledger.EnsureYear(tx, "2026-04-06", ledger.FiscalStart{}); err != nil {
			return err
		}
		if _, err := ledger.Lock(tx, "2026-04-06", "2026-05-05", ledger.By{Who: "bookkeeper"}); err != nil {
			return err
		}
		return sell(tx, "LON", "INV-5", "2026-04-30", 10_000, 2_000)
	})
}

// The reports of the story, as a bookkeeper would check them by hand.
func TestReportsGolden(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		story(t, d)
		var b bytes.Buffer
		read(t, d, func(q db.Q) error {
			year := books.Scope{From: "2026-04-06", To: "2026-12-31"}
			for _, s := range []books.Scope{{}, year, {From: "2026-05-01", To: "2026-05-31", Store: "LON"}} {
				trial, err := books.TrialBalance(q, s)
				profit, perr := books.ProfitLoss(q, s)
				if err := errors.Join(err, perr, trial.Table().Text(&b), line(&b), profit.Table().Text(&b), line(&b)); err != nil {
					return err
				}
			}
			for _, store := range []string{"", "LDS"} {
				sheet, err := books.BalanceSheet(q, "2026-12-31", store)
				if err := errors.Join(err, sheet.Table().Text(&b), line(&b)); err != nil {
					return err
				}
			}
			trace, err := books.TraceTable(q, year, "1150")
			return errors.Join(err, trace.Text(&b), line(&b),
				books.WriteGeneralLedger(&b, q, year, "1150", table.Options{}), line(&b),
				books.WriteGeneralLedger(&b, q, books.Scope{Store: "LDS"}, "", table.Options{Format: table.FormatCSV}))
		})
		golden(t, "reports", b.Bytes())
	})
}

func line(b *bytes.Buffer) error { return b.WriteByte('\n') }

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := "testdata/" + name + ".golden"
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is now:\n%s", name, got)
	}
}

// Results are what JSON readers get: minor units as integers, beside the currency.
func TestJSON(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite(t))
	story(t, d)
	read(t, d, func(q db.Q) error {
		trial, err := books.TrialBalance(q, books.Scope{To: "2025-12-31", Store: "LON"})
		b, jerr := json.Marshal(trial)
		want := `{"scope":{"to":"2025-12-31","store":"LON"},"currency":"GBP","rows":[` +
			`{"account":"1150","name":"Card clearing","type":"asset","opening":0,"debit":120000,"credit":0,"closing":120000},` +
			`{"account":"2100-VAT20","name":"Tax VAT 20 %","type":"liability","opening":0,"debit":0,"credit":20000,"closing":-20000},` +
			`{"account":"4100","name":"Services","type":"income","opening":0,"debit":0,"credit":100000,"closing":-100000}],` +
			`"opening":0,"debit":120000,"credit":120000,"closing":0}`
		if string(b) != want {
			t.Errorf("JSON: %s", b)
		}
		return errors.Join(err, jerr)
	})
}

func TestFaults(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, c := range []struct {
			want *fault.Error
			ask  func(q db.Q) error
		}{
			{books.ErrNoBooks, func(q db.Q) error { _, err := books.TrialBalance(q, books.Scope{}); return err }},
			{books.ErrNoBooks, func(q db.Q) error { _, err := books.ProfitLoss(q, books.Scope{}); return err }},
			{books.ErrNoBooks, func(q db.Q) error { _, err := books.BalanceSheet(q, "2026-03-14", ""); return err }},
			{books.ErrNoBooks, func(q db.Q) error {
				return books.WriteGeneralLedger(&bytes.Buffer{}, q, books.Scope{}, "", table.Options{})
			}},
			{books.ErrNoAccount, func(q db.Q) error { return books.GeneralLedger(q, books.Scope{}, "77", nil) }},
			{books.ErrNoAccount, func(q db.Q) error { _, err := books.Trace(q, books.Scope{}, "77", nil); return err }},
			{day.ErrSyntax, func(q db.Q) error { _, err := books.BalanceSheet(q, "", ""); return err }},
		} {
			if err := d.Read(ctx, func(v *db.View) error { return c.ask(v) }); fault.CodeOf(err) != c.want.Code {
				t.Errorf("answered %v, want %s", err, c.want.Code)
			}
		}
	})
}

var codes = []string{"1110", "1150", "1300", "2100", "3000", "4010", "4090", "5000", "5110", "6100", "9999"}

// Whatever is posted, in whatever stores and around whatever locks: the trial balance of all stores
// sums to zero, stores add up to all, periods add up to the whole, the balance sheet balances, and
// every figure is the sum of its trace and of its general ledger.
func TestReportsProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		d := dbtest.Open(t, dbtest.SQLite(t))
		defer d.Close()
		shop(t, d)
		for group := range rapid.IntRange(1, 4).Draw(rt, "groups") {
			entries := rapid.SliceOfN(rapid.Custom(drawLines), 1, 10).Draw(rt, "entries")
			days := rapid.SliceOfN(rapid.IntRange(0, 700), len(entries), len(entries)).Draw(rt, "days")
			write(t, d, func(tx *db.Tx) error {
				if rapid.Bool().Draw(rt, "lock") {
					year, err := ledger.EnsureYear(tx, "2025-06-01", ledger.FiscalStart{})
					if err == nil {
						m := year[rapid.IntRange(0, 11).Draw(rt, "month")]
						_, err = ledger.Lock(tx, m.Start, m.End, ledger.By{Who: "test"})
					}
					if err != nil {
						return err
					}
				}
				for i, lines := range entries {
					if err := post(tx, fmt.Sprint(group, i), day.Day("2025-01-01").Add(days[i]), lines...); err != nil {
						return err
					}
				}
				return nil
			})
		}
		cut := day.Day("2025-01-01").Add(rapid.IntRange(0, 800).Draw(rt, "cut"))
		read(t, d, func(q db.Q) error { return consistent(rt, q, cut) })
	})
}

func drawLines(rt *rapid.T) []ledger.Line {
	lines := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) ledger.Line {
		return ledger.Line{Account: rapid.SampledFrom(codes).Draw(rt, "account"), Amount: money.Minor(rapid.Int64Range(-99_999, 99_999).Draw(rt, "amount")),
			Store: rapid.SampledFrom([]string{"LON", "LDS", ""}).Draw(rt, "store")}
	}), 1, 5).Draw(rt, "lines")
	var rest money.Minor
	for _, l := range lines {
		rest -= l.Amount
	}
	return ledger.Fold(append(lines, ledger.Line{Account: "1140", Amount: rest}, ledger.Line{Account: "1120", Amount: 1}, ledger.Line{Account: "6300", Amount: -1}))
}

func consistent(rt *rapid.T, q db.Q, cut day.Day) error {
	all, err := books.TrialBalance(q, books.Scope{})
	before, err2 := books.TrialBalance(q, books.Scope{To: cut.Add(-1)})
	after, err3 := books.TrialBalance(q, books.Scope{From: cut})
	sheet, err4 := books.BalanceSheet(q, cut, "")
	if err := errors.Join(err, err2, err3, err4); err != nil {
		return err
	}
	if !all.Balanced() || !before.Balanced() || !after.Balanced() || sheet.Between != 0 {
		rt.Errorf("not balanced: %+v", all)
	}
	if all.Debit != before.Debit+after.Debit || after.Opening != before.Closing {
		rt.Errorf("periods do not add up: %+v", after)
	}
	stores := map[string]money.Minor{}
	for _, store := range []string{"LON", "LDS"} {
		one, err := books.TrialBalance(q, books.Scope{Store: store})
		if err != nil {
			return err
		}
		for _, r := range one.Rows {
			stores[r.Account] += r.Closing
		}
	}
	if !slices.IsSortedFunc(all.Rows, func(a, b books.Balance) int { return cmp.Compare(a.Account, b.Account) }) {
		rt.Errorf("not sorted: %+v", all.Rows)
	}
	for _, r := range after.Rows {
		s := books.Scope{From: cut}
		sum, err := books.Trace(q, s, r.Account, func(*books.Source) error { return nil })
		if err != nil || sum != r.Closing-r.Opening {
			rt.Errorf("account %s moved by %d, its trace comes to %d: %v", r.Account, r.Closing-r.Opening, sum, err)
		}
		last := r.Opening
		if err := books.GeneralLedger(q, s, r.Account, func(b *books.Balance, p *books.Posting) error {
			if p != nil && p.Account == r.Account {
				last = p.Balance
			}
			return nil
		}); err != nil || last != r.Closing {
			rt.Errorf("account %s ends at %d, its ledger at %d: %v", r.Account, r.Closing, last, err)
		}
	}
	return nil
}

func TestReceiptNames(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]books.Receipt{"": {}, "LON/R1 #42": {Store: "LON", Register: "R1", Number: 42}, "536365": {Store: "LON", Register: "R1", Number: 42, External: "536365"}} {
		if r.String() != want {
			t.Errorf("%+v is %q", r, r.String())
		}
	}
	if !strings.Contains(books.ErrNoBooks.Error(), "set the shop up") {
		t.Error("the fault does not say what to do")
	}
}
