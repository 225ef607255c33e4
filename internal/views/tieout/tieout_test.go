package tieout_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/flow/resolve"
	"github.com/tillpost/tillpost/internal/flow/shoptest"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/check"
	"github.com/tillpost/tillpost/internal/views/tieout"
)

// scopes are days and spans, stores and all of them. February's sales came after its lock.
var scopes = []tieout.Scope{
	{From: "1970-01-01", To: "2099-12-31"}, {From: shoptest.Today, To: shoptest.Today}, {From: "2026-02-01", To: "2026-02-28"},
	{Store: "01", From: "1970-01-01", To: "2099-12-31"}, {Store: "02", From: "1970-01-01", To: "2099-12-31"},
	{Store: "01", From: shoptest.Today, To: shoptest.Today}, {Store: "02", From: "2026-02-27", To: "2026-02-27"}, {From: "2025-01-01", To: "2025-12-31"},
}

func prove(t *testing.T, q db.Q, s tieout.Scope) tieout.Proof {
	t.Helper()
	p, err := tieout.Prove(q, shoptest.Currency, s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func read(t *testing.T, d *db.DB, fn func(v *db.View)) {
	t.Helper()
	if err := d.Read(context.Background(), func(v *db.View) error { fn(v); return nil }); err != nil {
		t.Fatal(err)
	}
}

// The proof holds for every kind of document by itself and for all of them together, for a day and a
// span, for a store and all of them.
func TestHolds(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]func(s *shoptest.Shop){
		"nothing": func(*shoptest.Shop) {}, "deliveries": (*shoptest.Shop).Deliveries, "sales": (*shoptest.Shop).Sales, "owed": (*shoptest.Shop).Owed,
		"tenders": (*shoptest.Shop).Tenders, "returns": (*shoptest.Shop).Returns, "voids": (*shoptest.Shop).Voids, "no sales": (*shoptest.Shop).NoSales,
		"unknown": (*shoptest.Shop).Unknown, "imports": (*shoptest.Shop).Imports, "stock": (*shoptest.Shop).Stock, "shift": (*shoptest.Shop).Shift,
		"by hand": (*shoptest.Shop).ByHand, "processor": (*shoptest.Shop).Processor, "late": (*shoptest.Shop).Late, "numbers": (*shoptest.Shop).Numbers,
		"below zero": (*shoptest.Shop).BelowZero, "everything": (*shoptest.Shop).Everything,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each := func(t *testing.T, d *db.DB) {
				step(shoptest.New(t, d))
				read(t, d, func(v *db.View) {
					for _, s := range scopes {
						p := prove(t, v, s)
						for _, e := range p.Equations {
							if !e.Holds() {
								t.Errorf("%+v: %+v", s, e)
							}
						}
						if !p.Holds() || len(p.Equations) != 11 {
							t.Errorf("%+v: %d equations", s, len(p.Equations))
						}
					}
				})
			}
			if name == "everything" {
				dbtest.Each(t, each)
				return
			}
			each(t, dbtest.Open(t, dbtest.SQLite(t)))
		})
	}
}

// The figures are those of the sales, in numbers.
func TestFigures(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		for range 2 {
			sale := s.Sell(receipt.Receipt{Lines: []receipt.Line{shoptest.Line("01", receipt.Item, "A", 3, 1_000), shoptest.Free(receipt.Tip, "", 1, 50)}})
			s.Refund(sale.Receipt.ID, 1, 1, "")
		}
		s.Sell(receipt.Receipt{Kind: receipt.Training, Lines: []receipt.Line{shoptest.Line("01", receipt.Item, "A", 9, 1_000)}})
		s.Sell(receipt.Receipt{Lines: []receipt.Line{shoptest.Line("01", receipt.Item, "NEW", 1, 1_200)}, Tenders: []receipt.Tender{{Type: "shells", Amount: 1_200}}})
		read(t, d, func(v *db.View) {
			p := prove(t, v, scopes[1])
			if p.Receipts != 5 || p.Lines != 7 || p.Returns != 2 || p.Items.String() != "4" || p.Entries != 5 || p.Moves != 4 || p.OpenTasks != 2 || p.Suspense != 1_200+1_000 {
				t.Errorf("%+v", p)
			}
			for name, want := range map[string]int64{"receipts = tenders": 5_300, "revenue = journal": 2*(2_500-833) + 1_000, "taxes = journal": 2*(500-167) + 200,
				"goods sold = stock moves": 4_000_000} {
				i := slices.IndexFunc(p.Equations, func(e tieout.Equation) bool { return e.Name == name })
				if got := p.Equations[i]; got.Left.Value != want || got.Right.Value != want {
					t.Errorf("%+v, want %d", got, want)
				}
			}
		})
	})
}

// A sale of a locked month is proved with its own days, and the proof says that it counts later.
func TestLater(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		shoptest.New(t, d).Late()
		read(t, d, func(v *db.View) {
			for _, c := range []struct {
				scope          tieout.Scope
				entries, later int64
			}{
				{tieout.Scope{From: "2026-02-01", To: "2026-02-28"}, 2, 2}, {tieout.Scope{From: "2026-02-01", To: "2026-02-28", Store: "02"}, 1, 1},
				{tieout.Scope{From: "2026-03-01", To: "2026-03-31"}, 2, 0}, {tieout.Scope{From: "2026-02-01", To: "2026-03-31"}, 4, 0},
			} {
				if p := prove(t, v, c.scope); p.Entries != c.entries || p.Later != c.later || !p.Holds() {
					t.Errorf("%+v: %d entries, %d later", c.scope, p.Entries, p.Later)
				}
			}
		})
	})
}

// Each equation fails when one of its rows is changed, and only those that read the row do.
func TestFails(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		s.Everything()
		missed := map[string]bool{}
		for _, e := range failing(t, d, "", true) {
			missed[e] = true
		}
		for statement, want := range map[db.SQL][]string{
			`UPDATE receipts SET total = total + 1 WHERE seq = 3`:                                                      {"receipts = their lines", "receipts = tenders", "receipts = running totals"},
			`UPDATE receipt_lines SET net = net + 1 WHERE receipt_seq = 3 AND line_no = 1`:                             {"receipts = their lines", "revenue = journal"},
			`UPDATE receipt_lines SET tax = tax + 1 WHERE receipt_seq = 3 AND line_no = 1`:                             {"receipts = their lines", "lines = their taxes"},
			`UPDATE receipt_lines SET qty = qty + 1 WHERE receipt_seq = 3 AND line_no = 1`:                             {"goods sold = stock moves"},
			`UPDATE receipt_tenders SET amount = amount + 1 WHERE receipt_seq = 3`:                                     {"receipts = tenders", "tenders = journal"},
			`UPDATE receipt_taxes SET amount = amount + 1 WHERE receipt_seq = 3 AND line_no = 1`:                       {"taxes = journal", "lines = their taxes"},
			`UPDATE receipts SET rounding = rounding + 1 WHERE seq = 3`:                                                {"receipts = tenders"},
			`UPDATE entry_lines SET amount = amount + 1 WHERE entry_seq = 12 AND tender <> ''`:                         {"tenders = journal", "debits = credits"},
			`UPDATE entry_lines SET amount = amount - 1 WHERE entry_seq = 12 AND account = '4080'`:                     {"revenue = journal", "debits = credits"},
			`UPDATE entry_lines SET amount = amount - 1 WHERE entry_seq = 12 AND tax_code <> ''`:                       {"taxes = journal", "debits = credits"},
			`UPDATE entry_lines SET amount = amount - 1 WHERE entry_seq = 12 AND account = '1300'`:                     {"stock moves = journal", "debits = credits"},
			`UPDATE stock_moves SET qty = qty - 1 WHERE entry_seq = 12 AND line_no = 1`:                                {"goods sold = stock moves"},
			`UPDATE stock_moves SET value = value - 1 WHERE entry_seq = 12 AND line_no = 1`:                            {"stock moves = journal"},
			`UPDATE stock_levels SET value = value + 1 WHERE location = '02' AND item = 'A'`:                           {"stock value = books"},
			`UPDATE account_days SET debit = debit + 1 WHERE account = '1300' AND store = '02' AND day = '2026-03-14'`: {"stock value = books"},
			`UPDATE totals_receipts SET total = total + 1 WHERE store = '02' AND register = 'R2'`:                      {"receipts = running totals"},
			`DELETE FROM receipts WHERE seq = 3`:                                                                       {"tenders = journal", "revenue = journal", "taxes = journal", "receipts = running totals", "goods sold = stock moves"},
			`DELETE FROM stock_moves WHERE entry_seq = 12`:                                                             {"goods sold = stock moves", "stock moves = journal"},
			`DELETE FROM stock_waiting WHERE item = 'GIFT'`:                                                            {"goods sold = stock moves"},
			`DELETE FROM entry_lines WHERE entry_seq = 12`:                                                             {"tenders = journal", "revenue = journal", "taxes = journal", "stock moves = journal"},
		} {
			got := failing(t, d, statement, false)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s\n fails %q, want %q", statement, got, want)
			}
			for _, e := range got {
				delete(missed, e)
			}
		}
		if len(missed) > 0 {
			t.Errorf("nothing has made these fail: %v", missed)
		}
	})
}

// failing are the names of the equations that do not hold with a statement carried out, or all of them.
func failing(t *testing.T, d *db.DB, statement db.SQL, all bool) (out []string) {
	t.Helper()
	err := d.Try(context.Background(), func(tx *db.Tx) error {
		out = nil
		if statement != "" {
			if n, err := tx.Exec(statement); err != nil || n == 0 {
				t.Errorf("%s: %d rows, %v", statement, n, err)
			}
		}
		p := prove(t, tx, tieout.Scope{Store: "02", From: "2026-03-01", To: "2026-03-31"})
		for _, e := range p.Equations {
			if all || !e.Holds() {
				out = append(out, e.Name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Goods that nobody knew when they changed hands are known to wait, whatever they were sold for: before
// the catalogue has them, while it has them and the task is open, and when they are mapped.
func TestUnknownGoods(t *testing.T) {
	t.Parallel()
	free := func(n int64) receipt.Line { return shoptest.Free(receipt.Item, "", n, 0) }
	full, back := shoptest.Line("01", receipt.Item, "", 1, 999), shoptest.Line("01", receipt.Item, "", -1, 999)
	nothing := shoptest.Reduced("01", full, 999)
	ways := []struct {
		lines []receipt.Line
		then  func(s *shoptest.Shop, of id.ID)
		left  int64 // the store, in units
	}{
		{lines: []receipt.Line{full}, left: 1},
		{lines: []receipt.Line{free(2)}, left: 2},
		{lines: []receipt.Line{free(2), full}, left: 3},
		{lines: []receipt.Line{nothing}, left: 1},
		{lines: []receipt.Line{nothing}, then: func(s *shoptest.Shop, of id.ID) { s.Refund(of, 1, 1, "") }},
		{lines: []receipt.Line{nothing}, then: func(s *shoptest.Shop, of id.ID) { s.Refund(of, 1, 1, "damaged") }, left: 1},
		{lines: []receipt.Line{nothing}, then: func(s *shoptest.Shop, of id.ID) { s.Refund(of, 1, 1, "none") }, left: 1},
		{lines: []receipt.Line{free(2), full}, then: func(s *shoptest.Shop, of id.ID) { s.Void(of) }},
		{lines: []receipt.Line{back, full}},
		{lines: []receipt.Line{back, free(2)}, left: 1},
		{lines: []receipt.Line{free(-1)}, left: -1},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		s.Sales()
		sku := func(i int) string { return fmt.Sprint("NEW-", i) }
		sold := make([]id.ID, len(ways))
		for i, w := range ways {
			lines := slices.Clone(w.lines)
			for j := range lines {
				lines[j].Item = sku(i)
			}
			sold[i] = s.Sell(receipt.Receipt{Lines: lines}).Receipt.ID
			if w.then != nil {
				w.then(s, sold[i])
			}
			s.Sell(receipt.Receipt{Store: "02", BusinessDay: "2026-02-27", Lines: []receipt.Line{shoptest.Free(receipt.Item, sku(i), 5, 0)}})
		}
		holds(t, d, "unknown")
		for i := range ways {
			s.Write(func(tx *db.Tx) error {
				return catalog.Introduce(tx, catalog.Item{SKU: sku(i), Name: "New", Cost: 1_000_000})
			})
		}
		holds(t, d, "in the catalogue")
		for i, w := range ways {
			if _, err := resolve.Map(context.Background(), d, resolve.Mapping{Key: "item:" + sku(i)}); err != nil {
				t.Fatal(err)
			}
			s.Write(func(tx *db.Tx) error {
				for store, want := range map[string]int64{"01": w.left, "02": 5} {
					if l, err := inventory.LevelOf(tx, store, sku(i)); err != nil || l.Qty != qty.Of(-want) {
						t.Errorf("way %d: store %s has %s, want %d; %v", i, store, l.Qty, -want, err)
					}
				}
				return nil
			})
		}
		holds(t, d, "mapped")
		for _, of := range sold {
			s.Void(of)
		}
		holds(t, d, "cancelled")
	})
}

// holds asks for the proof in all scopes, and for everything that check knows.
func holds(t *testing.T, d *db.DB, when string) {
	t.Helper()
	read(t, d, func(v *db.View) {
		for _, scope := range scopes {
			for _, e := range prove(t, v, scope).Equations {
				if !e.Holds() {
					t.Errorf("%s, %+v: %+v", when, scope, e)
				}
			}
		}
	})
	res, err := check.Run(context.Background(), d, shoptest.Currency, nil, nil)
	if err != nil || !res.Sound() {
		t.Errorf("%s: %v %+v", when, err, res.Findings)
	}
}

// An account that gets another role later, or that revenue shares with something else, does not break
// the proof of what was booked before.
func TestMappedOtherwise(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		s.Everything()
		for _, m := range [][3]string{{"sales", "", "4900"}, {"services", "", "2200"}, {"tips_payable", "", "4900"}, {"returns", "food", "4080"}} {
			s.Write(func(tx *db.Tx) error { return ledger.MapRole(tx, m[0], m[1], m[2]) })
			s.Sales()
			s.Owed()
			s.Returns()
			read(t, d, func(v *db.View) {
				for _, scope := range scopes {
					for _, e := range prove(t, v, scope).Equations {
						if !e.Holds() {
							t.Errorf("%v, %+v: %+v", m, scope, e)
						}
					}
				}
			})
		}
	})
}
