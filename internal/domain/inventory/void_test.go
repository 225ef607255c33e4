package inventory_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// Whatever a receipt sold, took back or threw away, of whatever stock: its void, in the same group or
// in a later one, leaves every level as it was, to the last minor unit, and mirrors the costs.
func TestVoidRestoresTheStock(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		entry, run := int64(0), 0
		rapid.Check(t, func(rt *rapid.T) {
			run++ // every run has goods of its own
			history := drawIssues(rt, "history", 0, run)
			issues := drawIssues(rt, "receipt", 1, run)
			sameGroup := rapid.Bool().Draw(rt, "same group")
			doc := id.New(dbtest.Now)
			for i := range issues {
				issues[i].Doc, issues[i].Line = doc, i+1
			}
			var before, after map[inventory.Key]inventory.Level
			var costs, back []inventory.Cost
			first := entry + 1
			entry += 3
			sell := func(tx *db.Tx) (err error) {
				other := id.New(dbtest.Now)
				if _, err = tx.Exec(insertEntry, first+1, other[:], doc[:]); err != nil {
					return err
				}
				if before, err = levelsOf(tx, run); err != nil {
					return err
				}
				costs, err = inventory.Take(tx, first+1, today, usd, issues)
				return err
			}
			void := func(tx *db.Tx) (err error) {
				if back, err = takeBack(tx, first+2, doc, issues); err != nil {
					return err
				}
				after, err = levelsOf(tx, run)
				return err
			}
			write(t, d, func(tx *db.Tx) error { return live(tx, first, history) })
			if sameGroup {
				write(t, d, func(tx *db.Tx) error {
					if err := sell(tx); err != nil {
						return err
					}
					return void(tx)
				})
			} else {
				write(t, d, sell)
				write(t, d, void)
			}
			for k, want := range before {
				if after[k] != want {
					rt.Fatalf("%v: %+v, was %+v", k, after[k], want)
				}
			}
			for i := range costs {
				if costs[i].Value != -back[i].Value {
					rt.Fatalf("line %d cost %d, its void %d", i+1, costs[i].Value, back[i].Value)
				}
			}
		})
		intact(t, d)
	})
}

func drawIssues(t *rapid.T, name string, least, run int) []inventory.Issue {
	list := rapid.SliceOfN(rapid.Custom(drawIssue), least, 5).Draw(t, name)
	for i := range list {
		list[i].Item = fmt.Sprint(run, list[i].Item)
	}
	return list
}

func drawIssue(t *rapid.T) inventory.Issue {
	is := inventory.Issue{Item: rapid.SampledFrom([]string{"A", "B"}).Draw(t, "item"), Location: rapid.SampledFrom([]string{"01", "02"}).Draw(t, "store"),
		Kind: rapid.SampledFrom([]string{inventory.Sale, inventory.Return, inventory.Damaged}).Draw(t, "kind"),
		Qty:  qty.Qty(rapid.Int64Range(1, 90_000_000_000).Draw(t, "qty")), Fallback: money.Price(rapid.Int64Range(0, 9_000_000).Draw(t, "fallback"))}
	if is.Kind != inventory.Sale {
		is.Qty = -is.Qty
		is.UnitCost, is.HasCost = money.Price(rapid.Int64Range(0, 9_000_000).Draw(t, "cost")), rapid.Bool().Draw(t, "known")
	}
	return is
}

// live is what happened before: what is damaged stands for a delivery.
func live(tx *db.Tx, entry int64, history []inventory.Issue) error {
	for _, is := range history {
		var err error
		if is.Kind == inventory.Damaged {
			_, err = inventory.Receive(tx, entry, today, usd, is.Location, inventory.Received,
				[]inventory.ReceiveLine{{Line: 1, Item: is.Item, Qty: -is.Qty, UnitCost: is.UnitCost}})
		} else {
			_, err = inventory.Take(tx, entry, today, usd, []inventory.Issue{is})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// takeBack voids a document, as a checkout does.
func takeBack(tx *db.Tx, entry int64, doc id.ID, issues []inventory.Issue) ([]inventory.Cost, error) {
	void := make([]inventory.Issue, len(issues))
	for i, is := range issues {
		void[i] = inventory.Issue{Line: is.Line, Item: is.Item, Location: is.Location, Kind: inventory.Void, Qty: -is.Qty, Fallback: is.Fallback}
		if is.Kind == inventory.Damaged {
			void[i].Kind = inventory.Damaged
		}
		if err := inventory.SetBack(tx, usd, &void[i], doc, is.Line); err != nil {
			return nil, err
		}
	}
	return inventory.Take(tx, entry, today, usd, void)
}

// levelsOf are all levels that a run touches.
func levelsOf(tx *db.Tx, run int) (map[inventory.Key]inventory.Level, error) {
	out := map[inventory.Key]inventory.Level{}
	for _, store := range []string{"01", "02"} {
		for _, item := range []string{"A", "B"} {
			k := inventory.Key{Location: store, Item: fmt.Sprint(run, item)}
			var err error
			if out[k], err = inventory.LevelOf(tx, k.Location, k.Item); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}
