package stockreport_test

import (
	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/flow/posting"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// sell takes goods and books their cost, as a checkout does.
func sell(tx *db.Tx, on day.Day, doc id.ID, issues ...inventory.Issue) ([]inventory.Cost, error) {
	seq, err := ledger.Upcoming(tx)
	if err != nil {
		return nil, err
	}
	costs, err := inventory.Take(tx, seq, on, "EUR", issues)
	if err != nil {
		return nil, err
	}
	roles, err := ledger.LoadRoles(tx)
	if err != nil {
		return nil, err
	}
	account := func(role string) string {
		a, _ := roles.Default(role, "")
		return a
	}
	e := ledger.Entry{ID: posting.EntryID(doc), Kind: "sale", Doc: doc, Store: issues[0].Location, BusinessDay: on}
	for _, c := range costs {
		other := posting.RoleInventory
		if c.Kind == inventory.Damaged {
			other = posting.RoleDamaged
		}
		if c.Value != 0 {
			e.Lines = append(e.Lines, ledger.Line{Account: account(posting.RoleCOGS), Amount: c.Value, Store: c.Location},
				ledger.Line{Account: account(other), Amount: -c.Value, Store: c.Location})
		}
	}
	return costs, ledger.Post(tx, &e)
}
