package posting

import (
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/inventory"
)

// Goods go back at 42.50 for which the supplier takes off more, less or nothing; then his credit note,
// and a bill that takes the return into account.
func TestSupplierReturn(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for _, s := range []struct {
		name   string
		credit money.Minor
	}{{"as it is worth", 4250}, {"less", 4000}, {"more", 4600}, {"nothing", 0}} {
		e, unknown, err := SupplierReturn(StockDoc{ID: id.ID{1}, Kind: inventory.DocReturn, Store: "01", Day: "2026-03-14", Supplier: "S7",
			Costs: []inventory.Cost{stockCost(inventory.SentBack, 3000), stockCost(inventory.SentBack, 1250)}}, s.credit, workedBooks("EUR"))
		if err != nil || len(unknown) > 0 {
			t.Fatal(unknown, err)
		}
		balanced(t, e)
		text.WriteString(stores2("supplier takes off "+s.name, e.Lines))
	}
	for _, s := range []struct {
		name     string
		settles  []StoreAmount
		net, tax money.Minor
	}{
		{"credit note", []StoreAmount{{"01", -4000}}, -4100, -820},
		{"bill less return", []StoreAmount{{"01", 50000}, {"01", -4000}}, 46000, 9200},
	} {
		e, _, err := Bill(SupplierBill{ID: id.ID{1}, Store: "01", Day: "2026-03-14", Supplier: "S7", Settles: s.settles, Net: s.net,
			Taxes: []BillTax{{"VAT20", s.tax}}}, workedBooks("EUR"))
		if err != nil {
			t.Fatal(err)
		}
		balanced(t, e)
		text.WriteString(stores2(s.name, e.Lines))
	}
	golden(t, "supplier_return", text.String())
}
