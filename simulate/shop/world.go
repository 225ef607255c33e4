package shop

import (
	"fmt"
	"time"

	"github.com/tillpost/tillpost/internal/base/day"
	"github.com/tillpost/tillpost/internal/base/fixed"
	"github.com/tillpost/tillpost/internal/base/money"
	"github.com/tillpost/tillpost/internal/base/qty"
	"github.com/tillpost/tillpost/internal/domain/catalog"
	"github.com/tillpost/tillpost/internal/domain/ledger"
	"github.com/tillpost/tillpost/internal/domain/org"
	"github.com/tillpost/tillpost/internal/domain/pricing"
	"github.com/tillpost/tillpost/internal/domain/receipt"
	"github.com/tillpost/tillpost/internal/domain/tax"
	"github.com/tillpost/tillpost/internal/flow/catalogue"
	"github.com/tillpost/tillpost/internal/flow/setup"
	"github.com/tillpost/tillpost/internal/platform/db"
)

// The retailer's currencies. Foreign cash is taken in all stores.
const (
	book    money.Currency = "EUR"
	foreign money.Currency = "USD"
)

// store is one store with its tills.
type store struct {
	org.Store
	rules  *pricing.Rules
	tills  []*till
	steps  []receipt.CashStep
	wait   []day.Day // days with receipts that are not closed
	closed map[day.Day]bool
}

func (st *store) today(now time.Time) day.Day { return st.Rule().Of(now) }

// item is an article, as the tills and the catalogue know it.
type item struct {
	pricing.Item
	cost    money.Price
	unknown bool // to the catalogue
	service bool // what it turns out to be when it is mapped
	weighed bool
}

func price(cents int64) *money.Price {
	p := money.Price(cents * 10_000)
	return &p
}

func (s *Sim) makeItems() {
	add := func(sku, department, category string, kind pricing.Kind, cents, cost int64) *item {
		it := &item{Item: pricing.Item{SKU: sku, Kind: kind, Name: "Item " + sku, Department: department, TaxCategory: category,
			Price: price(cents)}, cost: money.Price(cost * 10_000)}
		s.items = append(s.items, it)
		return it
	}
	for i := range 4 {
		cents := 500 + s.r.Int64N(9000)
		add(fmt.Sprintf("APP-%d", i+1), "apparel", "standard", pricing.ItemLine, cents, cents*int64(30+s.r.IntN(50))/100)
	}
	for i := range 4 {
		cents := 15 + s.r.Int64N(900)
		add(fmt.Sprintf("GRO-%d", i+1), "grocery", "reduced", pricing.ItemLine, cents, cents*int64(40+s.r.IntN(70))/100)
	}
	w := add("KILO-1", "grocery", "reduced", pricing.ItemLine, 100+s.r.Int64N(2000), 150)
	w.Weighed, w.weighed = true, true
	add("GIVE-1", "", "standard", pricing.ItemLine, 1, 0)
	add("BOOK-1", "books", "none", pricing.ItemLine, 999+s.r.Int64N(2000), 640).NoDiscount = true
	add("WRAP-1", "services", "standard", pricing.ServiceLine, 250, 0)
	c := add("CONS-1", "art", "standard", pricing.Consignment, 4000+s.r.Int64N(4000), 0)
	c.Consignor, c.Commission = "K7", 4_000_000_000
	add("DEP-1", "", "", pricing.BottleDeposit, 25, 0)
	bottle := add("WATER-1", "grocery", "reduced", pricing.ItemLine, 89, 41)
	bottle.Attached = []pricing.Attached{{SKU: "DEP-1", Qty: qty.One}}
	add("NEW-1", "grocery", "standard", pricing.ItemLine, 333, 0).unknown = true
	n := add("NEW-2", "", "reduced", pricing.ItemLine, 1250, 0)
	n.unknown, n.service = true, s.r.IntN(2) == 0
}

func (s *Sim) find(sku string) *item {
	for _, it := range s.items {
		if it.SKU == sku {
			return it
		}
	}
	return nil
}

// newState is the state tax after the change.
const newState = 625_000_000

// taxes is the law: one place where taxes are inside prices and one where they are added, with a
// change of the standard rate in the middle.
func (s *Sim) taxes() tax.Table {
	change, before := s.first.Add(s.changeOn), s.first.Add(s.changeOn-1)
	one := func(code string, rate int64) []tax.Component {
		return []tax.Component{{Code: code, Rate: money.Rate(rate)}}
	}
	entry := func(category, place string, since, until day.Day, cs []tax.Component) tax.Entry {
		return tax.Entry{Category: category, Jurisdiction: place, Since: since, Until: until, Components: cs, Source: "the simulator"}
	}
	return tax.Table{Entries: []tax.Entry{
		entry("standard", "IN", "2000-01-01", before, one("VAT20", 2_000_000_000)),
		entry("standard", "IN", change, "", one("VAT21", 2_100_000_000)),
		entry("reduced", "IN", "2000-01-01", "", one("VAT7", 700_000_000)),
		entry("none", "IN", "2000-01-01", "", one("VAT0", 0)),
		entry("standard", "EX", "2000-01-01", before, []tax.Component{{Code: "STATE", Rate: 600_000_000}, {Code: "COUNTY", Rate: 125_000_000}}),
		entry("standard", "EX", change, "", []tax.Component{{Code: "STATE", Rate: newState}, {Code: "COUNTY", Rate: 125_000_000}, {Code: "CITY", Rate: 37_500_000}}),
		entry("reduced", "EX", "2000-01-01", "", one("STATE", 250_000_000)),
		entry("none", "EX", "2000-01-01", "", nil),
	}}
}

// promotions of all stores.
func promotions() []pricing.Promotion {
	rate := func(r int64) *money.Rate { x := money.Rate(r); return &x }
	minor := func(m int64) *money.Minor { x := money.Minor(m); return &x }
	grocery := pricing.Match{Departments: []string{"grocery"}}
	return []pricing.Promotion{
		{Code: "3FOR2", Name: "3 for 2", Scheme: pricing.BuyGet, Buy: &pricing.Part{Match: grocery, Count: 2}, Get: &pricing.Part{Count: 1},
			Benefit: pricing.Benefit{Rate: rate(10_000_000_000)}},
		{Code: "APP15", Name: "15 % off", Scheme: pricing.PerUnit, Match: pricing.Match{Items: []string{"APP-1", "APP-2"}},
			Benefit: pricing.Benefit{Rate: rate(1_500_000_000)}},
		{Code: "FIVE", Name: "5 off from 60", Scheme: pricing.Spend, Stacking: pricing.Shared, MinSpend: 6000,
			Benefit: pricing.Benefit{Amount: minor(500)}},
		{Code: "CPN", Name: "coupon", Scheme: pricing.PerUnit, Coupon: "SAVE", Priority: 2, Match: pricing.Match{Items: []string{"APP-3"}}, Limit: 1,
			Benefit: pricing.Benefit{Amount: minor(333)}},
		{Code: "HAPPY", Name: "happy hour", Scheme: pricing.PerUnit, Priority: 1, When: pricing.Window{Hours: []pricing.Hours{{From: "12:00", To: "14:00"}}},
			Match: pricing.Match{Items: []string{"WATER-1"}}, Benefit: pricing.Benefit{Rate: rate(3_333_333_333)}},
	}
}

// compile makes the tills' price books, after prices have changed.
func (s *Sim) compile() error {
	items, listed := make([]pricing.Item, len(s.items)), map[string]int64{}
	for i, it := range s.items {
		items[i], listed[it.SKU] = it.Item, int64(*it.Price)
	}
	for _, st := range s.stores {
		b := pricing.Book{Currency: book, PricesInclude: st.PricesInclude, TaxPolicy: tax.Policy{Rounding: tax.Rounding(st.TaxRounding)},
			Items: items, Promotions: promotions(), Taxes: s.taxes()}
		var err error
		if st.rules, err = b.Compile(); err != nil {
			return err
		}
		s.listed[st.rules] = listed
	}
	return nil
}

// build makes the shop in the database and in the auditor's books.
func (s *Sim) build() error {
	s.makeItems()
	zones := []string{"Europe/Berlin", "America/New_York", "Asia/Tokyo", "UTC"}
	roundings := []string{"line", "rate", "receipt"}
	for i := range 2 + s.r.IntN(2) {
		st := &store{closed: map[day.Day]bool{}, Store: org.Store{Code: fmt.Sprintf("S%02d", i+1), Name: "Store", Zone: zones[s.r.IntN(len(zones))], PricesInclude: s.r.IntN(3) > 0,
			TaxRounding: roundings[s.r.IntN(3)], CutOver: time.Duration(s.r.IntN(3)*90) * time.Minute, CashStep: []money.Minor{1, 5, 10}[s.r.IntN(3)]}}
		st.Jurisdiction = map[bool]string{true: "IN", false: "EX"}[st.PricesInclude]
		st.steps = []receipt.CashStep{{Currency: book, Step: st.CashStep, Mode: fixed.HalfUp}}
		for j := range 1 + s.r.IntN(3) {
			st.tills = append(st.tills, &till{store: st, code: fmt.Sprintf("R%d", j+1), cash: map[money.Currency]int64{}})
		}
		s.stores = append(s.stores, st)
		s.tally[Stores]++
		s.tally[Registers] += len(st.tills)
	}
	for _, st := range s.stores {
		o := setup.Shop{Currency: book, Chart: "eu", FiscalYearStart: "01-01", Store: st.Store}
		for _, t := range st.tills {
			o.Registers = append(o.Registers, org.Register{Code: t.code, Name: t.code, Kind: org.Till})
		}
		if err := setup.Run(s.ctx, s.d, o); err != nil {
			return err
		}
	}
	if err := s.d.Write(s.ctx, s.chart); err != nil {
		return err
	}
	if err := catalogue.Put(s.ctx, s.d, s.catalogue()); err != nil {
		return err
	}
	for code, kind := range map[string]string{"cash": "cash", "card": "card", "gift_card": "gift_card", "store_credit": "store_credit",
		"on_account": "on_account", "coupon": "coupon", "loyalty": "loyalty", "check": "check"} {
		s.b.KnowTender(code, kind)
	}
	for _, code := range knownTaxes {
		s.b.KnowTax(code)
	}
	for _, e := range s.taxes().Entries {
		rates := map[string]int64{}
		for _, c := range e.Components {
			rates[c.Code] = int64(c.Rate)
		}
		s.b.Law(e.Jurisdiction, e.Category, string(e.Since), rates)
	}
	for _, it := range s.items {
		if !it.unknown {
			s.b.KnowItem(it.SKU, it.Kind != pricing.ItemLine)
			s.departments[it.SKU] = it.Department
		}
	}
	return s.compile()
}

// knownTaxes have their accounts from the start; VAT21 and CITY come into force unannounced.
var knownTaxes = []string{"VAT20", "VAT7", "VAT0", "STATE", "COUNTY"}

// chart gives taxes, a department and a tender accounts of their own.
func (s *Sim) chart(tx *db.Tx) error {
	for _, code := range knownTaxes {
		if err := setup.TaxCode(tx, code, code); err != nil {
			return err
		}
	}
	for code, name := range map[string]string{"4011": "Sales apparel", "4091": "Returns apparel"} {
		if err := ledger.EnsureAccount(tx, code, name, ledger.Income, ""); err != nil {
			return err
		}
	}
	if err := ledger.EnsureAccount(tx, "1151", "Clearing of cards", ledger.Asset, ""); err != nil {
		return err
	}
	for _, m := range [][3]string{{"sales", "apparel", "4011"}, {"returns", "apparel", "4091"}, {"clearing", "card", "1151"}} {
		if err := ledger.MapRole(tx, m[0], m[1], m[2]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sim) catalogue() catalogue.Catalogue {
	var c catalogue.Catalogue
	for _, it := range s.items {
		if !it.unknown {
			c.Items = append(c.Items, catalog.Item{SKU: it.SKU, Name: it.Name, Department: it.Department, Kind: string(it.Kind),
				TaxCategory: it.TaxCategory, Cost: it.cost})
		}
	}
	return c
}
