package check_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/flow/shoptest"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
	"github.com/tillpost/tillpost/internal/views/check"
)

func run(t *testing.T, d *db.DB, names ...string) check.Result {
	t.Helper()
	res, err := check.Run(context.Background(), d, shoptest.Currency, names, nil)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// A shop with every kind of document is sound, whatever is asked for; what a till has not sent is only
// a warning.
func TestSound(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		if res := run(t, d); !res.Sound() || len(res.Findings) != 0 || res.Receipts+res.Entries+res.Moves != 0 {
			t.Errorf("an empty shop: %+v", res)
		}
		s.Everything()
		for _, names := range append([][]string{nil, {check.Chain, check.Outbox}}, single()...) {
			res := run(t, d, names...)
			for _, f := range res.Findings {
				if !f.Warning {
					t.Errorf("%v: %+v", names, f)
				}
			}
			if gaps := len(names) == 0 || slices.Contains(names, check.Gaps); !res.Sound() || (len(res.Findings) > 0) != gaps {
				t.Errorf("%v: %d findings", names, len(res.Findings))
			}
		}
	})
}

func single() (out [][]string) {
	for _, n := range check.Names {
		out = append(out, []string{n})
	}
	return out
}

// Each step of the scene alone leaves a sound shop, so that no step hides what another does.
func TestEachStep(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]func(s *shoptest.Shop){
		"sales": (*shoptest.Shop).Sales, "owed": (*shoptest.Shop).Owed, "tenders": (*shoptest.Shop).Tenders, "returns": (*shoptest.Shop).Returns,
		"voids": (*shoptest.Shop).Voids, "no sales": (*shoptest.Shop).NoSales, "unknown": (*shoptest.Shop).Unknown, "imports": (*shoptest.Shop).Imports,
		"stock": (*shoptest.Shop).Stock, "shift": (*shoptest.Shop).Shift, "by hand": (*shoptest.Shop).ByHand, "processor": (*shoptest.Shop).Processor,
		"late": (*shoptest.Shop).Late, "below zero": (*shoptest.Shop).BelowZero, "close": (*shoptest.Shop).Close,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := dbtest.Open(t, dbtest.SQLite(t))
			step(shoptest.New(t, d))
			if res := run(t, d); len(res.Findings) != 0 {
				t.Errorf("%+v", res.Findings)
			}
		})
	}
}

func TestUnknownCheck(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		_, err := check.Run(context.Background(), d, shoptest.Currency, []string{"chain", "luck"}, nil)
		if !errors.Is(err, check.ErrUnknownCheck) {
			t.Error(err)
		}
	})
}

// Only the checks that are asked for find something.
func TestSelected(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shoptest.New(t, d)
		s.Sales()
		s.Write(func(tx *db.Tx) error {
			_, err := tx.Exec(breakTender)
			return err
		})
		for name, want := range map[string]bool{check.Chain: true, check.Balance: false, check.Receipts: true, check.Tax: false, check.Stock: false,
			check.Totals: true, check.Drawers: false, check.Gaps: false, check.Outbox: false} {
			res := run(t, d, name)
			for _, f := range res.Findings {
				if f.Check != name {
					t.Errorf("%s was asked for: %+v", name, f)
				}
			}
			if res.Sound() == want {
				t.Errorf("%s: %+v", name, res.Findings)
			}
		}
	})
}

const (
	breakTender db.SQL = `UPDATE receipt_tenders SET amount = amount + 1`
	breakAll    db.SQL = `UPDATE receipts SET total = total + 1, tax = tax + 1`
)

// A database where nothing is right is told to be so in bounded space, and progress is told to the end.
func TestNothingIsRight(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite(t))
	s := shoptest.New(t, d)
	for i := range 700 {
		s.Sell(receipt.Receipt{Register: "WEB", Source: "x", External: fmt.Sprint(i), Lines: []receipt.Line{shoptest.Line("01", receipt.Item, "A", 1, 999)}})
	}
	s.Write(func(tx *db.Tx) error {
		_, err := tx.Exec(breakAll)
		return err
	})
	var done, total int64
	var met []string
	res, err := check.Run(context.Background(), d, shoptest.Currency, nil, func(what string, d, of int64) {
		if what == "receipts" {
			if d < done || d > of {
				t.Errorf("%d of %d after %d", d, of, done)
			}
			done, total = d, of
		}
		if !slices.Contains(met, what) {
			met = append(met, what)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Findings) != check.FindingsMost || res.More != 400 || res.Sound() {
		t.Errorf("%d findings and %d more", len(res.Findings), res.More)
	}
	if done != 700 || total != 700 || len(met) < 5 {
		t.Errorf("told %d of %d: %v", done, total, met)
	}
}

// Whoever goes away stops the work.
func TestCancelled(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		shoptest.New(t, d).Sales()
		ctx, cancel := context.WithCancel(context.Background())
		_, err := check.Run(ctx, d, shoptest.Currency, nil, func(string, int64, int64) { cancel() })
		if err == nil {
			t.Error("it went on")
		}
	})
}
