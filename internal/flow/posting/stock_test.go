package posting

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/base/id"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/domain/inventory"
	"github.com/tillpost/tillpost/internal/domain/ledger"
)

// stockCost is one change of the stock at store 01.
func stockCost(kind string, v money.Minor) inventory.Cost {
	return inventory.Cost{Line: 1, Item: "A", Location: "01", Kind: kind, Qty: 1, Value: v}
}

// stockSteps are the business of J14, in its order, and what else the rules know.
func stockSteps() (names []string, steps map[string]func(Books) (ledger.Entry, []Unknown, error)) {
	steps = map[string]func(Books) (ledger.Entry, []Unknown, error){}
	doc := id.ID{1}
	transit := inventory.Transit(doc)
	add := func(name string, rule func(Books) (ledger.Entry, []Unknown, error)) {
		names, steps[name] = append(names, name), rule
	}
	stock := func(name, kind string, costs ...inventory.Cost) {
		add(name, func(b Books) (ledger.Entry, []Unknown, error) {
			return Stock(StockDoc{ID: doc, Kind: kind, Store: "01", Day: "2026-03-14", Memo: name, Costs: costs, Supplier: "S7", To: "02"}, b)
		})
	}
	stock("delivery", inventory.DocDelivery, stockCost(inventory.Received, -50000))
	add("bill", func(b Books) (ledger.Entry, []Unknown, error) {
		return Bill(SupplierBill{ID: doc, Store: "01", Day: "2026-03-14", Memo: "R-17", Supplier: "S7", Settles: []StoreAmount{{"01", 50000}},
			Net: 51000, Taxes: []BillTax{{"VAT21", 10710}}}, b)
	})
	stock("count", inventory.DocCount, stockCost(inventory.Counted, 2400))
	stock("true up", inventory.DocDelivery, stockCost(inventory.TrueUp, 200))
	stock("transfer", inventory.DocTransfer, stockCost(inventory.Transfer, 16000),
		inventory.Cost{Location: transit, Item: "A", Kind: inventory.Transfer, Value: -16000})
	stock("damage", inventory.DocAdjustment, stockCost(inventory.Damage, 800))
	return names, steps
}

// J14, line by line and in its order.
func TestStockJ14(t *testing.T) {
	t.Parallel()
	names, steps := stockSteps()
	var text strings.Builder
	for _, name := range names {
		e, unknown, err := steps[name](workedBooks("EUR"))
		if err != nil || len(unknown) > 0 {
			t.Fatalf("%s: %v, %v", name, unknown, err)
		}
		balanced(t, e)
		text.WriteString(block("J14 "+name, e.Lines))
	}
	file := filepath.Join("testdata", "j14.golden")
	if *update {
		if err := os.WriteFile(file, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != text.String() {
		t.Errorf("%s differs, %v:\n--- want\n%s--- got\n%s", file, err, want, text.String())
	}
	worked := []string{"Dr 1300 500.00", "Cr 2050 500.00", "Dr 2050 500.00", "Dr 5050 10.00", "Dr 2150 107.10", "Cr 2000 617.10", "Dr 5100 24.00",
		"Cr 1300 24.00", "Dr 5000 2.00", "Cr 1300 2.00", "Dr 1390 160.00", "Cr 1300 160.00", "Dr 5110 8.00", "Cr 1300 8.00"}
	var got []string
	for line := range strings.Lines(text.String()) {
		if f := strings.Fields(line); f[0] == "Dr" || f[0] == "Cr" {
			got = append(got, f[0]+" "+f[1]+" "+f[len(f)-1])
		}
	}
	slices.Sort(worked)
	slices.Sort(got)
	if !slices.Equal(got, worked) {
		t.Errorf("J14 has\n%q, we have\n%q", worked, got)
	}
}

// What J14 does not show: goods found, lost on the way, there at the beginning, cheaper than booked,
// and a bill for deliveries to two stores.
func TestStockOtherDocuments(t *testing.T) {
	t.Parallel()
	transit := inventory.Transit(id.ID{1})
	var text strings.Builder
	for _, s := range []struct {
		name  string
		costs []inventory.Cost
	}{
		{"found", []inventory.Cost{stockCost(inventory.Found, -500)}},
		{"opening stock", []inventory.Cost{stockCost(inventory.Opening, -90000)}},
		{"came cheaper", []inventory.Cost{stockCost(inventory.Received, -1800), stockCost(inventory.TrueUp, -200)}},
		{"arrived in part, the rest lost", []inventory.Cost{
			{Location: transit, Item: "A", Kind: inventory.Transfer, Value: 12000}, {Location: "02", Item: "A", Kind: inventory.Transfer, Value: -12000},
			{Location: transit, Item: "A", Kind: inventory.Shrink, Value: 4000}}},
	} {
		e, _, err := Stock(StockDoc{ID: id.ID{1}, Kind: "stock", Store: "01", Day: "2026-03-14", Costs: s.costs, Supplier: "S7", To: "02",
			Department: func(string) string { return "apparel" }}, workedBooks("EUR"))
		if err != nil {
			t.Fatal(err)
		}
		balanced(t, e)
		text.WriteString(stores2(s.name, e.Lines))
	}
	e, _, err := Bill(SupplierBill{ID: id.ID{1}, Store: "01", Day: "2026-03-14", Supplier: "S7",
		Settles: []StoreAmount{{"01", 30000}, {"02", 20000}, {"01", 100}}, Net: 50000}, workedBooks("EUR"))
	if err != nil {
		t.Fatal(err)
	}
	balanced(t, e)
	text.WriteString(stores2("bill for two stores", e.Lines))
	golden(t, "j14_more", text.String())
}

// stores2 is block with the stores of the lines.
func stores2(title string, lines []ledger.Line) string {
	lines = slices.Clone(lines)
	for i := range lines {
		lines[i].Unknown = strings.TrimSpace("@" + lines[i].Store + " " + lines[i].Unknown)
	}
	return block(title, lines)
}

// Without accounts everything goes to suspense and says why; the entry still balances.
func TestStockUnknownAccounts(t *testing.T) {
	t.Parallel()
	names, steps := stockSteps()
	for _, name := range names {
		books := Books{Roles: ledger.NewRoles(), Book: "EUR"}
		if _, _, err := steps[name](books); err != ErrNoSuspense {
			t.Errorf("%s without suspense: %v", name, err)
		}
		books.Roles.Set(RoleSuspense, "", "9999")
		e, unknown, err := steps[name](books)
		if err != nil || len(unknown) == 0 {
			t.Fatalf("%s: %v, %v", name, unknown, err)
		}
		balanced(t, e)
		for _, l := range e.Lines {
			if l.Account != "9999" || l.Unknown == "" {
				t.Errorf("%s: line %+v", name, l)
			}
		}
	}
}

// Whatever the documents say, the entry balances and the inventory accounts change by what the stock
// does, store by store.
func TestStockFollowsTheGoods(t *testing.T) {
	t.Parallel()
	kinds := []string{inventory.Received, inventory.Opening, inventory.Counted, inventory.Found, inventory.Shrink, inventory.Damage, inventory.TrueUp}
	rapid.Check(t, func(t *rapid.T) {
		want := map[string]money.Minor{}
		var costs []inventory.Cost
		for range rapid.IntRange(1, 60).Draw(t, "lines") {
			store := rapid.SampledFrom([]string{"01", "02", "03"}).Draw(t, "store")
			v := money.Minor(rapid.Int64Range(-1000, 1000).Draw(t, "value"))
			c := inventory.Cost{Location: store, Item: "A", Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Value: v}
			if rapid.Bool().Draw(t, "transfer") {
				c.Kind = inventory.Transfer
				costs = append(costs, inventory.Cost{Location: inventory.TransitPrefix + "x", Item: "A", Kind: inventory.Transfer, Value: -v})
				want["1390 02"] += v
			}
			costs = append(costs, c)
			want["1300 "+store] -= v
		}
		e, unknown, err := Stock(StockDoc{ID: id.ID{1}, Kind: "stock", Store: "01", Day: "2026-03-14", Costs: costs, To: "02"}, workedBooks("EUR"))
		if err != nil || len(unknown) > 0 {
			t.Fatal(unknown, err)
		}
		if sum, err := e.Sum(); sum != 0 || err != nil {
			t.Fatalf("sum %d, %v", sum, err)
		}
		for _, l := range e.Lines {
			want[l.Account+" "+l.Store] -= l.Amount
		}
		for key, v := range want {
			if strings.HasPrefix(key, "13") && v != 0 {
				t.Fatalf("%s is off by %d", key, v)
			}
		}
	})
}
