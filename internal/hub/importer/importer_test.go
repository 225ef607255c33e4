package importer_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/base/fault"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/flow/resolve"
	"github.com/tillpost/tillpost/internal/hub/formats"
	"github.com/tillpost/tillpost/internal/hub/importer"
	"github.com/tillpost/tillpost/internal/platform/db"
)

const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"

// write makes a file of the online-retail layout.
func write(t testing.TB, name string, rows ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(header+strings.Join(rows, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// invoice is a row: invoice n sells qty of an item.
func invoice(n int, item, qty, price string) string {
	return fmt.Sprintf("%d,%s,ITEM %s,%s,2011-03-%02d 10:00:00,%s,17850,United Kingdom", 540000+n, item, item, qty, 1+n%28, price)
}

func invoices(n int) (rows []string) {
	for i := range n {
		rows = append(rows, invoice(i, fmt.Sprint("1000", i%7), fmt.Sprint(1+i%5), "2.55"))
	}
	return rows
}

const everything db.SQL = `SELECT (SELECT count(*) FROM receipts) + (SELECT count(*) FROM entries) + (SELECT count(*) FROM stock_moves)
	+ (SELECT count(*) FROM items) + (SELECT count(*) FROM accounts) + (SELECT count(*) FROM registers) + (SELECT count(*) FROM import_runs)
	+ (SELECT count(*) FROM import_quarantine) + (SELECT count(*) FROM tasks) + (SELECT count(*) FROM outbox) + (SELECT count(*) FROM tender_types)
	+ (SELECT count(*) FROM movements) + (SELECT count(*) FROM stock_docs) + (SELECT CAST(COALESCE(SUM(value), 0) AS BIGINT) FROM counters)`

// A run that is stopped between two batches goes on where it was, as often as it is stopped, and ends
// with the books of one that was not.
func TestResume(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d, "GBP")
		file := write(t, "a.csv", invoices(40)...)
		stops := 0
		for {
			ctx, cancel := context.WithCancel(context.Background())
			o := importer.SmallBatches(s.options(), 9)
			o.Progress = func(p importer.Progress) {
				if p.Counts.Documents < 40 {
					cancel()
				}
			}
			res, err := importer.Run(ctx, d, file, o)
			cancel()
			if err == nil {
				if res.Resumed == 0 || res.Counts.Receipts != 40 || res.Counts.Lines != 40 || res.Counts.Rows != 40 || res.Counts.Repeated != 0 ||
					res.Total != s.ask(receiptTotals) || res.Already {
					t.Errorf("%+v", res)
				}
				break
			}
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			if stops++; stops > 40 {
				t.Fatal("it never ends")
			}
		}
		if stops < 2 {
			t.Errorf("it was stopped %d times", stops)
		}
		s.sound()
		if n := s.ask(countReceipts); n != 40 {
			t.Errorf("%d receipts", n)
		}
	})
}

const (
	countReceipts db.SQL = `SELECT count(*) FROM receipts`
	receiptTotals db.SQL = `SELECT CAST(COALESCE(SUM(total), 0) AS BIGINT) FROM receipts`
)

// A file that has grown brings its new documents only; one that was changed at its source goes to
// quarantine, and the rest goes on.
func TestGrownAndChanged(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d, "GBP")
		rows := invoices(20)
		s.run(write(t, "a.csv", rows...), s.options())
		grown := append(append([]string{}, rows...), invoice(20, "10001", "3", "9.99"))
		if c := s.run(write(t, "b.csv", grown...), s.options()).Counts; c.Receipts != 1 || c.Repeated != 20 || c.Quarantined != 0 {
			t.Errorf("grown: %+v", c)
		}
		changed := append(append([]string{}, grown...), invoice(21, "10001", "1", "5"))
		changed[7] = invoice(7, "10000", "999", "2.55")
		before := s.ask(receiptTotals)
		if c := s.run(write(t, "c.csv", changed...), s.options()).Counts; c.Receipts != 1 || c.Repeated != 20 || c.Quarantined != 1 || c.Rows != 22 {
			t.Errorf("changed: %+v", c)
		}
		if q := s.quarantined(); q != "c.csv:9 540007 receipt_other_content" {
			t.Errorf("quarantine %q", q)
		}
		if got := s.ask(receiptTotals); got != before+500 {
			t.Errorf("takings went from %d to %d", before, got)
		}
		s.sound()
	})
}

// A file that is read in another time zone gives the same documents other times: they are not recorded a
// second time, however they come.
func TestOtherZone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d, "USD")
		o := s.options()
		o.Formats.Zone = time.UTC
		file := filepath.Join(samples, "pizza-place")
		s.run(file, o)
		before := s.journal()
		o.Formats.Zone = time.FixedZone("elsewhere", 3600)
		if c := s.run(file, o).Counts; c.Receipts != 0 || c.Quarantined != 150 || c.Documents != 150 {
			t.Errorf("%+v", c)
		}
		if s.journal() != before {
			t.Error("the sales were recorded twice")
		}
		s.sound()
	})
}

// Many documents that cannot be recorded, each of them found only while it is, do not keep the others.
func TestManyBad(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d, "GBP")
		err := d.Write(context.Background(), func(tx *db.Tx) error { _, err := tx.Exec(fullShelf); return err })
		if err != nil {
			t.Fatal(err)
		}
		rows := invoices(300)
		for i := 0; i < len(rows); i += 2 {
			rows[i] = invoice(i, "FULL", "1000", "0.01")
		}
		if c := s.run(write(t, "a.csv", rows...), s.options()).Counts; c.Receipts != 150 || c.Quarantined != 150 || c.Rows != 300 {
			t.Errorf("%+v", c)
		}
	})
}

// fullShelf is so far below zero that nothing more can be taken.
const fullShelf db.SQL = `INSERT INTO stock_levels (location, item, qty, value) VALUES ('S01', 'FULL', -9223372036854775000, 0)`

// The same content under another name is the same file.
func TestRenamed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d, "GBP")
		s.run(write(t, "a.csv", invoices(3)...), s.options())
		before := s.ask(everything)
		if res := s.run(write(t, "b.csv", invoices(3)...), s.options()); !res.Already || res.Counts.Receipts != 3 {
			t.Errorf("%+v", res)
		}
		if after := s.ask(everything); after != before {
			t.Errorf("%d rows became %d", before, after)
		}
	})
}

// What cannot be understood or recorded waits with its line and a reason, and the rest goes on: bad
// cells, a card number, and stock that no longer fits, which only shows in the middle of a batch.
func TestQuarantine(t *testing.T) {
	t.Parallel()
	run := func(t *testing.T, d *db.DB, batch func(importer.Options) importer.Options) {
		s := newShop(t, d, "GBP")
		o := batch(s.options())
		rows := []string{
			invoice(0, "10001", "2", "1.00"),
			invoice(1, "10001", "two", "1.00"),
			invoice(2, "10001", "2", "1.00"),
			strings.Replace(invoice(3, "10001", "2", "1.00"), "ITEM 10001", "paid by 4111 1111 1111 1111", 1),
			invoice(4, "10001", "2", "1.00"),
			strings.Replace(invoice(5, "10001", "2", "1.00"), "2011-", "2031-", 1),
			invoice(6, "10001", "2", "1.00"),
		}
		for i := range 2 * 4_700 { // each invoice fits a number, what is missing on the shelf after both does not
			rows = append(rows, invoice(7+i/4_700, "VAST", "1000000000", "0.01"))
		}
		rows = append(rows, invoice(9, "10001", "2", "1.00"))
		res := s.run(write(t, "a.csv", rows...), o)
		if c := res.Counts; c.Rows != 9_408 || c.Documents != 10 || c.Receipts != 6 || c.Quarantined != 4 {
			t.Errorf("%+v", c)
		}
		want := "a.csv:3 540001 not_a_number\na.csv:5 540003 card_number\na.csv:7 540005 device_time_future\na.csv:4709 540008 number_too_large"
		if got := s.quarantined(); got != want {
			t.Errorf("quarantine\n%s", got)
		}
		if n := s.ask(movesOf, "VAST"); n != 4_700 {
			t.Errorf("%d moves, of one invoice there are 4,700", n)
		}
		if s.ask(keepsCard) != 0 {
			t.Error("a card number was kept")
		}
		s.sound()
	}
	each(t, func(t *testing.T, d *db.DB) { run(t, d, func(o importer.Options) importer.Options { return o }) })
	each(t, func(t *testing.T, d *db.DB) {
		run(t, d, func(o importer.Options) importer.Options { return importer.SmallBatches(o, 3) })
	})
}

const movesOf db.SQL = `SELECT count(*) FROM stock_moves WHERE item = $1`

const keepsCard db.SQL = `SELECT count(*) FROM import_quarantine WHERE raw LIKE '%4111 1111%' OR reason LIKE '%4111 1111%'`

// A document that waited is taken out of the quarantine when a corrected file brings it.
func TestCure(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d, "GBP")
		bad := []string{invoice(0, "10001", "2", "1.00"), invoice(1, "10001", "two", "1.00")}
		s.run(write(t, "a.csv", bad...), s.options())
		if n := s.ask(openRows); n != 1 {
			t.Fatalf("%d rows in quarantine", n)
		}
		bad[1] = invoice(1, "10001", "2", "1.00")
		if c := s.run(write(t, "a.csv", bad...), s.options()).Counts; c.Cured != 1 || c.Receipts != 1 || c.Repeated != 1 {
			t.Errorf("%+v", c)
		}
		if n := s.ask(openRows); n != 0 {
			t.Errorf("%d rows in quarantine", n)
		}
	})
}

// A dry run says what the real one does, and leaves nothing.
func TestDryRun(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		for _, path := range []string{"square", "shopify"} {
			s := newShop(t, d, "USD")
			before, books := s.ask(everything), s.journal()
			o := s.options()
			o.DryRun = true
			dry := s.run(filepath.Join(samples, path), o)
			if after := s.ask(everything); after != before || s.journal() != books {
				t.Errorf("%s: %d rows became %d", path, before, after)
			}
			o.DryRun = false
			if real := s.run(filepath.Join(samples, path), o); real.Counts != dry.Counts || real.Total != dry.Total {
				t.Errorf("%s: dry %+v, real %+v", path, dry.Counts, real.Counts)
			}
		}
	})
}

// A strict run introduces nothing: what is not known waits in suspense, and mapping it cures it.
func TestStrict(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d, "USD")
		o := s.options()
		o.Strict = true
		res := s.run(filepath.Join(samples, "shopify"), o)
		if res.Counts.Receipts != 46 || res.Counts.Quarantined != 0 {
			t.Errorf("%+v", res.Counts)
		}
		open := strings.Fields(s.openTasks())
		if len(open) < 3 || !strings.Contains(s.openTasks(), "tender:stripe") || !strings.Contains(s.openTasks(), "tax:County Tax") {
			t.Errorf("tasks %v", open)
		}
		s.sound()
		for _, key := range s.taskKeys() {
			m := resolve.Mapping{Key: key, Kind: "card"}
			if strings.HasPrefix(key, "tax:") {
				m.Kind, m.Account = "", "2100"
			} else if strings.HasPrefix(key, "item:") {
				m.Kind, m.Cost = "", 5_000_000
			}
			if _, err := resolve.Map(context.Background(), d, m); err != nil {
				t.Fatalf("%s: %v", key, err)
			}
		}
		if got := s.openTasks(); got != "" || s.role("suspense") != 0 {
			t.Errorf("left: %s, %d in suspense", got, s.role("suspense"))
		}
		e := expected(t, "shopify")
		s.equal(map[string][2]money.Minor{
			"clearing":  {s.role("clearing"), e["stripe_gross"] - e["stripe_refunds"]},
			"taxes":     {-s.role("tax_payable"), s.ask(taxTotals)},
			"inventory": {s.role("inventory"), s.ask(stockValue)},
		})
		s.sound()
	})
}

const taxTotals db.SQL = `SELECT CAST(SUM(tax) AS BIGINT) FROM receipts`

// Files in another currency than the books are refused whole, before anything is written; a file that
// states none is taken to be in that of the books only when nothing says otherwise.
func TestCurrency(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d, "EUR")
		before := s.ask(everything)
		for _, path := range []string{"square", "shopify", "stripe/balance_history.csv", "online-retail", "poslog/ncr_poslog_small.xml", "pizza-place"} {
			_, err := importer.Run(context.Background(), d, filepath.Join(samples, path), s.options())
			if !errors.Is(err, importer.ErrCurrency) {
				t.Errorf("%s: %v", path, err)
			}
		}
		if _, err := importer.Run(context.Background(), d, filepath.Join(samples, "square"), importer.Options{Store: "S01", Currency: "USD"}); !errors.Is(err, importer.ErrCurrency) {
			t.Errorf("another currency in the options: %v", err)
		}
		if after := s.ask(everything); after != before {
			t.Errorf("%d rows became %d", before, after)
		}
	})
}

// What cannot be imported at all says so at once.
func TestRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d, "USD")
		o := s.options()
		if _, err := importer.Run(context.Background(), d, filepath.Join(samples, "nothing.csv"), o); fault.CodeOf(err) == "" {
			t.Errorf("no file: %v", err)
		}
		o.Store = "S09"
		if _, err := importer.Run(context.Background(), d, filepath.Join(samples, "square"), o); !errors.Is(err, org.ErrNoStore) {
			t.Errorf("no store: %v", err)
		}
		o = s.options()
		o.Formats = formats.Options{Layout: "no-such-layout"}
		if _, err := importer.Run(context.Background(), d, filepath.Join(samples, "square"), o); fault.CodeOf(err) == "" {
			t.Errorf("no layout: %v", err)
		}
	})
}

// Documents go to the store and register that they name, when the shop has such a store; a till's own
// numbers are never taken.
func TestPlaces(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d, "USD")
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			main := org.Store{Code: "MAIN", Name: "Main Street", Zone: "America/New_York", TaxRounding: "rate"}
			if err := org.AddStore(tx, main); err != nil {
				return err
			}
			return org.AddRegister(tx, org.Register{Store: "MAIN", Code: org.CodeOf("Register 2"), Name: "Register 2", Kind: org.Till})
		})
		if err != nil {
			t.Fatal(err)
		}
		s.run(filepath.Join(samples, "square"), s.options())
		s.run(filepath.Join(samples, "shopify"), s.options())
		s.equal(map[string][2]money.Minor{
			"Main Street":       {s.ask(receiptsAt, "MAIN"), 49},
			"the shop itself":   {s.ask(receiptsAt, "S01"), 46},
			"of the till":       {s.ask(receiptsFrom, org.CodeOf("Register 2")), 0},
			"beside the till":   {min(1, s.ask(receiptsFrom, org.CodeOf(org.CodeOf("Register 2")+"-import"))), 1},
			"of no register":    {s.ask(receiptsFrom, importer.DefaultRegister), 46},
			"registers by name": {min(1, s.ask(receiptsFrom, org.CodeOf("Register 1"))), 1},
		})
		s.sound()
	})
}

const (
	receiptsAt   db.SQL = `SELECT count(*) FROM receipts WHERE store = $1`
	receiptsFrom db.SQL = `SELECT count(*) FROM receipts WHERE register = $1`
)

// Progress is told from the first batch to the end.
func TestProgress(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d, "GBP")
		var told []importer.Progress
		o := importer.SmallBatches(s.options(), 5)
		o.Progress = func(p importer.Progress) { told = append(told, p) }
		s.run(write(t, "a.csv", invoices(30)...), o)
		for i, p := range told {
			if p.Size == 0 || p.Bytes > p.Size || i > 0 && (p.Bytes < told[i-1].Bytes || p.Counts.Rows < told[i-1].Counts.Rows) {
				t.Errorf("%d: %+v", i, p)
			}
		}
		if n := len(told); n < 2 || told[n-1].Bytes != told[n-1].Size || told[n-1].Counts.Rows != 30 {
			t.Errorf("told %d times, at the end %+v", n, told[n-1])
		}
	})
}

// The runs are listed with what they did.
func TestRuns(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d, "GBP")
		s.run(write(t, "a.csv", invoices(3)...), s.options())
		err := d.Read(context.Background(), func(v *db.View) error {
			runs, err := importer.Runs(v)
			if len(runs) != 1 || runs[0].File != "a.csv" || runs[0].State != "done" || runs[0].Receipts != 3 || runs[0].Source != "online-retail" {
				t.Errorf("%+v", runs)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
