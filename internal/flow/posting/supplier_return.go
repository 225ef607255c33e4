package posting

import (
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/ledger"
)

// SupplierReturn books goods that go back to their supplier, a delivery the other way round: they leave
// at what they are worth here, and what the supplier takes off for them (credit, without tax) shrinks
// what is owed for deliveries that are not billed. The difference is price variance. The supplier's
// next bill, or his credit note, is the Bill that settles it.
func SupplierReturn(doc StockDoc, credit money.Minor, books Books) (ledger.Entry, []Unknown, error) {
	sides := stores{books: &books}
	b := sides.of(doc.Store)
	variance := -credit
	for i := range doc.Costs {
		c := &doc.Costs[i]
		b.add(RoleInventory, c.Location, -c.Value, dims{})
		var err error
		if variance, err = variance.Add(c.Value); err != nil {
			return ledger.Entry{}, nil, err
		}
	}
	b.add(RoleGRNI, doc.Supplier, credit, dims{party: doc.Supplier})
	b.add(RolePriceVariance, "", variance, dims{})
	return sides.entry(doc.entry())
}
