package journals_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/flow/checkout"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/platform/db"
)

var ctx = context.Background()

func write(t testing.TB, d *db.DB, body func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(ctx, body); err != nil {
		t.Fatal(err)
	}
}

// shop has a store in each of two places.
func shop(t testing.TB, d *db.DB, book money.Currency) {
	t.Helper()
	for _, code := range []string{"S1", "S2"} {
		s := setup.Shop{Currency: book, Chart: "eu", FiscalYearStart: "01-01",
			Store:     org.Store{Code: code, Name: code, Zone: "Europe/Berlin", TaxRounding: "given"},
			Registers: []org.Register{{Code: "IMP", Name: "Import", Kind: "import"}}}
		if err := setup.Run(ctx, d, s); err != nil {
			t.Fatal(err)
		}
	}
}

// nasty are texts that break out of their place in one format or another when nobody minds.
var nasty = []string{
	"two\nlines\r\n2026-01-01 * injected\n    Assets:1140  1000.00 EUR\n    Equity:3000",
	"comment ; here and  ;there", "a | payee", `say "hello" \" or \\`, "=1+1", "@SUM(A1)", "tag:value, date:2019-01-01",
	"[2019-01-01]", "[=2019-01-01] effective", "(code) ! * pending", "tab\there  two  spaces", "\u2028line\u0085separator\u00a0nbsp",
	"Ünïcödé 商店 🍰 \u202Eright to left", "'; DROP TABLE entries; --", "a:b::c", "#tag ^link {cost} @@ 5 USD", "-", "", "   ", "\x01\x1b[31mred",
	"ends with backslash \\", "100% & <b>bold</b>", "~ month", "!include /etc/passwd", "P 2026-01-01 EUR 1000 USD",
}

// scene posts entries of every kind: sales with receipts, late ones, foreign drawers, reversals,
// suspense, other currencies' decimals, and texts as bad as they come.
func scene(t testing.TB, d *db.DB, book money.Currency) {
	t.Helper()
	shop(t, d, book)
	write(t, d, func(tx *db.Tx) error {
		return errors.Join(
			setup.TaxCode(tx, "VAT21", "VAT 21 %"),
			ledger.EnsureAccount(tx, "1110-S1-D1-USD", "Dollars; in | \"till\"", ledger.Asset, "USD"),
			ledger.EnsureAccount(tx, "1110-S1-D1-JPY", "Yen", ledger.Asset, "JPY"),
			ledger.EnsureAccount(tx, "1110-S1-D1-KWD", "Dinars", ledger.Asset, "KWD"),
			ledger.EnsureAccount(tx, "4010-É", "Kaffee & Süßes (warm)", ledger.Income, ""),
			ledger.EnsureAccount(tx, "4010-È", "Kaffee & Süßes (warm)", ledger.Income, ""),
			ledger.EnsureAccount(tx, "4010/É", "商店", ledger.Income, ""),
			ledger.Rename(tx, "6300", "Petty, cash: expenses; and [more]"),
			sell(tx, book, "S1", "INV-1", "2026-01-10", 10_000, 2_100),
			sell(tx, book, "S1", nasty[0], "2026-01-11", -1_000, -210),
			sell(tx, book, "S2", "", "2026-02-28", 333, 70),
		)
	})
	write(t, d, func(tx *db.Tx) error {
		if _, err := ledger.Lock(tx, "2026-01-01", "2026-01-31", ledger.By{Who: "test"}); err != nil {
			return err
		}
		return errors.Join(sell(tx, book, "S2", "late", "2026-01-20", 5_000, 1_050), foreigners(tx))
	})
	write(t, d, func(tx *db.Tx) error {
		for i, text := range nasty {
			e := manual("nasty"+fmt.Sprint(i), "2026-03-01", ledger.Line{Account: "6300", Amount: money.Minor(i + 1), Store: "S2"},
				ledger.Line{Account: "9999", Amount: -money.Minor(i + 1), Department: text, Party: text, Tender: text, Unknown: text})
			e.Memo, e.Attachment = text, text
			if err := ledger.Post(tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	write(t, d, func(tx *db.Tx) error {
		e, err := ledger.Reverse(tx, manualID("nasty3"), "2026-03-02", "")
		empty := &ledger.Entry{ID: manualID("empty"), Kind: "stock", Doc: manualID("doc"), BusinessDay: "2026-03-02"}
		return errors.Join(err, ledger.Post(tx, &e), ledger.Post(tx, empty))
	})
}

// foreigners move foreign money: at a price, with change in another currency, revalued, at odd rates.
func foreigners(tx *db.Tx) error {
	usd := func(n money.Minor) money.Amount { return money.Amount{Minor: n, Currency: "USD"} }
	jpy := func(n money.Minor) money.Amount { return money.Amount{Minor: n, Currency: "JPY"} }
	kwd := func(n money.Minor) money.Amount { return money.Amount{Minor: n, Currency: "KWD"} }
	for i, lines := range [][]ledger.Line{
		{{Account: "1110-S1-D1-USD", Amount: 4_633, Foreign: usd(5_000)}, {Account: "1110", Amount: -232}, {Account: "4010", Amount: -4_401}},
		{{Account: "1110-S1-D1-JPY", Amount: 3_333, Foreign: jpy(5_257)}, {Account: "4010-É", Amount: -3_333}},
		{{Account: "1110-S1-D1-KWD", Amount: 1_000, Foreign: kwd(333)}, {Account: "4010-È", Amount: -1_000}},
		{{Account: "1110-S1-D1-KWD", Amount: -7, Foreign: kwd(-3)}, {Account: "4010/É", Amount: 7}},
		{{Account: "1110-S1-D1-USD", Amount: -100, Foreign: usd(-108)}, {Account: "1110", Amount: 100}},
		{{Account: "6220", Amount: 15}, {Account: "1110-S1-D1-USD", Amount: -15}},                            // revaluation
		{{Account: "6220", Amount: 3}, {Account: "1110-S1-D1-USD", Amount: -3, Foreign: usd(2)}},             // nonsense, and yet it must balance
		{{Account: "1150", Amount: 921, Foreign: usd(1_000)}, {Account: "4010", Amount: -921}},               // for information only
		{{Account: "1110-S1-D1-USD", Amount: 92, Foreign: usd(0)}, {Account: "1110-S1-D1-JPY", Amount: -92}}, // no foreign amount
	} {
		if err := ledger.Post(tx, manual("foreign"+fmt.Sprint(i), "2026-02-14", lines...)); err != nil {
			return err
		}
	}
	return nil
}

func manualID(key string) id.ID {
	return id.Derive(time.UnixMilli(1_770_000_000_000), "test entry", key)
}

func manual(key string, on day.Day, lines ...ledger.Line) *ledger.Entry {
	return &ledger.Entry{ID: manualID(key), Kind: "manual", Memo: key, BusinessDay: on, Lines: lines}
}

// sell records a receipt of one service with tax, paid by card.
func sell(tx *db.Tx, book money.Currency, store, external string, on day.Day, net, tax money.Minor) error {
	at := on.Time().Add(12 * time.Hour)
	r := receipt.Receipt{ID: id.Derive(at, "test", store+external), Kind: receipt.Sale, Store: store, Register: "IMP", BusinessDay: on,
		DeviceTime: at, Currency: book, TaxRounding: receipt.RoundAsGiven, External: external,
		Lines: []receipt.Line{{No: 1, Kind: receipt.Service, Name: "repair", Department: "repairs", Qty: qty.One,
			Extended: net, Net: net, Taxes: []receipt.Tax{{Code: "VAT21", Rate: 2_100_000_000, Base: net, Amount: tax}}}},
		Tenders: []receipt.Tender{{Type: "card", Amount: net + tax}}}
	_, _, err := checkout.Record(tx, checkout.Arrival{Receipt: &r})
	return err
}
