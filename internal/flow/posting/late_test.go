package posting

import (
	"context"
	"testing"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/platform/db"
	"github.com/tillpost/tillpost/internal/platform/dbtest"
)

// TestJ18: a sale of February that arrives when February is locked counts on the first open day of
// March and keeps its own day.
func TestJ18(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := sale(1, []receipt.Line{goods("apparel", 5000, 0, tax("US-STATE", 350))}, pay("card", 5350))
		r.BusinessDay = "2026-02-28"
		var posted ledger.Entry
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			if err := ledger.Setup(tx, "us", "USD"); err != nil {
				return err
			}
			if err := ledger.MapRole(tx, RoleTax, "US-STATE", "2100"); err != nil {
				return err
			}
			if _, err := ledger.EnsureYear(tx, "2026-01-01", ledger.FiscalStart{}); err != nil {
				return err
			}
			if _, err := ledger.Lock(tx, "2026-02-01", "2026-02-28", ledger.By{Who: "accountant"}); err != nil {
				return err
			}
			books, err := LoadBooks(tx, "USD")
			if err != nil {
				return err
			}
			books.Tenders["card"] = "card"
			posted, _, err = Sale(r, nil, 0, *books)
			if err != nil {
				return err
			}
			return ledger.Post(tx, &posted)
		})
		if err != nil {
			t.Fatal(err)
		}
		var stored ledger.Entry
		if err := d.Read(context.Background(), func(v *db.View) (err error) {
			stored, err = ledger.Get(v, posted.ID)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if stored.BusinessDay != "2026-02-28" || stored.EffectiveDay != day.Day("2026-03-01") {
			t.Errorf("happened %s, counts %s", stored.BusinessDay, stored.EffectiveDay)
		}
		title := "J18 happened " + string(stored.BusinessDay) + ", counts " + string(stored.EffectiveDay)
		golden(t, "j18", block(title, stored.Lines), "J18")
	})
}
